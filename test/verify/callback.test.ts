import { expect } from "vitest";
import { failureModes } from "./failure-table.ts";
import { back, html, issuer, json, redirect, redirectUri } from "./provider.ts";
import { check } from "./subject.ts";

const asked = (one: { readonly query: URLSearchParams }): string => one.query.get("redirect_uri") ?? "";
const state = (one: { readonly query: URLSearchParams }): string => one.query.get("state") ?? "";

failureModes("callbacks that fail", [
  {
    name: "an unregistered redirect URI",
    when: { client: { redirectUris: [`${redirectUri}/`] } },
    verdict: "fail",
    checks: { P1: ["fail", "VERIFY_CALLBACK_REFUSED"], P2: ["pass"], P3: ["pass"], S1: ["pass"] },
    also: (verification) => {
      const found = check(verification, "P1");
      expect(found.expected).toBe(redirectUri);
      expect(found.hint).toBe(`Register exactly ${redirectUri} as a sign-in redirect URI (Console: App > Redirects).`);
    },
  },
  {
    name: "an unknown client",
    subject: { clientId: "nobody" },
    verdict: "fail",
    checks: { P1: ["fail", "VERIFY_CALLBACK_REFUSED"], S1: ["fail", "VERIFY_SECRET_REFUSED"] },
    also: (verification) => expect(check(verification, "P1").message).toContain("does not know the client nobody"),
  },
  {
    name: "everything is redirected",
    when: {
      authorize: (one) => redirect(back(asked(one), { error: "login_required", state: state(one) })),
    },
    verdict: "fail",
    checks: {
      P1: ["inconclusive", "VERIFY_CALLBACK_UNCLEAR"],
      P2: ["fail", "VERIFY_CALLBACK_PREFIX"],
      P3: ["fail", "VERIFY_CALLBACK_UNCHECKED"],
    },
  },
  {
    name: "everything is redirected with a code",
    when: { authorize: (one) => redirect(back(asked(one), { code: "stolen-code-value", state: state(one) }), 302) },
    verdict: "fail",
    checks: { P1: ["inconclusive", "VERIFY_CALLBACK_UNCLEAR"], P3: ["fail", "VERIFY_CALLBACK_UNCHECKED"] },
    also: (verification, provider) => {
      expect(JSON.stringify(verification)).not.toContain("stolen-code-value");
      expect(provider.seen.some((one) => one.form.get("code") === "stolen-code-value")).toBe(false);
    },
  },
  {
    name: "a code although nobody signed in",
    when: {
      authorize: (one, usual) =>
        asked(one) === redirectUri ? redirect(back(redirectUri, { code: "c", state: state(one) })) : usual(),
    },
    verdict: "inconclusive",
    checks: { P1: ["inconclusive", "VERIFY_CODE_WITHOUT_SIGN_IN"], P3: ["pass"] },
  },
  {
    name: "a page for everything (200)",
    when: { authorize: () => html(200, "Sign in") },
    verdict: "inconclusive",
    checks: {
      P1: ["inconclusive", "VERIFY_CALLBACK_UNCLEAR"],
      P2: ["inconclusive", "VERIFY_CALLBACK_UNCLEAR"],
      P3: ["inconclusive", "VERIFY_CALLBACK_UNCLEAR"],
    },
  },
  {
    name: "prompt=none is ignored: a login page for the registered one, an error for others",
    when: {
      authorize: (one, usual) => (asked(one) === redirectUri ? redirect("/login") : usual()),
      other: () => html(200, "Sign in"),
    },
    verdict: "inconclusive",
    checks: { P1: ["inconclusive", "VERIFY_CALLBACK_UNCLEAR"], P3: ["pass"] },
    also: (_, provider) => expect(provider.seen.some((one) => one.path === "/login")).toBe(true),
  },
  {
    name: "prompt=none is ignored and everyone goes to a login page on another host",
    when: { authorize: () => redirect("https://login.example/start") },
    verdict: "inconclusive",
    checks: { P1: ["inconclusive", "VERIFY_CALLBACK_UNCLEAR"], P3: ["inconclusive", "VERIFY_CALLBACK_UNCLEAR"] },
    also: (_, provider) => expect(provider.seen.some((one) => one.host === "login.example")).toBe(false),
  },
  {
    name: "a redirect in circles",
    when: { authorize: () => redirect("/authorize") },
    verdict: "inconclusive",
    checks: { P1: ["inconclusive", "VERIFY_CALLBACK_UNCLEAR"] },
    also: (_, provider) => expect(provider.seen.length).toBeLessThan(25),
  },
  {
    name: "a Google-like error page with status 200",
    when: { authorize: () => html(200, '<div data-error-code="redirect_uri_mismatch"></div>') },
    verdict: "fail",
    checks: { P1: ["fail", "VERIFY_CALLBACK_REFUSED"], P3: ["pass"] },
  },
  {
    name: "a Google-like redirect to an error page of its own",
    when: {
      authorize: () =>
        redirect(
          `/signin/oauth/error?authError=${Buffer.from("\n\u0015redirect_uri_mismatch\u0012...").toString("base64")}`,
          302,
        ),
    },
    verdict: "fail",
    checks: { P1: ["fail", "VERIFY_CALLBACK_REFUSED"], P3: ["pass"] },
  },
  {
    name: "a redirect to an error page of its own (hydra, Auth0)",
    when: {
      authorize: () => redirect("https://errors.example/oops?error=invalid_request&error_hint=redirect_uri", 302),
    },
    verdict: "fail",
    checks: { P1: ["fail", "VERIFY_CALLBACK_REFUSED"], P3: ["pass"] },
  },
  {
    name: "an address that only begins like the redirect URI",
    when: {
      authorize: (one, usual) =>
        asked(one) === redirectUri
          ? redirect(`${redirectUri}.attacker.example?error=login_required&state=${state(one)}`)
          : usual(),
    },
    verdict: "inconclusive",
    checks: { P1: ["inconclusive", "VERIFY_CALLBACK_UNCLEAR"], P3: ["pass"] },
  },
  {
    name: "a state that does not come back",
    when: {
      authorize: (one, usual) =>
        asked(one) === redirectUri ? redirect(back(redirectUri, { error: "login_required" })) : usual(),
    },
    verdict: "inconclusive",
    checks: { P1: ["inconclusive", "VERIFY_CALLBACK_UNCLEAR"] },
  },
  ...(["invalid_scope", "unauthorized_client", "unsupported_response_type", "invalid_request"] as const).map(
    (error) => ({
      name: `the registered callback gets ${error}`,
      when: {
        authorize: (one: Parameters<typeof asked>[0], usual: () => ReturnType<typeof html>) =>
          asked(one) === redirectUri ? redirect(back(redirectUri, { error, state: state(one) })) : usual(),
      },
      verdict: "fail" as const,
      checks: { P1: ["fail", "VERIFY_AUTHORIZATION_REFUSED"], P3: ["pass"] } as const,
    }),
  ),
  {
    name: "the registered callback gets server_error",
    when: {
      authorize: (one, usual) =>
        asked(one) === redirectUri
          ? redirect(back(redirectUri, { error: "server_error", state: state(one) }))
          : usual(),
    },
    verdict: "inconclusive",
    checks: { P1: ["inconclusive", "VERIFY_ANSWER_UNCLEAR"] },
  },
  {
    name: "a rate limit",
    when: { authorize: () => json(429, {}) },
    verdict: "inconclusive",
    checks: { P1: ["inconclusive", "VERIFY_ANSWER_UNCLEAR"], P3: ["inconclusive", "VERIFY_ANSWER_UNCLEAR"] },
    also: (_, provider) => expect(provider.seen.filter((one) => one.path === "/authorize")).toHaveLength(3),
  },
  {
    name: "a server error",
    when: { authorize: () => html(500, "oops") },
    verdict: "inconclusive",
    checks: { P1: ["inconclusive", "VERIFY_ANSWER_UNCLEAR"] },
  },
  {
    name: "the control alone meets a server error",
    when: { authorize: (one, usual) => (asked(one).includes(".invalid") ? html(503, "busy") : usual()) },
    verdict: "inconclusive",
    checks: { P1: ["inconclusive", "VERIFY_CALLBACK_UNCLEAR"], P3: ["inconclusive", "VERIFY_ANSWER_UNCLEAR"] },
  },
  {
    name: "a firewall's 403 without a word on the cause",
    when: { authorize: () => html(403, "Request blocked") },
    verdict: "inconclusive",
    checks: { P1: ["inconclusive", "VERIFY_ANSWER_UNCLEAR"] },
  },
  {
    name: "a 403 that names the callback (Auth0)",
    when: { authorize: () => html(403, "Callback URL mismatch.") },
    verdict: "fail",
    checks: { P1: ["fail", "VERIFY_CALLBACK_REFUSED"] },
  },
]);

failureModes("callbacks whose answers the app cannot read", [
  {
    name: "the answer stands in the fragment, which the app never sees",
    when: {
      authorize: (one, usual) =>
        asked(one) === redirectUri ? redirect(`${redirectUri}#error=login_required&state=${state(one)}`) : usual(),
    },
    verdict: "fail",
    checks: { P1: ["pass"], P6: ["fail", "VERIFY_RESPONSE_MODE"] },
  },
]);

failureModes("callbacks that are well enough", [
  {
    name: "a prefix registration is warned of, not failed",
    when: {
      authorize: (one, usual) =>
        asked(one).startsWith(redirectUri)
          ? redirect(back(asked(one), { error: "login_required", state: state(one) }))
          : usual(),
    },
    verdict: "pass",
    checks: { P1: ["pass"], P2: ["fail", "VERIFY_CALLBACK_PREFIX"], P3: ["pass"] },
    also: (verification) => expect(check(verification, "P2").level).toBe("should"),
  },
  {
    name: "unregistered ones get a page with status 200",
    when: { authorize: (one, usual) => (asked(one) === redirectUri ? usual() : html(200, "Something went wrong")) },
    verdict: "pass",
    checks: { P1: ["pass"], P2: ["pass"], P3: ["pass"] },
  },
  {
    name: "a redirect URI with a query",
    when: { client: { redirectUris: [`${redirectUri}?tenant=a%20b`] } },
    subject: { redirectUri: `${redirectUri}?tenant=a%20b` },
    verdict: "pass",
    checks: { P1: ["pass"], P2: ["pass"] },
  },
  {
    name: "form_post: a page with status 400 that posts to the callback",
    subject: { responseMode: "form_post" },
    when: {
      authorize: (one, usual) =>
        asked(one) === redirectUri
          ? html(
              400,
              `<form method="post" action="${redirectUri.replaceAll("/", "&#x2F;")}"><input type="hidden" name="error" value="login_required"/><input name="state" value="${state(one)}"/></form>`,
            )
          : usual(),
    },
    verdict: "pass",
    checks: { P1: ["pass"], P3: ["pass"] },
  },
  {
    name: "one redirect within the provider first (dex)",
    when: {
      authorize: (one) => redirect(`/auth/local?${one.query.toString()}`, 302),
      other: (one) =>
        asked(one) === redirectUri
          ? redirect(back(redirectUri, { error: "login_required", state: state(one), iss: issuer }))
          : html(400, "Unregistered redirect_uri."),
    },
    verdict: "pass",
    checks: { P1: ["pass"], P2: ["pass"], P3: ["pass"] },
  },
]);

failureModes("the authorization request", [
  {
    name: "is the app's own, with prompt=none, and carries no cookies",
    subject: { acrValues: ["mfa"], extraParams: { prompt: "login", audience: "api" } },
    verdict: "pass",
    checks: {},
    also: (_, provider) => {
      const [first] = provider.seen.filter((one) => asked(one) === redirectUri);
      const { state, nonce, code_challenge, ...rest } = Object.fromEntries(first?.query ?? []);
      expect(rest).toEqual({
        acr_values: "mfa",
        audience: "api",
        client_id: "tnclient",
        code_challenge_method: "S256",
        prompt: "none",
        redirect_uri: redirectUri,
        response_type: "code",
        scope: "openid email profile",
      });
      expect((state ?? "").length).toBeGreaterThanOrEqual(16);
      expect((nonce ?? "").length).toBeGreaterThanOrEqual(16);
      expect(code_challenge).toMatch(/^[\w-]{43}$/);
      expect(first?.headers.cookie).toBeUndefined();
      expect(first?.headers["user-agent"]).toMatch(/^tenantry-verify\/\d/);
      expect(first?.headers["accept-encoding"]).toBe("identity");
    },
  },
  {
    name: "leaves PKCE out where the client does not use it",
    subject: { pkce: "off" },
    verdict: "pass",
    checks: {},
    also: (_, provider) => {
      expect(provider.seen.some((one) => one.query.has("code_challenge"))).toBe(false);
      expect(provider.seen.some((one) => one.form.has("code_verifier"))).toBe(false);
    },
  },
]);
