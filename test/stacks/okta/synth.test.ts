import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runCommand } from "../../../src/cli/main.ts";
import { plain } from "../../../src/plan/paint.ts";
import { isJsonObject, objectIn } from "../../../src/vendor/json.ts";
import { sqlCompanies } from "../../support/workspace.ts";

const repository = fileURLToPath(new URL("../../../", import.meta.url));

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "tenantry-synth-"));
  for (const part of ["tenantry.yaml", ...sqlCompanies.map((tenant) => `tenants/${tenant}.yaml`)]) {
    cpSync(join(repository, part), join(root, part), { recursive: true });
  }
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

async function tenantry(...args: readonly string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const exit = await runCommand(
    args,
    { out: (text) => out.push(text), err: (text) => err.push(text), paint: plain },
    { environment: {}, cwd: root, pid: process.pid },
  );
  return { exit, out: out.join(""), err: err.join("") };
}

/** Every file below a folder of the workspace, with its text. */
function filesIn(folder: string): Readonly<Record<string, string>> {
  const names = readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    names.sort().map((name) => [name.slice(join(root, folder).length + 1), readFileSync(name, "utf8")]),
  );
}

function edit(file: string, from: string | RegExp, to: string): void {
  const path = join(root, file);
  const text = readFileSync(path, "utf8");
  const changed = text.replace(from, to);
  expect(changed, `${file} has no ${from}`).not.toBe(text);
  writeFileSync(path, changed);
}

/** Another tenant, made from the example's first. */
function addTenant(slug: string, id: string, change: (text: string) => string = (text) => text): void {
  const text = readFileSync(join(root, "tenants/whiterabbit.yaml"), "utf8")
    .replace(/^tenant: .*$/m, `tenant: ${slug}`)
    .replace(/^id: .*$/m, `id: ${id}`)
    .replace(/^domains: .*$/m, `domains: [${slug}.example]`);
  writeFileSync(join(root, `tenants/${slug}.yaml`), change(text));
}

const stackOf = (folder: string, name: string): unknown =>
  JSON.parse(readFileSync(join(root, folder, "stacks", name, "cdk.tf.json"), "utf8"));
const backendOf = (stack: unknown) => objectIn(objectIn(stack, "terraform"), "backend");

describe("tenantry synth", () => {
  test("writes every tenant that has a client at Okta, the same bytes each time", async () => {
    const first = await tenantry("synth");
    expect(first).toEqual({ exit: 0, out: "cdktf.out/stacks/whiterabbit/cdk.tf.json  whiterabbit/portal\n", err: "" });
    const written = filesIn("cdktf.out");
    expect(Object.keys(written)).toEqual(["stacks/whiterabbit/cdk.tf.json"]);
    expect((await tenantry("synth")).exit).toBe(0);
    expect(filesIn("cdktf.out")).toEqual(written);
    expect(JSON.stringify(written)).not.toContain(root);
  });

  test("takes those that are switched off too, and no draft", async () => {
    addTenant("asleep", "a2zr8cn3h7wtk2xmv9bd", (text) => text.replace("status: active", "status: suspended"));
    addTenant("leaving", "b2zr8cn3h7wtk2xmv9bd", (text) =>
      text.replace("status: active", "status: offboarded\ndeleteAfter: 2999-01-01"),
    );
    addTenant("gone", "c2zr8cn3h7wtk2xmv9bd", (text) =>
      text.replace("status: active", "status: offboarded\ndeleteAfter: 2020-01-01"),
    );
    addTenant("coming", "d2zr8cn3h7wtk2xmv9bd", (text) => text.replace("status: active", "status: draft"));
    const { exit, err } = await tenantry("synth");
    expect([exit, err]).toEqual([0, ""]);
    expect(readdirSync(join(root, "cdktf.out/stacks")).sort()).toEqual(["asleep", "leaving", "whiterabbit"]);
    const apps = objectIn(objectIn(stackOf("cdktf.out", "asleep"), "resource"), "okta_app_oauth");
    expect(apps.client_asleep__portal).toMatchObject({ status: "INACTIVE" });
  });

  test("goes where it is told, for the environment it is told, and says so as JSON", async () => {
    const { exit, out } = await tenantry("synth", "--env", "sandbox", "--out", "made/here/", "--json");
    expect(exit).toBe(0);
    expect(JSON.parse(out)).toEqual({
      version: 1,
      command: "synth",
      environment: "sandbox",
      stacks: [
        {
          tenant: "whiterabbit",
          idp: "workforce",
          file: "made/here/stacks/whiterabbit/cdk.tf.json",
          connections: ["whiterabbit/portal"],
        },
      ],
    });
    // A path of the file is one of the workspace's folder, whatever folder the stack is in.
    expect(backendOf(stackOf("made/here", "whiterabbit"))).toEqual({
      local: { path: "../../../../.tenantry/sandbox/terraform/whiterabbit.tfstate" },
    });
  });

  test("names the tenant's own state", async () => {
    await tenantry("synth");
    expect(backendOf(stackOf("cdktf.out", "whiterabbit"))).toMatchObject({
      s3: { bucket: "acme-sso-state", key: "terraform/whiterabbit.tfstate", use_lockfile: true },
    });
  });

  test("declares a backend where the file names none", async () => {
    edit("tenantry.yaml", / {2}terraform:\n {4}backend:\n( {6}.*\n)+/, "  terraform: { parallelism: 2 }\n");
    await tenantry("synth");
    expect(backendOf(stackOf("cdktf.out", "whiterabbit"))).toEqual({ local: { path: "terraform.tfstate" } });
  });

  test("keeps an absolute path", async () => {
    edit(
      "tenantry.yaml",
      /terraform: \{ backend: .*$/m,
      'terraform: { backend: { local: { path: "/state/{tenant}" } } }',
    );
    await tenantry("synth", "--env", "sandbox");
    expect(backendOf(stackOf("cdktf.out", "whiterabbit"))).toEqual({ local: { path: "/state/whiterabbit" } });
  });

  test("asks for the version of the provider that the file names", async () => {
    edit("tenantry.yaml", "  terraform:\n", "  terraform:\n    providerVersion: 4.20.0\n");
    await tenantry("synth");
    const providers = objectIn(objectIn(stackOf("cdktf.out", "whiterabbit"), "terraform"), "required_providers");
    expect(providers).toEqual({ okta: { source: "okta/okta", version: "4.20.0" } });
  });

  test("writes one stack per tenant and org, where there are several", async () => {
    edit("tenantry.yaml", 'key: "terraform/{tenant}.tfstate"', 'key: "{environment}/{idp}/{tenant}.tfstate"');
    edit("tenantry.yaml", 'path: ".tenantry/sandbox/terraform/{tenant}.tfstate"', 'path: "s/{idp}/{tenant}.tfstate"');
    edit(
      "tenantry.yaml",
      "  customers:\n",
      [
        "  partners:",
        "    kind: okta",
        "    domain: acme-partners.okta.com",
        "    credentials: { apiToken: env:PARTNERS_TOKEN }",
        "  customers:\n",
      ].join("\n"),
    );
    addTenant("northgate", "e2zr8cn3h7wtk2xmv9bd", (text) => text.replace("idp: workforce", "idp: partners"));
    const { exit, out, err } = await tenantry("synth");
    expect([exit, err]).toEqual([0, ""]);
    expect(out.split("\n")).toEqual([
      "cdktf.out/stacks/northgate.partners/cdk.tf.json  northgate/portal",
      "cdktf.out/stacks/whiterabbit.workforce/cdk.tf.json  whiterabbit/portal",
      "",
    ]);
    const stack = stackOf("cdktf.out", "northgate.partners");
    expect(objectIn(stack, "provider").okta).toMatchObject([{ org_name: "acme-partners", base_url: "okta.com" }]);
    expect(backendOf(stack)).toMatchObject({ s3: { key: "production/partners/northgate.tfstate" } });
  });

  test("says that there is nothing to write", async () => {
    rmSync(join(root, "tenants/whiterabbit.yaml"));
    expect(await tenantry("synth")).toEqual({
      exit: 0,
      out: "no tenant has a client at an Okta org in production\n",
      err: "",
    });
    expect(existsSync(join(root, "cdktf.out"))).toBe(false);
  });

  test("says where it cannot write", async () => {
    writeFileSync(join(root, "cdktf.out"), "in the way");
    const { exit, err } = await tenantry("synth");
    expect(exit).toBe(2);
    expect(err).toContain("CLI_OUTPUT_UNWRITABLE  cdktf.out/stacks/whiterabbit cannot be made (ENOTDIR)");
  });
});

describe("the program that cdktf.json names", () => {
  const settings = JSON.parse(readFileSync(join(repository, "cdktf.json"), "utf8")) as Record<string, string>;
  const run = (environment: Readonly<Record<string, string>> = {}) => {
    const [program = "", script = "", ...more] = (settings.app ?? "").split(" ");
    expect([program, settings.language, settings.output, more]).toEqual(["node", "typescript", "cdktf.out", []]);
    // As the cdktf CLI starts it.
    const env = { CDKTF_OUTDIR: "cdktf.out", ...environment };
    return promisify(execFile)(process.execPath, [join(repository, script)], { cwd: root, env });
  };

  test("makes the stacks that `tenantry synth` writes, and a manifest of them", async () => {
    await run();
    const { "manifest.json": manifest, ...stacks } = filesIn("cdktf.out");
    expect(JSON.parse(manifest ?? "")).toMatchObject({
      stacks: { whiterabbit: { name: "whiterabbit", synthesizedStackPath: "stacks/whiterabbit/cdk.tf.json" } },
    });
    await tenantry("synth", "--out", "ours");
    const ours = filesIn("ours");
    expect(Object.keys(stacks)).toEqual(Object.keys(ours));
    for (const [name, text] of Object.entries(stacks)) {
      expect(withoutNotes(JSON.parse(text))).toEqual(JSON.parse(ours[name] ?? ""));
    }
    expect(JSON.stringify(stacks)).not.toContain(root);
  });

  test("takes the environment from TENANTRY_ENV", async () => {
    await run({ TENANTRY_ENV: "sandbox" });
    expect(backendOf(stackOf("cdktf.out", "whiterabbit"))).toEqual({
      local: { path: "../../../.tenantry/sandbox/terraform/whiterabbit.tfstate" },
    });
  });

  test("prints every issue of the files and makes nothing", async () => {
    edit("tenants/whiterabbit.yaml", "status: active", "status: awake");
    edit("tenants/fernhill.yaml", "status: active", "status: awake");
    await expect(run()).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringMatching(
        /^tenants\/fernhill\.yaml:\d+:\d+ .*\n(.*\n)*tenants\/whiterabbit\.yaml:\d+:\d+ /,
      ) as unknown,
    });
    expect(existsSync(join(root, "cdktf.out"))).toBe(false);
  });
});

/** A stack without what cdktf notes for its own command line. */
function withoutNotes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNotes);
  if (!isJsonObject(value)) return value;
  const kept = Object.entries(value).filter(([name]) => name !== "//");
  return Object.fromEntries(kept.map(([name, member]) => [name, withoutNotes(member)]));
}
