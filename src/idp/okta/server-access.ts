import { type JsonObject, objectIn, textIn, textsIn } from "../../vendor/json.ts";
import type { OktaServerPart } from "../../vendor/okta/authorization-servers.ts";
import type { OktaOrg } from "../../vendor/okta/org.ts";

// What lets a client in at an authorization server of ours: a policy with one rule for each client, and nobody else in
// it. Okta takes no client into a policy before it is there, so this comes after the client. It stays when the
// client goes: it names nobody else.

/** What a client may ask of its server. */
export interface ServerAccess {
  readonly server: string;
  readonly clientId: string;
  /** Sorted. */
  readonly scopes: readonly string[];
}

/** The policy is found by the client id in its name. */
const nameOf = (clientId: string): string => `Tenantry ${clientId}`;

/** The scopes that the client's own policy allows; none when it has no policy, or another than ours. */
export async function scopesAllowed(org: OktaOrg, server: string, clientId: string): Promise<readonly string[]> {
  const policy = await policyOf(org, server, clientId);
  if (policy === undefined || !isFor(policy, clientId)) return [];
  const rules = await org.servers.parts(server, `policies/${policy.id}/rules`);
  const [rule] = rules;
  if (rule === undefined || rules.length > 1 || !isAsMade(rule.raw)) return [];
  return [...textsIn(objectIn(conditionsOf(rule), "scopes"), "include")].sort();
}

/** Makes the client's policy and rule, or brings them to what is wanted. */
export async function settleAccess(org: OktaOrg, { server, clientId, scopes }: ServerAccess): Promise<void> {
  const body = policyBody(clientId);
  const present = await policyOf(org, server, clientId);
  if (present !== undefined && !isFor(present, clientId)) {
    await org.servers.replacePart(server, "policies", present.id, body);
  }
  const policy = present ?? (await org.servers.addPart(server, "policies", body));
  const list = `policies/${policy.id}/rules` as const;
  const [rule, ...others] = await org.servers.parts(server, list);
  for (const other of others) await org.servers.removePart(server, list, other.id);
  if (rule === undefined) await org.servers.addPart(server, list, ruleBody(scopes));
  else await org.servers.replacePart(server, list, rule.id, ruleBody(scopes));
}

async function policyOf(org: OktaOrg, server: string, clientId: string): Promise<OktaServerPart | undefined> {
  const policies = await org.servers.parts(server, "policies");
  return policies.find(({ name }) => name === nameOf(clientId));
}

function isFor({ raw }: OktaServerPart, clientId: string): boolean {
  const clients = textsIn(objectIn(objectIn(raw, "conditions"), "clients"), "include");
  return clients.length === 1 && clients[0] === clientId && textIn(raw, "status") === "ACTIVE";
}

function isAsMade(rule: JsonObject): boolean {
  const conditions = objectIn(rule, "conditions");
  const grants = textsIn(objectIn(conditions, "grantTypes"), "include");
  const groups = textsIn(objectIn(objectIn(conditions, "people"), "groups"), "include");
  const asked = grants.length === 1 && grants[0] === "authorization_code";
  return asked && textIn(rule, "status") === "ACTIVE" && groups.includes("EVERYONE");
}

function conditionsOf({ raw }: OktaServerPart): JsonObject {
  return objectIn(raw, "conditions");
}

function policyBody(clientId: string): JsonObject {
  return {
    type: "OAUTH_AUTHORIZATION_POLICY",
    name: nameOf(clientId),
    description: "Made by Tenantry. Lets one client in.",
    status: "ACTIVE",
    priority: 1,
    conditions: { clients: { include: [clientId] } },
  };
}

/** Who may come in is said by the client's assignment; the rule leaves it to that. */
function ruleBody(scopes: readonly string[]): JsonObject {
  return {
    type: "RESOURCE_ACCESS",
    name: "Sign-in",
    status: "ACTIVE",
    priority: 1,
    conditions: {
      people: { users: { include: [], exclude: [] }, groups: { include: ["EVERYONE"], exclude: [] } },
      grantTypes: { include: ["authorization_code"] },
      scopes: { include: [...scopes] },
    },
    actions: {
      token: {
        accessTokenLifetimeMinutes: 60,
        refreshTokenLifetimeMinutes: 0,
        refreshTokenWindowMinutes: 10_080,
      },
    },
  };
}
