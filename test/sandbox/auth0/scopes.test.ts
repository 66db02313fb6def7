import { expect, test } from "vitest";
import { routes } from "../../../sandbox/auth0/management.ts";
import { allScopes } from "../../../sandbox/auth0/scopes.ts";
import { sharedSandbox } from "../../support/shared-sandbox.ts";
import { call, problem, token } from "./auth0-caller.ts";

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
