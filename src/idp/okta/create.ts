import type { Registration } from "../../desired/connection.ts";
import { TenantryError } from "../../errors/failure.ts";
import type { Sleep } from "../../vendor/network.ts";
import type { OktaApp } from "../../vendor/okta/apps.ts";
import { OktaFailure } from "../../vendor/okta/failure.ts";
import type { OktaOrg } from "../../vendor/okta/org.ts";
import { newApp } from "./app-body.ts";
import type { AppDirectory } from "./app-directory.ts";
import type { MarkerScope } from "./marker.ts";
import { findOwn, indexApps, takenMessage } from "./ownership.ts";

// Making an app so that there is never a second one.
//
// Okta's create is not idempotent, but the client id in it is ours and unique at the org: a second create of the same
// connection is refused instead of doubled. So: look first; create; when the reply was lost, look again after waits
// (Okta's index may be late); only when a look worked and showed nothing, create once more, which either makes the
// first app or is refused because there is one; and stop as unclear when even that stays without an answer.

/** Waits before each look after a lost reply, milliseconds. */
const looks = [1_000, 2_000, 4_000];

export interface CreateContext {
  readonly org: OktaOrg;
  readonly apps: AppDirectory;
  readonly scope: MarkerScope;
  readonly sleep: Sleep;
}

/** The registration's app, and whether it was made just now (so that nothing is assigned to it yet). */
export interface Created {
  readonly app: OktaApp;
  readonly fresh: boolean;
}

/**
 * Makes the app, or takes over the one that is there with our marker.
 *
 * @throws OktaFailure OKTA_CLIENT_ID_TAKEN, OKTA_DUPLICATE, OKTA_CREATE_UNCLEAR, and those of the calls themselves
 */
export async function createApp(context: CreateContext, wanted: Registration): Promise<Created> {
  const { org } = context;
  const present = await look(context, wanted);
  if (present !== undefined) return { app: present, fresh: false };
  let lost: OktaFailure | undefined;
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      const app = await org.apps.create(newApp(wanted, org.host), wanted.state === "active");
      context.apps.remember(app);
      return { app, fresh: true };
    } catch (error) {
      if (!(error instanceof OktaFailure)) throw error;
      if (refusesClientId(error)) return { app: await holderOfClientId(context, wanted, lost ?? error), fresh: false };
      // What was refused this time says nothing about the create whose reply was lost before.
      if (error.effect === "none") throw lost === undefined ? error : unclear(org.host, wanted, error);
      lost = error;
      const app = await lookAgain(context, wanted, error);
      if (app !== undefined) return { app, fresh: false };
    }
  }
  throw unclear(org.host, wanted, lost);
}

/** The app with our marker. */
async function look({ org, apps, scope }: CreateContext, wanted: Registration): Promise<OktaApp | undefined> {
  return own(org.host, wanted, scope, await apps.candidates(wanted));
}

/** Looks after each wait. Undefined when the last look worked and showed nothing; throws when it did not work. */
async function lookAgain(
  context: CreateContext,
  wanted: Registration,
  lost: OktaFailure,
): Promise<OktaApp | undefined> {
  let blind: OktaFailure | undefined;
  for (const wait of looks) {
    await context.sleep(wait);
    try {
      blind = undefined;
      const app = await look(context, wanted);
      if (app !== undefined) return app;
    } catch (error) {
      if (!(error instanceof OktaFailure)) throw error;
      blind = error;
    }
  }
  if (blind !== undefined) throw unclear(context.org.host, wanted, lost);
  return undefined;
}

/**
 * Okta says that the client id is in use: by our own app under another label, by one that the index does not show yet,
 * or by somebody else's. The whole list, read again, tells.
 */
async function holderOfClientId(
  { org, apps, scope, sleep }: CreateContext,
  wanted: Registration,
  reason: OktaFailure,
): Promise<OktaApp> {
  for (const wait of [0, ...looks]) {
    if (wait > 0) await sleep(wait);
    const listed = own(org.host, wanted, scope, await apps.all());
    const app = listed === undefined ? undefined : await org.apps.read(listed.id);
    if (app !== undefined) return app;
  }
  if (reason.effect === "unclear") throw unclear(org.host, wanted, reason);
  throw new TenantryError("OKTA_CLIENT_ID_TAKEN", takenMessage(org.host, wanted, undefined), { cause: reason });
}

function own(host: string, wanted: Registration, scope: MarkerScope, apps: readonly OktaApp[]): OktaApp | undefined {
  const ownership = findOwn(host, wanted, indexApps(scope, apps));
  if (ownership.kind === "problem") throw new TenantryError(ownership.problem.code, ownership.problem.message);
  return ownership.kind === "own" ? ownership.app : undefined;
}

function refusesClientId(error: OktaFailure): boolean {
  return error.status === 400 && error.causes.some((cause) => /client[ _]?id/i.test(cause));
}

function unclear(host: string, wanted: Registration, cause: unknown): TenantryError {
  const message = `It is not clear whether Okta (${host}) has made the app of ${wanted.key}: its reply was lost`;
  return new TenantryError("OKTA_CREATE_UNCLEAR", message, { cause });
}
