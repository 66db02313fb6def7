import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openTestWorkspace, type TestWorkspace } from "../support/workspace.ts";

let workspace: TestWorkspace;
beforeAll(async () => {
  workspace = await openTestWorkspace();
});
afterAll(() => workspace.close());
beforeEach(() => workspace.sandbox.faults.clear());

const fault = (...args: readonly string[]) => workspace.tenantry("sandbox", "fault", ...args);
const rules = () => workspace.sandbox.faults.counts();

describe("tenantry sandbox fault", () => {
  it("adds a rule with every option, by the short name of a host", async () => {
    const added = await fault(
      ...["add", "status-after", "--host", "okta", "--method", "post", "--path", "^/api/v1/apps$"],
      ...["--status", "502", "--times", "3", "--skip", "2", "--probability", "0.25", "--seed", "7"],
    );
    expect(added).toMatchObject({
      exit: 0,
      out: "fault 1: status-after for POST ^/api/v1/apps$ at acme.okta.com, status 502, probability 0.25, 3 times, after the first 2\n",
      err: "",
    });
    expect(rules()).toMatchObject([
      { host: "acme.okta.com", method: "POST", path: "^/api/v1/apps$", effect: "status-after", status: 502 },
    ]);
    expect(rules()[0]).toMatchObject({ times: 3, skip: 2, probability: 0.25, seed: 7 });
  });

  it("takes a range of time, all requests, and the whole name of a host", async () => {
    await fault(
      "add",
      "delay",
      "--milliseconds",
      "20-40",
      "--times",
      "all",
      "--host",
      "accounts.google.com",
      "--seed",
      "1",
    );
    await fault("add", "drip", "--bytes", "10", "--milliseconds", "5");
    expect(rules()).toMatchObject([
      { effect: "delay", milliseconds: [20, 40], times: "all", host: "accounts.google.com" },
      { effect: "drip", bytes: 10, milliseconds: 5 },
    ]);
  });

  it("says the seed that was made up, so that the same can be had again", async () => {
    const { out } = await fault("add", "reset-before", "--probability", "0.5");
    const [{ seed } = {}] = rules();
    expect(out).toContain(`chance begins with ${seed}; \`--seed ${seed}\` repeats it`);
  });

  it("lists the rules with their hits, and removes one or all", async () => {
    expect((await fault("list")).out).toBe("nothing goes wrong on purpose\n");
    await fault("add", "status-before", "--status", "503", "--host", "okta", "--path", "/keys$");
    await fault("add", "rate-limit", "--milliseconds", "60000", "--host", "auth0");
    const { exit } = await workspace.tenantry("plan", "--exit-code");
    expect(exit).toBe(3);
    await workspace.tenantry("apply", "--yes");
    const listed = await fault("list");
    expect(listed.out.split("\n").map((line) => line.replaceAll(/ {2,}/g, " | "))).toEqual([
      expect.stringMatching(
        /^\d+ \| status-before \| any method \/keys\$ at acme\.okta\.com \| status 503, once \| 1 struck \| over$/,
      ),
      expect.stringMatching(
        /^\d+ \| rate-limit \| any method any path at acme\.eu\.auth0\.com \| 60000 ms, every time \| 0 struck$/,
      ),
      "",
    ]);
    const id = String(rules()[0]?.id);
    expect((await fault("clear", id)).out).toBe(`fault ${id} is gone\n`);
    expect(rules()).toHaveLength(1);
    expect((await fault("clear")).exit).toBe(0);
    expect(rules()).toEqual([]);
  });

  it("speaks JSON", async () => {
    const added = (await fault("add", "delay", "--milliseconds", "1-2", "--json")).json();
    expect(added).toMatchObject({
      version: 1,
      command: "sandbox",
      fault: { effect: "delay", milliseconds: [1, 2], seed: expect.any(Number), hits: 0 },
    });
    expect((await fault("list", "--json")).json()).toMatchObject({ faults: [{ effect: "delay" }] });
    expect((await fault("clear", "--json")).json()).toMatchObject({ cleared: "all" });
    const refused = await fault("add", "delay", "--json");
    expect(refused.json()).toMatchObject({ error: { code: "SANDBOX_REFUSED", exit: 2 } });
  });

  it.each([
    [["add", "delay"], "SANDBOX_REFUSED", "delay needs milliseconds"],
    [["add", "explode"], "SANDBOX_REFUSED", "effect is one of reset-before, "],
    [["add", "truncate", "--status", "500"], "SANDBOX_REFUSED", "status means nothing to truncate"],
    [
      ["add", "reset-before", "--host", "acme.okta.example"],
      "SANDBOX_REFUSED",
      "acme.okta.example is none of acme.okta.com",
    ],
    [["add", "reset-before", "--path", "("], "SANDBOX_REFUSED", "path is the source of a regular expression"],
    [["add", "reset-before", "--host", "googleapis"], "CLI_USAGE", "`googleapis` can be "],
    [["add", "reset-before", "--times", "often"], "CLI_USAGE", "--times is a whole number, not `often`"],
    [["add", "delay", "--milliseconds", "2s"], "CLI_USAGE", "--milliseconds is a whole number, not `2s`"],
    [["add", "reset-before", "--probability", "half"], "CLI_USAGE", "--probability is from 0 to 1, not `half`"],
    [["clear", "1000"], "SANDBOX_REFUSED", "there is no fault 1000"],
    [["clear", "first"], "CLI_USAGE", "the fault is a whole number"],
    [["add"], "CLI_USAGE", "missing required argument 'effect'"],
    [["remove"], "CLI_USAGE", "unknown command 'remove'"],
  ])("%j is refused with the reason", async (args, code, reason) => {
    const refused = await fault(...args);
    expect(refused.exit).toBe(2);
    expect(refused.err).toMatch(new RegExp(`^${code}  `));
    expect(refused.err).toContain(reason);
    expect(rules()).toEqual([]);
  });

  it.each([["add"], ["list"], ["clear"]])("%s explains itself in 80 columns", async (name) => {
    const { exit, out } = await fault(name, "--help");
    expect(exit).toBe(0);
    expect(out).toContain("Usage: tenantry sandbox fault ");
    expect(out.split("\n").filter((line) => line.length > 80)).toEqual([]);
    if (name !== "add") return;
    expect(out).toContain("Examples:\n  tenantry sandbox fault add reset-after --host okta --method POST \\\n");
    const { faultEffects } = await import("../../sandbox/fault-rule.ts");
    for (const effect of faultEffects) expect(out).toContain(effect);
  });
});

describe("tenantry sandbox env", () => {
  it("is what a shell needs so that another tool reaches the sandbox and nothing else", async () => {
    const printed = await workspace.tenantry("sandbox", "env");
    expect(printed.exit).toBe(0);
    const script = `${printed.out}
      ${JSON.stringify(process.execPath)} -e 'fetch("https://acme.okta.com/.well-known/okta-organization").then((r) => console.log(r.status))'`;
    const shell = spawn("sh", ["-c", script], { env: { https_proxy: "http://127.0.0.1:9" } });
    const out: Buffer[] = [];
    shell.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    shell.stderr.on("data", (chunk: Buffer) => out.push(chunk));
    await once(shell, "close");
    expect(Buffer.concat(out).toString()).toBe("200\n");
    const ready = JSON.parse(readFileSync(join(workspace.root, ".tenantry/sandbox/ready.json"), "utf8"));
    expect(ready.proxy).toBe(`http://127.0.0.1:${workspace.sandbox.port}`);
    expect((await workspace.tenantry("sandbox", "env", "--json")).json()).toMatchObject({
      variables: { HTTPS_PROXY: ready.proxy, SSL_CERT_FILE: ready.ca },
    });
  });
});

describe("without a sandbox", () => {
  it.each([[["fault", "list"]], [["fault", "add", "reset-before"]], [["fault", "clear"]], [["env"]]])(
    "%j says that none is running, and how to start one",
    async (args) => {
      const other = await openTestWorkspace();
      try {
        await other.sandbox.close();
        const refused = await other.tenantry("sandbox", ...args);
        expect(refused).toMatchObject({
          exit: 2,
          out: "",
          err: "SANDBOX_NOT_RUNNING  no sandbox of this workspace is running\n  mend: Start it with `tenantry sandbox --background`.\n",
        });
      } finally {
        await other.close();
      }
    },
  );

  it("says so too when its ready.json was left behind, or its authority is gone", async () => {
    const other = await openTestWorkspace();
    try {
      const path = join(other.root, ".tenantry/sandbox/ready.json");
      const ready = readFileSync(path, "utf8");
      rmSync(join(other.root, ".tenantry/sandbox/ca.pem"));
      expect((await other.tenantry("sandbox", "fault", "list")).err).toMatch(
        /^SANDBOX_NOT_RUNNING .*ca\.pem cannot be read\n/,
      );
      other.write(".tenantry/sandbox/ca.pem", other.sandbox.ca);
      await other.sandbox.close();
      other.write(".tenantry/sandbox/ready.json", ready);
      const refused = await other.tenantry("sandbox", "fault", "list");
      expect(refused.err).toMatch(/^SANDBOX_NOT_RUNNING {2}no sandbox answers at 127\.0\.0\.1:\d+\n/);
    } finally {
      await other.close();
    }
  });
});
