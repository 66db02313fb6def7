import { randomUUID } from "node:crypto";
import { afterEach, describe, expect, test } from "vitest";
import { vaultHost } from "../../../sandbox/vault/stand-in.ts";
import { SecretFault } from "../../../src/secret/remote.ts";
import { Secret } from "../../../src/secret/secret.ts";
import type { SecretManager } from "../../../src/secret/sink.ts";
import { createHostLimiters } from "../../../src/vendor/limiter.ts";
import { openVault, type VaultCredential } from "../../../src/vendor/vault/open.ts";
import { parseReference, type VaultReference } from "../../../src/workspace/reference.ts";
import { sharedSandbox } from "../../support/shared-sandbox.ts";

const noWait = async (): Promise<void> => {};

const live = process.env.TENANTRY_LIVE_VAULT;
const liveToken = process.env.TENANTRY_LIVE_VAULT_TOKEN ?? "";

/** Bytes that JSON, templates, shells and headers would each take for something of theirs. */
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

/** What holds at the stand-in and at a real server alike. */
function holds(open: () => Promise<SecretManager<VaultReference>>): void {
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
}

describe.skipIf(live === undefined)("a real server (TENANTRY_LIVE_VAULT)", () => {
  holds(async () => {
    const vault = await openVault({
      address: live ?? "",
      credential: () => ({ kind: "token", token: new Secret(liveToken) }),
      network: {},
      limiter: createHostLimiters({ clock: Date.now, sleep: noWait }).of("live"),
      sleep: noWait,
      know: () => {},
      deadline: 10_000,
    });
    opened.push(vault);
    return vault;
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
  holds(open);

  test("a secret that somebody else has put there is read, and never overwritten", async () => {
    server().write("kv", "tenants/acme", { client_secret: "by hand", note: "keep" });
    const vault = await open();
    expect((await vault.read(reference("tenants/acme")))?.reveal()).toBe("by hand");
    expect((await faultOf(vault.put(reference("tenants/acme"), new Secret("x"), mark("a/b")))).code).toBe(
      "SECRET_SINK_FOREIGN",
    );
    await vault.put(reference("tenants/acme", "another"), new Secret("x"), mark("a/b"));
    expect(server().path("kv", "tenants/acme")?.newest).toEqual({
      client_secret: "by hand",
      note: "keep",
      another: "x",
    });
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

  test("putting the same again writes no version", async () => {
    const at = reference("same/again");
    await (await open()).put(at, new Secret("x"), mark("a/b"));
    await (await open()).put(at, new Secret("x"), mark("a/b"));
    expect(server().path("kv", "same/again")?.versions).toHaveLength(1);
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

  test("a reader's token needs no more than to read the path", async () => {
    server().write("kv", "mine/a", { client_secret: "x" });
    const weak = new Secret(server().issue([{ prefix: "data/mine/", methods: ["GET"] }]));
    expect((await (await open({ kind: "token", token: weak })).read(reference("mine/a")))?.reveal()).toBe("x");
  });
});
