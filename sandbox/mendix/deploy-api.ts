import { type Answer, BodyTooLarge, readBody, send } from "../answer.ts";
import type { Json } from "../json.ts";
import { parseJsonBody } from "../json-body.ts";
import { matchPath } from "../match-path.ts";
import { sameText } from "../same-text.ts";
import type { Site, SiteRequest } from "../site.ts";
import type { EnvironmentSettings } from "./settings.ts";

/** Who may use the API, and what is there. */
export interface DeployApiParts {
  readonly username: string;
  readonly apiKey: string;
  readonly appId: string;
  /** By the mode of the environment. */
  readonly environments: Readonly<Record<string, EnvironmentSettings>>;
}

const path = ["api", "1", "apps", ":app", "environments", ":mode", "settings"];

/**
 * `deploy.mendix.com`: the settings of an environment, as the Deploy API, version 1, has them.
 *
 * @see https://docs.mendix.com/apidocs-mxsdk/apidocs/deploy-api/
 */
export function deployApiSite(parts: DeployApiParts): Site {
  return {
    hosts: ["deploy.mendix.com"],
    logsQuery: () => false,
    problem: (status) => refusal(status, status === 429 ? "TOO_MANY_REQUESTS" : "ERROR", "It did not work."),
    handle: async (request) => send(request.response, await answer(parts, request)),
  };
}

async function answer(parts: DeployApiParts, { request, path: asked }: SiteRequest): Promise<Answer> {
  const username = String(request.headers["mendix-username"] ?? "");
  const apiKey = String(request.headers["mendix-apikey"] ?? "");
  if (!sameText(username, parts.username) || !sameText(apiKey, parts.apiKey)) {
    return refusal(401, "UNAUTHORIZED", "The user name or the API key is wrong.");
  }
  const names = matchPath(path, asked.split("/").slice(1));
  if (names === undefined) return refusal(404, "NOT_FOUND", "There is nothing here.");
  const environment = Object.entries(parts.environments).find(
    ([mode]) => mode.toLowerCase() === names.mode?.toLowerCase(),
  )?.[1];
  if (names.app !== parts.appId) return refusal(404, "APP_NOT_FOUND", "App not found.");
  if (environment === undefined) {
    const message = `Could not parse environment mode '${names.mode}'. Valid options are Test, Acceptance, Production or the name of a flexible environment.`;
    return refusal(400, "INVALID_ENVIRONMENT", message);
  }
  if (request.method === "GET") return { status: 200, json: environment.view() };
  if (request.method !== "POST") return refusal(405, "METHOD_NOT_ALLOWED", "GET or POST.");
  let body: unknown;
  try {
    body = parseJsonBody(await readBody(request));
  } catch (error) {
    if (!(error instanceof BodyTooLarge) && !(error instanceof SyntaxError)) throw error;
    return refusal(400, "INVALID_PARAMETERS", "The body is no JSON.");
  }
  const refused = environment.set(body);
  return refused === undefined
    ? { status: 200, json: environment.view() }
    : refusal(refused.status, refused.code, refused.message);
}

function refusal(status: number, errorCode: string, errorMessage: string): Answer {
  return { status, json: { errorCode, errorMessage } satisfies Json };
}
