import type { Json } from "../json.ts";
import type { Call, Route } from "./call.ts";
import type { OktaApp } from "./model.ts";
import { page } from "./page.ts";
import { notFound } from "./problem.ts";
import { serverOf } from "./server-input.ts";
import type { OktaServer } from "./server-model.ts";
import { serverRoute } from "./server-routes.ts";
import { issuerOf, selfOf, serversPath } from "./server-view.ts";
import type { OktaRefreshToken } from "./sign-in/remembered.ts";
import { isGood, revokeFamily } from "./sign-in/tokens.ts";

const path = `${serversPath}/:serverId/clients`;

/** The clients that hold refresh tokens of an authorization server, and those tokens, never their values. */
export const serverClientRoutes: readonly Route[] = [
  serverRoute("GET", path, (call) => {
    const server = serverOf(call);
    const held = new Set(tokensOf(call, server).map(({ clientId }) => clientId));
    const clients = call.org.apps.filter((app) => held.has(app.clientId));
    return { status: 200, json: clients.map((app) => viewClient(call, server, app)) };
  }),
  serverRoute("GET", `${path}/:clientId/tokens`, (call) => {
    const server = serverOf(call);
    const app = clientOf(call);
    const here = `${serversPath}/${call.params.serverId}/clients/${app.clientId}/tokens`;
    const tokens = tokensOf(call, server, app);
    return page(call, here, tokens, (token) => viewToken(call, server, app, token), { standard: 20, most: 200 });
  }),
  serverRoute("DELETE", `${path}/:clientId/tokens`, (call) => {
    for (const token of tokensOf(call, serverOf(call), clientOf(call))) revokeFamily(call.org, token.id);
    return { status: 204 };
  }),
  serverRoute("GET", `${path}/:clientId/tokens/:tokenId`, (call) => ({
    status: 200,
    json: viewToken(call, serverOf(call), clientOf(call), tokenOf(call)),
  })),
  serverRoute("DELETE", `${path}/:clientId/tokens/:tokenId`, (call) => {
    revokeFamily(call.org, tokenOf(call).id);
    return { status: 204 };
  }),
];

function clientOf(call: Call): OktaApp {
  const id = call.params.clientId ?? "";
  const app = call.org.client(id);
  if (app === undefined) throw notFound(id, "PublicClientApp");
  return app;
}

function tokensOf(call: Call, server: OktaServer, app?: OktaApp): OktaRefreshToken[] {
  return [...call.org.state.signIn.refreshTokens.values()].filter(
    (token) =>
      token.serverId === server.id && (app === undefined || token.clientId === app.clientId) && isGood(call.org, token),
  );
}

function tokenOf(call: Call): OktaRefreshToken {
  const id = call.params.tokenId ?? "";
  const token = tokensOf(call, serverOf(call), clientOf(call)).find((each) => each.id === id);
  if (token === undefined) throw notFound(id, "OAuth2RefreshToken");
  return token;
}

function viewClient(call: Call, server: OktaServer, app: OktaApp): Json {
  const tokens = `${selfOf(call.org, server)}/clients/${app.clientId}/tokens`;
  return {
    client_id: app.clientId,
    client_name: app.label,
    ...(typeof app.oauth.client_uri === "string" ? { client_uri: app.oauth.client_uri } : {}),
    ...(typeof app.oauth.logo_uri === "string" ? { logo_uri: app.oauth.logo_uri } : {}),
    _links: { tokens: { href: tokens, hints: { allow: ["GET", "DELETE"] } } },
  };
}

function viewToken(call: Call, server: OktaServer, app: OktaApp, token: OktaRefreshToken): Json {
  const { org } = call;
  const self = `${selfOf(org, server)}/clients/${app.clientId}/tokens/${token.id}`;
  const user = org.user(token.userId);
  const end = Math.min(token.used + token.window, token.end ?? Number.POSITIVE_INFINITY);
  return {
    id: token.id,
    status: "ACTIVE",
    created: token.created,
    lastUpdated: token.lastUpdated,
    expiresAt: new Date(end).toISOString(),
    issuer: issuerOf(org, server),
    clientId: app.clientId,
    userId: token.userId,
    scopes: [...token.scopes].sort(),
    ...(call.query.get("expand") === "scope" ? { _embedded: { scopes: viewScopes(call, server, token) } } : {}),
    _links: {
      app: { href: `${org.url}/api/v1/apps/${app.id}`, title: app.label },
      authorizationServer: { href: selfOf(org, server), title: server.name },
      self: { href: self },
      revoke: { href: self, hints: { allow: ["DELETE"] } },
      client: { href: `${org.url}/oauth2/v1/clients/${app.clientId}`, title: app.label },
      user: {
        href: `${org.url}/api/v1/users/${token.userId}`,
        title: user === undefined ? "" : `${user.profile.firstName} ${user.profile.lastName}`,
      },
    },
  };
}

function viewScopes(call: Call, server: OktaServer, token: OktaRefreshToken): readonly Json[] {
  return [...server.scopes.values()]
    .filter((scope) => token.scopes.includes(scope.name))
    .map((scope) => ({
      id: scope.id,
      name: scope.name,
      displayName: scope.displayName ?? scope.name,
      _links: {
        scope: { href: `${selfOf(call.org, server)}/scopes/${scope.id}`, title: scope.displayName ?? scope.name },
      },
    }));
}
