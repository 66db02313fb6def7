import { type Call, organizationOf, type Route } from "./call.ts";
import { shownGrant } from "./client-grants.ts";
import { existingGrant } from "./existing.ts";
import { offsetPage, offsetQuery } from "./page.ts";
import { Auth0Problem } from "./problem.ts";
import { checked, record, text } from "./validate.ts";

const base = "/organizations/:organizationId/client-grants";

const createSchema = record({ grant_id: text({ least: 1 }) }, ["grant_id"]);

/** Client grants that may be used for an organization: list, add, remove. */
export const organizationClientGrantRoutes: readonly Route[] = [
  {
    method: "GET",
    path: base,
    scopes: ["read:organization_client_grants"],
    bucket: "rest",
    query: [...offsetQuery, "audience", "client_id", "grant_ids"],
    handle: list,
  },
  { method: "POST", path: base, scopes: ["create:organization_client_grants"], bucket: "rest", handle: add },
  {
    method: "DELETE",
    path: `${base}/:grantId`,
    scopes: ["delete:organization_client_grants"],
    bucket: "rest",
    handle: (call) => {
      organizationOf(call).clientGrants.delete(call.params.grantId ?? "");
      return { status: 204 };
    },
  },
];

function list(call: Call) {
  const { clientGrants } = organizationOf(call);
  const { query } = call;
  const ids = query.getAll("grant_ids");
  const matches = (name: string, value: string | undefined): boolean => !query.has(name) || query.get(name) === value;
  const found = [...clientGrants]
    .flatMap((id) => call.tenant.clientGrants.get(id) ?? [])
    .filter(
      (grant) =>
        matches("audience", grant.audience) &&
        matches("client_id", grant.clientId) &&
        (ids.length === 0 || ids.includes(grant.id)),
    );
  return offsetPage(query, "client_grants", found, shownGrant);
}

function add(call: Call) {
  const organization = organizationOf(call);
  const grant = existingGrant(call.tenant, String(checked(call.body, createSchema).grant_id));
  if (!["allow", "require"].includes(String(grant.settings.organization_usage))) {
    throw new Auth0Problem(400, "The client grant cannot be used with organizations", "invalid_body");
  }
  if (organization.clientGrants.has(grant.id)) {
    throw new Auth0Problem(409, "The client grant is already associated with the organization", "conflict");
  }
  organization.clientGrants.add(grant.id);
  const { id, subject_type: _subject, ...shown } = shownGrant(grant);
  return { status: 201, json: { grant_id: grant.id, ...shown } };
}
