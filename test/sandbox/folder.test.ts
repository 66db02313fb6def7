import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseEnv } from "node:util";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { formatEnv } from "../../sandbox/dotenv.ts";
import { readReady, type Sandbox, startSandbox } from "../../sandbox/sandbox.ts";

let root: string;
let dir: string;
const running: Sandbox[] = [];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "tenantry-sandbox-"));
  dir = join(root, "sandbox");
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((sandbox) => sandbox.close()));
  rmSync(root, { recursive: true, force: true });
});

async function start(port = 0): Promise<Sandbox> {
  const sandbox = await startSandbox({ dir, port });
  running.push(sandbox);
  return sandbox;
}

test("writes the authority, the values and the sign that it is ready, for its user only", async () => {
  const sandbox = await start();
  expect(statSync(dir).mode & 0o777).toBe(0o700);
  for (const name of ["ca.pem", "env", "ready.json"]) expect(statSync(join(dir, name)).mode & 0o777).toBe(0o600);
  expect(readFileSync(join(dir, "ca.pem"), "utf8")).toBe(sandbox.ca);
  const ready = readReady(dir);
  expect(ready).toMatchObject({
    version: 1,
    pid: process.pid,
    host: "127.0.0.1",
    port: sandbox.port,
    ca: join(dir, "ca.pem"),
    adminToken: sandbox.adminToken,
    hosts: expect.arrayContaining(["acme.okta.com", "id.tannberg.example"]),
  });
});

test("every value survives the dotenv file, the private key included", async () => {
  const sandbox = await start();
  const text = readFileSync(join(dir, "env"), "utf8");
  expect(parseEnv(text)).toEqual(sandbox.env);
  expect(text.trimEnd().split("\n")).toHaveLength(Object.keys(sandbox.env).length);
  expect(sandbox.env.OKTA_PRIVATE_KEY).toMatch(/^-----BEGIN PRIVATE KEY-----\n[\s\S]+\n-----END PRIVATE KEY-----\n$/);
  expect(Buffer.from(sandbox.env.PORTAL_SEALING_KEY ?? "", "base64")).toHaveLength(32);
  expect(sandbox.env.PORTAL_DATABASE_URL).toBe("sqlite:.tenantry/sandbox/portal.db");
});

test("any text that a dotenv file can spell is read back equal, the rest is refused", () => {
  const unit = fc.constantFrom(..."ab #='`$\n\t\"\\\r{}:/+é");
  fc.assert(
    fc.property(fc.string({ unit }), fc.string({ unit }), (value, next) => {
      const spellable = (text: string): boolean =>
        !text.includes("\r") &&
        [..."'`\""].some((quote) => !text.includes(quote) && !(quote === '"' && /\\n/.test(text)));
      const values = { NAME: value, NEXT: next };
      if ([value, next].every(spellable)) expect(parseEnv(formatEnv(values))).toEqual(values);
      else expect(() => formatEnv(values)).toThrow(TypeError);
    }),
  );
});

test("the world is new at each start: other secrets, an empty folder", async () => {
  const first = await start();
  writeFileSync(join(dir, "portal.db"), "old");
  await first.close();
  const second = await start();
  expect(existsSync(join(dir, "portal.db"))).toBe(false);
  // The public half of the portal's key stands in the example's files.
  const fixed = ["PORTAL_CLIENT_KEY", "PORTAL_DATABASE_URL", "ORDERS_DATABASE_URL"];
  for (const name of Object.keys(first.env)) {
    expect(second.env[name] === first.env[name], name).toBe(fixed.includes(name));
  }
});

test("close removes the sign, stops answering, and may be called twice", async () => {
  const sandbox = await start();
  await Promise.all([sandbox.close(), sandbox.close()]);
  expect(readReady(dir)).toBeUndefined();
  expect(readdirSync(dir)).toContain("env");
  await expect(fetch(`https://127.0.0.1:${sandbox.port}/`)).rejects.toThrow();
});

test("a second one in the same folder is refused while the first runs, and leaves it alone", async () => {
  const first = await start();
  await expect(start()).rejects.toMatchObject({ code: "SANDBOX_RUNNING" });
  expect(readReady(dir)?.port).toBe(first.port);
});

test("what a dead one left behind does not stop a start", async () => {
  const sandbox = await start();
  const stale = readFileSync(join(dir, "ready.json"));
  await sandbox.close();
  writeFileSync(join(dir, "ready.json"), stale);
  await expect(start()).resolves.toBeDefined();
});

test.each([
  ["no JSON", () => "nonsense"],
  ["another version", (ready: object) => JSON.stringify({ ...ready, version: 2 })],
  ["a process id that is none", (ready: object) => JSON.stringify({ ...ready, pid: "1" })],
  ["a port that is none", (ready: object) => JSON.stringify({ ...ready, port: 99_999 })],
  ["no hosts", (ready: object) => JSON.stringify({ ...ready, hosts: undefined })],
  ["nothing but its version", () => '{"version":1}'],
])("a ready.json with %s is as good as none", async (_what, broken) => {
  const sandbox = await start();
  const ready = JSON.parse(readFileSync(join(dir, "ready.json"), "utf8")) as object;
  await sandbox.close();
  writeFileSync(join(dir, "ready.json"), JSON.stringify(ready));
  expect(readReady(dir)).toEqual(ready);
  writeFileSync(join(dir, "ready.json"), broken(ready));
  expect(readReady(dir)).toBeUndefined();
  await expect(start()).resolves.toBeDefined();
});

test("a taken port is said and the folder left alone", async () => {
  const first = await start();
  dir = join(root, "other");
  mkdirSync(dir);
  writeFileSync(join(dir, "portal.db"), "kept");
  await expect(start(first.port)).rejects.toMatchObject({ code: "SANDBOX_PORT_TAKEN" });
  expect(readFileSync(join(dir, "portal.db"), "utf8")).toBe("kept");
});

test("a folder with somebody's files is never emptied", async () => {
  mkdirSync(dir);
  writeFileSync(join(dir, "thesis.txt"), "the only copy");
  await expect(start()).rejects.toMatchObject({ code: "SANDBOX_FOLDER_FOREIGN" });
  expect(readFileSync(join(dir, "thesis.txt"), "utf8")).toBe("the only copy");
});

test("nor is one that a sandbox had, when somebody has put something in since", async () => {
  await (await start()).close();
  writeFileSync(join(dir, "thesis.txt"), "the only copy");
  await expect(start()).rejects.toMatchObject({ code: "SANDBOX_FOLDER_FOREIGN" });
  expect(readFileSync(join(dir, "thesis.txt"), "utf8")).toBe("the only copy");
});
