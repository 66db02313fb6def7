import { isObject, type Json } from "../json.ts";
import { type Call, existingConnection, organizationOf, type Route } from "./call.ts";
import { tokenQuota } from "./client-parts.ts";
import { enabledConnection, mostConnections } from "./enabled-connections.ts";
import type { Auth0Organization } from "./model.ts";
import { shownOrganization } from "./organization-view.ts";
import { offsetQuery, page } from "./page.ts";
import { Auth0Problem, invalidQuery } from "./problem.ts";
import { bool, checked, list as listOf, metadata, oneOf, orNull, record, text, withoutNulls } from "./validate.ts";

const name = text({ least: 1, most: 50, pattern: /^(?!org_)[a-z0-9][a-z0-9_-]*$/, format: "organization-name" });

const colour = text({ pattern: /^#[0-9a-fA-F]{3}([0-9a-fA-F]{3})?$/, format: "html-color" });

const shared = {
  display_name: text({ least: 1, most: 255 }),
  branding: orNull(
    record({
      logo_url: orNull(text({ pattern: /^https:\/\//, format: "strict-https-uri" })),
      colors: orNull(record({ primary: colour, page_background: colour }, ["primary", "page_background"])),
    }),
  ),
  metadata: metadata(orNull(text({ most: 255 }))),
  token_quota: orNull(tokenQuota),
  third_party_client_access: oneOf("allow", "block"),
  is_app_entitlement_active: bool,
};

const createSchema = record({ ...shared, name, enabled_connections: listOf(enabledConnection, mostConnections) }, [
  "name",
]);

const updateSchema = record({ ...shared, name });

const readers = ["read:organizations", "read:organizations_summary"];

/** Organizations: list, create, read by id and by name, change, delete. */
export const organizationRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/organizations",
    scopes: readers,
    bucket: "listOrganizations",
    query: [...offsetQuery, "from", "take", "sort", "include_client_association_for"],
    handle: list,
  },
  {
    method: "POST",
    path: "/organizations",
    scopes: ["create:organizations"],
    bucket: "writeOrganizations",
    handle: create,
  },
  {
    method: "GET",
    path: "/organizations/name/:name",
    scopes: readers,
    bucket: "readOrganization",
    handle: (call) => {
      const wanted = call.params.name ?? "";
      const found = [...call.tenant.organizations.values()].find((each) => each.name === wanted);
      if (found === undefined) throw new Auth0Problem(404, "No organization found by that id or name");
      return { status: 200, json: shownOrganization(found) };
    },
  },
  {
    method: "GET",
    path: "/organizations/:organizationId",
    scopes: readers,
    bucket: "readOrganization",
    handle: (call) => ({ status: 200, json: shownOrganization(organizationOf(call)) }),
  },
  {
    method: "PATCH",
    path: "/organizations/:organizationId",
    scopes: ["update:organizations"],
    bucket: "writeOrganizations",
    handle: change,
  },
  {
    method: "DELETE",
    path: "/organizations/:organizationId",
    scopes: ["delete:organizations"],
    bucket: "writeOrganizations",
    handle: (call) => {
      call.tenant.removeOrganization(organizationOf(call).id);
      return { status: 204 };
    },
  },
];

/** With `include_client_association_for` each shows how that client is associated with it. */
function list(call: Call) {
  const { query } = call;
  const all = [...call.tenant.organizations.values()];
  const sort = query.get("sort");
  if (sort !== null) {
    const match = /^(name|display_name|created_at):(1|-1)$/.exec(sort);
    if (match === null) throw invalidQuery(`'String does not match pattern: ${sort}' on property sort`);
    const value = ({ name: own, displayName, createdAt }: Auth0Organization): string =>
      ({ name: own, display_name: displayName, created_at: createdAt })[match[1] ?? ""] ?? "";
    all.sort((a, b) => (value(a) < value(b) ? -1 : 1) * Number(match[2]));
  }
  const clientId = query.get("include_client_association_for") ?? "";
  return page(query, "organizations", all, (organization) => {
    const association = organization.clients.get(clientId);
    const client = association && { use_for_member_access: association.useForMemberAccess };
    return { ...shownOrganization(organization), ...(client === undefined ? {} : { client }) };
  });
}

function create(call: Call) {
  const sent = checked(call.body, createSchema);
  const { name: wanted, display_name: displayName, metadata: sentMetadata, enabled_connections, ...settings } = sent;
  refuseTaken(call, String(wanted), undefined);
  const enabled = Array.isArray(enabled_connections) ? enabled_connections.filter(isObject) : [];
  const connections = enabled.map((each) => existingConnection(call.tenant, String(each.connection_id)));
  const organization = call.tenant.addOrganization(String(wanted), {
    displayName: String(displayName ?? wanted),
    metadata: readMetadata(sentMetadata),
    settings: withoutNulls(settings),
  });
  for (const [index, connection] of connections.entries()) {
    const { connection_id: _id, ...how } = enabled[index] ?? {};
    call.tenant.enableConnection(organization, connection, how);
  }
  return { status: 201, json: shownOrganization(organization) };
}

/** `metadata` is replaced as a whole; what is not sent stays. */
function change(call: Call) {
  const organization = organizationOf(call);
  const {
    name: wanted,
    display_name: displayName,
    metadata: sentMetadata,
    ...settings
  } = checked(call.body, updateSchema);
  if (wanted !== undefined) {
    refuseTaken(call, String(wanted), organization);
    organization.name = String(wanted);
  }
  if (displayName !== undefined) organization.displayName = String(displayName);
  if (sentMetadata !== undefined) organization.metadata = readMetadata(sentMetadata);
  organization.settings = withoutNulls({ ...organization.settings, ...settings });
  return { status: 200, json: shownOrganization(organization) };
}

function refuseTaken(call: Call, wanted: string, self: Auth0Organization | undefined): void {
  const taken = call.tenant.organization(wanted);
  if (taken?.name === wanted && taken !== self)
    throw new Auth0Problem(409, "An organization with this name already exists", "organization_conflict");
}

function readMetadata(sent: Json | undefined): { [key: string]: string } {
  const entries = Object.entries(isObject(sent) ? sent : {});
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}
