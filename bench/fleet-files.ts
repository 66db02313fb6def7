import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type FleetKinds, fleetTenants, kindOf, slugOf } from "../src/cli/fleet-tenants.ts";
import { writeTenant } from "../src/tenant/write.ts";

/** The same seed makes the same files, byte for byte. */
interface FleetFiles {
  readonly count: number;
  readonly kinds: FleetKinds;
  readonly seed: number;
  /** Where the sandbox listens; the example's own port when absent. */
  readonly port?: number | undefined;
}

const repository = fileURLToPath(new URL("../", import.meta.url));

/** Writes a workspace with generated tenants into an empty folder: the example's `tenantry.yaml`, one file per tenant. */
export function writeFleet(root: string, { count, kinds, seed, port }: FleetFiles): void {
  mkdirSync(join(root, "tenants"), { recursive: true });
  const workspace = readFileSync(join(repository, "tenantry.yaml"), "utf8");
  const connect = port === undefined ? "$&" : `127.0.0.1:${port}`;
  writeFileSync(join(root, "tenantry.yaml"), workspace.replace(/127\.0\.0\.1:\d+/, connect));
  for (const tenant of fleetTenants({ count, kinds, seed })) {
    writeFileSync(join(root, "tenants", `${tenant.tenant}.yaml`), writeTenant(tenant));
  }
}

/** Of each kind in a written fleet one tenant as it is, one changed and one new. The latter two are written now. */
export function onesOf(
  root: string,
  count: number,
  kinds: FleetKinds,
): readonly { readonly slug: string; readonly what: string }[] {
  const file = (slug: string): string => join(root, "tenants", `${slug}.yaml`);
  const middle = Math.floor(count / 20) * 10;
  return [...new Set(Array.from({ length: 10 }, (_, place) => kindOf(place, kinds)))].flatMap((kind) => {
    const [first = 0, second = 0] = Array.from({ length: 20 }, (_, at) => middle + at).filter(
      (index) => kindOf(index, kinds) === kind,
    );
    const changed = slugOf(second);
    const text = readFileSync(file(changed), "utf8");
    const made = `new-${kind}`;
    const id = `new${kind}`.replaceAll(/[^a-z2-9]/g, "9").padEnd(20, "2");
    writeFileSync(file(made), text.replaceAll(changed, made).replace(/^id: .*$/m, `id: ${id}`));
    writeFileSync(file(changed), text.replace(/^( +scopes: )\[.*\]$/m, "$1[openid, email]"));
    return [
      { slug: slugOf(first), what: `one at ${kind}` },
      { slug: changed, what: `one changed at ${kind}` },
      { slug: made, what: `one new at ${kind}` },
    ];
  });
}
