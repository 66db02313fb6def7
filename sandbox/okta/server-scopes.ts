import type { Call, Route } from "./call.ts";
import { readFilter } from "./filter.ts";
import { page } from "./page.ts";
import { invalid, notFound } from "./problem.ts";
import { bodyOf, Fields, refuseTaken, serverOf } from "./server-input.ts";
import type { OktaScope } from "./server-model.ts";
import { addScope } from "./server-new.ts";
import { serverRoute } from "./server-routes.ts";
import { serversPath, viewScope } from "./server-view.ts";

const path = `${serversPath}/:serverId/scopes`;

/** The scopes of an authorization server. */
export const serverScopeRoutes: readonly Route[] = [
  serverRoute("GET", path, (call) => {
    const server = serverOf(call);
    const wanted = (call.query.get("q") ?? "").toLowerCase();
    const filter = readFilter(call.query.get("filter"), {
      fields: { name: (scope: OktaScope) => scope.name },
    });
    const shown = [...server.scopes.values()].filter(
      (scope) => scope.name.toLowerCase().includes(wanted) && filter(scope),
    );
    const here = `${serversPath}/${call.params.serverId}/scopes`;
    return page(call, here, shown, (scope) => viewScope(call.org, server, scope), { standard: 200, most: 200 });
  }),
  serverRoute("POST", path, (call) => {
    const server = serverOf(call);
    const scope = addScope(call.org, server, readScope(call, undefined));
    return { status: 201, json: viewScope(call.org, server, scope) };
  }),
  serverRoute("GET", `${path}/:scopeId`, (call) => ({
    status: 200,
    json: viewScope(call.org, serverOf(call), scopeOf(call)),
  })),
  serverRoute("PUT", `${path}/:scopeId`, (call) => {
    const scope = scopeOf(call);
    const sent = readScope(call, scope);
    if (scope.system && sent.name !== scope.name) {
      throw invalid("name", ["name: The name of a system scope cannot be changed"]);
    }
    Object.assign(scope, sent);
    return { status: 200, json: viewScope(call.org, serverOf(call), scope) };
  }),
  serverRoute("DELETE", `${path}/:scopeId`, (call) => {
    const scope = scopeOf(call);
    if (scope.system) throw invalid("scope", ["A system scope cannot be deleted"]);
    const server = serverOf(call);
    server.scopes.delete(scope.id);
    for (const claim of server.claims.values()) claim.scopes = claim.scopes.filter((name) => name !== scope.name);
    return { status: 204 };
  }),
];

function scopeOf(call: Call): OktaScope {
  const id = call.params.scopeId ?? "";
  const scope = serverOf(call).scopes.get(id);
  if (scope === undefined) throw notFound(id, "OAuth2Scope");
  return scope;
}

function readScope(call: Call, present: OktaScope | undefined): Omit<OktaScope, "id" | "sequence" | "system"> {
  const fields = new Fields(bodyOf(call));
  const name = fields.text("name");
  // RFC 6749, section 3.3.
  if (!/^[\x21\x23-\x5b\x5d-\x7e]+$/.test(name)) {
    throw invalid("name", ["name: The field must be printable ASCII without blanks, quotes and backslashes"]);
  }
  if (/^okta\./i.test(name) && present === undefined) {
    throw invalid("name", ["name: The prefix okta. is reserved"]);
  }
  refuseTaken(serverOf(call).scopes.values(), name, present?.id);
  return {
    name,
    displayName: fields.optionalText("displayName"),
    description: fields.optionalText("description"),
    metadataPublish: fields.oneOf("metadataPublish", ["ALL_CLIENTS", "NO_CLIENTS"], "NO_CLIENTS"),
    consent: fields.oneOf("consent", ["REQUIRED", "IMPLICIT", "FLEXIBLE"], "IMPLICIT"),
    optional: fields.flag("optional", false),
    default: fields.flag("default", false),
  };
}
