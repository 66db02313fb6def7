import type { IncomingMessage } from "node:http";
import { BodyTooLarge, readBody } from "../../answer.ts";
import { isObject } from "../../json.ts";
import { formLimit } from "../../sign-in/form.ts";
import { OAuthProblem } from "../../sign-in/oauth-problem.ts";

/**
 * The parameters of a body: a form, or as Auth0 also takes it a JSON object of texts. Throws an `OAuthProblem` for
 * what is neither, too large, or names a parameter twice.
 */
export async function readParameters(request: IncomingMessage): Promise<URLSearchParams> {
  const type = request.headers["content-type"] ?? "";
  const json = /^application\/json\s*(;|$)/i.test(type);
  if (!json && !/^application\/x-www-form-urlencoded\s*(;|$)/i.test(type)) {
    throw invalid("The content type must be application/x-www-form-urlencoded or application/json");
  }
  const text = await read(request);
  const parameters = json ? fromJson(text) : new URLSearchParams(text);
  const names = [...parameters.keys()];
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw invalid(`The parameter ${twice} is sent more than once`);
  return parameters;
}

async function read(request: IncomingMessage): Promise<string> {
  try {
    return (await readBody(request, formLimit)).toString("utf8");
  } catch (error) {
    if (!(error instanceof BodyTooLarge)) throw error;
    throw new OAuthProblem(413, "invalid_request", "The request body is too large");
  }
}

function fromJson(text: string): URLSearchParams {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw invalid("The request body is no JSON");
  }
  if (!isObject(content)) throw invalid("The request body is no JSON object");
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(content)) {
    if (typeof value !== "string") throw invalid(`The parameter ${name} is no text`);
    parameters.set(name, value);
  }
  return parameters;
}

function invalid(description: string): OAuthProblem {
  return new OAuthProblem(400, "invalid_request", description);
}
