import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { type Bench, startBench, wanted } from "../idp/auth0/bench.ts";
import { describePostgres, freshName, postgresQuery, postgresUrl, server } from "../support/postgres.ts";
import { hasPulumi, live, openPulumi, type PulumiBench, type PulumiBenchOptions } from "./pulumi-bench.ts";

// What goes wrong with the real Pulumi CLI and its real plugin, and how a run that ended in the middle goes on.

let bench: Bench;
const opened: PulumiBench[] = [];
let onClient: () => void = () => undefined;

beforeAll(async () => {
  if (!hasPulumi) return;
  bench = await startBench({
    onRequest: ({ method, path }) => {
      if (method === "POST" && path === "/api/v2/clients") onClient();
    },
  });
});
afterAll(() => bench?.close());
afterEach(async () => {
  onClient = () => undefined;
  for (const one of opened.splice(0)) await one.close();
  bench?.reset();
});

async function open(options: PulumiBenchOptions = {}): Promise<PulumiBench> {
  const one = await openPulumi(bench, options);
  opened.push(one);
  return one;
}

function clientsThere(): readonly string[] {
  return [...bench.sandbox.auth0.clients.values()]
    .filter(({ settings }) => String(settings.name).startsWith("fernhill/"))
    .map(({ clientId }) => clientId);
}

/** Runs the command that a hint ends with. */
async function follow(one: PulumiBench, hint: string): Promise<void> {
  const command = /(\(cd .*\))$/.exec(hint)?.[1] ?? "false";
  const environment = { ...process.env, PULUMI_HOME: join(one.root, "home") };
  await promisify(execFile)("/bin/sh", ["-c", command], { env: environment });
}

async function hintOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ code: "ENGINE_STATE_LOCKED" });
  return (error as { hint: string }).hint;
}

live("another passphrase", async () => {
  const one = await open();
  await one.engine.apply(wanted());
  const other = await open({ root: one.root, passphrase: "another passphrase" });
  await expect(other.engine.plan([wanted()], "single")).rejects.toMatchObject({
    code: "ENGINE_STATE_UNREADABLE",
    words: expect.stringContaining("incorrect passphrase"),
  });
});

live("credentials that Auth0 refuses, and never a secret in the words", async () => {
  const one = await open({ clientSecret: "a secret that is not the right one" });
  const work = one.engine.apply(wanted());
  await expect(work).rejects.toMatchObject({
    code: "ENGINE_CREDENTIALS_REFUSED",
    words: expect.not.stringContaining("a secret that"),
  });
  expect(clientsThere()).toEqual([]);
});

live("no plugin: said at once, with the command that installs it", async () => {
  const folder = mkdtempSync(join(tmpdir(), "tenantry-bare-"));
  const [program] = (process.env.PATH ?? "").split(delimiter).filter((each) => readdirOf(each).includes("pulumi"));
  symlinkSync(join(program ?? "", "pulumi"), join(folder, "pulumi"));
  const one = await open({ environment: { PATH: `${folder}:/usr/bin:/bin` } });
  await expect(one.engine.plan([wanted()], "single")).rejects.toMatchObject({
    code: "ENGINE_PROVIDER_MISSING",
    hint: expect.stringContaining("plugin install resource auth0 v3.49.0"),
  });
  rmSync(folder, { recursive: true });
});

live("a backend that does not answer", async () => {
  const one = await open({ pulumi: { backend: "postgres://tenantry@127.0.0.1:1/state" } });
  await expect(one.engine.plan([wanted()], "single")).rejects.toMatchObject({
    code: "ENGINE_BACKEND_UNREACHABLE",
    words: expect.stringContaining("connection refused"),
  });
});

describePostgres("on PostgreSQL", () => {
  live("the state in a database, its password by the environment only", async () => {
    const { user, password, port } = server();
    const table = freshName("pulumi_state");
    const backend = `postgres://${user}@127.0.0.1:${port}/postgres?sslmode=disable&table=${table}`;
    const one = await open({ pulumi: { backend }, environment: { PGPASSWORD: password } });
    const made = await one.engine.apply(wanted());
    expect(one.changes(await one.engine.plan([wanted()], "single"))).toEqual([]);
    const rows = await postgresQuery(postgresUrl(), `select key from ${table}`);
    await postgresQuery(postgresUrl(), `drop table ${table}`);
    expect(JSON.stringify(rows)).toContain("sandbox.customers.fernhill");
    expect(made?.id).toBe(clientsThere()[0]);
    expect(one.written()).not.toContain(password);
  });
});

live("a lock that a run has left: who, since when, and how to release it; a plan needs no lock", async () => {
  const one = await open();
  await one.engine.apply(wanted());
  const state = join(one.root, ".tenantry/engines/pulumi/sandbox/state/.pulumi");
  const locks = join(state, "locks/organization/tenantry-acme/sandbox.customers.fernhill");
  mkdirSync(locks, { recursive: true });
  const lock = { pid: 4711, username: "ada", hostname: "build-7", timestamp: "2026-11-20T10:00:00Z" };
  writeFileSync(join(locks, "0d1f6a3e-0000-4000-8000-000000000000.json"), JSON.stringify(lock));
  const changed = { ...wanted(), redirectUris: ["https://portal.acme.example/cb/2"] };
  expect(one.changes(await one.engine.plan([changed], "single"))).toMatchObject([{ action: "update" }]);
  await expect(one.engine.apply(changed)).rejects.toMatchObject({
    code: "ENGINE_STATE_LOCKED",
    message: expect.stringMatching(/locked by ada@build-7 \(pid 4711, since 2026-11-20T10:00:00Z\)/),
  });
  await follow(one, await hintOf(one.engine.apply(changed)));
  expect((await one.engine.apply(changed))?.fields.redirectUris).toEqual(changed.redirectUris);
});

live("Pulumi killed while it makes a client: the next run goes on with that very client", async () => {
  const one = await open();
  onClient = () => {
    onClient = () => undefined;
    killPulumi();
  };
  await expect(one.engine.apply(wanted())).rejects.toMatchObject({ code: "ENGINE_CRASHED" });
  const [made, ...others] = clientsThere();
  expect(others).toEqual([]);
  const again = await open({ root: one.root });
  const before = await again.engine.plan([wanted()], "single");
  expect(before.observation.problems).toEqual([]);
  await follow(one, await hintOf(again.engine.apply(wanted())));
  expect((await again.engine.apply(wanted()))?.id).toBe(made);
  expect(clientsThere()).toEqual([made]);
  expect(again.changes(await again.engine.plan([wanted()], "single"))).toEqual([]);
});

live("a run that is asked to stop: Pulumi ends what it has begun, and the next run goes on", async () => {
  const stop = new AbortController();
  const one = await open({ interrupted: stop.signal });
  onClient = () => stop.abort();
  await expect(one.engine.apply(wanted())).rejects.toMatchObject({ code: "ENGINE_INTERRUPTED" });
  const made = clientsThere();
  expect(made).toHaveLength(1);
  const again = await open({ root: one.root });
  expect((await again.engine.apply(wanted()))?.id).toBe(made[0]);
  expect(clientsThere()).toEqual(made);
  expect(again.changes(await again.engine.plan([wanted()], "single"))).toEqual([]);
});

/** Ends every Pulumi that this process has started, as `kill -9` does. */
function killPulumi(): void {
  for (const pid of readdirOf("/proc").filter((name) => /^\d+$/.test(name))) {
    const stat = textOf(`/proc/${pid}/stat`);
    const [, name, parent] = /^\d+ \((.*?)\) \S (\d+)/.exec(stat) ?? [];
    if (name === "pulumi" && Number(parent) === process.pid) process.kill(Number(pid), "SIGKILL");
  }
}

function readdirOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
