import type { Answer } from "../answer.ts";
import { type Call, connectionOf, type Route } from "./call.ts";
import type { Auth0Connection } from "./model.ts";
import { checkpointPage } from "./page.ts";
import { Auth0Problem, problemOf } from "./problem.ts";

/** Strategies that people can be provisioned to by SCIM. */
const scimStrategies: ReadonlySet<string> = new Set(["oidc", "okta", "samlp", "waad"]);

/** Strategies with a connector of their own at the customer's. */
const connectorStrategies: ReadonlySet<string> = new Set(["ad", "auth0-adldap"]);

/**
 * What is asked of each connection and is set up for none: SCIM, directory provisioning, the state of a connector. The
 * sandbox has none of these, so the answers are those of Auth0 for a connection where nobody has set them up.
 */
export const provisioningRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/connections/:connectionId/scim-configuration",
    scopes: ["read:scim_config"],
    bucket: "rest",
    handle: (call) => {
      throw noScim(connectionOf(call));
    },
  },
  {
    method: "GET",
    path: "/connections/:connectionId/directory-provisioning",
    scopes: ["read:directory_provisionings"],
    bucket: "rest",
    handle: (call) => {
      connectionOf(call);
      throw problemOf(404);
    },
  },
  {
    method: "GET",
    path: "/connections/:connectionId/status",
    scopes: ["read:connections"],
    bucket: "readConnections",
    handle: (call) => {
      const { strategy } = connectionOf(call);
      throw connectorStrategies.has(strategy)
        ? new Auth0Problem(404, "The connection is offline", "connection_offline")
        : new Auth0Problem(400, "The connection strategy has no status", "operation_not_supported");
    },
  },
  none("/connections-scim-configurations", "scim_configurations", "read:scim_config"),
  none("/connections-directory-provisionings", "directory_provisionings", "read:directory_provisionings"),
];

function noScim({ strategy }: Auth0Connection): Auth0Problem {
  if (scimStrategies.has(strategy)) return problemOf(404);
  return new Auth0Problem(
    404,
    "This connection type does not support SCIM. Please see our documentation for the currently supported connection types: https://auth0.com/docs/authenticate/protocols/scim/configure-inbound-scim.",
  );
}

/** A list that nothing is in. */
function none(path: string, name: string, scope: string): Route {
  const handle = (call: Call): Answer => checkpointPage(call.query, name, [], () => null);
  return { method: "GET", path, scopes: [scope], bucket: "rest", query: ["from", "take"], handle };
}
