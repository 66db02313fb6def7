import { TenantryError } from "../../errors/failure.ts";
import type { Sleep } from "../../vendor/network.ts";
import { OktaFailure } from "../../vendor/okta/failure.ts";
import type { OktaGroup } from "../../vendor/okta/groups.ts";
import type { OktaOrg } from "../../vendor/okta/org.ts";
import type { GroupDirectory } from "./group-directory.ts";
import { groupDescription, type MarkerScope } from "./marker.ts";

// Making a group so that there is never a second one of its name. Okta refuses a name that is taken, so a create that is
// sent twice makes one group. What was made is not in Okta's search index at once: it is remembered by its id, and after
// a lost reply it is looked for without the index too.

/** Waits before each look, milliseconds. */
const looks = [1_000, 2_000, 4_000];

export interface SettleGroupContext {
  readonly org: OktaOrg;
  readonly directory: GroupDirectory;
  readonly scope: MarkerScope;
  readonly sleep: Sleep;
}

/**
 * Makes the group when no group has its name. A group of that name that is there already is taken as it is.
 *
 * @throws TenantryError OKTA_GROUP_MISSING (the name is taken, by nothing that could be assigned), OKTA_GROUP_UNCLEAR,
 * and those of the calls themselves
 */
export async function settleGroup(context: SettleGroupContext, name: string): Promise<void> {
  const { org, directory, scope } = context;
  const present = await directory.find(name);
  if ("id" in present) return;
  if (!present.creatable) throw new TenantryError("OKTA_GROUP_MISSING", present.message);
  const description = groupDescription(scope);
  let lost: OktaFailure | undefined;
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      const group = await org.groups.create(name, description);
      await untilReadable(context, group);
      directory.remember(group);
      return;
    } catch (error) {
      if (!(error instanceof OktaFailure)) throw error;
      if (saysTaken(error)) return adopt(context, name, lost ?? error);
      if (error.effect === "none") throw lost === undefined ? error : unclear(org.host, name, error);
      lost = error;
      if (await lookAgain(context, name, error)) return;
    }
  }
  throw unclear(org.host, name, lost);
}

/** A group that was made a moment ago may not be readable everywhere yet; what is assigned must be. */
async function untilReadable({ org, sleep }: SettleGroupContext, { id }: OktaGroup): Promise<void> {
  for (const wait of looks) {
    if ((await org.groups.read(id)) !== undefined) return;
    await sleep(wait);
  }
}

/** Looks after each wait. False when the last look worked and showed nothing; throws when it did not work. */
async function lookAgain(context: SettleGroupContext, name: string, lost: OktaFailure): Promise<boolean> {
  let blind: OktaFailure | undefined;
  for (const wait of looks) {
    await context.sleep(wait);
    try {
      blind = undefined;
      if (await look(context, name)) return true;
    } catch (error) {
      if (!(error instanceof OktaFailure)) throw error;
      blind = error;
    }
  }
  if (blind !== undefined) throw unclear(context.org.host, name, lost);
  return false;
}

/** Okta says that the name is taken: by our own group that is not in the index yet, or by somebody else's. */
async function adopt(context: SettleGroupContext, name: string, reason: OktaFailure): Promise<void> {
  for (const wait of [0, ...looks]) {
    if (wait > 0) await context.sleep(wait);
    if (await look(context, name)) return;
  }
  const message =
    `Okta (${context.org.host}) says that the group name ${JSON.stringify(name)} is taken, but shows no such group ` +
    "to these credentials that could be assigned";
  throw new TenantryError("OKTA_GROUP_MISSING", message, { cause: reason });
}

async function look({ org, directory }: SettleGroupContext, name: string): Promise<boolean> {
  const found = await org.groups.namedNow(name);
  const groups = found.length > 0 ? found : await org.groups.named(name);
  const [group] = groups.filter(({ type }) => type !== "BUILT_IN");
  if (group === undefined) return false;
  directory.remember(group);
  return true;
}

function saysTaken(error: OktaFailure): boolean {
  return error.status === 400 && error.causes.some((cause) => /^name\b.*already exists/i.test(cause));
}

function unclear(host: string, name: string, cause: unknown): TenantryError {
  const message = `It is not clear whether Okta (${host}) has made the group ${JSON.stringify(name)}: its reply was lost`;
  return new TenantryError("OKTA_GROUP_UNCLEAR", message, { cause });
}
