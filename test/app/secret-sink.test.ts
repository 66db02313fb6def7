import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { vaultHost } from "../../sandbox/vault/stand-in.ts";
import type { AppAdapter } from "../../src/app/app.ts";
import { checkPlainSecret } from "../../src/app/plain-secret.ts";
import { withSecretSink } from "../../src/app/secret-sink.ts";
import { gitSight } from "../../src/engine/git-ignored.ts";
import { openFileSecrets } from "../../src/secret/file-manager.ts";
import { Secret } from "../../src/secret/secret.ts";
import type { SecretManager } from "../../src/secret/sink.ts";
import { createHostLimiters } from "../../src/vendor/limiter.ts";
import { openVault } from "../../src/vendor/vault/open.ts";
import { sharedSandbox } from "../support/shared-sandbox.ts";
import { conformanceSuite } from "./conformance/suite.ts";
import { type FileWorld, fileOf, key, openFileWorld, writeFor } from "./file/place.ts";

// An app whose secret lies in a sink does what every app does; here one of kind `file`, with its secret in Vault.

const shared = sharedSandbox();
const noWait = async (): Promise<void> => {};
const template = "vault:kv/sso/{tenant}/{app}#client_secret";
const app = fileOf({ secretSink: template });
const at = "sso/whiterabbit/legacy";

async function vault(): Promise<SecretManager> {
  const { host, port, ca, standIns } = shared.sandbox;
  const opened = await openVault({
    address: `https://${vaultHost}`,
    credential: () => ({ kind: "token", token: new Secret(standIns.vault.token) }),
    network: { connect: { host, port, ca } },
    limiter: createHostLimiters({ clock: Date.now, sleep: noWait }).of(vaultHost),
    sleep: noWait,
    know: () => {},
    deadline: 5_000,
  });
  return opened as unknown as SecretManager;
}

async function wrapped(world: FileWorld): Promise<AppAdapter> {
  const manager = vault();
  const adapter = await world.adapter(app);
  const names = { workspace: "acme", environment: "production" };
  const one = withSecretSink(adapter, { ...names, template, manager: () => manager, know: () => {} });
  return { ...one, close: async () => (await manager).close() };
}

const server = () => shared.sandbox.standIns.vault;

conformanceSuite({
  name: "file, its secret in Vault",
  async open() {
    const world = openFileWorld();
    server().clear();
    return { write: writeFor(app), adapter: () => wrapped(world), close: async () => world.close() };
  },
});

describe("a secret sink", () => {
  const fresh = async (): Promise<AppAdapter> => {
    server().clear();
    return wrapped(openFileWorld());
  };

  test("holds the secret before the record is written", async () => {
    server().clear();
    const world = openFileWorld();
    const manager = await vault();
    let seen: unknown;
    const adapter = withSecretSink(
      {
        ...(await world.adapter(app)),
        write: async () => {
          seen = server().path("kv", at)?.newest;
        },
      },
      { template, workspace: "acme", environment: "production", manager: async () => manager, know: () => {} },
    );
    await adapter.write(writeFor(app));
    expect(seen).toEqual({ client_secret: "plain-secret-1" });
    await manager.close();
    world.close();
  });

  test("keeps the old secret beside the new one until the change is settled, also over a kill", async () => {
    server().clear();
    const world = openFileWorld();
    const first = await wrapped(world);
    await first.write(writeFor(app));
    await first.settle(key);
    await first.write(writeFor(app, { clientId: "other" }, "another-secret-2"));
    expect(server().path("kv", at)?.newest).toEqual({
      client_secret: "another-secret-2",
      "client_secret.previous": "plain-secret-1",
    });
    const next = await wrapped(world);
    await next.restore(key);
    expect(server().path("kv", at)?.newest).toEqual({ client_secret: "plain-secret-1" });
    expect((await next.secretOf(key))?.id).toBe("ocs1");
    await first.close();
    await next.close();
    world.close();
  });

  test("gives up what is ours when the record is removed, and nothing else", async () => {
    const adapter = await fresh();
    await adapter.write(writeFor(app));
    server().write("kv", at, { ...server().path("kv", at)?.newest, note: "theirs" });
    await adapter.settle(key);
    await adapter.remove(key);
    expect(server().path("kv", at)?.newest).toEqual({ note: "theirs" });
    await adapter.close();
  });

  test("that holds somebody else's secret is refused by name, and neither it nor the record is written", async () => {
    server().clear();
    server().write("kv", at, { client_secret: "theirs" });
    const world = openFileWorld();
    const adapter = await wrapped(world);
    const failure = await adapter.write(writeFor(app)).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: "SECRET_SINK_FOREIGN",
      message: expect.stringContaining("vault:kv/sso/whiterabbit/legacy#client_secret"),
    });
    expect(String(failure)).not.toMatch(/theirs|plain-secret-1/);
    expect(server().path("kv", at)?.newest).toEqual({ client_secret: "theirs" });
    expect(() => world.read("sso/whiterabbit.json")).toThrow();
    await adapter.close();
    world.close();
  });
});

describe("a sink of files", () => {
  const sink = (world: FileWorld): SecretManager =>
    openFileSecrets({
      root: world.root,
      check: (path, shown) =>
        checkPlainSecret({ app: "legacy", shown, path, isIgnored: (one) => gitSight(one, { PATH: process.env.PATH }) }),
    });
  const file = "file:secrets/whiterabbit";
  const reference = { scheme: "file", path: "secrets/whiterabbit", text: file } as const;
  const mark = { owner: "acme/production/whiterabbit/legacy", secretId: "ocs1" };

  test("is its owner's alone, byte for byte, and goes when it is dropped", async () => {
    const world = openFileWorld();
    await sink(world).put(reference, new Secret("line\nend\n"), mark);
    expect(world.read("secrets/whiterabbit")).toBe("line\nend\n");
    expect(world.mode("secrets/whiterabbit")).toBe(0o600);
    expect(await sink(world).look(reference)).toMatchObject({ mark });
    await sink(world).drop(reference, "somebody/else");
    expect(world.read("secrets/whiterabbit")).toBe("line\nend\n");
    await sink(world).drop(reference, mark.owner);
    expect(await sink(world).look(reference)).toBeUndefined();
    world.close();
  });

  test("of others, over a link, or where git would take it in, is refused", async () => {
    const world = openFileWorld();
    world.write("secrets/whiterabbit", "theirs");
    await expect(sink(world).put(reference, new Secret("x"), mark)).rejects.toMatchObject({
      code: "SECRET_SINK_FOREIGN",
    });
    execFileSync("rm", ["-r", `${world.root}/secrets`]);
    execFileSync("ln", ["-s", "/tmp", `${world.root}/secrets`]);
    await expect(sink(world).put(reference, new Secret("x"), mark)).rejects.toMatchObject({
      code: "SECRET_SINK_REFUSED",
    });
    execFileSync("rm", [`${world.root}/secrets`]);
    execFileSync("git", ["init", "--quiet", world.root]);
    await expect(sink(world).put(reference, new Secret("x"), mark)).rejects.toMatchObject({
      code: "SECRET_IN_REPOSITORY",
    });
    world.close();
  });
});
