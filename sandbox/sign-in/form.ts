import type { IncomingMessage, ServerResponse } from "node:http";
import { BodyTooLarge, readBody, send } from "../answer.ts";
import { OAuthProblem } from "./oauth-problem.ts";

/** Largest form that is read, in bytes. */
export const formLimit = 48 * 1024;

/** The form as text; undefined when the answer has been sent, because the body is none. */
export async function readForm(request: IncomingMessage, response: ServerResponse): Promise<string | undefined> {
  if (!/^application\/x-www-form-urlencoded\s*(;|$)/i.test(request.headers["content-type"] ?? "")) {
    const description = "The content type must be application/x-www-form-urlencoded.";
    send(response, new OAuthProblem(400, "invalid_request", description).toAnswer());
    return undefined;
  }
  try {
    return (await readBody(request, formLimit)).toString("utf8");
  } catch (error) {
    if (!(error instanceof BodyTooLarge)) throw error;
    const answer = new OAuthProblem(413, "invalid_request", "The request body is too large.").toAnswer();
    send(response, { ...answer, headers: { ...answer.headers, connection: "close" } });
    return undefined;
  }
}
