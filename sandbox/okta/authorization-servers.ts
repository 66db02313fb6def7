import type { Call, Route } from "./call.ts";
import { page } from "./page.ts";
import { invalid } from "./problem.ts";
import { serverClaimRoutes } from "./server-claims.ts";
import { serverClientRoutes } from "./server-clients.ts";
import { bodyOf, Fields, refuseTaken, serverOf } from "./server-input.ts";
import { serverKeyRoutes } from "./server-keys.ts";
import type { OktaServer } from "./server-model.ts";
import { newServer } from "./server-new.ts";
import { serverPolicyRoutes } from "./server-policies.ts";
import { rotated } from "./server-rotation.ts";
import { lifecycleRoutes, serverRoute } from "./server-routes.ts";
import { serverRuleRoutes } from "./server-rules.ts";
import { serverScopeRoutes } from "./server-scopes.ts";
import { serversPath, viewServer } from "./server-view.ts";

const one = `${serversPath}/:serverId`;

/** Custom authorization servers with their claims, scopes, policies, rules, keys, and the clients that hold tokens. */
export const serverRoutes: readonly Route[] = [
  serverRoute("GET", serversPath, (call) => {
    const wanted = (call.query.get("q") ?? "").toLowerCase();
    const shown = call.org.servers.filter(
      ({ name, audiences }) =>
        name.toLowerCase().includes(wanted) || audiences.some((each) => each.toLowerCase().includes(wanted)),
    );
    const limits = { standard: 200, most: 200 };
    return page(call, serversPath, shown, (server) => viewServer(call.org, rotated(server, call.org.now())), limits);
  }),
  serverRoute("POST", serversPath, (call) => {
    // Okta makes every server with rotation by itself, whatever is sent; only a PUT changes that.
    const { name, rotationMode: _sent, ...more } = readServer(call, undefined);
    const server = newServer(call.org, name, more);
    call.org.state.servers.set(server.id, server);
    return { status: 201, json: viewServer(call.org, server) };
  }),
  serverRoute("GET", one, (call) => ({ status: 200, json: viewServer(call.org, serverOf(call)) })),
  serverRoute("PUT", one, (call) => {
    const server = serverOf(call);
    Object.assign(server, readServer(call, server), { lastUpdated: call.org.timestamp() });
    return { status: 200, json: viewServer(call.org, server) };
  }),
  serverRoute("DELETE", one, (call) => {
    call.org.state.servers.delete(serverOf(call).id);
    return { status: 204 };
  }),
  ...lifecycleRoutes(one, serverOf),
  ...serverClaimRoutes,
  ...serverScopeRoutes,
  ...serverPolicyRoutes,
  ...serverRuleRoutes,
  ...serverKeyRoutes,
  ...serverClientRoutes,
];

function readServer(
  call: Call,
  present: OktaServer | undefined,
): Pick<OktaServer, "name" | "description" | "audiences" | "issuerMode" | "rotationMode"> {
  const fields = new Fields(bodyOf(call));
  const name = fields.text("name");
  refuseTaken(call.org.servers, name, present?.id);
  const audiences = fields.texts("audiences") ?? [];
  if (audiences.length !== 1 || audiences[0] === "") {
    throw invalid("audiences", ["audiences: Must be an array of exactly one audience"]);
  }
  const issuerMode = fields.oneOf("issuerMode", ["ORG_URL", "CUSTOM_URL", "DYNAMIC"], "ORG_URL");
  if (issuerMode === "CUSTOM_URL") {
    throw invalid("issuerMode", ["issuerMode: CUSTOM_URL needs a custom domain, which the org has not"]);
  }
  const signing = fields.inner("credentials").inner("signing");
  const rotationMode = signing.oneOf("rotationMode", ["AUTO", "MANUAL"], present?.rotationMode ?? "AUTO");
  return { name, description: fields.optionalText("description") ?? null, audiences, issuerMode, rotationMode };
}
