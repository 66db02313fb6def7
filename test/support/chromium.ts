import { createHash, X509Certificate } from "node:crypto";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { connect } from "node:tls";
import { type Browser, chromium } from "playwright-core";
import type { TestSandbox } from "./sandbox.ts";

/** Chromium on this machine: the variable TENANTRY_CHROMIUM, else what PATH has; undefined where there is none. */
export const chromiumPath = findChromium();

function findChromium(): string | undefined {
  const { TENANTRY_CHROMIUM: named, PATH = "" } = process.env;
  if (named !== undefined && named !== "") return isProgram(named) ? named : undefined;
  const folders = PATH.split(delimiter).filter((folder) => folder !== "");
  return ["chromium", "chromium-browser", "google-chrome"]
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * A headless Chromium for which every host name is the sandbox, and no certificate is good but the sandbox's own. It
 * reaches nothing else.
 */
export async function startChromium(at: TestSandbox): Promise<Browser> {
  const { host, port } = at.sandbox;
  return chromium.launch({
    ...(chromiumPath === undefined ? {} : { executablePath: chromiumPath }),
    args: [
      "--no-sandbox",
      "--disable-background-networking",
      `--host-resolver-rules=MAP * ${host}:${port}`,
      `--ignore-certificate-errors-spki-list=${await keyOf(at)}`,
    ],
  });
}

/** SHA-256 of the public key that all of the sandbox's certificates are made for. */
function keyOf({ sandbox: { host, port, ca } }: TestSandbox): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, ca, servername: "localhost" });
    socket.once("error", reject);
    socket.once("secureConnect", () => {
      const { publicKey } = new X509Certificate(socket.getPeerCertificate().raw);
      socket.destroy();
      resolve(
        createHash("sha256")
          .update(publicKey.export({ type: "spki", format: "der" }))
          .digest("base64"),
      );
    });
  });
}
