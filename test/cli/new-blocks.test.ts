import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runCommand } from "../../src/cli/main.ts";
import { plain } from "../../src/plan/paint.ts";
import { guideWorkspace } from "./guides.ts";

// What `tenantry new` writes under the kind of an app.

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "tenantry-new-"));
  guideWorkspace(root);
  const file = join(root, "tenantry.yaml");
  const gateways = ["gateway", "edge"].map(
    (name) => `  ${name}:
    kind: kong
    baseUrl: https://${name}.acme.example
    callback: /{tenant}/callback
    adminApi: { url: "https://kong-${name}.acme.example:8444" }
`,
  );
  writeFileSync(file, readFileSync(file, "utf8").replace("store: {", `${gateways.join("")}store: {`));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

async function tenantry(args: readonly string[], typed?: readonly string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const asked: string[] = [];
  const lines = [...(typed ?? [])];
  const conversation = {
    async question(text: string) {
      asked.push(text);
      return lines.shift();
    },
    close: () => {},
  };
  const exit = await runCommand(
    args,
    {
      out: (text) => out.push(text),
      err: (text) => err.push(text),
      paint: plain,
      ...(typed === undefined ? {} : { converse: async () => conversation }),
    },
    { environment: {}, cwd: root, pid: process.pid },
  );
  return { exit, out: out.join(""), err: err.join(""), asked };
}

const acme = "new acme --name Acme --domain acme.example --idp workforce --everyone".split(" ");
const written = (): string => readFileSync(join(root, "tenants/acme.yaml"), "utf8");

describe("tenantry new for an app that needs to know where", () => {
  it.each([
    ["kong.route=acme-route", "    kong: { route: acme-route }\n"],
    ["gateway.service=no", '    kong: { service: "no" }\n'],
    ["kong.route=1e3", '    kong: { route: "1e3" }\n'],
  ])("--set %s", async (set, line) => {
    const result = await tenantry([...acme, "--app", "gateway", "--set", set]);
    expect(result.exit, result.err).toBe(0);
    expect(written()).toContain(`  - app: gateway\n${line}`);
    const validated = await tenantry(["validate"]);
    expect(validated.exit, validated.out).toBe(0);
  });

  it("names no callback where the app hands it out", async () => {
    const file = join(root, "tenantry.yaml");
    const crew = '  crew: { kind: workos, baseUrl: "https://crew.acme.example", apiKey: env:CREW_WORKOS_KEY }\n';
    writeFileSync(file, readFileSync(file, "utf8").replace("store: {", `${crew}store: {`));
    const result = await tenantry([...acme, "--app", "crew"]);
    expect(result.exit, result.err).toBe(0);
    expect(result.out).toContain("  crew  handed out by crew with its record; `tenantry show` has it then\n");
    expect(result.out).not.toContain("callback.invalid");
  });

  it("takes fields within fields, numbers and lists", async () => {
    const sets = [
      "--set",
      "kong.route=r",
      "--set",
      "kong.config.leeway=5",
      "--set",
      'kong.config.scopes_claim=["scp"]',
    ];
    const result = await tenantry([...acme, "--app", "gateway", ...sets]);
    expect(result.exit, result.err).toBe(0);
    expect(written()).toContain("    kong: { route: r, config: { leeway: 5, scopes_claim: [scp] } }\n");
  });

  it("tells apps of one kind apart by their names", async () => {
    const sets = ["--set", "gateway.route=a", "--set", "edge.route=b"];
    const result = await tenantry([...acme, "--app", "gateway", "--app", "edge", "--app", "portal", ...sets]);
    expect(result.exit, result.err).toBe(0);
    expect(written()).toContain(
      "  - app: gateway\n    kong: { route: a }\n  - app: edge\n    kong: { route: b }\n  - app: portal\n",
    );
  });

  it("says which field is missing, and what it may be", async () => {
    const result = await tenantry([...acme, "--app", "gateway"]);
    expect(result.exit).toBe(2);
    expect(result.err).toContain("--set gateway.route=NAME (perhaps acme)");
    expect(existsSync(join(root, "tenants/acme.yaml"))).toBe(false);
  });

  it.each([
    ["kong", "--set takes APP.FIELD=VALUE"],
    ["kong.=x", "--set takes APP.FIELD=VALUE"],
    ["kong.__proto__.x=1", "--set takes APP.FIELD=VALUE"],
    ["kongg.route=x", "did you mean kong?"],
    ["portal.route=x", "no app that they come in to is called so"],
  ])("--set %s is wrong usage", async (set, message) => {
    const result = await tenantry([...acme, "--app", "gateway", "--set", "kong.route=a", "--set", set]);
    expect(result.exit).toBe(2);
    expect(result.err).toContain(message);
  });

  it("what the kind does not know is an issue of the file, which is not written", async () => {
    const result = await tenantry([...acme, "--app", "gateway", "--set", "kong.route=a", "--set", "kong.rout=b"]);
    expect(result.exit).toBe(2);
    expect(result.err).toContain("tenants/acme.yaml");
    expect(result.err).toContain("`rout`");
    expect(existsSync(join(root, "tenants/acme.yaml"))).toBe(false);
  });

  it("asks for it at a terminal, and proposes the slug", async () => {
    const typed = ["Acme", "", "acme.example", "workforce", "*", "gateway", "", ""];
    const result = await tenantry(["new"], typed);
    expect(result.exit, result.err).toBe(0);
    expect(result.asked).toContain("Name of the Kong route that they come in by (gateway) [acme]: ");
    expect(written()).toContain("    kong: { route: acme }\n");
  });

  it("asks again while the name is taken", async () => {
    const first = await tenantry([...acme, "--app", "gateway", "--set", "kong.route=shared"]);
    expect(first.exit, first.err).toBe(0);
    const typed = ["Other", "", "other.example", "workforce", "*", "gateway", "shared", "own", ""];
    const result = await tenantry(["new"], typed);
    expect(result.exit, result.err).toBe(0);
    expect(readFileSync(join(root, "tenants/other.yaml"), "utf8")).toContain("kong: { route: own }");
  });
});
