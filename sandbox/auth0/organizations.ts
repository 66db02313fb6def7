import { isObject, type Json, type JsonObject } from "../json.ts";
import { type Call, existingConnection, organizationOf, type Route } from "./call.ts";
import { enabledConnection, mostConnections } from "./enabled-connections.ts";
import type { Auth0Organization } from "./model.ts";
import { page } from "./page.ts";
import { Auth0Problem, invalidQuery } from "./problem.ts";
import { bool, checked, list as listOf, metadata, object, oneOf, orNull, record, text } from "./validate.ts";

const name = text({ least: 1, most: 50, pattern: /^(?!org_)[a-z0-9][a-z0-9_-]*$/, format: "organization-name" });

const shared = {
  display_name: text({ least: 1, most: 255 }),
  branding: object,
  metadata: metadata(orNull(text({ most: 255 }))),
  token_quota: orNull(object),
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
    query: ["page", "per_page", "include_totals", "from", "take", "sort"],
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
      return { status: 200, json: viewOrganization(found) };
    },
  },
  {
    method: "GET",
    path: "/organizations/:organizationId",
    scopes: readers,
    bucket: "readOrganization",
    handle: (call) => ({ status: 200, json: viewOrganization(organizationOf(call)) }),
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

function list(call: Call) {
  const all = [...call.tenant.organizations.values()];
  const sort = call.query.get("sort");
  if (sort !== null) {
    const match = /^(name|display_name):(1|-1)$/.exec(sort);
    if (match === null) throw invalidQuery(`'String does not match pattern: ${sort}' on property sort`);
    const value = (each: Auth0Organization): string => (match[1] === "name" ? each.name : each.displayName);
    all.sort((a, b) => (value(a) < value(b) ? -1 : 1) * Number(match[2]));
  }
  return page(call.query, "organizations", all, viewOrganization);
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
    settings,
  });
  for (const [index, connection] of connections.entries()) {
    const { connection_id: _id, ...how } = enabled[index] ?? {};
    call.tenant.enableConnection(organization, connection, how);
  }
  return { status: 201, json: viewOrganization(organization) };
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
  organization.settings = { ...organization.settings, ...settings };
  return { status: 200, json: viewOrganization(organization) };
}

function refuseTaken(call: Call, wanted: string, self: Auth0Organization | undefined): void {
  const taken = [...call.tenant.organizations.values()].some((each) => each !== self && each.name === wanted);
  if (taken) throw new Auth0Problem(409, "An organization with this name already exists", "organization_conflict");
}

function readMetadata(sent: Json | undefined): { [key: string]: string } {
  const entries = Object.entries(isObject(sent) ? sent : {});
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}

function viewOrganization(organization: Auth0Organization): JsonObject {
  return {
    id: organization.id,
    name: organization.name,
    display_name: organization.displayName,
    ...organization.settings,
    ...(Object.keys(organization.metadata).length === 0 ? {} : { metadata: organization.metadata }),
  };
}
