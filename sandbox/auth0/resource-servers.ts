import { isObject, type JsonObject, spelled } from "../json.ts";
import type { Call, Route } from "./call.ts";
import { existingResourceServer, findResourceServer } from "./existing.ts";
import { pickFields } from "./fields.ts";
import { publicKeyOf, thumbprint } from "./key-material.ts";
import type { Auth0ResourceServer } from "./model.ts";
import { offsetPage, offsetQuery } from "./page.ts";
import { Auth0Problem, invalidBody } from "./problem.ts";
import { forgetResourceServer } from "./removal.ts";
import { createResourceServer, updateResourceServer } from "./resource-server-schema.ts";
import { addMyAccountApi, myAccountAudience } from "./system-apis.ts";
import type { Auth0Tenant } from "./tenant.ts";
import { checked, withoutNulls } from "./validate.ts";

const base = "/resource-servers";

/** What can be changed of the tenant's own APIs. */
const changeableOfSystem = [
  "token_lifetime",
  "token_lifetime_for_web",
  "signing_alg",
  "skip_consent_for_verifiable_first_party_clients",
  "proof_of_possession",
  "authorization_policy",
  "subject_type_authorization",
  "allow_offline_access",
];

const defaultSubjects = { client: { policy: "require_client_grant" }, user: { policy: "allow_all" } };

/** APIs: list, create, read by id or identifier, change, delete. */
export const resourceServerRoutes: readonly Route[] = [
  {
    method: "GET",
    path: base,
    scopes: ["read:resource_servers"],
    bucket: "rest",
    query: ["identifiers", ...offsetQuery, "include_fields"],
    handle: list,
  },
  { method: "POST", path: base, scopes: ["create:resource_servers"], bucket: "rest", handle: create },
  {
    method: "GET",
    path: `${base}/:serverId`,
    scopes: ["read:resource_servers"],
    bucket: "rest",
    query: ["include_fields"],
    handle: (call) => ({ status: 200, json: pickFields(call.query, shown(call.tenant, serverOf(call))) }),
  },
  { method: "PATCH", path: `${base}/:serverId`, scopes: ["update:resource_servers"], bucket: "rest", handle: change },
  { method: "DELETE", path: `${base}/:serverId`, scopes: ["delete:resource_servers"], bucket: "rest", handle: remove },
];

function serverOf(call: Call): Auth0ResourceServer {
  return existingResourceServer(call.tenant, call.params.serverId ?? "");
}

function list(call: Call) {
  const wanted = call.query.getAll("identifiers");
  if (wanted.length > 10) throw invalidBody("'Array is too long', maximum 10 on property identifiers");
  const found = [...call.tenant.resourceServers.values()].filter(
    ({ identifier }) => wanted.length === 0 || wanted.includes(identifier),
  );
  const own = ownClients(call.tenant);
  return offsetPage(call.query, "resource_servers", found, (server) => view(server, own));
}

function create(call: Call) {
  const { identifier: sent, ...settings } = checked(call.body, createResourceServer);
  const identifier = String(sent);
  if (call.tenant.resourceServer(identifier) !== undefined) {
    throw new Auth0Problem(
      409,
      "A resource server with the same identifier already exists.",
      "resource_server_conflict",
    );
  }
  if (identifier === myAccountAudience(call.tenant)) {
    const server = addMyAccountApi(call.tenant);
    server.settings = withoutNulls({ ...server.settings, ...(onlyChangeable(settings) as JsonObject) });
    return { status: 201, json: shown(call.tenant, server) };
  }
  const lifetime = typeof settings.token_lifetime === "number" ? settings.token_lifetime : 86_400;
  const server = call.tenant.addResourceServer(
    identifier,
    read({
      allow_offline_access: false,
      skip_consent_for_verifiable_first_party_clients: false,
      subject_type_authorization: {},
      token_lifetime: lifetime,
      token_lifetime_for_web: Math.min(7200, lifetime),
      signing_alg: "RS256",
      ...settings,
    }),
  );
  return { status: 201, json: shown(call.tenant, server) };
}

/** What is sent is replaced; null takes a field away. Of the tenant's own APIs little can be changed. */
function change(call: Call) {
  const server = serverOf(call);
  const sent = checked(call.body, updateResourceServer);
  if (server.system) {
    const wrong = Object.keys(sent).filter((name) => !changeableOfSystem.includes(name));
    if (wrong.length > 0) {
      throw new Auth0Problem(
        400,
        `The properties ${wrong.join(", ")} of a system API cannot be changed`,
        "operation_not_supported",
      );
    }
  }
  const { subject_type_authorization: subjects } = sent;
  const before = server.settings.subject_type_authorization;
  const merged = isObject(subjects)
    ? { ...sent, subject_type_authorization: { ...(isObject(before) ? before : {}), ...subjects } }
    : sent;
  server.settings = read({ ...server.settings, ...merged }, server.settings);
  return { status: 200, json: shown(call.tenant, server) };
}

/** Deleting an API that is not there succeeds. */
function remove(call: Call) {
  const server = findResourceServer(call.tenant, call.params.serverId ?? "");
  if (server?.identifier === call.tenant.audience) {
    throw new Auth0Problem(400, "The Management API cannot be deleted", "operation_not_supported");
  }
  if (server !== undefined) forgetResourceServer(call.tenant.state, server);
  return { status: 204 };
}

function onlyChangeable(settings: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(settings).filter(([name]) => changeableOfSystem.includes(name)));
}

/** Settings as Auth0 keeps them. Throws its 400 for lifetimes that do not fit, scopes named twice, and bad keys. */
function read(settings: JsonObject, before: JsonObject = {}): JsonObject {
  const { token_lifetime: lifetime, token_lifetime_for_web: forWeb } = settings;
  if (Number(forWeb) > Number(lifetime)) {
    throw invalidBody("'token_lifetime_for_web' cannot be greater than 'token_lifetime'");
  }
  const values = (Array.isArray(settings.scopes) ? settings.scopes : []).map((each) =>
    isObject(each) ? each.value : each,
  );
  const twice = values.find((value, index) => values.indexOf(value) !== index);
  if (twice !== undefined) throw invalidBody(`The scope ${spelled(twice)} is there twice`);
  const kept = withoutNulls(settings);
  const encryption = settings.token_encryption;
  if (isObject(encryption) && encryption !== before.token_encryption)
    kept.token_encryption = readEncryption(encryption);
  const proof = settings.proof_of_possession;
  if (isObject(proof)) kept.proof_of_possession = readProof(proof);
  const subjects = settings.subject_type_authorization;
  if (isObject(subjects)) kept.subject_type_authorization = { ...defaultSubjects, ...subjects };
  return kept;
}

/** The key itself is not given back, only what it can be known by. */
function readEncryption(encryption: JsonObject): JsonObject {
  const { pem, ...key } = isObject(encryption.encryption_key) ? encryption.encryption_key : {};
  return { ...encryption, encryption_key: { ...key, thumbprint_sha256: thumbprint(publicKeyOf(String(pem))) } };
}

/** Proof by DPoP that is needed is needed of every client unless said otherwise. */
function readProof(proof: JsonObject): JsonObject {
  return proof.mechanism === "dpop" && proof.required === true
    ? { ...proof, required_for: proof.required_for ?? "all_clients" }
    : proof;
}

function shown(tenant: Auth0Tenant, server: Auth0ResourceServer): JsonObject {
  return view(server, ownClients(tenant));
}

/** The clients which are an API themselves, of type `resource_server`, by the API's identifier. */
function ownClients(tenant: Auth0Tenant): ReadonlyMap<unknown, string> {
  const own = new Map<unknown, string>();
  for (const { clientId, settings } of tenant.clients.values()) {
    if (settings.resource_server_identifier !== undefined) own.set(settings.resource_server_identifier, clientId);
  }
  return own;
}

function view(server: Auth0ResourceServer, own: ReadonlyMap<unknown, string>): JsonObject {
  const clientId = own.get(server.identifier);
  return {
    id: server.id,
    identifier: server.identifier,
    ...server.settings,
    ...(clientId === undefined ? {} : { client_id: clientId }),
    ...(server.system ? { is_system: true } : {}),
  };
}
