import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  back,
  clientSecret,
  discoveryDocument,
  html,
  issuer,
  json,
  type Misbehaviour,
  type Provider,
  type Reply,
  redirect,
  redirectUri,
  type Seen,
  startProvider,
} from "./provider.ts";
import { check, verify } from "./subject.ts";

let provider: Provider;
beforeAll(async () => {
  provider = await startProvider();
});
afterAll(() => provider.close());

const asked = (one: Seen): string => one.query.get("redirect_uri") ?? "";
const state = (one: Seen): string => one.query.get("state") ?? "";
const returned = (one: Seen, more: Record<string, string>): Reply =>
  redirect(back(asked(one), { ...more, state: state(one) }));
const mine = (one: Seen): boolean => asked(one) === redirectUri;
const broken = (one: Seen): boolean => one.query.get("response_type") !== "code";
const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;");

/** The right secret, by either method. */
const right = ({ headers, form }: Seen): boolean =>
  form.get("client_secret") === clientSecret ||
  Buffer.from((headers.authorization ?? "").replace("Basic ", ""), "base64")
    .toString()
    .endsWith(`:${clientSecret}`);

const offered: NonNullable<Misbehaviour["discovery"]> = (document) => ({
  ...document,
  pushed_authorization_request_endpoint: `${issuer}/par`,
});

describe("a redirect URI is never proven by a provider that", () => {
  test.each<[string, Misbehaviour]>([
    ["shows everyone its sign-in page", { authorize: () => html(200, "Sign in") }],
    ["sends everyone to its sign-in page", { authorize: () => redirect("/login"), other: () => html(200, "Sign in") }],
    ["sends everyone to a sign-in page elsewhere", { authorize: () => redirect("https://login.example/start") }],
    ["answers 200 with nothing", { authorize: () => ({ status: 200 }) }],
    ["answers 204", { authorize: () => ({ status: 204 }) }],
    ["answers 200 with JSON", { authorize: () => json(200, { ok: true }) }],
    ["says login_required at any redirect URI", { authorize: (one) => returned(one, { error: "login_required" }) }],
    [
      "says it there by 307",
      { authorize: (one) => redirect(back(asked(one), { error: "login_required", state: state(one) }), 307) },
    ],
    ["goes to any redirect URI without a word", { authorize: (one) => redirect(asked(one)) }],
    ["goes to any redirect URI with a code", { authorize: (one) => returned(one, { code: "a-code-of-nobody" }) }],
    [
      "posts to any redirect URI",
      {
        authorize: (one) =>
          html(
            200,
            `<form method="post" action="${escaped(asked(one))}"><input name="error" value="login_required"><input name="state" value="${state(one)}"></form>`,
          ),
      },
    ],
    [
      "goes to any redirect URI in capitals",
      { authorize: (one) => redirect(back(asked(one).toUpperCase(), { error: "login_required" })) },
    ],
    ["goes to the root of any host", { authorize: (one) => redirect(new URL(asked(one)).origin) }],
    ["redirects in circles", { authorize: (one) => redirect(`/authorize?${one.query}`) }],
    ["redirects in ever new circles", { authorize: (one) => redirect(`/authorize?${one.query}&n=${Math.random()}`) }],
    ["repeats what it was asked in a page", { authorize: (one) => html(200, escaped(one.query.toString())) }],
    ["repeats it plainly in a page", { authorize: (one) => html(200, `${asked(one)} ${state(one)}`) }],
    ["repeats it as JSON", { authorize: (one) => json(200, Object.fromEntries(one.query)) }],
    ["repeats it in a link", { authorize: (one) => html(400, `<a href="${asked(one)}?state=${state(one)}">back</a>`) }],
    [
      "repeats it in a script with a postMessage",
      {
        authorize: (one) =>
          html(200, `<script>q=${JSON.stringify(Object.fromEntries(one.query))};postMessage(q)</script>`),
      },
    ],
    [
      "repeats it in a redirect",
      { authorize: (one) => redirect(`/login?${one.query}`), other: () => html(200, "Sign in") },
    ],
    [
      "answers any redirect URI when the request is broken",
      { authorize: (one) => (broken(one) ? returned(one, { error: "invalid_request" }) : html(200, "Sign in")) },
    ],
    [
      "answers a broken request there, with a firewall before the control",
      {
        authorize: (one) =>
          !mine(one)
            ? html(403, "Blocked")
            : broken(one)
              ? returned(one, { error: "invalid_request" })
              : html(200, "Sign in"),
      },
    ],
    ["has a firewall before the control", { authorize: (one, usual) => (mine(one) ? usual() : html(403, "Blocked")) }],
    ["limits the rate of the control", { authorize: (one, usual) => (mine(one) ? usual() : { status: 429 }) }],
    [
      "breaks off at the control",
      { authorize: (one, usual) => (mine(one) ? usual() : { raw: (response) => response.destroy() }) },
    ],
    [
      "says that nobody is signed in on a page of its own",
      { authorize: () => redirect("/error?error=login_required") },
    ],
    [
      "goes to an address that only begins alike",
      {
        authorize: (one, usual) =>
          mine(one) ? redirect(`${redirectUri}.evil.example/?error=login_required&state=${state(one)}`) : usual(),
      },
    ],
    [
      "goes to an address below",
      {
        authorize: (one, usual) =>
          mine(one) ? redirect(`${redirectUri}/?error=login_required&state=${state(one)}`) : usual(),
      },
    ],
    [
      "sends back another state",
      {
        authorize: (one, usual) =>
          mine(one) ? redirect(back(redirectUri, { error: "login_required", state: "x".repeat(40) })) : usual(),
      },
    ],
    ["answers 500", { authorize: () => html(500, "Internal error") }],
    ["refuses everything", { authorize: () => html(400, "Bad request") }],
    [
      "takes any pushed request, and shows a page otherwise",
      {
        discovery: offered,
        authorize: () => html(200, "Sign in"),
        other: () => json(201, { request_uri: "urn:x:y", expires_in: 60 }),
      },
    ],
    [
      "answers a pushed request with everything it was sent",
      {
        discovery: offered,
        authorize: () => html(200, "Sign in"),
        other: (one) => json(200, Object.fromEntries(one.form)),
      },
    ],
  ])("%s", async (_, misbehaviour) => {
    provider.behave(misbehaviour);
    const verification = await verify(provider);
    expect(verification.verdict).not.toBe("pass");
    expect(check(verification, "P1").verdict).not.toBe("pass");
    // What is well stays well.
    expect(check(verification, "S1").verdict).toBe("pass");
    // Codes of nobody are not redeemed, and what was asked is not repeated.
    expect(provider.seen.some((one) => one.form.get("code") === "a-code-of-nobody")).toBe(false);
    const sent = provider.seen.map(state).filter((value) => value !== "");
    for (const value of sent) expect(JSON.stringify(verification)).not.toContain(value);
  });

  test("takes every address of the app's host: that is told", async () => {
    provider.behave({
      authorize: (one, usual) =>
        new URL(asked(one)).host === "app.example" ? returned(one, { error: "login_required" }) : usual(),
    });
    const verification = await verify(provider);
    expect(check(verification, "P2")).toMatchObject({ verdict: "fail", code: "VERIFY_CALLBACK_PREFIX" });
  });
});

const grant = json(400, { error: "invalid_grant" });
const refusal = json(401, { error: "invalid_client" });

describe("a secret is never proven by a token endpoint that", () => {
  let answers = 0;
  test.each<[string, NonNullable<Misbehaviour["token"]>]>([
    ["takes any secret", () => grant],
    ["looks at the code first", () => json(400, { error: "invalid_grant", error_description: "code not found" })],
    ["refuses everyone", () => refusal],
    ["issues a token to everyone", () => json(200, { access_token: "t", token_type: "Bearer" })],
    ["issues a token to the right secret", (one) => (right(one) ? json(200, { id_token: "t" }) : refusal)],
    ["issues a token to a wrong secret", (one) => (right(one) ? grant : json(200, { access_token: "t" }))],
    ["answers 200 with nothing", () => ({ status: 200 })],
    ["answers 200 with JSON", () => json(200, { ok: true })],
    ["answers 200 with the error", () => json(200, { error: "invalid_grant" })],
    ["answers 200 with a page", () => html(200, "Welcome")],
    ["repeats what it was sent", (one) => json(200, Object.fromEntries(one.form))],
    [
      "repeats it as an error",
      (one) => json(400, { error: one.form.get("code"), error_description: `${one.headers.authorization}` }),
    ],
    ["redirects", () => redirect("/token", 307)],
    ["redirects to the redirect URI", () => redirect(back(redirectUri, { error: "invalid_grant" }))],
    ["answers 400 with a page", () => html(400, "invalid_grant")],
    ["answers 403 with a page", () => html(403, "Blocked")],
    ["limits the rate", () => json(429, { error: "invalid_grant" })],
    ["is broken", () => json(500, { error: "invalid_grant" })],
    ["wants DPoP", () => json(400, { error: "use_dpop_nonce" }, { "dpop-nonce": "n" })],
    ["says invalid_request to everyone", () => json(400, { error: "invalid_request" })],
    ["refuses the control by a firewall", (one) => (right(one) ? grant : html(403, "Blocked"))],
    ["refuses the control by a rate limit", (one) => (right(one) ? grant : json(429, { error: "slow_down" }))],
    ["breaks off at the control", (one) => (right(one) ? grant : { raw: (response) => response.destroy() })],
    ["answers the control with a page of status 401", (one) => (right(one) ? grant : html(401, "Sign in"))],
    ["answers the control with access_denied", (one) => (right(one) ? grant : json(403, { error: "access_denied" }))],
    ["answers nothing", () => ({ raw: (response) => response.destroy() })],
  ])("%s", async (_, token) => {
    answers = 0;
    provider.behave({
      token: (one, usual) => {
        answers += 1;
        return token(one, usual);
      },
    });
    const verification = await verify(provider);
    expect(verification.verdict).not.toBe("pass");
    expect(check(verification, "S1").verdict).not.toBe("pass");
    expect(check(verification, "P1").verdict).toBe("pass");
    // One good, one bad, and one more by the other listed method.
    expect(answers).toBeLessThanOrEqual(3);
    expect(JSON.stringify(verification)).not.toContain(clientSecret);
  });
});

describe("nothing is proven by what stands before every provider", () => {
  const everywhere = (reply: (one: Seen) => Reply): Misbehaviour => ({
    discovery: () => reply({} as Seen),
    jwks: () => reply({} as Seen),
    authorize: reply,
    token: reply,
    other: reply,
  });
  test.each<[string, (one: Seen) => Reply]>([
    ["a captive portal with a page", () => html(200, "Accept the terms to go online")],
    ["a captive portal with a redirect", () => redirect("http://portal.example/login?from=x", 302)],
    ["a captive portal with status 511", () => html(511, "Network Authentication Required")],
    ["a firewall", () => html(403, "Blocked")],
    ["a sign-in wall", () => html(401, "Sign in")],
    ["a proxy that is down", () => html(502, "Bad gateway")],
    ["a server that says OK", () => ({ status: 200, headers: { "content-type": "text/plain" }, body: "OK" })],
    ["a server of JSON", () => json(200, {})],
    ["a redirect to itself", () => redirect("/", 302)],
    ["invalid_client for everything", () => refusal],
    ["invalid_grant for everything", () => grant],
    ["the discovery document for everything", () => json(200, discoveryDocument())],
    ["login_required for everything", () => redirect(back(redirectUri, { error: "login_required" }))],
  ])("%s", async (_, reply) => {
    provider.behave(everywhere(reply));
    const verification = await verify(provider);
    expect(verification.verdict).not.toBe("pass");
    for (const id of ["P1", "S1", "K1"]) expect([id, check(verification, id).verdict]).not.toEqual([id, "pass"]);
  });

  test("and before its document is right, no credential is sent", async () => {
    provider.behave({ ...everywhere(() => html(200, "Sign in")) });
    await verify(provider);
    expect(provider.seen.some(({ method }) => method === "POST")).toBe(false);
  });
});

describe("an address for after the sign-out is never proven by a provider that", () => {
  const goodbye = "https://app.example/goodbye";
  test.each<[string, (one: Seen) => Reply]>([
    ["shows everyone a page", () => html(200, "Goodbye")],
    ["goes anywhere", (one) => redirect(one.query.get("post_logout_redirect_uri") ?? "")],
    ["refuses everything", () => html(400, "Bad request")],
    ["wants an ID token", () => html(400, "id_token_hint is missing")],
  ])("%s", async (_, other) => {
    provider.behave({ other });
    const verification = await verify(provider, { postLogoutRedirectUris: [goodbye] });
    expect(check(verification, "P7").verdict).not.toBe("pass");
  });
});
