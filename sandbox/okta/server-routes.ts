import type { Answer } from "../answer.ts";
import type { Call, Route } from "./call.ts";
import { OktaProblem } from "./problem.ts";

/** A route of the authorization servers' API. Without API Access Management an org has none of it. */
export function serverRoute(method: Route["method"], path: string, handle: (call: Call) => Answer): Route {
  return {
    method,
    path,
    scope: `okta.authorizationServers.${method === "GET" ? "read" : "manage"}`,
    bucket: "rest",
    handle: (call) => {
      if (call.org.state.apiAccessManagement) return handle(call);
      throw new OktaProblem(401, "E0000015", "You do not have permission to access the feature you are requesting");
    },
  };
}

/** The two routes that switch something on and off. Both answer 204. */
export function lifecycleRoutes(
  path: string,
  find: (call: Call) => { status: "ACTIVE" | "INACTIVE"; lastUpdated: string },
): readonly Route[] {
  return (["ACTIVE", "INACTIVE"] as const).map((status) =>
    serverRoute("POST", `${path}/lifecycle/${status === "ACTIVE" ? "activate" : "deactivate"}`, (call) => {
      const found = find(call);
      found.status = status;
      found.lastUpdated = call.org.timestamp();
      return { status: 204 };
    }),
  );
}
