import { join } from "node:path";
import { expect, test } from "vitest";
import { misses, openPricedWorld, type PricedWorld } from "../apply/priced-world.ts";
import { describeWithProvider, type Pair, providerSettings } from "./terraform-bench.ts";

/** Sign-ins of tenants, by slug. */
const shapes: Readonly<Record<string, string>> = {
  grouped: "idp: workforce\ngroups: [whiterabbit-staff]",
  making: "idp: workforce\ngroups: [whiterabbit-staff, { name: made-here, create: true }]",
  everybody: "idp: workforce\neveryone: true\naccessPolicy: Phishing resistant",
  signing: "idp: workforce\ngroups: [whiterabbit-staff]\nclientAuth: private_key_jwt",
};

describeWithProvider("the calls that a plan foresees are those that an apply makes", (pair) => {
  test("of tenants of every kind, from the first apply to the last", { timeout: 480_000 }, async () => {
    const world = await openLivePricedWorld(pair);
    const slugs = Object.keys(shapes);
    const edit = (from: string | RegExp, to: string) => {
      for (const slug of slugs) world.workspace.edit(`tenants/${slug}.yaml`, from, to);
    };
    for (const [slug, signIn] of Object.entries(shapes)) world.tenant(slug, signIn);
    await expectForeseen(world, "created");
    edit("name: Customer", "name: Kunde");
    await expectForeseen(world, "a name changes");
    world.workspace.edit("tenantry.yaml", "/openid/callback/{id}", "/openid/back/{id}");
    await expectForeseen(world, "a live callback changes");
    world.workspace.edit("tenants/grouped.yaml", "[whiterabbit-staff]", "[whiterabbit-admins]");
    await expectForeseen(world, "other groups");
    edit("status: active", "status: suspended");
    await expectForeseen(world, "suspended");
    edit("status: suspended", "status: active");
    await expectForeseen(world, "active again");
    edit("status: active", "status: offboarded\ndeleteAfter: 2020-01-31");
    await expectForeseen(world, "deleted");
    await world.close();
  });
});

async function openLivePricedWorld({ path, version }: Pair): Promise<PricedWorld> {
  const environment: Record<string, string> = { PATH: process.env.PATH ?? "" };
  const world = await openPricedWorld({ environment });
  const { workspace } = world;
  workspace.write("tools.tfrc", providerSettings());
  environment.HOME = workspace.root;
  environment.TF_CLI_CONFIG_FILE = join(workspace.root, "tools.tfrc");
  workspace.edit("tenantry.yaml", "workforce: { engine: direct }", "workforce: { engine: terraform }");
  workspace.edit(
    "tenantry.yaml",
    "      terraform: { backend",
    `      terraform: { command: ${path}, providerVersion: ${version}, backend`,
  );
  return world;
}

async function expectForeseen(world: PricedWorld, what: string): Promise<void> {
  const { foreseen, made } = await world.planAndApply();
  expect({ what, misses: misses(foreseen, made) }).toEqual({ what, misses: [] });
}
