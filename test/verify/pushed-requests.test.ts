import { expect } from "vitest";
import { Secret } from "../../src/secret/secret.ts";
import { failureModes } from "./failure-table.ts";
import {
  back,
  clientId,
  clientSecret,
  html,
  issuer,
  json,
  type Misbehaviour,
  type Provider,
  type Reply,
  redirect,
  redirectUri,
  type Seen,
} from "./provider.ts";
import { check } from "./subject.ts";

const offered: NonNullable<Misbehaviour["discovery"]> = (document) => ({
  ...document,
  pushed_authorization_request_endpoint: `${issuer}/par`,
});
const required: NonNullable<Misbehaviour["discovery"]> = (document) => ({
  ...offered(document),
  require_pushed_authorization_requests: true,
});

const requestUri = "urn:ietf:params:oauth:request_uri:canary-request-uri";
const pushes = (provider: Provider): Seen[] => provider.seen.filter((one) => one.path === "/par");
const expected = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString("base64")}`;

/** What it takes, by the name under which it can be used. */
const states = new Map<string, string>();

function par(one: Seen): Reply {
  if (one.headers.authorization !== expected) return json(401, { error: "invalid_client" });
  if (one.form.get("redirect_uri") !== redirectUri) {
    return json(400, {
      error: "invalid_request",
      error_description: "redirect_uri did not match any of the client's registered redirect_uris",
    });
  }
  states.set(requestUri, one.form.get("state") ?? "");
  return json(201, { request_uri: requestUri, expires_in: 60 });
}

const takesAny = (one: Seen): Reply =>
  one.headers.authorization === expected
    ? json(201, { request_uri: requestUri, expires_in: 60 })
    : json(401, { error: "invalid_client" });

/** Looks at nothing but a pushed request. */
function byRequestUri({ query }: Seen): Reply {
  const state = states.get(query.get("request_uri") ?? "");
  if (state === undefined) return html(400, "This server takes pushed authorization requests only.");
  return redirect(back(redirectUri, { error: "login_required", state, iss: issuer }));
}

failureModes("pushed requests", [
  {
    name: "are taken with the redirect URI and refused with a foreign one",
    when: { discovery: offered, other: par },
    verdict: "pass",
    checks: { P1: ["pass"], P5: ["pass"], S1: ["pass"] },
    also: (verification, provider) => {
      const sent = pushes(provider);
      expect(sent).toHaveLength(2);
      expect(Object.fromEntries(sent[0]?.form ?? [])).toMatchObject({
        client_id: clientId,
        redirect_uri: redirectUri,
        response_type: "code",
        scope: "openid email profile",
        prompt: "none",
        code_challenge_method: "S256",
      });
      expect(sent[0]?.form.has("client_secret")).toBe(false);
      expect(new URL(sent[1]?.form.get("redirect_uri") ?? "").hostname).toMatch(/\.invalid$/);
      expect(JSON.stringify(verification)).not.toContain("canary-request-uri");
    },
  },
  {
    name: "are taken with a foreign redirect URI too, as RFC 9126 allows: nothing is proven by them",
    when: { discovery: offered, other: takesAny },
    verdict: "pass",
    checks: { P1: ["pass"], P5: ["inconclusive", "VERIFY_CALLBACK_UNCLEAR"] },
  },
  {
    name: "are refused with the redirect URI",
    when: {
      discovery: offered,
      other: () => json(400, { error: "invalid_redirect_uri", error_description: "Invalid parameter: redirect_uri" }),
    },
    verdict: "pass",
    checks: { P1: ["pass"], P5: ["fail", "VERIFY_PUSHED_REFUSED"] },
    also: (verification, provider) => {
      expect(check(verification, "P5").level).toBe("should");
      expect(pushes(provider)).toHaveLength(1);
    },
  },
  {
    name: "are refused for their scope",
    when: { discovery: offered, other: () => json(400, { error: "invalid_scope" }) },
    verdict: "pass",
    checks: { P5: ["fail", "VERIFY_PUSHED_REFUSED"] },
    also: (verification) => expect(check(verification, "P5").actual).toBe("invalid_scope"),
  },
  ...(
    [
      ["the client is refused", json(401, { error: "invalid_client" })],
      ["a rate limit", { status: 429 }],
      ["a page", html(403, "blocked")],
      ["a redirect", redirect("https://elsewhere.example/par", 307)],
      ["a list", json(400, ["invalid_request"])],
      ["status 201 without a name", json(201, { expires_in: 60 })],
      ["status 200 and a page", html(200, "sign in")],
    ] as const
  ).map(([name, reply]) => ({
    name: `say neither yes nor no: ${name}`,
    when: { discovery: offered, other: () => reply },
    verdict: "pass" as const,
    checks: { P1: ["pass"], P5: ["inconclusive", "VERIFY_ANSWER_UNCLEAR"] } as const,
    also: (_: unknown, provider: Provider) => {
      expect(pushes(provider)).toHaveLength(1);
      expect(provider.seen.some((one) => one.host === "elsewhere.example")).toBe(false);
    },
  })),
  {
    name: "are not sent when the secret is not right",
    when: { discovery: offered, other: par },
    subject: { secret: { value: new Secret("another"), copy: "idp" } },
    verdict: "fail",
    checks: { S1: ["fail", "VERIFY_SECRET_REFUSED"], P5: ["skipped"] },
    also: (_, provider) => expect(pushes(provider)).toHaveLength(0),
  },
  {
    name: "are not sent when no secret is to be sent",
    when: { discovery: offered, other: par },
    options: { secretProbe: false },
    verdict: "pass",
    checks: { P5: ["skipped"] },
    also: (_, provider) => expect(pushes(provider)).toHaveLength(0),
  },
  {
    name: "are not sent to a document of another issuer",
    when: { discovery: (document) => ({ ...offered(document), issuer: `${issuer}/` }), other: par },
    verdict: "fail",
    checks: { D3: ["fail", "VERIFY_ISSUER_DIFFERS"], P5: ["inconclusive", "VERIFY_NOT_RUN"] },
    also: (_, provider) => expect(pushes(provider)).toHaveLength(0),
  },
  {
    name: "prove the redirect URI where prompt=none and broken requests get a page",
    when: { discovery: offered, authorize: () => html(200, "Sign in"), other: par },
    verdict: "pass",
    checks: {
      P1: ["pass"],
      P2: ["inconclusive", "VERIFY_CALLBACK_UNCLEAR"],
      P3: ["pass"],
      P4: ["inconclusive", "VERIFY_CALLBACK_UNCLEAR"],
      P5: ["pass"],
    },
    also: (verification, provider) => {
      expect(check(verification, "P1").evidence.by).toBe("P5");
      expect(pushes(provider)).toHaveLength(2);
    },
  },
  {
    name: "prove nothing there when any redirect URI is taken",
    when: { discovery: offered, authorize: () => html(200, "Sign in"), other: takesAny },
    verdict: "inconclusive",
    checks: {
      P1: ["inconclusive", "VERIFY_CALLBACK_UNCLEAR"],
      P3: ["inconclusive", "VERIFY_CALLBACK_UNCLEAR"],
      P5: ["inconclusive", "VERIFY_CALLBACK_UNCLEAR"],
    },
  },
]);

failureModes("servers that take pushed requests only", [
  {
    name: "are asked by pushed ones, with prompt=none",
    when: { discovery: required, authorize: byRequestUri, other: par },
    verdict: "fail",
    // That the app pushes none is what D15 says.
    checks: { P1: ["pass"], P2: ["pass"], P3: ["pass"], P5: ["pass"], P6: ["pass"] },
    also: (verification, provider) => {
      const [first] = provider.seen.filter((one) => one.path === "/authorize");
      expect([...(first?.query.keys() ?? [])].sort()).toEqual(["client_id", "request_uri"]);
      expect(JSON.stringify(verification)).not.toContain("canary-request-uri");
    },
  },
  {
    name: "an unregistered redirect URI is told by the answer to the pushed request",
    when: {
      discovery: required,
      authorize: byRequestUri,
      other: () => json(400, { error: "invalid_request", error_description: "Invalid parameter: redirect_uri" }),
    },
    verdict: "fail",
    checks: { P1: ["fail", "VERIFY_CALLBACK_REFUSED"] },
    also: (verification) => expect(check(verification, "P1").message).toContain("not registered exactly"),
  },
  {
    name: "are not asked when no secret is to be sent",
    when: { discovery: required, authorize: byRequestUri, other: par },
    options: { secretProbe: false },
    verdict: "fail",
    checks: { P1: ["inconclusive", "VERIFY_ANSWER_UNCLEAR"], P3: ["inconclusive", "VERIFY_ANSWER_UNCLEAR"] },
    also: (_, provider) => expect(pushes(provider)).toHaveLength(0),
  },
]);
