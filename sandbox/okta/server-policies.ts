import type { Call, Route } from "./call.ts";
import { invalid } from "./problem.ts";
import { bodyOf, Fields, refuseTaken, serverOf, serverPolicyOf } from "./server-input.ts";
import type { OktaServerPolicy } from "./server-model.ts";
import { addServerPolicy } from "./server-new.ts";
import { byPriority, closeGaps, place } from "./server-priority.ts";
import { lifecycleRoutes, serverRoute } from "./server-routes.ts";
import { serversPath, viewServerPolicy } from "./server-view.ts";

const path = `${serversPath}/:serverId/policies`;

/** The policies of an authorization server, first tried first. */
export const serverPolicyRoutes: readonly Route[] = [
  serverRoute("GET", path, (call) => {
    const server = serverOf(call);
    const shown = byPriority(server.policies.values());
    return { status: 200, json: shown.map((policy) => viewServerPolicy(call.org, server, policy)) };
  }),
  serverRoute("POST", path, (call) => {
    const server = serverOf(call);
    const { priority, ...sent } = readPolicy(call, undefined);
    if (sent.status === "INACTIVE") throw invalid("status", ["status: A new policy must be ACTIVE"]);
    const policy = addServerPolicy(call.org, server, sent.name, sent.clients);
    Object.assign(policy, sent);
    place(server.policies.values(), policy, priority);
    return { status: 201, json: viewServerPolicy(call.org, server, policy) };
  }),
  serverRoute("GET", `${path}/:policyId`, (call) => ({
    status: 200,
    json: viewServerPolicy(call.org, serverOf(call), serverPolicyOf(call)),
  })),
  serverRoute("PUT", `${path}/:policyId`, (call) => {
    const server = serverOf(call);
    const policy = serverPolicyOf(call);
    const { priority, ...sent } = readPolicy(call, policy);
    Object.assign(policy, sent, { lastUpdated: call.org.timestamp() });
    if (priority !== undefined) place(server.policies.values(), policy, priority);
    return { status: 200, json: viewServerPolicy(call.org, server, policy) };
  }),
  serverRoute("DELETE", `${path}/:policyId`, (call) => {
    const policy = serverPolicyOf(call);
    if (policy.system) throw invalid("policy", ["A system policy cannot be deleted"]);
    const { policies } = serverOf(call);
    policies.delete(policy.id);
    closeGaps(policies.values());
    return { status: 204 };
  }),
  ...lifecycleRoutes(`${path}/:policyId`, serverPolicyOf),
];

type SentPolicy = Pick<OktaServerPolicy, "name" | "description" | "clients" | "status"> & {
  readonly priority: number | undefined;
};

function readPolicy(call: Call, present: OktaServerPolicy | undefined): SentPolicy {
  const fields = new Fields(bodyOf(call));
  const name = fields.text("name", 100);
  refuseTaken(serverOf(call).policies.values(), name, present?.id);
  fields.oneOf(
    "type",
    ["OAUTH_AUTHORIZATION_POLICY"],
    present === undefined ? undefined : "OAUTH_AUTHORIZATION_POLICY",
  );
  const clients = fields.inner("conditions").inner("clients").texts("include");
  if (clients === undefined)
    throw invalid("conditions", ["conditions.clients.include: The field cannot be left blank"]);
  const strange = clients.find((each) => each !== "ALL_CLIENTS" && call.org.client(each) === undefined);
  if (strange !== undefined) {
    throw invalid("conditions", [`conditions.clients.include: The client '${strange}' does not exist`]);
  }
  const description = fields.optionalText("description", 255);
  return {
    name,
    description: description === "" ? undefined : description,
    clients,
    priority: fields.number("priority", 1, 1_000_000),
    status: fields.oneOf("status", ["ACTIVE", "INACTIVE"], present?.status ?? "ACTIVE"),
  };
}
