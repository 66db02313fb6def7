import { expect } from "vitest";
import { auth0Host, managementClientId } from "../../../sandbox/sandbox.ts";
import type { TestResponse, TestSandbox } from "../../support/sandbox.ts";

/** An answer with its JSON read. */
export interface Reply {
  readonly status: number;
  readonly headers: TestResponse["headers"];
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into freely.
  readonly json: any;
}

/** Calls `/api/v2` and this path with the API token, or with another bearer token; empty sends none. */
export async function call(
  at: TestSandbox,
  method: string,
  path: string,
  body?: unknown,
  token = at.sandbox.env.AUTH0_API_TOKEN,
): Promise<Reply> {
  const response = await at.fetch(auth0Host, `/api/v2${path}`, {
    method,
    headers: {
      ...(token === "" ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  return read(response);
}

/** The status, code and message of a refusal, which is in the shape of the management API. */
export async function problem(
  at: TestSandbox,
  method: string,
  path: string,
  body?: unknown,
  bearer?: string,
): Promise<readonly unknown[]> {
  const { status, json } = await call(at, method, path, body, bearer);
  expect(json).toMatchObject({ statusCode: status, error: expect.any(String), message: expect.any(String) });
  return [status, json.errorCode, json.message];
}

/** The status and code of a refusal, in one text. */
export async function code(...sent: Parameters<typeof problem>): Promise<string> {
  const [status, errorCode] = await problem(...sent);
  return `${String(status)} ${String(errorCode)}`;
}

/** Posts parameters to the token endpoint, as a form or as JSON. */
export async function token(
  at: TestSandbox,
  parameters: Record<string, string>,
  { json = false, headers = {} }: { json?: boolean; headers?: Record<string, string> } = {},
): Promise<Reply> {
  const response = await at.fetch(auth0Host, "/oauth/token", {
    method: "POST",
    headers: { "content-type": json ? "application/json" : "application/x-www-form-urlencoded", ...headers },
    body: json ? JSON.stringify(parameters) : new URLSearchParams(parameters).toString(),
  });
  return read(response);
}

/** A bearer token of Tenantry's own client, with all scopes of its grant or with these. */
export async function managementToken(at: TestSandbox, ...scopes: readonly string[]): Promise<string> {
  const { json } = await token(at, {
    ...managementRequest(at),
    ...(scopes.length === 0 ? {} : { scope: scopes.join(" ") }),
  });
  return json.access_token as string;
}

/** What asks for such a token, secret in the body. */
export function managementRequest(at: TestSandbox): Record<string, string> {
  return {
    grant_type: "client_credentials",
    client_id: managementClientId,
    client_secret: at.sandbox.env.AUTH0_MANAGEMENT_SECRET ?? "",
    audience: "https://acme.eu.auth0.com/api/v2/",
  };
}

/** The header of HTTP Basic as RFC 6749, section 2.3.1 spells it. */
export function basic(id: string, secret: string): Record<string, string> {
  const encode = (text: string): string => new URLSearchParams({ a: text }).toString().slice(2);
  return { authorization: `Basic ${Buffer.from(`${encode(id)}:${encode(secret)}`).toString("base64")}` };
}

async function read(response: TestResponse): Promise<Reply> {
  const text = await response.text();
  const json = (response.headers.get("content-type") ?? "").includes("json") ? JSON.parse(text) : undefined;
  return { status: response.status, headers: response.headers, json };
}
