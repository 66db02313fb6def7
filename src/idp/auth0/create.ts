import type { Registration } from "../../desired/connection.ts";
import { TenantryError } from "../../errors/failure.ts";
import type { Auth0Client } from "../../vendor/auth0/clients.ts";
import { Auth0Failure } from "../../vendor/auth0/failure.ts";
import type { Auth0Tenant } from "../../vendor/auth0/tenant.ts";
import type { Sleep } from "../../vendor/network.ts";
import { newClient } from "./client-body.ts";
import type { ClientDirectory } from "./client-directory.ts";
import { type OrganizationKeeper, organizationOf } from "./organization-keeper.ts";
import { decideOwn } from "./ownership.ts";

// Making a client so that there is never a second one.
//
// Auth0's create is not idempotent, and the client id is Auth0's: a second create always makes a second client. So:
// look first, by the organization's metadata and by the whole list; create once; when the reply was lost, look again
// after waits (a list may be late); and when that shows nothing, stop as unclear. The next run looks anew.
//
// Auth0 lists the first 1,000 clients only. Where there are more, a client that is missing from the organization's
// metadata may still be there. So what is about to be made is noted in that metadata first: a run that finds such a
// note and no client stops.

/** Waits before each look after a lost reply, milliseconds. */
const looks = [1_000, 2_000, 4_000];

export interface CreateContext {
  readonly tenant: Auth0Tenant;
  readonly clients: ClientDirectory;
  readonly organizations: OrganizationKeeper;
  readonly sleep: Sleep;
}

/**
 * Makes the client, or takes over the one that is there with our marker.
 *
 * @throws TenantryError AUTH0_ORGANIZATION_TAKEN, AUTH0_DUPLICATE, AUTH0_CREATE_UNCLEAR, AUTH0_NOT_FOUND (its
 * organization), and those of the calls themselves
 */
export async function createClient(context: CreateContext, wanted: Registration): Promise<Auth0Client> {
  const { tenant, clients, organizations } = context;
  const part = organizationOf(wanted);
  const found = await organizations.read(part);
  if (found === undefined) {
    const message = `Auth0 (${tenant.host}) has no organization ${JSON.stringify(part.name)} for ${wanted.key}`;
    throw new TenantryError("AUTH0_NOT_FOUND", message);
  }
  const present = only(tenant.host, wanted, await clients.own(wanted.key, found.own.clientIds));
  if (present !== undefined) return present;

  const noted = clients.complete !== true;
  if (noted && found.own.making.includes(wanted.key)) throw hidden(tenant.host, wanted, part.name);
  const note = (making: boolean) =>
    organizations.edit(part, (own) => {
      const others = own.making.filter((key) => key !== wanted.key);
      return { ...own, making: making ? [...others, wanted.key] : others };
    });
  if (noted) await note(true);
  try {
    const client = await tenant.clients.create(newClient(wanted));
    clients.remember(client);
    return client;
  } catch (error) {
    if (!(error instanceof Auth0Failure)) throw error;
    if (error.effect === "unclear") return lookAgain(context, wanted, error);
    if (noted) await note(false);
    throw error;
  }
}

/** Looks after each wait, whatever became of the look before. */
async function lookAgain(
  { tenant, clients, sleep }: CreateContext,
  wanted: Registration,
  lost: Auth0Failure,
): Promise<Auth0Client> {
  for (const wait of looks) {
    await sleep(wait);
    try {
      await clients.all();
      const client = only(tenant.host, wanted, await clients.own(wanted.key, []));
      if (client !== undefined) return client;
    } catch (error) {
      if (!(error instanceof Auth0Failure)) throw error;
    }
  }
  const message = `It is not clear whether Auth0 (${tenant.host}) has made the client of ${wanted.key}: its reply was lost`;
  throw new TenantryError("AUTH0_CREATE_UNCLEAR", message, { cause: lost });
}

function only(host: string, wanted: Registration, own: readonly Auth0Client[]): Auth0Client | undefined {
  const ownership = decideOwn(host, wanted, own);
  if (ownership.kind === "problem") throw new TenantryError(ownership.problem.code, ownership.problem.message);
  return ownership.kind === "own" ? ownership.client : undefined;
}

function hidden(host: string, wanted: Registration, organization: string): TenantryError {
  const message = `A run before has begun to make the client of ${wanted.key}, and Auth0 (${host}) has too many clients to list them all`;
  const hint = `look for it in the dashboard by its name; when it is not there, take ${wanted.key} out of \`tenantryMaking1\` in the metadata of the organization ${organization}`;
  return new TenantryError("AUTH0_CREATE_UNCLEAR", message, { hint });
}
