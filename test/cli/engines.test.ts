import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runCommand } from "../../src/cli/main.ts";
import { toolPlatform } from "../../src/engine/terraform/provider-search.ts";
import { plain } from "../../src/plan/paint.ts";
import { type FakeTools, fakeTools } from "../support/fake-tools.ts";

// `tenantry engines` with programs that only know their version.

const workspace = `version: 1
workspace: acme
environment: production
identityProviders:
  workforce: { kind: okta, domain: acme.okta.com, engine: terraform, credentials: { apiToken: env:OKTA_TOKEN } }
  customers: { kind: auth0, domain: acme.eu.auth0.com, engine: pulumi, credentials: { token: env:AUTH0_TOKEN } }
apps: {}
engines:
  terraform:
    backend: { s3: { bucket: acme-state, region: eu-central-1, key: "{environment}/{tenant}.tfstate" } }
  pulumi: { backend: "s3://acme-state", passphrase: env:STATE_PASSPHRASE }
environments:
  by-api:
    identityProviders: { workforce: { engine: direct }, customers: { engine: direct } }
`;
const passphrase = "through-the-looking-glass";

let tools: FakeTools;
let root: string;
beforeEach(() => {
  tools = fakeTools();
  root = join(tools.home, "sso");
  tools.file("sso/tenantry.yaml", workspace);
});
afterEach(() => tools.remove());

async function engines(environment: Readonly<Record<string, string>>, ...args: readonly string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const exit = await runCommand(
    ["engines", ...args],
    { out: (text) => out.push(text), err: (text) => err.push(text), paint: plain },
    { environment: { ...tools.environment, ...environment }, cwd: root, pid: process.pid },
  );
  return { exit, out: out.join(""), err: err.join(""), json: () => JSON.parse(out.join("")) };
}

/** Everything that the workspace needs. */
function installAll(): void {
  tools.program("tofu", 'echo "OpenTofu v1.12.6"; echo "on linux_amd64"');
  tools.program("pulumi", "echo v3.259.0");
  const provider = `okta/okta/6.12.0/${toolPlatform()}/terraform-provider-okta_v6.12.0`;
  tools.file(`.terraform.d/plugins/providers.example/${provider}`);
  tools.program("pulumi-resource-auth0", "exit 1");
}

describe("tenantry engines", () => {
  it("says what is there, who uses what, and leaves with 0 when nothing is missing", async () => {
    installAll();
    const { exit, out } = await engines({ STATE_PASSPHRASE: passphrase });
    expect(exit, out).toBe(0);
    expect(out).toMatch(/^tofu +1\.12\.6 +\S+\/bin\/tofu$/m);
    expect(out).toMatch(/^terraform +none +not on PATH$/m);
    expect(out).toMatch(/^pulumi +3\.259\.0 +\S+\/bin\/pulumi$/m);
    expect(out).toMatch(/^okta +6\.12\.0 +mirror\s+\S+\/plugins\/providers\.example\/okta\/okta\/6\.12\.0\/\w+$/m);
    expect(out).toMatch(/^auth0 +any +PATH +\S+\/pulumi-resource-auth0$/m);
    expect(out).toMatch(/^workforce \(okta\) +terraform +tofu 1\.12\.6 +provider 6\.12\.0$/m);
    expect(out).toMatch(/^customers \(auth0\) +pulumi +pulumi 3\.259\.0 +plugin of any version \(PATH\)$/m);
    expect(out).toContain("  state: s3 {environment}/{tenant}.tfstate\n");
    expect(out).toContain("  passphrase: env:STATE_PASSPHRASE, there\n");
    expect(out).toMatch(/\S\n\nEverything that production needs is there\.\n$/);
    expect(out).not.toContain(passphrase);
  });

  it("fits 80 columns but for a path that is longer, and lists nothing twice", async () => {
    installAll();
    const PATH = `${tools.environment.PATH}:${tools.bin}:${tools.bin}`;
    const own = await engines({ STATE_PASSPHRASE: passphrase, PATH });
    const direct = await engines({ STATE_PASSPHRASE: passphrase, PATH }, "--env", "by-api");
    expect(own.out.match(/^auth0 +any/gm)).toHaveLength(1);
    expect(direct.out).toMatch(/\S\n\nEverything that by-api needs is there\.\n$/);
    for (const line of `${own.out}\n${direct.out}`.split("\n")) {
      if (!/^ *\S+$/.test(line)) expect(line.length, line).toBeLessThanOrEqual(80);
    }
  });

  it("names everything that is missing with the command that installs it, and leaves with 5", async () => {
    const { exit, out } = await engines({});
    expect(exit).toBe(5);
    expect(out).toContain("5 things are missing in production:\n");
    expect(out).toContain("ENGINE_TOOL_MISSING  neither `tofu` nor `terraform` is on PATH (for workforce)\n  $ ");
    expect(out).toContain("ENGINE_PROVIDER_MISSING  the provider okta/okta 6.12.0 is not on this");
    expect(out).toContain("  $ tofu -chdir=.tenantry/providers providers mirror ~/.terraform.d/plugins\n");
    expect(out).toContain("ENGINE_TOOL_MISSING  `pulumi` is not on PATH (for customers)\n  $ ");
    expect(out).toContain("  $ pulumi plugin install resource auth0 v3.49.0\n");
    expect(out).toContain("SECRET_UNRESOLVED  the passphrase env:STATE_PASSPHRASE gives no");
    for (const line of out.split("\n").filter((each) => !each.startsWith("  $ "))) {
      expect(line.length, line).toBeLessThanOrEqual(80);
    }
  });

  it("needs nothing where everything is by API, and says what another engine would need", async () => {
    const direct = await engines({}, "--env", "by-api");
    expect(direct.exit).toBe(0);
    expect(direct.out).toMatch(/^workforce \(okta\) +direct +nothing +the vendor's API$/m);
    const pulumi = await engines({}, "--env", "by-api", "--engine", "pulumi");
    expect(pulumi.exit).toBe(5);
    expect(pulumi.out).toContain("3 things are missing in by-api");
    expect(pulumi.out).toMatch(/^workforce \(okta\) +direct/m);
  });

  it("has the same in one JSON document, without a secret", async () => {
    installAll();
    const { exit, out, json } = await engines({ STATE_PASSPHRASE: passphrase, CI: "1" }, "--json");
    expect(exit).toBe(0);
    expect(out).not.toContain(passphrase);
    expect(json()).toMatchObject({
      ...{ version: 1, command: "engines", environment: "production", missing: [] },
      tools: [
        { tool: "tofu", version: "1.12.6", path: join(tools.bin, "tofu") },
        { tool: "terraform", problem: { code: "ENGINE_TOOL_MISSING" } },
        { tool: "pulumi", version: "3.259.0" },
      ],
      identityProviders: [
        { idp: "workforce", engine: "terraform", wants: "6.12.0", has: { version: "6.12.0", kind: "mirror" } },
        { idp: "customers", engine: "pulumi", passphrase: { reference: "env:STATE_PASSPHRASE", there: true } },
      ],
    });
  });

  it("tells of a version that is too old, and of a program that is something else", async () => {
    tools.program("tofu", 'echo "OpenTofu v1.5.0"');
    tools.program("pulumi", "echo looking glass 1.0");
    const { out, json } = await engines({}, "--json");
    expect(json().missing).toMatchObject([
      { what: "tool", code: "ENGINE_TOOL_OLD", for: ["workforce"] },
      { what: "provider" },
      { what: "tool", code: "ENGINE_ANSWER_UNREADABLE", for: ["customers"] },
      { what: "plugin" },
      { what: "passphrase" },
    ]);
    expect(out).toContain("is version 1.5.0, and");
    expect((await engines({})).out).toMatch(/^tofu +unusable +see below$/m);
  });

  it("takes the program that the file names, and no other", async () => {
    installAll();
    const own = tools.file("sso/tools/terraform");
    tools.file(
      "sso/tenantry.yaml",
      workspace.replace("  terraform:\n", "  terraform:\n    command: tools/terraform\n"),
    );
    const absent = await engines({ STATE_PASSPHRASE: passphrase });
    expect(absent.exit).toBe(5);
    expect(absent.out.replaceAll(/\s+/g, " ")).toContain(
      `ENGINE_TOOL_MISSING ${own}, which engines.terraform.command names, is no program that can be run`,
    );
    expect(absent.out).toContain("  mend: correct engines.terraform.command, or leave it out to have PATH\n");
  });

  it("says that a provider of another version will not do", async () => {
    installAll();
    tools.file(
      "sso/tenantry.yaml",
      workspace.replace("  terraform:\n", '  terraform:\n    providerVersion: "4.20.0"\n'),
    );
    const { exit, out } = await engines({ STATE_PASSPHRASE: passphrase });
    expect(exit).toBe(5);
    expect(out.replaceAll(/\s+/g, " ")).toContain(
      "the provider okta/okta 4.20.0 is not on this machine, only 6.12.0 (for workforce)",
    );
  });

  it("says that Terraform encrypts no state", async () => {
    installAll();
    tools.program("terraform", 'echo "Terraform v1.11.4"');
    const encryption = "  terraform:\n    command: terraform\n    encryption: { passphrase: env:STATE_PASSPHRASE }\n";
    tools.file("sso/tenantry.yaml", workspace.replace("  terraform:\n", encryption));
    const { exit, json } = await engines({ STATE_PASSPHRASE: passphrase }, "--json");
    expect(exit).toBe(5);
    expect(json().missing).toMatchObject([{ what: "tool", code: "ENGINE_ENCRYPTION_UNSUPPORTED", for: ["workforce"] }]);
  });

  it("wants a backend to be named in CI", async () => {
    installAll();
    tools.file("sso/tenantry.yaml", workspace.replace('backend: "s3://acme-state", ', ""));
    const { exit, out } = await engines({ STATE_PASSPHRASE: passphrase, CI: "true" });
    expect(exit).toBe(5);
    expect(out).toContain("1 thing is missing in production");
    expect(out).toContain("ENGINE_BACKEND_UNNAMED");
    expect((await engines({ STATE_PASSPHRASE: passphrase })).exit).toBe(0);
  });

  it("outside a workspace says only what is installed; one that is asked about must be there", async () => {
    tools.program("terraform", 'echo "Terraform v1.11.4"');
    root = tools.home;
    const { exit, out, err } = await engines({});
    expect(exit, err).toBe(0);
    expect(out).toMatch(/^terraform +1\.11\.4/m);
    expect(out).not.toContain("identity provider");
    const asked = await engines({}, "--env", "staging");
    expect(asked.exit).toBe(2);
    expect(asked.err).toContain("WORKSPACE_NOT_FOUND");
  });

  it("tells of files with mistakes instead", async () => {
    tools.file("sso/tenantry.yaml", workspace.replace("engine: pulumi", "engine: terraform"));
    const { exit, err } = await engines({});
    expect(exit).toBe(2);
    expect(err).toContain("WORKSPACE_WRONG_VALUE  `identityProviders.customers.engine` must be `direct` or `pulumi`");
  });
});

describe("tenantry demo --engine", () => {
  const demo = async (...args: readonly string[]) => {
    const out: string[] = [];
    const exit = await runCommand(
      ["demo", ...args],
      { out: (text) => out.push(text), err: (text) => out.push(text), paint: plain },
      { environment: { ...tools.environment, PULUMI_CONFIG_PASSPHRASE: "" }, cwd: root, pid: process.pid },
    );
    return { exit, out: out.join("") };
  };

  it.each(["terraform", "pulumi"])("%s starts nothing when something is missing, and says what", async (engine) => {
    const { exit, out } = await demo("--engine", engine);
    expect(exit).toBe(5);
    const [first = "", second = ""] =
      engine === "terraform" ? ["neither `tofu` nor", "okta/okta"] : ["`pulumi`", "auth0"];
    expect(out).toMatch(/^2 things are missing in sandbox:\n/);
    expect(out).toContain(`ENGINE_TOOL_MISSING  ${first}`);
    expect(out).toMatch(new RegExp(`ENGINE_PROVIDER_MISSING {2}the (provider|plugin) ${second}`));
    expect(out).not.toContain("tenantry validate");
  });

  it("has what is missing in JSON", async () => {
    const { exit, out } = await demo("--engine", "pulumi", "--json");
    expect(exit).toBe(5);
    expect(JSON.parse(out)).toMatchObject({
      command: "demo",
      passed: false,
      missing: [{ what: "tool" }, { what: "plugin" }],
    });
  });
});
