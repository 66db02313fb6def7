import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from "jose";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { CustomerName } from "../../sandbox/external/customers.ts";
import { auth0Host, oktaHost, type SandboxOptions, startSandbox } from "../../sandbox/sandbox.ts";
import { startTestSandbox, type TestSandbox } from "../support/sandbox.ts";
import { call as auth0 } from "./auth0/auth0-caller.ts";
import { keptValues } from "./kept-values.ts";
import { call as okta, post, webApp } from "./okta-caller.ts";

let root: string;
let data: string;
const running: TestSandbox[] = [];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "tenantry-world-"));
  data = join(root, "world");
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((at) => at.close()));
  rmSync(root, { recursive: true, force: true });
});

async function start(options: Partial<SandboxOptions> = {}): Promise<TestSandbox> {
  const at = await startTestSandbox({ data, ...options });
  running.push(at);
  return at;
}

/** Ends the sandbox and starts another with the same folder, in another place. */
async function restart(at: TestSandbox): Promise<TestSandbox> {
  running.splice(running.indexOf(at), 1);
  await at.close();
  return start();
}

const keyPlaces = [
  [oktaHost, "/oauth2/v1/keys"],
  [oktaHost, "/oauth2/default/v1/keys"],
  [auth0Host, "/.well-known/jwks.json"],
  ["id.tannberg.example", "/realms/staff/protocol/openid-connect/certs"],
] as const;

async function keysOf(at: TestSandbox): Promise<readonly unknown[]> {
  return Promise.all(keyPlaces.map(async ([host, path]) => (await at.fetch(host, path)).json()));
}

describe("after a restart", () => {
  test("what clients made is there, with the same ids, secrets and times, and so is what was before", async () => {
    const first = await start();
    const { json: app } = await okta(first, "POST", "/api/v1/apps", webApp("Kept"));
    const { json: group } = await okta(first, "POST", "/api/v1/groups", { profile: { name: "kept", a: "ü" } });
    await okta(first, "PUT", `/api/v1/apps/${app.id}/groups/${group.id}`, {});
    await okta(first, "POST", `/api/v1/apps/${app.id}/credentials/secrets`);
    const { json: client } = await auth0(first, "POST", "/clients", { name: "Kept", client_metadata: { a: "b" } });
    await auth0(first, "POST", "/organizations", { name: "kept", metadata: { c: "d" } });
    const look = async (at: TestSandbox) =>
      Promise.all([
        okta(at, "GET", "/api/v1/apps?limit=200"),
        okta(at, "GET", `/api/v1/apps/${app.id}/credentials/secrets`),
        okta(at, "GET", `/api/v1/apps/${app.id}/groups`),
        okta(at, "GET", "/api/v1/groups"),
        auth0(at, "GET", `/clients/${client.client_id}`),
        auth0(at, "GET", "/clients?include_totals=true"),
        auth0(at, "GET", "/organizations/name/kept"),
        auth0(at, "GET", "/connections"),
      ]).then((replies) => replies.map(({ status, json }) => ({ status, json })));
    const before = await look(first);
    const second = await restart(first);
    expect(await look(second)).toEqual(before);
    // And is not only to look at: the next thing comes behind the others.
    const { json: next } = await okta(second, "POST", "/api/v1/apps", webApp("Next"));
    const { json: apps } = await okta(second, "GET", "/api/v1/apps?limit=200");
    expect(apps.at(-1).id).toBe(next.id);
  });

  test("every issuer publishes the same keys, and what was signed before is good", async () => {
    const first = await start();
    const before = await keysOf(first);
    const { env } = first.sandbox;
    const form = { grant_type: "client_credentials", audience: `https://${auth0Host}/api/v2/` };
    const client = { client_id: "TenantryManagement0000000000000a", client_secret: env.AUTH0_MANAGEMENT_SECRET ?? "" };
    const response = await first.fetch(auth0Host, "/oauth/token", {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({ ...form, ...client }).toString(),
    });
    const { access_token: token } = (await response.json()) as { access_token: string };
    const second = await restart(first);
    expect(await keysOf(second)).toEqual(before);
    // Bearer tokens of the management API live on.
    expect((await auth0(second, "GET", "/clients", undefined, token)).status).toBe(200);
    const keys = createLocalJWKSet((await keysOf(second))[2] as JSONWebKeySet);
    expect((await jwtVerify(token, keys)).payload.iss).toBe(`https://${auth0Host}/`);
  });

  test("the authority, the values of references and the customers' clients and people are the same", async () => {
    const first = await start();
    const { ca, adminToken } = first.sandbox;
    const kept = keptValues(first.sandbox);
    expect(Object.keys(kept)).toContain("OKTA_API_TOKEN");
    const name: CustomerName = "ostrava-steel";
    const provider = first.sandbox.providers[name];
    const client = provider.register({
      method: "client_secret_basic",
      redirectUris: ["https://portal.acme.example/x"],
    });
    provider.breakDiscovery("https://elsewhere.example");
    const people = provider.people;
    const second = await restart(first);
    expect(second.sandbox.ca).toBe(ca);
    expect(keptValues(second.sandbox)).toEqual(kept);
    expect(second.sandbox.adminToken).not.toBe(adminToken);
    expect(second.sandbox.providers[name].client(client.clientId)).toEqual(client);
    expect(second.sandbox.providers[name].people).toEqual(people);
    expect(second.sandbox.providers[name].document().issuer).toBe("https://elsewhere.example");
    expect(readFileSync(join(data, "ca.pem"), "utf8")).toBe(ca);
    // Clients that trust the certificate from before come in.
    expect((await second.fetch(oktaHost, "/.well-known/okta-organization")).status).toBe(200);
  });

  test("a client is let in or refused by the same secret", async () => {
    const first = await start();
    const { json: app } = await okta(first, "POST", "/api/v1/apps", webApp("Kept"));
    const { client_id, client_secret } = app.credentials.oauthClient;
    const code = {
      grant_type: "authorization_code",
      code: "none",
      redirect_uri: "https://portal.acme.example/callback",
    };
    const second = await restart(first);
    const ask = (secret: string) =>
      post(second, "/oauth2/v1/token", code, {
        authorization: `Basic ${Buffer.from(`${client_id}:${secret}`).toString("base64")}`,
      });
    expect((await ask(client_secret)).json.error).toBe("invalid_grant");
    expect((await ask("wrong")).json.error).toBe("invalid_client");
  });

  test("nothing is written that was not changed, and a world that was only read is the same to the letter", async () => {
    const first = await start();
    await keysOf(first);
    const second = await restart(first);
    const before = readFileSync(join(data, "world.json"), "utf8");
    const third = await restart(second);
    expect(third.sandbox.exchange.read()).toBe(before);
  });
});

test("files are for this user only, and hold the authority's key, which no other file does", async () => {
  const at = await start();
  expect(statSync(data).mode & 0o777).toBe(0o700);
  for (const name of ["world.json", "ca.pem", "ca-key.pem", "ready.json"]) {
    expect(statSync(join(data, name)).mode & 0o777, name).toBe(0o600);
  }
  const secret = readFileSync(join(data, "ca-key.pem"), "utf8").split("\n")[1] ?? "";
  expect(at.sandbox.exchange.read()).not.toContain(secret);
});

describe("refuses", () => {
  const refused = (options: { dir?: string; data?: string } = {}) =>
    startSandbox({ dir: join(root, "sandbox"), port: 0, data, ...options }).then(
      async (sandbox) => {
        await sandbox.close();
        throw new Error("it started");
      },
      (error: unknown) => error,
    );

  test("a folder of something else, and leaves it as it is", async () => {
    mkdirSync(data);
    writeFileSync(join(data, "thesis.txt"), "years of work");
    expect(await refused()).toMatchObject({
      code: "SANDBOX_DATA_FOREIGN",
      message: expect.stringContaining("thesis.txt"),
    });
    expect(readFileSync(join(data, "thesis.txt"), "utf8")).toBe("years of work");
    expect(existsSync(join(root, "sandbox"))).toBe(false);
  });

  test("a file, and the folder that every sandbox empties", async () => {
    writeFileSync(data, "");
    expect(await refused()).toMatchObject({ code: "SANDBOX_DATA_FOREIGN" });
    for (const inside of [join(root, "sandbox"), join(root, "sandbox", "world")]) {
      expect(await refused({ data: inside })).toMatchObject({ code: "SANDBOX_DATA_FOREIGN" });
    }
  });

  test.each([
    ["half a document", (text: string) => text.slice(0, text.length / 2), "SANDBOX_WORLD_INVALID"],
    ["an empty file", () => "", "SANDBOX_WORLD_INVALID"],
    ["another document", () => "{}", "SANDBOX_WORLD_INVALID"],
    ["an app without its label", (text: string) => text.replace('"label":"Payroll",', ""), "SANDBOX_WORLD_INVALID"],
    [
      "a newer version",
      (text: string) => text.replace('"tenantrySandbox": 1', '"tenantrySandbox": 2'),
      "SANDBOX_WORLD_NEWER",
    ],
  ])("%s, which stays for whoever wants to mend it", async (_what, broken, code) => {
    await (await start()).close();
    const path = join(data, "world.json");
    const wrong = broken(readFileSync(path, "utf8"));
    writeFileSync(path, wrong);
    const error = await refused();
    expect(error).toMatchObject({ code });
    expect(String(error)).toContain("world.json");
    expect(readFileSync(path, "utf8")).toBe(wrong);
  });

  test("an authority whose key is another's", async () => {
    await (await start()).close();
    await (await start({ data: join(root, "other") })).close();
    writeFileSync(join(data, "ca-key.pem"), readFileSync(join(root, "other", "ca-key.pem")));
    expect(await refused()).toMatchObject({
      code: "SANDBOX_WORLD_INVALID",
      message: expect.stringContaining("authority"),
    });
  });

  test("a second sandbox with the same world", async () => {
    const at = await start();
    expect(await refused()).toMatchObject({ code: "SANDBOX_RUNNING" });
    expect((await okta(at, "GET", "/api/v1/apps")).status).toBe(200);
  });
});

test("a world that cannot be written down is told of, at once and at the end", async () => {
  const unsaved = Promise.withResolvers<unknown>();
  const at = await start({ onUnsaved: unsaved.resolve });
  running.length = 0;
  rmSync(data, { recursive: true });
  await okta(at, "POST", "/api/v1/apps", webApp("Lost"));
  expect(await unsaved.promise).toMatchObject({ code: "SANDBOX_DATA_UNWRITABLE" });
  await expect(at.sandbox.close()).rejects.toMatchObject({ code: "SANDBOX_DATA_UNWRITABLE" });
});

describe("the databases beside the sandbox", () => {
  const dir = () => join(root, "sandbox");
  const database = () => join(dir(), "portal.db");
  const begin = async (where?: string) => {
    const sandbox = await startSandbox({ dir: dir(), port: 0, data: where });
    return { write: (text: string) => writeFileSync(database(), text), close: () => sandbox.close() };
  };

  test("stay while their world does, and a half-written draft of the world is passed over", async () => {
    const first = await begin(data);
    first.write("rows of the kept world");
    await first.close();
    writeFileSync(join(data, "world.json.new"), "{");
    const second = await begin(data);
    expect(readFileSync(database(), "utf8")).toBe("rows of the kept world");
    await second.close();
  });

  test("are set aside when another world takes the folder, and come back with their own", async () => {
    const first = await begin(data);
    first.write("rows of the kept world");
    await first.close();
    const passing = await begin();
    expect(existsSync(database())).toBe(false);
    passing.write("rows of a world that ends");
    await passing.close();
    const other = await begin(join(root, "other"));
    expect(existsSync(database())).toBe(false);
    other.write("rows of the other world");
    await other.close();
    const again = await begin(data);
    expect(readFileSync(database(), "utf8")).toBe("rows of the kept world");
    await again.close();
    const last = await begin(join(root, "other"));
    expect(readFileSync(database(), "utf8")).toBe("rows of the other world");
    await last.close();
  });
});
