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

/** Something that listens on loopback and shows a certificate. */
interface Listener {
  readonly host: string;
  readonly port: number;
}

/**
 * A headless Chromium for which every host name is the sandbox, except the one that another server plays. No
 * certificate is good for it but those two, and it reaches nothing else.
 */
export async function startChromium({ sandbox }: TestSandbox, other?: Listener): Promise<Browser> {
  const here = { host: "localhost", port: sandbox.port };
  const listeners = other === undefined ? [here] : [other, here];
  const rules = listeners.map((each) => `MAP ${each === here ? "*" : each.host} 127.0.0.1:${each.port}`);
  const keys = await Promise.all(listeners.map(keyOf));
  return chromium.launch({
    ...(chromiumPath === undefined ? {} : { executablePath: chromiumPath }),
    args: [
      "--no-sandbox",
      "--disable-background-networking",
      `--host-resolver-rules=${rules.join(",")}`,
      `--ignore-certificate-errors-spki-list=${keys.join(",")}`,
    ],
  });
}

/** SHA-256 of the public key of the certificate that is shown for this name. */
function keyOf({ host, port }: Listener): Promise<string> {
  return new Promise((resolve, reject) => {
    // The certificate is only looked at, and what it holds is then all that the browser trusts.
    const socket = connect({ host: "127.0.0.1", port, servername: host, rejectUnauthorized: false });
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
