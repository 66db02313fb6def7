import { isObject, isTexts, type Json, type JsonObject } from "../json.ts";
import type { Call, Route } from "./call.ts";
import type { OktaServer, OktaServerPolicy, Status } from "./model.ts";
import type { OktaOrg } from "./org.ts";
import { page } from "./page.ts";
import { invalid, notFound, OktaProblem } from "./problem.ts";

const read = "okta.authorizationServers.read";
const manage = "okta.authorizationServers.manage";
const root = "/api/v1/authorizationServers";
const one = `${root}/:serverId`;
const policies = `${one}/policies`;

const routes: readonly Route[] = [
  {
    method: "GET",
    path: root,
    scope: read,
    bucket: "rest",
    handle: (call) => {
      const wanted = (call.query.get("q") ?? "").toLowerCase();
      const shown = call.org.servers.filter(
        ({ name, audiences }) =>
          name.toLowerCase().includes(wanted) || audiences.some((each) => each.toLowerCase().includes(wanted)),
      );
      return page(call, root, shown, (server) => viewServer(call.org, server), { standard: 200, most: 200 });
    },
  },
  {
    method: "POST",
    path: root,
    scope: manage,
    bucket: "rest",
    handle: (call) => {
      const { name, ...more } = readServer(call);
      return { status: 201, json: viewServer(call.org, call.org.addServer(name, more)) };
    },
  },
  {
    method: "GET",
    path: one,
    scope: read,
    bucket: "rest",
    handle: (call) => ({ status: 200, json: viewServer(call.org, serverOf(call)) }),
  },
  {
    method: "PUT",
    path: one,
    scope: manage,
    bucket: "rest",
    handle: (call) => {
      const server = serverOf(call);
      Object.assign(server, readServer(call), { lastUpdated: call.org.timestamp() });
      return { status: 200, json: viewServer(call.org, server) };
    },
  },
  {
    method: "DELETE",
    path: one,
    scope: manage,
    bucket: "rest",
    handle: (call) => {
      call.org.removeServer(serverOf(call).id);
      return { status: 204 };
    },
  },
  ...(["ACTIVE", "INACTIVE"] as const).map((status): Route => {
    const path = `${one}/lifecycle/${status === "ACTIVE" ? "activate" : "deactivate"}`;
    return { method: "POST", path, scope: manage, bucket: "rest", handle: (call) => switchServer(call, status) };
  }),
  {
    method: "GET",
    path: policies,
    scope: read,
    bucket: "rest",
    handle: (call) => {
      const server = serverOf(call);
      return { status: 200, json: [...server.policies.values()].map((policy) => viewPolicy(call.org, server, policy)) };
    },
  },
  {
    method: "POST",
    path: policies,
    scope: manage,
    bucket: "rest",
    handle: (call) => {
      const server = serverOf(call);
      const sent = readPolicy(call);
      const policy = call.org.addServerPolicy(server, sent.name, sent.clients);
      Object.assign(policy, sent);
      return { status: 201, json: viewPolicy(call.org, server, policy) };
    },
  },
  {
    method: "GET",
    path: `${policies}/:policyId`,
    scope: read,
    bucket: "rest",
    handle: (call) => ({ status: 200, json: viewPolicy(call.org, serverOf(call), policyOf(call)) }),
  },
  {
    method: "PUT",
    path: `${policies}/:policyId`,
    scope: manage,
    bucket: "rest",
    handle: (call) => {
      const policy = policyOf(call);
      Object.assign(policy, readPolicy(call), { lastUpdated: call.org.timestamp() });
      return { status: 200, json: viewPolicy(call.org, serverOf(call), policy) };
    },
  },
  {
    method: "DELETE",
    path: `${policies}/:policyId`,
    scope: manage,
    bucket: "rest",
    handle: (call) => {
      serverOf(call).policies.delete(policyOf(call).id);
      return { status: 204 };
    },
  },
];

/** Custom authorization servers and their policies, which say what clients may use them; rules are not played. */
export const serverRoutes: readonly Route[] = routes.map((route) => ({
  ...route,
  handle: (call) => {
    if (call.org.state.apiAccessManagement) return route.handle(call);
    throw new OktaProblem(401, "E0000015", "You do not have permission to access the feature you are requesting");
  },
}));

/** The server that the path names, by id or as `default`. Throws the 404 of Okta. */
function serverOf(call: Call): OktaServer {
  const id = call.params.serverId ?? "";
  const server = call.org.server(id);
  if (server === undefined) throw notFound(id, "AuthorizationServer");
  return server;
}

function policyOf(call: Call): OktaServerPolicy {
  const id = call.params.policyId ?? "";
  const policy = serverOf(call).policies.get(id);
  if (policy === undefined) throw notFound(id, "Policy");
  return policy;
}

function switchServer(call: Call, status: Status) {
  const server = serverOf(call);
  server.status = status;
  server.lastUpdated = call.org.timestamp();
  return { status: 204 };
}

function readServer(call: Call): Pick<OktaServer, "name" | "description" | "audiences" | "issuerMode"> {
  const { name, description, audiences, issuerMode } = bodyOf(call);
  if (typeof name !== "string" || name === "") throw invalid("name", ["name: The field cannot be left blank"]);
  if (!isTexts(audiences) || audiences.length !== 1) {
    throw invalid("audiences", ["audiences: Must be an array of exactly one audience"]);
  }
  return {
    name,
    description: typeof description === "string" ? description : "",
    audiences,
    issuerMode: typeof issuerMode === "string" ? issuerMode : "ORG_URL",
  };
}

function readPolicy(call: Call): Pick<OktaServerPolicy, "name" | "description" | "priority" | "clients" | "status"> {
  const { name, description, priority, conditions, status } = bodyOf(call);
  const clients = isObject(conditions) && isObject(conditions.clients) ? conditions.clients.include : undefined;
  if (typeof name !== "string" || name === "") throw invalid("name", ["name: The field cannot be left blank"]);
  if (!isTexts(clients)) throw invalid("conditions", ["conditions: 'clients.include' is required"]);
  return {
    name,
    description: typeof description === "string" ? description : "",
    priority: typeof priority === "number" ? priority : 1,
    clients,
    status: status === "INACTIVE" ? "INACTIVE" : "ACTIVE",
  };
}

function bodyOf(call: Call): JsonObject {
  return isObject(call.body) ? call.body : {};
}

function viewServer(org: OktaOrg, server: OktaServer): Json {
  const self = `${org.url}${root}/${server.id}`;
  const issuer = issuerOf(org, server);
  const get = { allow: ["GET"] };
  const list = { allow: ["GET", "POST"] };
  const lifecycle = server.status === "ACTIVE" ? "deactivate" : "activate";
  return {
    id: server.id,
    name: server.name,
    description: server.description,
    audiences: [...server.audiences],
    issuer,
    issuerMode: server.issuerMode,
    status: server.status,
    created: server.created,
    lastUpdated: server.lastUpdated,
    credentials: {
      signing: {
        kid: server.kid,
        rotationMode: "AUTO",
        lastRotated: server.created,
        nextRotation: new Date(Date.parse(server.created) + 90 * 24 * 3_600_000).toISOString(),
      },
    },
    default: server.isDefault,
    _links: {
      rotateKey: { href: `${self}/credentials/lifecycle/keyRotate`, hints: { allow: ["POST"] } },
      metadata: ["oauth-authorization-server", "openid-configuration"].map((name) => ({
        name,
        href: `${issuer}/.well-known/${name}`,
        hints: get,
      })),
      keys: { href: `${self}/credentials/keys`, hints: get },
      claims: { href: `${self}/claims`, hints: list },
      policies: { href: `${self}/policies`, hints: list },
      self: { href: self, hints: { allow: ["GET", "DELETE", "PUT"] } },
      scopes: { href: `${self}/scopes`, hints: list },
      [lifecycle]: { href: `${self}/lifecycle/${lifecycle}`, hints: { allow: ["POST"] } },
    },
  };
}

/** The issuer in the server's tokens, under which it signs people in. */
export function issuerOf(org: OktaOrg, server: OktaServer): string {
  return `${org.url}/oauth2/${server.isDefault ? "default" : server.id}`;
}

function viewPolicy(org: OktaOrg, server: OktaServer, policy: OktaServerPolicy): Json {
  const self = `${org.url}${root}/${server.id}/policies/${policy.id}`;
  const lifecycle = policy.status === "ACTIVE" ? "deactivate" : "activate";
  return {
    id: policy.id,
    status: policy.status,
    name: policy.name,
    description: policy.description,
    priority: policy.priority,
    system: false,
    conditions: { clients: { include: [...policy.clients] } },
    created: policy.created,
    lastUpdated: policy.lastUpdated,
    _links: {
      self: { href: self, hints: { allow: ["GET", "PUT", "DELETE"] } },
      rules: { href: `${self}/rules`, hints: { allow: ["GET"] } },
      [lifecycle]: { href: `${self}/lifecycle/${lifecycle}`, hints: { allow: ["POST"] } },
    },
    type: "OAUTH_AUTHORIZATION_POLICY",
  };
}
