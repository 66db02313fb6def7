import { allScopes } from "../../../sandbox/auth0/scopes.ts";
import type { TestSandbox } from "../../support/sandbox.ts";
import { call } from "../auth0/auth0-caller.ts";

/** Client id of the client that `addDeployClient` makes. */
export const deployClientId = "DeployClient00000000000000000000";

/** Makes a client that may do everything at the Management API, as an admin makes one for a tool, and gives its secret. */
export async function addDeployClient(at: TestSandbox): Promise<string> {
  const client = at.sandbox.auth0.addClient({
    clientId: deployClientId,
    settings: { name: "Deploy", app_type: "non_interactive", grant_types: ["client_credentials"] },
  });
  const grant = { client_id: deployClientId, audience: at.sandbox.auth0.audience, scope: [...allScopes] };
  const { status, json } = await call(at, "POST", "/client-grants", grant);
  if (status !== 201) throw new Error(`no grant: ${JSON.stringify(json)}`);
  return client.secret;
}
