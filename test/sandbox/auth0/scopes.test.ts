import { expect, test } from "vitest";
import { assignedRoleRoutes } from "../../../sandbox/auth0/assigned-roles.ts";
import type { Route } from "../../../sandbox/auth0/call.ts";
import { clientGrantRoutes } from "../../../sandbox/auth0/client-grants.ts";
import { clientRoutes } from "../../../sandbox/auth0/clients.ts";
import { credentialRoutes } from "../../../sandbox/auth0/credentials.ts";
import { discoveryDomainRoutes } from "../../../sandbox/auth0/discovery-domains.ts";
import { memberRoutes } from "../../../sandbox/auth0/members.ts";
import { organizationClientGrantRoutes } from "../../../sandbox/auth0/organization-client-grants.ts";
import { organizationClientRoutes } from "../../../sandbox/auth0/organization-clients.ts";
import { organizationRoutes } from "../../../sandbox/auth0/organizations.ts";
import { permissionRoutes } from "../../../sandbox/auth0/permissions.ts";
import { resourceServerRoutes } from "../../../sandbox/auth0/resource-servers.ts";
import { roleRoutes } from "../../../sandbox/auth0/roles.ts";
import { allScopes } from "../../../sandbox/auth0/scopes.ts";
import { userRoutes } from "../../../sandbox/auth0/users.ts";
import { sharedSandbox } from "../../support/shared-sandbox.ts";
import { call, problem, token } from "./auth0-caller.ts";

const routes: readonly Route[] = [
  ...clientRoutes,
  ...credentialRoutes,
  ...organizationRoutes,
  ...memberRoutes,
  ...discoveryDomainRoutes,
  ...organizationClientRoutes,
  ...organizationClientGrantRoutes,
  ...clientGrantRoutes,
  ...resourceServerRoutes,
  ...roleRoutes,
  ...permissionRoutes,
  ...assignedRoleRoutes,
  ...userRoutes,
];

const at = sharedSandbox();
const bearers = new Map<string, string>();

/** A bearer token with just these scopes of the Management API, of a client with a grant for them. */
async function tokenWith(scope: readonly string[]): Promise<string> {
  const known = bearers.get(scope.join(" "));
  if (known !== undefined) return known;
  const audience = at.sandbox.auth0.audience;
  const { client_id, client_secret } = (await call(at, "POST", "/clients", { name: "scoped" })).json;
  await call(at, "POST", "/client-grants", { client_id, audience, scope });
  const { json } = await token(at, { grant_type: "client_credentials", client_id, client_secret, audience });
  bearers.set(scope.join(" "), json.access_token);
  return json.access_token;
}

test.each(routes.map((route) => [route.method, route.path, route] as const))(
  "%s %s wants its scope",
  async (method, path, route) => {
    const here = path.replace(/:\w+/g, "nobody");
    expect(route.scopes.filter((scope) => !allScopes.includes(scope))).toEqual([]);
    expect(await problem(at, method, here, undefined, await tokenWith(["read:stats"]))).toEqual([
      403,
      "insufficient_scope",
      `Insufficient scope, expected any of: ${route.scopes.join(",")}`,
    ]);
    const { status } = await call(at, method, here, undefined, await tokenWith([...route.scopes, "read:clients"]));
    expect(status).not.toBe(403);
  },
);
