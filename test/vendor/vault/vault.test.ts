import { randomUUID } from "node:crypto";
import { afterEach, describe, expect, test } from "vitest";
import { vaultHost } from "../../../sandbox/vault/stand-in.ts";
import { SecretFault } from "../../../src/secret/remote.ts";
import { Secret } from "../../../src/secret/secret.ts";
import { markText, type SecretManager } from "../../../src/secret/sink.ts";
import { objectIn, parseJson, textIn } from "../../../src/vendor/json.ts";
import { createHostLimiters } from "../../../src/vendor/limiter.ts";
import { openVault, type VaultCredential } from "../../../src/vendor/vault/open.ts";
import { parseReference, type VaultReference } from "../../../src/workspace/reference.ts";
import { sharedSandbox } from "../../support/shared-sandbox.ts";

const noWait = async (): Promise<void> => {};

const live = process.env.TENANTRY_LIVE_VAULT;
const liveToken = process.env.TENANTRY_LIVE_VAULT_TOKEN ?? "";

/** Bytes that JSON, templates, shells and headers would each take for something of theirs. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: it must stay as it is
const hostile = 'q\'"`\\ ${{ env "X" }} {{x}} $HOME\n\ttab\r\n ü€😀';

function reference(path: string, field = "client_secret"): VaultReference {
  const found = parseReference(`vault:kv/${path}#${field}`);
  if (found?.scheme !== "vault") throw new Error(path);
  return found;
}

const mark = (key: string, secretId = "s1") => ({ owner: `acme/production/${key}`, secretId });
const opened: SecretManager<VaultReference>[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

async function faultOf(work: Promise<unknown>): Promise<SecretFault> {
  const found = await work.catch((error: unknown) => error);
  if (found instanceof SecretFault) return found;
  throw new Error(`no fault: ${String(found)}`);
}

/** A server under test. */
interface Place {
  /** Opens it with a token of all rights on `kv`, or with another one. */
  open(token?: string): Promise<SecretManager<VaultReference>>;
  /** Asks it as somebody else would, with all rights. */
  ask(method: string, path: string, body?: unknown): Promise<{ readonly status: number; readonly body: unknown }>;
  /** A token that may only read what lies under this path of `kv`. */
  reader(prefix: string): Promise<string>;
}

/** What holds at the stand-in and at a real server alike. */
function holds({ open, ask, reader }: Place): void {
  test("nothing is there before it is put there; then it is, byte for byte, with whose it is", async () => {
    const vault = await open();
    const at = reference(`tenantry/${randomUUID()}`);
    expect(await vault.look(at)).toBeUndefined();
    await vault.put(at, new Secret(hostile), mark("a/b"));
    const found = await (await open()).look(at);
    expect(found?.value.reveal()).toBe(hostile);
    expect(found?.mark).toEqual(mark("a/b"));
    await vault.drop(at, mark("a/b").owner);
    expect(await (await open()).look(at)).toBeUndefined();
  });

  test("other fields of the same path stay, and only ours goes", async () => {
    const vault = await open();
    const path = `tenantry/${randomUUID()}`;
    const [one, two] = [reference(path, "one"), reference(path, "two")];
    await vault.put(one, new Secret("1"), mark("a/b"));
    await vault.put(two, new Secret("2"), mark("c/d"));
    await vault.drop(one, mark("a/b").owner);
    await vault.drop(two, mark("someone/else").owner);
    const fresh = await open();
    expect(await fresh.look(one)).toBeUndefined();
    expect((await fresh.look(two))?.value.reveal()).toBe("2");
    await vault.drop(two, mark("c/d").owner);
  });

  test("what another connection has put there is not changed", async () => {
    const vault = await open();
    const at = reference(`tenantry/${randomUUID()}`);
    await vault.put(at, new Secret("theirs"), mark("a/b"));
    expect((await faultOf(vault.put(at, new Secret("ours"), mark("c/d")))).code).toBe("SECRET_SINK_FOREIGN");
    expect((await (await open()).look(at))?.value.reveal()).toBe("theirs");
    await vault.drop(at, mark("a/b").owner);
  });

  test("a secret that somebody else has put there is read, and never overwritten", async () => {
    const path = `tenantry/${randomUUID()}`;
    await ask("POST", `kv/data/${path}`, { data: { client_secret: "by hand", note: "keep" } });
    const vault = await open();
    expect((await vault.read(reference(path)))?.reveal()).toBe("by hand");
    const fault = await faultOf(vault.put(reference(path), new Secret("x"), mark("a/b")));
    expect(fault.code).toBe("SECRET_SINK_FOREIGN");
    await vault.put(reference(path, "another"), new Secret("x"), mark("a/b"));
    const { body } = await ask("GET", `kv/data/${path}`);
    expect(objectIn(objectIn(body, "data"), "data")).toEqual({ client_secret: "by hand", note: "keep", another: "x" });
    await vault.drop(reference(path, "another"), mark("a/b").owner);
    const after = objectIn((await ask("GET", `kv/data/${path}`)).body, "data");
    expect(objectIn(after, "data")).toEqual({ client_secret: "by hand", note: "keep" });
    expect(objectIn(objectIn(after, "metadata"), "custom_metadata")).toEqual({});
  });

  test("custom metadata of others stays, and what is said of the path too", async () => {
    const path = `tenantry/${randomUUID()}`;
    await ask("POST", `kv/metadata/${path}`, { custom_metadata: { team: "sso" }, cas_required: true });
    const vault = await open();
    await vault.put(reference(path), new Secret("x"), mark("a/b"));
    await vault.put(reference(path), new Secret("y"), mark("a/b", "s2"));
    await vault.drop(reference(path), mark("a/b").owner);
    const metadata = objectIn((await ask("GET", `kv/metadata/${path}`)).body, "data");
    expect(metadata).toMatchObject({ cas_required: true, custom_metadata: { team: "sso" } });
  });

  test("putting the same again writes no version; another secret writes one, the older stay", async () => {
    const path = `tenantry/${randomUUID()}`;
    for (const [value, id] of [
      ["x", "s1"],
      ["x", "s1"],
      ["x", "s2"],
      ["y", "s3"],
    ] as const)
      await (await open()).put(reference(path), new Secret(value), mark("a/b", id));
    const { body } = await ask("GET", `kv/metadata/${path}`);
    expect(objectIn(body, "data").current_version).toBe(2);
    const first = await ask("GET", `kv/data/${path}?version=1`);
    expect(objectIn(objectIn(first.body, "data"), "data")).toEqual({ client_secret: "x" });
    expect((await (await open()).look(reference(path)))?.mark).toEqual(mark("a/b", "s3"));
  });

  test("a version that somebody deleted is none: ours is put there again", async () => {
    const path = `tenantry/${randomUUID()}`;
    await (await open()).put(reference(path), new Secret("x"), mark("a/b"));
    expect((await ask("DELETE", `kv/data/${path}`)).status).toBe(204);
    expect(await (await open()).look(reference(path))).toBeUndefined();
    await (await open()).put(reference(path), new Secret("x"), mark("a/b"));
    expect((await (await open()).look(reference(path)))?.value.reveal()).toBe("x");
  });

  test("a mark that was left without its secret is replaced", async () => {
    const path = `tenantry/${randomUUID()}`;
    const left = { "tenantry.client_secret": markText(mark("a/b", "lost")) };
    expect((await ask("POST", `kv/metadata/${path}`, { custom_metadata: left })).status).toBe(204);
    await (await open()).put(reference(path), new Secret("x"), mark("a/b"));
    expect((await (await open()).look(reference(path)))?.mark).toEqual(mark("a/b"));
  });

  test("those who write different fields of one path at once lose nothing", async () => {
    const path = `tenantry/${randomUUID()}`;
    const fields = ["a", "b", "c"];
    const put = async (field: string): Promise<void> =>
      (await open()).put(reference(path, field), new Secret(field), mark(`t/${field}`));
    await Promise.all(fields.map(put));
    const { body } = await ask("GET", `kv/data/${path}`);
    expect(objectIn(objectIn(body, "data"), "data")).toEqual({ a: "a", b: "b", c: "c" });
    const marks = objectIn(objectIn(objectIn(body, "data"), "metadata"), "custom_metadata");
    expect(Object.keys(marks).sort()).toEqual(["tenantry.a", "tenantry.b", "tenantry.c"]);
  });

  test("a field with the longest name is refused before anything is written", async () => {
    const path = `tenantry/${randomUUID()}`;
    const fault = await faultOf((await open()).put(reference(path, "f".repeat(128)), new Secret("x"), mark("a/b")));
    expect(fault.message).toContain("custom_metadata validation failed");
    expect((await ask("GET", `kv/data/${path}`)).status).toBe(404);
  });

  test("a reader's token needs no more than to read the path, and what it may not do is told", async () => {
    const folder = randomUUID();
    const at = reference(`${folder}/a`);
    await ask("POST", `kv/data/${folder}/a`, { data: { client_secret: "s3cret-of-reader" } });
    const token = await reader(`${folder}/`);
    expect((await (await open(token)).read(at))?.reveal()).toBe("s3cret-of-reader");
    const faults = [
      await faultOf((await open(token)).put(reference(`${folder}/b`), new Secret("s3cret-of-b"), mark("a/b"))),
      await faultOf((await open(token)).read(reference("elsewhere"))),
      await faultOf((await open("wrong-token")).read(at)),
    ];
    expect(faults.map(({ code }) => code)).toEqual(Array(3).fill("SECRET_FORBIDDEN"));
    expect(faults.map(({ message }) => message).join("\n")).not.toMatch(/s3cret|wrong-token/);
  });

  test("a path, a field, a text or an engine that is not there is told apart", async () => {
    const path = `tenantry/${randomUUID()}`;
    await ask("POST", `kv/data/${path}`, { data: { number: 1 } });
    expect(await (await open()).read(reference(`${path}/none`))).toBeUndefined();
    expect(await (await open()).read(reference(path, "none"))).toBeUndefined();
    expect((await faultOf((await open()).read(reference(path, "number")))).code).toBe("SECRET_UNRESOLVED");
    const elsewhere = parseReference("vault:absent/a#b") as VaultReference;
    const fault = await faultOf((await open()).read(elsewhere));
    expect(fault.code).toBe("SECRET_UNREACHABLE");
    expect(fault.message).toContain("no handler for route");
  });
}

/** Where it has an authority of its own, Node.js is told of it by NODE_EXTRA_CA_CERTS. */
describe.skipIf(live === undefined)("a real server (TENANTRY_LIVE_VAULT)", () => {
  const namespace = process.env.TENANTRY_LIVE_VAULT_NAMESPACE;
  const ask: Place["ask"] = async (method, path, body) => {
    const reply = await fetch(`${live}/v1/${path}`, {
      method,
      headers: {
        "x-vault-token": liveToken,
        "content-type": "application/json",
        ...(namespace === undefined ? {} : { "x-vault-namespace": namespace }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: reply.status, body: parseJson(await reply.text()) };
  };
  holds({
    ask,
    open: async (token = liveToken) => {
      const vault = await openVault({
        address: live ?? "",
        namespace,
        credential: () => ({ kind: "token", token: new Secret(token) }),
        network: {},
        limiter: createHostLimiters({ clock: Date.now, sleep: noWait }).of("live"),
        sleep: noWait,
        know: () => {},
        deadline: 10_000,
      });
      opened.push(vault);
      return vault;
    },
    async reader(prefix) {
      const policy = `tenantry-test-${randomUUID()}`;
      const rules = `path "kv/data/${prefix}*" { capabilities = ["read"] }`;
      await ask("PUT", `sys/policies/acl/${policy}`, { policy: rules });
      const { body } = await ask("POST", "auth/token/create", { policies: [policy], ttl: "5m" });
      return textIn(objectIn(body, "auth"), "client_token") ?? "";
    },
  });
});

describe("the stand-in", () => {
  const shared = sharedSandbox();
  const server = () => shared.sandbox.standIns.vault;
  const known: Secret[] = [];
  const open = async (
    credential: VaultCredential = { kind: "token", token: new Secret(server().token) },
  ): Promise<SecretManager<VaultReference>> => {
    const { host, port, ca } = shared.sandbox;
    const vault = await openVault({
      address: `https://${vaultHost}`,
      namespace: "team/sso",
      credential: () => credential,
      network: { connect: { host, port, ca } },
      limiter: createHostLimiters({ clock: Date.now, sleep: noWait }).of(vaultHost),
      sleep: noWait,
      know: (secret) => known.push(secret),
      deadline: 5_000,
    });
    opened.push(vault);
    return vault;
  };
  holds({
    open: (token = server().token) => open({ kind: "token", token: new Secret(token) }),
    async ask(method, path, body) {
      const reply = await shared.fetch(vaultHost, `/v1/${path}`, {
        method,
        headers: { "x-vault-token": server().token, "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { status: reply.status, body: parseJson(await reply.text()) };
    },
    reader: async (prefix) => server().issue([{ prefix: `data/${prefix}`, methods: ["GET"] }]),
  });

  test("two fields of one path are read by one call", async () => {
    server().write("kv", "two/fields", { a: "1", b: "2" });
    const vault = await open();
    let reads = 0;
    server().onRead = () => reads++;
    const [a, b] = await Promise.all(["a", "b"].map((field) => vault.read(reference("two/fields", field))));
    expect([a?.reveal(), b?.reveal()]).toEqual(["1", "2"]);
    server().onRead = undefined;
    expect(reads).toBe(1);
  });

  test("a writer that comes in between loses nothing", async () => {
    const at = reference("between/writers");
    let once = true;
    server().beforeWrite = () => {
      if (once) server().write("kv", "between/writers", { other: "theirs" });
      once = false;
    };
    await (await open()).put(at, new Secret("ours"), mark("a/b"));
    server().beforeWrite = undefined;
    expect(server().path("kv", "between/writers")?.newest).toEqual({ other: "theirs", client_secret: "ours" });
  });

  test("a writer that comes in between each time is told", async () => {
    let count = 0;
    server().beforeWrite = () => server().write("kv", "never/ours", { other: `${count++}` });
    const fault = await faultOf((await open()).put(reference("never/ours"), new Secret("ours"), mark("a/b")));
    server().beforeWrite = undefined;
    expect(fault.code).toBe("SECRET_SINK_REFUSED");
  });

  test("by an AppRole we come in with a token, which is known to the redactor", async () => {
    const { roleId, secretId } = server().appRole;
    server().write("kv", "by/role", { client_secret: "x" });
    const role = (secret: string): VaultCredential => ({
      ...{ kind: "approle", mount: "approle", roleId },
      secretId: new Secret(secret),
    });
    expect((await (await open(role(secretId))).read(reference("by/role")))?.reveal()).toBe("x");
    expect(known.at(-1)?.reveal()).toMatch(/^hvs\./);
    const fault = await faultOf((await open(role("wrong-secret-id"))).read(reference("by/role")));
    expect(fault.code).toBe("SECRET_UNREACHABLE");
    expect(fault.message).toContain("invalid role or secret ID");
    expect(fault.message).not.toContain("wrong-secret-id");
  });

  test("what is refused, sealed, of another form or not there is told apart, without a secret", async () => {
    server().write("kv", "odd/forms", { number: 1, client_secret: "s3cret-of-odd" });
    const weak = new Secret(server().issue([{ prefix: "data/mine/", methods: ["GET"] }]));
    const faults = [
      await faultOf((await open({ kind: "token", token: weak })).read(reference("odd/forms"))),
      await faultOf((await open({ kind: "token", token: new Secret("hvs.wrong-token") })).read(reference("odd/forms"))),
      await faultOf((await open()).read(reference("odd/forms", "number"))),
    ];
    server().sealed = true;
    faults.push(await faultOf((await open()).read(reference("odd/forms"))));
    server().sealed = false;
    const elsewhere = parseReference("vault:absent/a#b") as VaultReference;
    faults.push(await faultOf((await open()).read(elsewhere)));
    expect(faults.map(({ code }) => code)).toEqual([
      "SECRET_FORBIDDEN",
      "SECRET_FORBIDDEN",
      "SECRET_UNRESOLVED",
      "SECRET_UNREACHABLE",
      "SECRET_UNREACHABLE",
    ]);
    expect(faults.map(({ message }) => message).join("\n")).not.toMatch(/s3cret-of-odd|hvs\./);
    expect(await (await open()).read(reference("odd/nowhere"))).toBeUndefined();
    expect(await (await open()).read(reference("odd/forms", "nowhere"))).toBeUndefined();
  });
});
