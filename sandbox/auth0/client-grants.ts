import { isTexts, type Json, type JsonObject } from "../json.ts";
import { type Call, existingClient, type Route } from "./call.ts";
import { existingGrant, existingResourceServer } from "./existing.ts";
import type { ClientGrant } from "./model.ts";
import { shownOrganization } from "./organization-view.ts";
import { offsetQuery, page } from "./page.ts";
import { Auth0Problem, invalidBody } from "./problem.ts";
import { forgetGrant } from "./removal.ts";
import { bool, checked, list as listOf, oneOf, orNull, record, set, text } from "./validate.ts";

const scope = set(text({ least: 1, most: 280 }));
const usage = oneOf("deny", "allow", "require");
const detailTypes = listOf(text({ least: 1 }));

const createSchema = record(
  {
    client_id: text({ least: 1 }),
    audience: text({ least: 1 }),
    default_for: oneOf("third_party_clients"),
    organization_usage: usage,
    allow_any_organization: bool,
    scope,
    subject_type: oneOf("client", "user", "anonymous_user"),
    authorization_details_types: detailTypes,
    allow_all_scopes: bool,
  },
  ["audience"],
);

const updateSchema = record({
  scope: orNull(scope),
  organization_usage: orNull(usage),
  allow_any_organization: orNull(bool),
  authorization_details_types: detailTypes,
  allow_all_scopes: orNull(bool),
});

/** Client grants: list, create, read, change, delete, and the organizations that one may be used for. */
export const clientGrantRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/client-grants",
    scopes: ["read:client_grants"],
    bucket: "rest",
    query: [
      ...offsetQuery,
      "from",
      "take",
      "audience",
      "client_id",
      "allow_any_organization",
      "subject_type",
      "default_for",
    ],
    handle: list,
  },
  { method: "POST", path: "/client-grants", scopes: ["create:client_grants"], bucket: "rest", handle: create },
  {
    method: "GET",
    path: "/client-grants/:grantId",
    scopes: ["read:client_grants"],
    bucket: "rest",
    handle: (call) => ({ status: 200, json: shownGrant(grantOf(call)) }),
  },
  {
    method: "PATCH",
    path: "/client-grants/:grantId",
    scopes: ["update:client_grants"],
    bucket: "rest",
    handle: change,
  },
  {
    // Deleting a grant that is gone succeeds, as for clients.
    method: "DELETE",
    path: "/client-grants/:grantId",
    scopes: ["delete:client_grants"],
    bucket: "rest",
    handle: (call) => {
      const grant = call.tenant.clientGrants.get(call.params.grantId ?? "");
      if (grant !== undefined) forgetGrant(call.tenant.state, grant);
      return { status: 204 };
    },
  },
  {
    method: "GET",
    path: "/client-grants/:grantId/organizations",
    scopes: ["read:organization_client_grants"],
    bucket: "rest",
    query: [...offsetQuery, "from", "take"],
    handle: (call) => {
      const { id } = grantOf(call);
      const found = [...call.tenant.organizations.values()].filter(({ clientGrants }) => clientGrants.has(id));
      return page(call.query, "organizations", found, shownOrganization);
    },
  },
];

function grantOf(call: Call): ClientGrant {
  return existingGrant(call.tenant, call.params.grantId ?? "");
}

function list(call: Call) {
  const { query } = call;
  const matches = (name: string, value: Json | undefined): boolean =>
    !query.has(name) || String(value) === query.get(name);
  const found = [...call.tenant.clientGrants.values()].filter(
    ({ audience, clientId, settings }) =>
      matches("audience", audience) &&
      matches("client_id", clientId) &&
      matches("allow_any_organization", settings.allow_any_organization === true) &&
      matches("subject_type", settings.subject_type) &&
      matches("default_for", settings.default_for),
  );
  return page(query, "client_grants", found, shownGrant);
}

/** Scopes that the API does not have are taken too, as was recorded; no token will have them. */
function create(call: Call) {
  const {
    client_id: sentClient,
    audience: sentAudience,
    scope: sentScope,
    ...settings
  } = checked(call.body, createSchema);
  const clientId = typeof sentClient === "string" ? sentClient : undefined;
  if ((clientId === undefined) === (settings.default_for === undefined)) {
    throw invalidBody("exactly one of 'client_id' and 'default_for' is needed");
  }
  if (clientId !== undefined && existingClient(call.tenant, clientId).global) {
    throw new Auth0Problem(400, "The global client cannot have a client grant", "operation_not_supported");
  }
  const audience = String(sentAudience);
  existingResourceServer(call.tenant, audience);
  const scopes = isTexts(sentScope) ? [...sentScope] : [];
  if (settings.allow_all_scopes === true && scopes.length > 0) throw bothScopes();
  const subject = settings.subject_type ?? "client";
  const twin = [...call.tenant.clientGrants.values()].find(
    (grant) =>
      grant.clientId === clientId &&
      grant.audience === audience &&
      grant.settings.subject_type === subject &&
      grant.settings.default_for === settings.default_for,
  );
  if (twin !== undefined) {
    throw new Auth0Problem(409, "A client grant for this client and audience already exists", "conflict");
  }
  const grant = call.tenant.addGrant(clientId, audience, { scopes, settings });
  return { status: 201, json: shownGrant(grant) };
}

/** What is sent is replaced; null goes back to the default. */
function change(call: Call) {
  const grant = grantOf(call);
  const { scope: sentScope, ...sent } = checked(call.body, updateSchema);
  const settings: JsonObject = Object.fromEntries(
    Object.entries({ ...grant.settings, ...sent }).filter(([, value]) => value !== null),
  );
  const kept = settings.allow_all_scopes === true ? [] : grant.scopes;
  const scopes = sentScope === undefined ? kept : isTexts(sentScope) ? [...sentScope] : [];
  if (settings.allow_all_scopes === true && scopes.length > 0) throw bothScopes();
  grant.settings = settings;
  grant.scopes = scopes;
  return { status: 200, json: shownGrant(grant) };
}

function bothScopes(): Auth0Problem {
  return invalidBody("'scope' cannot be set when 'allow_all_scopes' is true");
}

/** A grant as it is shown; one of all scopes names none. */
export function shownGrant(grant: ClientGrant): JsonObject {
  const { allow_all_scopes: all, ...settings } = grant.settings;
  return {
    id: grant.id,
    ...(grant.clientId === undefined ? {} : { client_id: grant.clientId }),
    audience: grant.audience,
    ...(all === true ? {} : { scope: grant.scopes }),
    ...settings,
    ...(all === undefined ? {} : { allow_all_scopes: all }),
  };
}
