import { afterAll, beforeAll, expect, test } from "vitest";
import type { ConnectionProof } from "../../src/apply/connection-proof.ts";
import { openRecordingWorld } from "../../src/apply/open.ts";
import { proveRecord } from "../../src/apply/prove-record.ts";
import { verifyConnections } from "../../src/apply/verify-connections.ts";
import type { RecordingWorld } from "../../src/apply/world.ts";
import { loadContext } from "../../src/cli/context.ts";
import { makeRun, recordingOptions } from "../../src/cli/run.ts";
import type { Connection } from "../../src/desired/connection.ts";
import { plain } from "../../src/plan/paint.ts";
import { Secret } from "../../src/secret/secret.ts";
import type { CheckResult, Evidence } from "../../src/store/evidence.ts";
import { discover } from "../../src/verify/verify.ts";
import { openTestWorkspace, type TestWorkspace } from "../support/workspace.ts";
import { newPair, spellingsOf } from "./client-keys.ts";

// What verify and apply say of records whose provider is the customer's own, and of clients that sign.

const keys = ["alder-voss/portal", "northwind-rail/portal", "tannberg/portal"];

let workspace: TestWorkspace;
beforeAll(async () => {
  workspace = await openTestWorkspace({ whole: true });
  const only = keys.flatMap((key) => ["--only", key]);
  const applied = await workspace.tenantry("apply", "--yes", ...only);
  expect(applied.err + applied.out).toContain("tannberg/portal");
  expect(applied.exit).toBe(0);
});
afterAll(() => workspace.close());

/** Opens the world as verify does, for some connections. */
async function withWorld<T>(
  use: (world: RecordingWorld, connections: readonly Connection[]) => Promise<T>,
): Promise<T> {
  const surroundings = { environment: {}, cwd: workspace.root, pid: process.pid };
  const run = makeRun({ out: () => undefined, err: () => undefined, paint: plain }, surroundings);
  const context = loadContext(surroundings, { workspace: workspace.root, env: "sandbox" }, Date.now());
  const connections = context.connections.filter(({ key }) => keys.includes(key));
  const world = await openRecordingWorld(recordingOptions(run, context, { connections, access: "read", whole: false }));
  try {
    return await use(world, connections);
  } finally {
    await world.close();
  }
}

function verify(): Promise<ReadonlyMap<string, Evidence>> {
  return withWorld(async (world, connections) => {
    const request = { connections, secretProbe: true, wrongSecretControl: true } as const;
    const proofs = await all(verifyConnections(world, request));
    return new Map(proofs.map((proof) => [proof.key, evidenceOf(proof)]));
  });
}

async function all<T>(values: AsyncIterable<T>): Promise<readonly T[]> {
  const list: T[] = [];
  for await (const value of values) list.push(value);
  return list;
}

function evidenceOf(proof: ConnectionProof): Evidence {
  if (!("evidence" in proof)) throw new Error(`${proof.key}: ${proof.because}`);
  return proof.evidence;
}

function found(proofs: ReadonlyMap<string, Evidence>, key: string, id: string): CheckResult {
  const check = proofs.get(key)?.checks.find((one) => one.id === id);
  if (check === undefined) throw new Error(`${key} has no check ${id}`);
  return check;
}

const verdicts = (proofs: ReadonlyMap<string, Evidence>) => [...proofs].map(([key, { verdict }]) => [key, verdict]);
const failedOnly = (key: string) => keys.map((one) => [one, one === key ? "fail" : "pass"]);

/** Changes a file of the workspace for as long as something is done. */
async function edited<T>(path: string, from: string | RegExp, to: string, use: () => Promise<T>): Promise<T> {
  const before = workspace.read(path);
  workspace.edit(path, from, to);
  try {
    return await use();
  } finally {
    workspace.write(path, before);
  }
}

const env = ".tenantry/sandbox/env";

test("records of customers' own providers are proven as the app would use them", async () => {
  const proofs = await verify();
  expect(verdicts(proofs)).toEqual(keys.map((key) => [key, "pass"]));
  for (const key of keys) {
    expect(found(proofs, key, "R1").verdict).toBe("pass");
    expect(found(proofs, key, "R3").verdict).toBe("pass");
    expect(proofs.get(key)?.secretFingerprint).toMatch(/./);
  }
  expect(found(proofs, "alder-voss/portal", "R3").message).toBe(
    "the record's endpoints are those of the tenant's file",
  );
  expect(found(proofs, "alder-voss/portal", "D1").verdict).toBe("skipped");
  expect(found(proofs, "northwind-rail/portal", "R3").message).toContain("those of the discovery document");
});

test("verify, show and apply name the issuer that nobody vouches for, as text and as JSON", async () => {
  const sentence = "Not covered is the issuer of alder-voss/portal: it publishes no discovery document.";
  const handOver = ["apply", "--yes", "--only", "alder-voss", "--hand-over", "alder-voss"];
  for (const args of [["verify", "alder-voss"], ["show", "alder-voss"], handOver]) {
    const { exit, out } = await workspace.tenantry(...args);
    expect(exit).toBe(0);
    expect(out.replaceAll(/\s+/g, " ")).toContain(sentence);
    const json = (await workspace.tenantry(...args, "--json")).json() as unknown as { notCovered: string };
    expect(json.notCovered).toContain(sentence);
  }
  expect((await workspace.tenantry("verify", "northwind-rail")).out).not.toContain("Not covered is");
});

test("a client that signs leaves no secret in the record, and its evidence is bound to the key", async () => {
  const proofs = await verify();
  expect(found(proofs, "tannberg/portal", "R1").message).toBe("the record in portal needs no secret");
  expect(proofs.get("tannberg/portal")?.secretCopy).toBeUndefined();
  const { PORTAL_CLIENT_KEY: key = "" } = workspace.sandbox.env;
  const line = key.split(/\\n|\n/)[1] ?? "";
  expect(line.length).toBeGreaterThan(40);
  const tables = workspace.portal("select name from sqlite_master where type = 'table'");
  for (const { name } of tables) {
    expect(JSON.stringify(workspace.portal(`select * from "${String(name)}"`))).not.toContain(line);
  }
  expect(JSON.stringify([...proofs])).not.toContain(line);
});

test("a redirect URI that the customer took away: the hint is a line to forward", async () => {
  const { providers } = workspace.sandbox;
  const [client] = providers["northwind-rail"].clients;
  if (client === undefined) throw new Error("no client");
  const [redirectUri = ""] = client.redirectUris;
  providers["northwind-rail"].setRedirectUris(client.clientId, []);
  const proofs = await verify();
  providers["northwind-rail"].setRedirectUris(client.clientId, [redirectUri]);
  expect(verdicts(proofs)).toEqual(failedOnly("northwind-rail/portal"));
  const { hint = "" } = found(proofs, "northwind-rail/portal", "P1");
  expect(hint).toMatch(/^Send to the administrator of login\.microsoftonline\.com: redirect URI to register: /);
  expect(hint).toContain(redirectUri);
  expect(hint).not.toContain("tenantry apply");
});

test("a secret that the customer replaced: where the new one belongs, and that it works from there", async () => {
  const provider = workspace.sandbox.providers["alder-voss"];
  const before = provider.clients[0]?.secret ?? "";
  const after = provider.replaceSecret("acme-portal");
  const failing = await verify();
  expect(verdicts(failing)).toEqual(failedOnly("alder-voss/portal"));
  const { hint = "", code } = found(failing, "alder-voss/portal", "S1");
  expect(code).toBe("VERIFY_SECRET_REFUSED");
  expect(hint).toContain(
    "Put the new value behind env:TENANT_ALDER_VOSS__CLIENT_SECRET, then `tenantry apply --only alder-voss/portal --hand-over alder-voss/portal`",
  );
  expect(JSON.stringify([...failing])).not.toContain(before);
  expect(JSON.stringify([...failing])).not.toContain(after);
  workspace.edit(env, before, after);
  const only = ["--only", "alder-voss/portal", "--hand-over", "alder-voss/portal"];
  const applied = await workspace.tenantry("apply", "--yes", ...only);
  expect([applied.exit, applied.out + applied.err]).toEqual([0, expect.not.stringContaining(after)]);
  expect(verdicts(await verify())).toEqual(keys.map((key) => [key, "pass"]));
});

/** Where requests with a body went since then. */
function postsSince(from: number): readonly string[] {
  const all = workspace.sandbox.okta.requests.entries;
  return all.slice(from).flatMap(({ method, host, path }) => (method === "POST" ? [`${host}${path}`] : []));
}

test("a record whose token endpoint is another than the file's is not sent its secret", async () => {
  const from = workspace.sandbox.okta.requests.entries.length;
  const own = "https://sso.aldervoss.example/as/token.oauth2";
  const other = "https://accounts.google.com/as/token.oauth2";
  workspace.changePortal(`update sso_connection set token_endpoint = '${other}' where token_endpoint = '${own}'`);
  const proofs = await verify();
  workspace.changePortal(`update sso_connection set token_endpoint = '${own}' where token_endpoint = '${other}'`);
  expect(verdicts(proofs)).toEqual(failedOnly("alder-voss/portal"));
  expect(found(proofs, "alder-voss/portal", "R3")).toMatchObject({
    verdict: "fail",
    code: "VERIFY_ENDPOINT_MOVED",
    message: "the tenant's file names another tokenEndpoint than the record",
    expected: other,
    actual: own,
  });
  expect(found(proofs, "alder-voss/portal", "S1").verdict).toBe("skipped");
  expect(postsSince(from).filter((url) => url.includes("token.oauth2"))).toEqual([]);
});

test("a record of another issuer than the file's is sent no secret, whoever vouches for its endpoints", async () => {
  const from = workspace.sandbox.okta.requests.entries.length;
  const columns = "issuer, authorization_endpoint, token_endpoint, jwks_uri";
  const [before = {}] = workspace.portal(`select ${columns} from sso_connection where key = 'northwind-rail/portal'`);
  const rowOf = (key: string) => `(select ${columns} from sso_connection where key = '${key}')`;
  workspace.changePortal(
    `update sso_connection set (${columns}) = ${rowOf("tannberg/portal")} where key = 'northwind-rail/portal'`,
  );
  const proofs = await verify();
  const values = Object.values(before).map((value) => `'${String(value)}'`);
  workspace.changePortal(
    `update sso_connection set (${columns}) = (${values.join(", ")}) where key = 'northwind-rail/portal'`,
  );
  expect(verdicts(proofs)).toEqual(failedOnly("northwind-rail/portal"));
  expect(found(proofs, "northwind-rail/portal", "R3")).toMatchObject({
    verdict: "fail",
    code: "VERIFY_RECORD_ISSUER",
    message: `the file names ${before.issuer}, the record https://id.tannberg.example/realms/staff; no secret was sent`,
    hint: "`tenantry plan --only northwind-rail/portal` shows it: apply it if the file is right and new, or find out who changed the record",
  });
  expect(found(proofs, "northwind-rail/portal", "S1").verdict).toBe("skipped");
  // Tannberg's own two: its assertion, for the issuer or the token endpoint, and the control.
  const own = postsSince(from).filter((url) => url.includes("tannberg"));
  await verify();
  const again = postsSince(from).filter((url) => url.includes("tannberg"));
  expect(again).toHaveLength(own.length * 2);
});

test("a file with a new issuer that was not applied yet fails the same way, and sends no secret", async () => {
  const from = workspace.sandbox.okta.requests.entries.length;
  const issuer = "issuer: https://sso.aldervoss.example";
  const proofs = await edited("tenants/alder-voss.yaml", `${issuer}\n`, `${issuer}/\n`, verify);
  expect(verdicts(proofs)).toEqual(failedOnly("alder-voss/portal"));
  expect(found(proofs, "alder-voss/portal", "R3")).toMatchObject({
    code: "VERIFY_RECORD_ISSUER",
    expected: "https://sso.aldervoss.example/",
    actual: "https://sso.aldervoss.example",
  });
  expect(postsSince(from).filter((url) => url.includes("aldervoss"))).toEqual([]);
});

test("a file that names other endpoints than the record is told", async () => {
  const from = "token: https://sso.aldervoss.example/as/token.oauth2";
  const proofs = await edited("tenants/alder-voss.yaml", from, `${from}-new`, verify);
  expect(verdicts(proofs)).toEqual(failedOnly("alder-voss/portal"));
  expect(found(proofs, "alder-voss/portal", "R3").actual).toBe("https://sso.aldervoss.example/as/token.oauth2-new");
});

const pair = newPair("ES256");
test.each<[string, string, string, string]>([
  ["is not there", "", "inconclusive", "VERIFY_CLIENT_KEY_MISSING"],
  ["is another's", spellingsOf(pair)["PEM on one line"] ?? "", "fail", "VERIFY_CLIENT_KEY_DIFFERS"],
  ["cannot be read", "nothing", "fail", "VERIFY_CLIENT_KEY_UNREADABLE"],
])("a private key that %s is told of the one client that signs; the others go on", async (_, text, verdict, code) => {
  const line = text === "" ? "" : `PORTAL_CLIENT_KEY='${text}'`;
  const proofs = await edited(env, /^PORTAL_CLIENT_KEY=.*$/m, line, verify);
  expect(verdicts(proofs)).toEqual(keys.map((key) => [key, key === "tannberg/portal" ? verdict : "pass"]));
  expect(found(proofs, "tannberg/portal", "S1").code).toBe(code);
  expect(proofs.get("tannberg/portal")?.secretFingerprint).toBeUndefined();
});

test("a key that Keycloak does not know: the public half is in the line to forward", async () => {
  const [client] = workspace.sandbox.providers.tannberg.clients;
  if (client === undefined) throw new Error("no client");
  const registered = client.keys;
  client.keys = [JSON.parse(JSON.stringify(pair.publicKey))];
  const proofs = await verify();
  client.keys = registered;
  const { hint = "", code } = found(proofs, "tannberg/portal", "S1");
  expect(code).toBe("VERIFY_CLIENT_KEY_REFUSED");
  expect(hint).toContain('"x":"fUhZTeerrurlov2s37w1Ct-qoWJH93pa4xev3HcmAEU"');
  expect(hint).not.toContain("tenantry apply");
});

test("the gate of a client that signs opens for the key that was proven, and for no other", async () => {
  await withWorld(async (world, connections) => {
    const connection = connections.find(({ key }) => key === "tannberg/portal");
    const app = world.apps.get("portal");
    if (connection === undefined || app === undefined) throw new Error("tannberg is not there");
    const { record, specDigest, appTenant } = connection;
    const discovery = await discover({ issuer: record.issuer }, world.verifyIo);
    const write = { record, specDigest, appTenant, routed: [], discovery };
    const proof = await world.store.latestEvidence(connection.key);
    if (proof === undefined) throw new Error("nothing was proven");
    const prove = (changed: Partial<RecordingWorld>, evidence: Partial<Evidence> = {}) =>
      proveRecord({ ...world, ...changed }, app, write, { ...proof, ...evidence });
    const request = { connections: [connection], secretProbe: true, wrongSecretControl: true } as const;
    const [latest] = (await all(verifyConnections(world, request))).map(evidenceOf);
    if (latest === undefined) throw new Error("nothing was proven");
    await expect(prove({}, latest)).resolves.toMatchObject({ verdict: "pass", secretCopy: undefined });
    const known = world.clientKeyOf("portal");
    if (known === undefined) throw new Error("the portal has no key");
    const another = { ...known, privateKey: new Secret(spellingsOf(pair).JWK ?? "") };
    await expect(prove({ clientKeyOf: () => another }, latest)).rejects.toMatchObject({ code: "APPLY_GATE_CLOSED" });
    await expect(prove({ clientKeyOf: () => undefined }, latest)).rejects.toMatchObject({ code: "APPLY_GATE_CLOSED" });
    const unproven = { ...latest, checks: latest.checks.filter(({ id }) => id !== "S1") };
    await expect(prove({}, unproven)).rejects.toMatchObject({ code: "APPLY_GATE_CLOSED" });
  });
});
