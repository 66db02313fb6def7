import { type Json, spelled } from "../json.ts";
import { appOf, type Call, type Route, sentFields } from "./call.ts";
import type { OktaApp, OktaGrant } from "./model.ts";
import { invalid, notFound } from "./problem.ts";

const base = "/api/v1/apps/:appId/grants";

/** Scopes of the management API that an app may ask for. */
export const grantRoutes: readonly Route[] = [
  {
    method: "GET",
    path: base,
    scope: "okta.appGrants.read",
    bucket: "apps",
    handle: (call) => {
      const app = appOf(call);
      return { status: 200, json: [...app.grants.values()].map((grant) => view(call, app, grant)) };
    },
  },
  { method: "POST", path: base, scope: "okta.appGrants.manage", bucket: "apps", handle: grant },
  {
    method: "GET",
    path: `${base}/:grantId`,
    scope: "okta.appGrants.read",
    bucket: "apps",
    handle: (call) => ({ status: 200, json: view(call, appOf(call), grantOf(call)) }),
  },
  {
    method: "DELETE",
    path: `${base}/:grantId`,
    scope: "okta.appGrants.manage",
    bucket: "apps",
    handle: (call) => {
      appOf(call).grants.delete(grantOf(call).id);
      return { status: 204 };
    },
  },
];

function grantOf(call: Call): OktaGrant {
  const id = call.params.grantId ?? "";
  const found = appOf(call).grants.get(id);
  if (found === undefined) throw notFound(id, "OAuth2ScopeConsentGrant");
  return found;
}

/** Granting again gives the grant that is there. */
function grant(call: Call) {
  const app = appOf(call);
  const { issuer, scopeId } = sentFields(call);
  if (issuer !== call.org.url) {
    throw invalid("issuer", [`issuer: Must be the org authorization server, '${call.org.url}'`]);
  }
  if (typeof scopeId !== "string" || !/^okta\.[A-Za-z]+(\.[A-Za-z]+)*$/.test(scopeId)) {
    throw invalid("scopeId", [`scopeId: '${spelled(scopeId)}' is not a valid scope`]);
  }
  const present = [...app.grants.values()].find((each) => each.scopeId === scopeId);
  const made = present ?? call.org.addGrant(app, scopeId);
  return { status: 200, json: view(call, app, made, true) };
}

function view({ org, query }: Call, app: OktaApp, { id, scopeId, created }: OktaGrant, withScope = false): Json {
  const embeds = withScope || query.get("expand") === "scope";
  return {
    id,
    status: "ACTIVE",
    created,
    createdBy: { id: org.state.ownerId, type: "User" },
    lastUpdated: created,
    issuer: org.url,
    clientId: app.clientId,
    scopeId,
    source: "ADMIN",
    ...(embeds ? { _embedded: { scope: { id: scopeId } } } : {}),
    _links: {
      app: { href: `${org.url}/api/v1/apps/${app.id}`, title: app.label },
      self: { href: `${org.url}/api/v1/apps/${app.id}/grants/${id}`, hints: { allow: ["GET", "DELETE"] } },
      client: { href: `${org.url}/oauth2/v1/clients/${app.clientId}`, title: app.label },
    },
  };
}
