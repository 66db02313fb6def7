import type { Kysely } from "kysely";
import { TenantryError } from "../errors/failure.ts";
import type { StoreTables } from "./tables.ts";

/** Whose history a store holds. Addresses and keys in it name neither: two owners would share locks, ids and proofs. */
export interface StoreOwner {
  readonly workspace: string;
  readonly environment: string;
}

/**
 * Writes down whose the store is when nobody's name is in it yet. Of two that open it at once, one is its owner.
 *
 * @param name the store's name in messages
 * @throws TenantryError STORE_OTHER_ENVIRONMENT when it is somebody else's
 */
export async function claimStore(database: Kysely<StoreTables>, owner: StoreOwner, name: string): Promise<void> {
  const ours = `${owner.workspace}/${owner.environment}`;
  const present = (await readOwner(database)) ?? (await writeOwner(database, ours));
  if (present === ours) return;
  const [workspace, environment] = present.split("/");
  const message = `${name} is of ${workspace} in ${environment}, and this is ${owner.workspace} in ${owner.environment}.`;
  throw new TenantryError("STORE_OTHER_ENVIRONMENT", message);
}

async function writeOwner(database: Kysely<StoreTables>, value: string): Promise<string> {
  await database
    .insertInto("tenantry_meta")
    .values({ name: "owner", value })
    .onConflict((conflict) => conflict.column("name").doNothing())
    .execute();
  return (await readOwner(database)) ?? value;
}

async function readOwner(database: Kysely<StoreTables>): Promise<string | undefined> {
  const row = await database.selectFrom("tenantry_meta").select("value").where("name", "=", "owner").executeTakeFirst();
  return row?.value;
}
