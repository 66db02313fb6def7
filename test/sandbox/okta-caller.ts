import { oktaHost } from "../../sandbox/sandbox.ts";
import type { TestResponse, TestSandbox } from "../support/sandbox.ts";

/** An answer with its JSON read. */
export interface Reply {
  readonly status: number;
  readonly headers: TestResponse["headers"];
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into freely.
  readonly json: any;
}

/** Calls the management API with the API token, or with another `Authorization` header. */
export async function call(
  at: TestSandbox,
  method: string,
  path: string,
  body?: unknown,
  authorization = `SSWS ${at.sandbox.env.OKTA_API_TOKEN}`,
): Promise<Reply> {
  const response = await at.fetch(oktaHost, path, {
    method,
    headers: { authorization, ...(body === undefined ? {} : { "content-type": "application/json" }) },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, json: text === "" ? undefined : JSON.parse(text) };
}

/** The causes of a refused call, with its status and code. */
export async function refused(
  ...sent: Parameters<typeof call>
): Promise<{ readonly status: number; readonly code: string; readonly causes: readonly string[] }> {
  const { status, json } = await call(...sent);
  const causes = (json?.errorCauses ?? []).map((each: { errorSummary: string }) => each.errorSummary);
  return { status, code: json?.errorCode, causes };
}

/** Posts a form to the sign-in half. */
export async function post(
  at: TestSandbox,
  path: string,
  form: Record<string, string> | string,
  headers: Record<string, string> = {},
): Promise<Reply> {
  const response = await at.fetch(oktaHost, path, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
    body: typeof form === "string" ? form : new URLSearchParams(form).toString(),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, json: text === "" ? undefined : JSON.parse(text) };
}

/** The header of HTTP Basic as RFC 6749, section 2.3.1 spells it. */
export function basic(id: string, secret: string): Record<string, string> {
  const encode = (text: string): string => new URLSearchParams({ a: text }).toString().slice(2);
  return { authorization: `Basic ${Buffer.from(`${encode(id)}:${encode(secret)}`).toString("base64")}` };
}

/** The body for a web app of this label, with more of its OAuth settings and credentials. */
export function webApp(
  label: string,
  more: { oauth?: Record<string, unknown>; client?: Record<string, unknown>; root?: Record<string, unknown> } = {},
): Record<string, unknown> {
  return {
    name: "oidc_client",
    label,
    signOnMode: "OPENID_CONNECT",
    credentials: { oauthClient: { token_endpoint_auth_method: "client_secret_basic", ...more.client } },
    settings: {
      oauthClient: {
        application_type: "web",
        redirect_uris: ["https://portal.acme.example/callback"],
        response_types: ["code"],
        grant_types: ["authorization_code"],
        ...more.oauth,
      },
    },
    ...more.root,
  };
}
