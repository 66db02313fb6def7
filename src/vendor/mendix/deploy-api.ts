import { TenantryError } from "../../errors/failure.ts";
import { isJsonObject, type JsonObject } from "../json.ts";
import { type JsonCall, type JsonReply, messageIn, openJsonCaller } from "../json-caller.ts";
import type { Limiter } from "../limiter.ts";
import type { Network } from "../network.ts";
import { TransportFault } from "../transport-fault.ts";

/** Host of the Mendix Deploy API, version 1. */
export const deployApiHost = "deploy.mendix.com";

/** One environment of an app in Mendix Cloud. */
export interface DeployEnvironment {
  /** Subdomain of the app. */
  readonly appId: string;
  /** `Test`, `Acceptance`, `Production`, or the name of a flexible environment. */
  readonly mode: string;
  readonly username: string;
}

export interface DeployApiOptions extends DeployEnvironment {
  readonly network: Network;
  readonly limiter: Limiter;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Asked for by the first call. */
  readonly apiKey: () => string;
}

/**
 * The settings of one environment by the Deploy API, version 1 (mendix/docs, apidocs/deployment/deploy-api-1.md). What is
 * set there reaches the app when it is restarted in the portal.
 */
export interface DeployApi {
  /** Constants, custom settings and scheduled events, unknown members included. */
  settings(): Promise<JsonObject>;
  /** Sets them and gives what is set then. The same twice is the same. */
  set(settings: JsonObject): Promise<JsonObject>;
  close(): Promise<void>;
}

/** Opens the API. Sends nothing yet. */
export async function openDeployApi(options: DeployApiOptions): Promise<DeployApi> {
  const { appId, mode, username, network, limiter, sleep } = options;
  const caller = await openJsonCaller({
    base: `https://${deployApiHost}`,
    ...{ network, limiter, sleep },
    headers: async () => ({ "mendix-username": username, "mendix-apikey": options.apiKey() }),
  });
  const path = `/api/1/apps/${encodeURIComponent(appId)}/environments/${encodeURIComponent(mode)}/settings`;
  const ask = async (call: Pick<JsonCall, "method" | "body">): Promise<JsonObject> => {
    let reply: JsonReply;
    try {
      reply = await caller.call({ ...call, path, repeatable: true });
    } catch (error) {
      if (!(error instanceof TransportFault)) throw error;
      const message = `The Mendix Deploy API at ${deployApiHost} did not answer: ${error.why}.`;
      throw new TenantryError("MENDIX_UNREACHABLE", message, { cause: error });
    }
    if (reply.status === 200 && isJsonObject(reply.body)) return reply.body;
    throw refusal(reply, `${appId} (environment ${mode})`);
  };
  return {
    settings: () => ask({ method: "GET" }),
    set: (settings) => ask({ method: "POST", body: settings }),
    close: () => caller.close(),
  };
}

/** Codes by which the API says that there is no such environment. */
const noEnvironment = new Set(["ENVIRONMENT_NOT_FOUND", "INVALID_ENVIRONMENT", "APP_NOT_FOUND", "NOT_FOUND"]);

function refusal({ status, body }: JsonReply, environment: string): TenantryError {
  const code = messageIn(body, "errorCode", "ErrorCode");
  // What it says may end in a full stop of its own.
  const said = messageIn(body, "errorMessage", "ErrorMessage")?.replace(/\.$/, "") ?? code;
  const because = said === undefined ? "" : `: ${said}`;
  const about = `the settings of ${environment}`;
  if (status === 401 || status === 403) {
    return new TenantryError(
      "MENDIX_CREDENTIALS_REFUSED",
      `The Mendix Deploy API refused access to ${about}${because}.`,
    );
  }
  if (status === 404 || (code !== undefined && noEnvironment.has(code))) {
    return new TenantryError(
      "MENDIX_ENVIRONMENT_MISSING",
      `The Mendix Deploy API knows no environment ${environment}.`,
    );
  }
  if (code === "CONSTANT_NOT_FOUND") {
    return new TenantryError("MENDIX_CONSTANT_MISSING", `The Mendix Deploy API refused ${about}${because}.`);
  }
  if (status === 429) {
    return new TenantryError("MENDIX_RATE_LIMITED", "The Mendix Deploy API went on answering 429.");
  }
  if (status >= 400 && status < 500) {
    return new TenantryError("MENDIX_REJECTED", `The Mendix Deploy API refused ${about}${because}.`);
  }
  if (status >= 500) {
    return new TenantryError("MENDIX_UNAVAILABLE", `The Mendix Deploy API failed with status ${status}${because}.`);
  }
  const message = `The Mendix Deploy API answered ${status} without settings.`;
  return new TenantryError("MENDIX_UNEXPECTED_ANSWER", message);
}
