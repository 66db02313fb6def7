import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { encryptionOf } from "../../../src/engine/terraform/encryption.ts";
import { TenantryError } from "../../../src/errors/failure.ts";
import { Secret } from "../../../src/secret/secret.ts";
import { failure, fakeTool, onPath, openBench, program, scratch } from "../bench.ts";

// What OpenTofu would evaluate, were it not written as text.
const passphrase = `p\${upper("x")} %{if} "quoted" \\ ünï`;

describe("TF_ENCRYPTION", () => {
  test("encrypts state and plan, and forbids plain ones", () => {
    expect(JSON.parse(encryptionOf("tofu", new Secret(passphrase), false))).toEqual({
      key_provider: { pbkdf2: { tenantry: { passphrase: `p$\${upper("x")} %%{if} "quoted" \\ ünï` } } },
      method: { aes_gcm: { tenantry: { keys: `\${key_provider.pbkdf2.tenantry}` } } },
      state: { method: "method.aes_gcm.tenantry", enforced: true },
      plan: { method: "method.aes_gcm.tenantry", enforced: true },
    });
  });

  test("reads a plain state, and no plain plan, while it migrates", () => {
    expect(JSON.parse(encryptionOf("tofu", new Secret(passphrase), true))).toMatchObject({
      method: { unencrypted: { before: {} } },
      state: { method: "method.aes_gcm.tenantry", fallback: { method: "method.unencrypted.before" } },
      plan: { method: "method.aes_gcm.tenantry", enforced: true },
    });
  });

  test.each([
    [
      "terraform",
      passphrase,
      "ENGINE_ENCRYPTION_UNSUPPORTED",
      "tenantry.yaml asks for an encrypted state (engines.terraform.encryption), and Terraform cannot encrypt it",
    ],
    [
      "tofu",
      "fifteen letters",
      "ENGINE_PASSPHRASE_SHORT",
      "the passphrase of engines.terraform.encryption has 15 characters, and OpenTofu wants 16",
    ],
  ] as const)("%s with %j: %s", (product, text, code, message) => {
    const refused = (): string => encryptionOf(product, new Secret(text), false);
    expect(refused).toThrow(TenantryError);
    expect(refused).toThrow(expect.objectContaining({ code, message }));
  });

  test("is refused before anything is run", async () => {
    const path = fakeTool(scratch(), "terraform", "process.exit(1)");
    expect(await failure(openBench(path, { passphrase }))).toMatchObject({ code: "ENGINE_ENCRYPTION_UNSUPPORTED" });
  });
});

const tofu = onPath("tofu");

describe.skipIf(tofu === undefined)("an encrypted state (needs tofu)", () => {
  const path = tofu ?? "tofu";
  const text = program({ a: { input: "in-the-state" } });

  async function open(root: string, secret?: string) {
    const bench = await openBench(path, { root, ...(secret === undefined ? {} : { passphrase: secret }) });
    const folder = bench.tool.workspace(join(root, "work"), {}, "acme at workforce");
    await folder.write(text);
    return { ...bench, folder };
  }
  const stateIn = (root: string): string => readFileSync(join(root, "work/terraform.tfstate"), "utf8");

  test("holds nothing that can be read, nor does the plan file", async () => {
    const root = scratch();
    const { folder } = await open(root, passphrase);
    await folder.init();
    await folder.plan({ out: "plan" });
    const plan = readFileSync(join(root, "work/plan"));
    // A plain one is a zip file.
    expect(plan.subarray(0, 2).toString()).not.toBe("PK");
    await folder.applyPlan("plan");
    expect(stateIn(root)).toContain("encrypted_data");
    expect(stateIn(root)).not.toContain("in-the-state");
    expect(await folder.list()).toEqual(["terraform_data.a"]);
  });

  test("leaves its passphrase in no file, and unsaid", async () => {
    const root = scratch();
    const secret = "correct horse battery";
    const { folder, told } = await open(root, secret);
    await folder.init();
    await folder.plan({ out: "plan" });
    const files = readdirSync(join(root, "work"), { recursive: true, withFileTypes: true }).filter((file) =>
      file.isFile(),
    );
    expect(files.length).toBeGreaterThan(2);
    for (const { parentPath, name } of files)
      expect(readFileSync(join(parentPath, name), "utf8")).not.toContain(secret);
    expect(told.join()).not.toContain(secret);
  });

  test("ENGINE_STATE_UNREADABLE with another passphrase, and with none", async () => {
    const root = scratch();
    const first = await open(root, passphrase);
    await first.folder.init();
    await first.folder.plan({ out: "plan" });
    await first.folder.applyPlan("plan");
    const again = "Give the passphrase that it was written with, or bring back a copy from the backend's versions.";
    const none = "The state was written with engines.terraform.encryption: name its passphrase there again.";
    for (const [other, hint] of [["another passphrase", again] as const, [undefined, none] as const]) {
      const { folder } = await open(root, other);
      for (const work of [() => folder.plan({ out: "plan" }), () => folder.list()]) {
        expect(await failure(work())).toMatchObject({
          code: "ENGINE_STATE_UNREADABLE",
          message: "OpenTofu cannot read the state of acme at workforce",
          hint,
        });
      }
    }
    // A new folder, as on another machine.
    writeFileSync(join(root, "copy"), stateIn(root));
    const { tool } = await open(root, "another passphrase");
    const elsewhere = tool.workspace(join(root, "elsewhere"), {}, "acme at workforce");
    await elsewhere.write(program({}, {}, { local: { path: join(root, "copy") } }));
    expect(await failure(elsewhere.init())).toMatchObject({ code: "ENGINE_STATE_UNREADABLE" });
  });

  test("takes the place of a plain one at the next apply, whatever that changes", async () => {
    const root = scratch();
    const before = await open(root);
    await before.folder.init();
    await before.folder.plan({ out: "plan" });
    await before.folder.applyPlan("plan");
    expect(stateIn(root)).toContain("in-the-state");

    const { folder, told } = await open(root, passphrase);
    await folder.init();
    const plan = await folder.plan({ out: "plan" });
    expect(plan.changes.map(({ actions }) => actions)).toEqual([["no-op"]]);
    expect(told).toContain(
      "acme at workforce: the state is not encrypted yet; it is read as it is, and written encrypted",
    );
    await folder.applyPlan("plan");
    expect(stateIn(root)).toContain("encrypted_data");

    const after = await open(root, passphrase);
    expect((await after.folder.plan({ out: "plan" })).changes).toHaveLength(1);
    expect(after.told.filter((what) => what.includes("not encrypted"))).toEqual([]);
  });
});
