import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { wanted } from "../../idp/auth0/bench.ts";
import { type FakeOptions, type FakePulumi, fakePulumi } from "./fake-pulumi.ts";

// What Tenantry makes of programs that call themselves Pulumi and misbehave.

const opened: FakePulumi[] = [];
afterEach(() => {
  for (const one of opened.splice(0)) one.close();
});

function open(options: FakeOptions): FakePulumi {
  const one = fakePulumi(options);
  opened.push(one);
  return one;
}

function plan(options: FakeOptions): Promise<unknown> {
  return open(options).engine.plan([wanted()], "single");
}

/** No stack is there yet, and everything else is up to the test. */
const noStack = `[ "$1 $2" = "stack export" ] && { echo "error: no stack named 'x' found" >&2; exit 255; }
[ "$1 $2" = "stack init" ] && exit 0`;

test("no Pulumi: where it was looked for, and how to install it", async () => {
  await expect(plan({})).rejects.toMatchObject({
    code: "ENGINE_TOOL_MISSING",
    message: expect.stringContaining("`pulumi` is not on PATH"),
    hint: expect.stringContaining("engines.pulumi.command"),
  });
});

test("too old: which version there is, and which would do", async () => {
  await expect(plan({ script: "exit 0", version: "v3.120.0" })).rejects.toMatchObject({
    code: "ENGINE_TOOL_OLD",
    message: expect.stringMatching(/3\.120\.0.*3\.181\.0/),
  });
});

test("another program of that name", async () => {
  await expect(plan({ script: "exit 0", version: "hello" })).rejects.toMatchObject({
    code: "ENGINE_ANSWER_UNREADABLE",
  });
});

test("no plugin: the command that installs it, and nothing is run", async () => {
  const one = open({ script: "touch ran; exit 1", plugin: false });
  await expect(one.engine.plan([wanted()], "single")).rejects.toMatchObject({
    code: "ENGINE_PROVIDER_MISSING",
    hint: expect.stringMatching(/plugin install resource auth0 v3\.49\.0$/),
  });
  expect(existsSync(join(one.root, ".tenantry/engines/pulumi/sandbox/customers/fernhill/ran"))).toBe(false);
});

test("whoever lets Pulumi fetch plugins is not stopped before it has tried", async () => {
  const environment = { PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "false" };
  const script = `echo "error: $PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION was passed on" >&2; exit 255`;
  await expect(plan({ script, plugin: false, environment })).rejects.toMatchObject({
    words: "error: false was passed on",
  });
});

test("a crash is told as one", async () => {
  await expect(plan({ script: "kill -9 $$" })).rejects.toMatchObject({
    code: "ENGINE_CRASHED",
    message: "Pulumi was ended by SIGKILL during stack of fernhill at customers",
  });
});

test("a state that is none", async () => {
  await expect(plan({ script: "echo '{\"deployment\": 7}'" })).rejects.toMatchObject({
    code: "ENGINE_ANSWER_UNREADABLE",
  });
});

test("a preview that ends well and says nothing", async () => {
  await expect(plan({ script: `${noStack}\nexit 0` })).rejects.toMatchObject({ code: "ENGINE_ANSWER_UNREADABLE" });
});

test("one that does not end is told to stop, and the message says so", async () => {
  await expect(plan({ script: "exec sleep 60", limit: 300 })).rejects.toMatchObject({ code: "ENGINE_TIMED_OUT" });
});

test("a stop that was asked for is passed on and waited for", async () => {
  const stop = new AbortController();
  const one = open({
    script: `trap 'echo stopped >ended; exit 1' INT; touch began; while :; do sleep 0.05; done`,
    interrupted: stop.signal,
  });
  const folder = join(one.root, ".tenantry/engines/pulumi/sandbox/customers/fernhill");
  const work = one.engine.plan([wanted()], "single");
  const failed = expect(work).rejects.toMatchObject({ code: "ENGINE_INTERRUPTED" });
  await expect.poll(() => existsSync(join(folder, "began"))).toBe(true);
  stop.abort();
  await failed;
  expect(readFileSync(join(folder, "ended"), "utf8")).toBe("stopped\n");
});

test("its own words are told, and no secret in them", async () => {
  const script = `echo "error: something odd with $AUTH0_CLIENT_SECRET" >&2; exit 255`;
  await expect(plan({ script })).rejects.toMatchObject({
    code: "ENGINE_FAILED",
    words: expect.stringContaining("something odd with (redacted)"),
  });
});

test("its environment: credentials by it only, nothing of the workspace's other secrets, no update check", async () => {
  const one = open({
    script: `env >"$HOME/seen"; ${noStack}`,
    environment: {
      TENANT_FERNHILL__CLIENT_SECRET: "a tenant's",
      AUTH0_MANAGEMENT_SECRET: "as a reference",
      AUTH0_DEBUG: "1",
      PULUMI_DEBUG_GRPC: "/tmp/calls",
      AWS_ACCESS_KEY_ID: "for the backend",
    },
  });
  await one.engine.plan([wanted()], "single").catch(() => undefined);
  const seen = new Map(
    readFileSync(join(one.root, "seen"), "utf8")
      .split("\n")
      .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)] as const),
  );
  expect(Object.fromEntries([...seen].filter(([name]) => /^(AUTH0|TENANT)_/.test(name)))).toEqual({
    AUTH0_CLIENT_ID: "TenantryManagement0000000000000a",
    AUTH0_CLIENT_SECRET: "secret of env:AUTH0_MANAGEMENT_SECRET",
    AUTH0_DOMAIN: "acme.eu.auth0.com",
  });
  expect(seen.get("PULUMI_SKIP_UPDATE_CHECK")).toBe("true");
  expect(seen.get("PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION")).toBe("true");
  expect(seen.has("PULUMI_DEBUG_GRPC")).toBe(false);
  expect(seen.get("AWS_ACCESS_KEY_ID")).toBe("for the backend");
});

test.each([
  [undefined, "file://ROOT/.tenantry/engines/pulumi/sandbox/state"],
  ["file://state/of/pulumi", "file://ROOT/state/of/pulumi"],
  ["file://state?no_tmp_dir=true", "file://ROOT/state?no_tmp_dir=true"],
  ["file://~/pulumi", "file://~/pulumi"],
  ["s3://acme/pulumi?region=eu-central-1", "s3://acme/pulumi?region=eu-central-1"],
])("the backend %s is %s from every folder", async (backend, expected) => {
  const script = `echo "error: $PULUMI_BACKEND_URL" >&2; exit 255`;
  const one = open({ script, pulumi: backend === undefined ? {} : { backend } });
  await expect(one.engine.plan([wanted()], "single")).rejects.toMatchObject({
    words: `error: ${expected.replace("ROOT", one.root)}`,
  });
});

test("a cloud's key in place of a passphrase is known on a machine that has not made the stack", async () => {
  const state = JSON.stringify({ version: 3, deployment: { manifest: {} } });
  const script = `[ "$1 $2" = "stack export" ] && { echo '${state}'; exit 0; }
[ "$1" = preview ] && { echo "error: $(cat Pulumi.*.*.yaml)" >&2; exit 255; }`;
  const pulumi = { secretsProvider: "awskms://alias/sso?region=eu-central-1", passphrase: undefined };
  await expect(plan({ script, pulumi })).rejects.toMatchObject({
    words: 'error: {"secretsprovider":"awskms://alias/sso?region=eu-central-1"}',
  });
});

test("CI with no backend named, and no passphrase named", async () => {
  await expect(plan({ script: "exit 1", ci: true })).rejects.toMatchObject({ code: "ENGINE_BACKEND_UNNAMED" });
  const script = `echo "error: named" >&2; exit 255`;
  await expect(plan({ script, ci: true, pulumi: { backend: "file://state" } })).rejects.toMatchObject({
    code: "ENGINE_FAILED",
  });
  await expect(plan({ script, pulumi: { passphrase: undefined } })).rejects.toMatchObject({
    code: "ENGINE_PASSPHRASE_MISSING",
  });
});

test("a look at lists asks Pulumi only where they show a difference; what is off and was never made is not asked for", async () => {
  const one = open({ script: "exit 255" });
  const off = { ...wanted(), state: "inactive" } as const;
  expect(await one.engine.plan([off], "single")).toMatchObject({ observation: { problems: [] } });
  await expect(one.engine.apply(off)).resolves.toBeUndefined();
  const { observation } = await one.engine.plan([off], "fleet");
  expect(observation.coverage).toEqual([{ what: "idp/customers pulumi plans", read: 0, total: 1 }]);
  await expect(one.engine.plan([wanted()], "fleet")).rejects.toMatchObject({ code: "ENGINE_FAILED" });
});
