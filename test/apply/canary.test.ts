import { spawn } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openTestWorkspace, ourApps, type TestWorkspace } from "../support/workspace.ts";

const entry = fileURLToPath(new URL("../../bin/tenantry.js", import.meta.url));

/** The forms in which a secret could leak, as far as a search can know them. */
function formsOf(secret: string): readonly string[] {
  return [
    secret,
    encodeURIComponent(secret),
    Buffer.from(secret).toString("base64"),
    Buffer.from(secret).toString("hex"),
    JSON.stringify(secret).slice(1, -1),
  ];
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

describe("no secret gets out", () => {
  let workspace: TestWorkspace;
  beforeEach(async () => {
    workspace = await openTestWorkspace();
  });
  afterEach(() => workspace.close());

  /** Runs the real program; gives everything that it printed. */
  async function printed(...args: readonly string[]): Promise<string> {
    const all = [entry, ...args, "--debug", "--workspace", workspace.root, "--env", "sandbox"];
    const running = spawn(process.execPath, all, { env: {}, cwd: workspace.root });
    const chunks: Buffer[] = [];
    running.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    running.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
    await new Promise((resolve) => running.once("close", resolve));
    return Buffer.concat(chunks).toString("utf8");
  }

  it("is in no output, plan, store, database or log, in good runs and in failing ones", async () => {
    const { OKTA_PRIVATE_KEY = "", OKTA_API_TOKEN = "", PORTAL_SEALING_KEY = "" } = workspace.sandbox.env;
    const secrets = new Set([OKTA_PRIVATE_KEY, OKTA_API_TOKEN, PORTAL_SEALING_KEY]);
    for (const line of OKTA_PRIVATE_KEY.split("\n").filter((part) => part.length > 40)) secrets.add(line);
    const output: string[] = [];
    const remember = (): void => {
      for (const app of ourApps(workspace.sandbox)) for (const { value } of app.secrets) secrets.add(value);
    };
    output.push(await printed("plan", "--json", "--out", "saved.json"));
    output.push(await printed("apply", "--yes", "--json"));
    remember();
    output.push(await printed("verify", "--all", "--json"), await printed("show", "whiterabbit", "--json"));
    workspace.sandbox.okta.replaceSecret(String(ourApps(workspace.sandbox)[0]?.id));
    remember();
    output.push(await printed("verify"));
    workspace.sandbox.faults.add({
      method: "POST",
      path: "/v1/token$",
      effect: "status-before",
      status: 500,
      times: 50,
    });
    output.push(await printed("apply", "--yes"), await printed("verify"));
    workspace.sandbox.faults.clear();
    workspace.sandbox.faults.add({ path: ".", effect: "reset-after", times: 500 });
    output.push(await printed("apply", "--yes"));
    workspace.sandbox.faults.clear();
    output.push(await printed("apply", "--yes"), await printed("status", "--json"));
    workspace.changePortal("update sso_connection set client_secret = 'tenantry.v1.damaged'");
    output.push(await printed("verify"));

    // Six: three references, at least one line of the key, and two client secrets.
    expect(secrets.size).toBeGreaterThanOrEqual(6);
    const text = output.join("\n");
    expect(text.length).toBeGreaterThan(10_000);
    const given = new Set(
      ["env", "ca.pem", "ready.json"].map((name) => join(workspace.root, ".tenantry/sandbox", name)),
    );
    const files = filesBelow(workspace.root).filter((path) => !given.has(path));
    expect(files.map((path) => path.slice(workspace.root.length + 1))).toEqual(
      expect.arrayContaining(["saved.json", ".tenantry/sandbox/store.db", ".tenantry/sandbox/portal.db"]),
    );
    const places = [["output", text] as const, ...files.map((path) => [path, readFileSync(path, "latin1")] as const)];
    for (const secret of secrets) {
      for (const form of formsOf(secret)) {
        for (const [place, content] of places) {
          expect(content.includes(form), `a secret (or a form of it) is in ${place}`).toBe(false);
        }
      }
    }
  });
});
