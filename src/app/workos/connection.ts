import { TenantryError } from "../../errors/failure.ts";
import type { ConnectionBody, WorkosConnection } from "../../vendor/workos/connections.ts";
import { WorkosFailure } from "../../vendor/workos/failure.ts";
import type { KeptRecord } from "./metadata.ts";
import type { WorkosPlace } from "./place.ts";

/** Kinds of connection that speak OpenID Connect (WorkOS OpenAPI document, `Connection.connection_type`). */
const oidcTypes = /^(GenericOIDC|OktaOIDC|EntraIdOIDC|GoogleOIDC|CleverOIDC|AdpOidc|LoginGovOidc)$/;

/** Whether WorkOS lets people in by it. `validating` waits for its first sign-in. */
export function letsIn({ state }: Pick<WorkosConnection, "state">): boolean {
  return state === "active" || state === "validating";
}

/** What stands at an organization: our connection, or one that is in its way. */
export type Standing =
  | { readonly kind: "none" }
  | { readonly kind: "own"; readonly connection: WorkosConnection }
  | { readonly kind: "other"; readonly connection: WorkosConnection };

/** While none of ours is there, and one may come: asked for, made by a person, or made again after it was deleted. */
const awaiting: ReadonlySet<string> = new Set(["waiting", "making", "disabled"]);

/**
 * Which of an organization's connections is ours: the one that we have noted; else, while one is awaited, the only one
 * that speaks OpenID Connect.
 */
export function standingOf(connections: readonly WorkosConnection[], kept: KeptRecord | undefined): Standing {
  const there = connections.filter(({ state }) => state !== "deleting");
  const noted = there.find(({ id }) => id === kept?.connection);
  if (noted !== undefined) return { kind: "own", connection: noted };
  const [first] = there;
  if (first === undefined) return { kind: "none" };
  const awaited = kept !== undefined && awaiting.has(kept.state);
  const candidates = there.filter(({ type }) => oidcTypes.test(type));
  const [only] = candidates;
  if (awaited && only !== undefined && candidates.length === 1) return { kind: "own", connection: only };
  return { kind: "other", connection: first };
}

/** What to say of a connection that is in the way. */
export function otherText({ id, type, name }: WorkosConnection, organizationId: string): string {
  return `The WorkOS organization ${organizationId} has the connection ${id} already (${type}, ${JSON.stringify(name)}), which Tenantry did not make.`;
}

/** Whether a refusal says that connections cannot be made by API here. */
function saysOff({ status, message }: WorkosFailure): boolean {
  // Of an organization that is not there it says so; everything else of that status is the route itself.
  return status === 404 && (/migration capabilities|not enabled/i.test(message) || !/organization/i.test(message));
}

/**
 * Makes the connection, or gives the one back that has its external id; `off` where the environment does not allow it.
 *
 * @throws TenantryError WORKOS_CONNECTION_OTHER, WORKOS_ATTRIBUTE_MISSING and those of the call
 */
async function makeConnection({ connections }: WorkosPlace, body: ConnectionBody): Promise<WorkosConnection | "off"> {
  try {
    return await connections.create(body);
  } catch (error) {
    if (!(error instanceof WorkosFailure)) throw error;
    if (saysOff(error)) return "off";
    if (error.workosCode === "connection_already_exists_for_organization") {
      const text = `The WorkOS organization ${body.organizationId} has another connection already.`;
      throw new TenantryError("WORKOS_CONNECTION_OTHER", text, { cause: error });
    }
    if (/custom_attribute/.test(error.workosCode ?? "")) {
      throw new TenantryError("WORKOS_ATTRIBUTE_MISSING", error.message, { cause: error });
    }
    throw error;
  }
}

/**
 * As `makeConnection`, where one may stand already from an attempt whose answer was lost: what that was given is not
 * known, and nobody comes in by it, so it is deleted first.
 */
export async function makeAfresh(
  place: WorkosPlace,
  body: ConnectionBody,
  before: Standing,
): Promise<WorkosConnection | "off"> {
  const made = await makeConnection(place, body);
  if (made === "off" || before.kind !== "own" || made.id !== before.connection.id) return made;
  await removeConnection(place, body.organizationId, made.id);
  return makeConnection(place, body);
}

/**
 * Deletes the connection and sees that it is gone.
 *
 * @throws TenantryError WORKOS_UNEXPECTED_ANSWER when it goes on letting people in
 */
export async function removeConnection(
  { connections }: WorkosPlace,
  organizationId: string,
  id: string,
): Promise<void> {
  await connections.remove(id);
  const left = (await connections.list(organizationId)).find((each) => each.id === id);
  if (left !== undefined && letsIn(left)) {
    const message = `WorkOS says that it has deleted the connection ${id}, and goes on listing it as ${left.state}`;
    throw new TenantryError("WORKOS_UNEXPECTED_ANSWER", message);
  }
}
