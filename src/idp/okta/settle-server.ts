import type { AuthorizationServerPart } from "../../desired/connection.ts";
import { TenantryError } from "../../errors/failure.ts";
import type { Fields } from "../../plan/observed.ts";
import { type JsonObject, objectIn, textIn, textsIn } from "../../vendor/json.ts";
import type { Sleep } from "../../vendor/network.ts";
import type { OktaAuthorizationServer } from "../../vendor/okta/authorization-servers.ts";
import { OktaFailure } from "../../vendor/okta/failure.ts";
import type { OktaOrg } from "../../vendor/okta/org.ts";
import type { MarkerScope } from "./marker.ts";

// An authorization server that is ours: it says so in its description, which has room for no more than that. Found by
// its name, which Okta gives once. Scopes and claims in it belong to it; what others add to it stays.

/** Waits before each look after a lost reply, milliseconds. */
const looks = [1_000, 2_000, 4_000];

/** What a server that we make says of itself: its marker. */
function serverDescription({ workspace, environment }: MarkerScope): string {
  return `Made by Tenantry for workspace ${workspace}, environment ${environment}.`;
}

/** The server of this name: ours, somebody else's, or none. */
export async function findServer(
  org: OktaOrg,
  scope: MarkerScope,
  name: string,
): Promise<{ readonly server: OktaAuthorizationServer; readonly ours: boolean } | undefined> {
  const [server, other] = await org.servers.named(name);
  if (server === undefined) return undefined;
  if (other !== undefined) {
    const message = `Okta (${org.host}) has two authorization servers named ${JSON.stringify(name)}: ${server.id}, ${other.id}`;
    throw new TenantryError("OKTA_SERVER_TAKEN", message);
  }
  return { server, ours: server.description === serverDescription(scope) };
}

/** Somebody else's server has the name that is to be ours. */
export function serverTaken(host: string, name: string, { id }: OktaAuthorizationServer): TenantryError {
  const message = `At Okta (${host}) the authorization server ${JSON.stringify(name)} (${id}) is there and is not ours`;
  return new TenantryError("OKTA_SERVER_TAKEN", message);
}

/** A server of ours in the words of the model, as far as they are wanted. */
export async function serverFields(
  org: OktaOrg,
  server: OktaAuthorizationServer,
  wanted: AuthorizationServerPart,
): Promise<Fields> {
  const scopes = await org.servers.parts(server.id, "scopes");
  const names = new Set(scopes.map(({ name }) => name));
  const claim = await claimOf(org, server.id, wanted.groupsClaim?.name);
  return {
    name: server.name,
    audience: server.audience,
    scopes: wanted.scopes.filter((scope) => names.has(scope)),
    // A claim that the file does not ask for is somebody else's business.
    ...(wanted.groupsClaim === undefined
      ? {}
      : { groupsClaim: claim === undefined ? null : { name: claim.name, filter: filterIn(claim.raw) } }),
  };
}

/** Makes the server when it is missing, and brings what is ours to what is wanted. */
export async function settleServer(
  { org, scope, sleep }: { readonly org: OktaOrg; readonly scope: MarkerScope; readonly sleep: Sleep },
  wanted: AuthorizationServerPart,
): Promise<OktaAuthorizationServer> {
  const found = await findServer(org, scope, wanted.name);
  if (found !== undefined && !found.ours) throw serverTaken(org.host, wanted.name, found.server);
  const server = found?.server ?? (await create(org, scope, sleep, wanted));
  if (server.audience !== wanted.audience) await org.servers.replace(server.id, bodyOf(wanted, scope));
  const scopes = new Set((await org.servers.parts(server.id, "scopes")).map(({ name }) => name));
  for (const name of wanted.scopes) {
    if (!scopes.has(name)) await org.servers.addPart(server.id, "scopes", { name, consent: "IMPLICIT" });
  }
  if (wanted.groupsClaim !== undefined) await settleClaim(org, server.id, wanted.groupsClaim);
  return server;
}

async function create(
  org: OktaOrg,
  scope: MarkerScope,
  sleep: Sleep,
  wanted: AuthorizationServerPart,
): Promise<OktaAuthorizationServer> {
  try {
    return await org.servers.create(bodyOf(wanted, scope));
  } catch (error) {
    if (!(error instanceof OktaFailure) || error.effect === "none") throw error;
    for (const wait of looks) {
      await sleep(wait);
      const found = await findServer(org, scope, wanted.name).catch(() => undefined);
      if (found?.ours === true) return found.server;
    }
    // The next apply finds it by its name, or makes it.
    throw error;
  }
}

function bodyOf({ name, audience }: AuthorizationServerPart, scope: MarkerScope): JsonObject {
  return { name, description: serverDescription(scope), audiences: [audience], issuerMode: "ORG_URL" };
}

async function settleClaim(
  org: OktaOrg,
  server: string,
  wanted: NonNullable<AuthorizationServerPart["groupsClaim"]>,
): Promise<void> {
  const claim = await claimOf(org, server, wanted.name);
  const body = {
    name: wanted.name,
    status: "ACTIVE",
    claimType: "IDENTITY",
    valueType: "GROUPS",
    group_filter_type: "REGEX",
    value: wanted.filter,
    conditions: { scopes: [] },
    // Apps read the ID token and may never ask userinfo.
    alwaysIncludeInToken: true,
  };
  if (claim === undefined) await org.servers.addPart(server, "claims", body);
  else if (filterIn(claim.raw) !== wanted.filter) await org.servers.replacePart(server, "claims", claim.id, body);
}

async function claimOf(org: OktaOrg, server: string, name: string | undefined) {
  if (name === undefined) return undefined;
  const claims = await org.servers.parts(server, "claims");
  return claims.find((claim) => claim.name === name && textIn(claim.raw, "claimType") === "IDENTITY");
}

/** The regular expression of a claim of groups; of any other claim what it is instead. */
function filterIn(claim: JsonObject): string {
  const whole = textIn(claim, "group_filter_type") === "REGEX" && textIn(claim, "status") === "ACTIVE";
  const always = claim.alwaysIncludeInToken === true && textsIn(objectIn(claim, "conditions"), "scopes").length === 0;
  return whole && always ? (textIn(claim, "value") ?? "") : "another";
}
