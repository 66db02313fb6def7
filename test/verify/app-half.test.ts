import { expect } from "vitest";
import { appModes, startUrl } from "./app-stand-in.ts";
import { back, html, issuer, json, redirect, redirectUri, type Seen } from "./provider.ts";

const ids = ["A1", "A2", "A3", "A4", "A5", "A6", "A7", "A8", "A9"];
const hasCookie = (seen: Seen): boolean => seen.headers.cookie !== undefined;

appModes("an app that is as it should be", [
  {
    name: "passes, and its secret is not asked about unless wanted",
    verdict: "pass",
    checks: {
      ...Object.fromEntries(ids.slice(0, 8).map((id) => [id, ["pass"]] as const)),
      A9: ["skipped"],
    },
    also: ({ appSecret, notServedYet, checks }, { seen }) => {
      expect([appSecret, notServedYet]).toEqual([false, false]);
      expect(checks.map(({ id }) => id)).toEqual(ids);
      expect(checks.every(({ link }) => link === "app")).toBe(true);
      // No cookie of the app ever goes to the identity provider, and no code is sent to a token endpoint from here.
      expect(seen.filter(({ host }) => host === "idp.example").some(hasCookie)).toBe(false);
      expect(seen.some(({ path }) => path === "/token")).toBe(false);
      expect(seen.length).toBeLessThanOrEqual(10);
    },
  },
  {
    name: "shows that the deployed secret is right when a code is sent",
    options: { appCode: true },
    verdict: "pass",
    checks: { A8: ["pass"], A9: ["pass", undefined, "must"] },
    also: ({ appSecret, checks }) => {
      expect(appSecret).toBe(true);
      expect(checks.find(({ id }) => id === "A8")?.message).toContain("looked at further");
    },
  },
  {
    name: "needs no control of its own where P3 has been refused",
    options: { shown: { registered: true, foreignRefused: true } },
    verdict: "pass",
    checks: { A6: ["pass"] },
    also: (_, { seen }) => expect(seen.filter(({ path }) => path === "/authorize")).toHaveLength(1),
  },
  {
    name: "uses form_post with a cookie that comes along",
    subject: { responseMode: "form_post" },
    app: {
      posted: true,
      request: (parameters) => parameters.set("response_mode", "form_post"),
      cookie: (value) => `sign-in=${value}; Path=/openid; Secure; HttpOnly; SameSite=None`,
    },
    verdict: "pass",
    checks: { A2: ["pass"], A5: ["pass"], A7: ["pass"], A8: ["pass"] },
    also: (_, { seen }) => {
      const sent = seen.filter(({ path }) => path === "/openid/callback/7vk2");
      expect(sent.length).toBeGreaterThan(0);
      expect(sent.every(({ method }) => method === "POST")).toBe(true);
    },
  },
  {
    name: "goes through a page of its own first",
    app: {
      start: (seen, usual) => (seen.query.has("go") ? usual() : redirect(`${startUrl}?go=1`, 302)),
    },
    verdict: "pass",
    checks: { A1: ["pass"] },
  },
  {
    name: "answers errors with a redirect to its login page, with a message in a cookie",
    app: {
      callback: () => ({ status: 302, headers: { location: "/login?failed=1", "set-cookie": "flash=x; Secure" } }),
    },
    verdict: "pass",
    checks: { A7: ["pass"], A8: ["pass"] },
  },
  {
    name: "sends whoever is refused to its public first page, with a cookie",
    app: {
      callback: () => ({ status: 302, headers: { location: "/", "set-cookie": "seen=1; Secure" } }),
      other: () => html(200, "Welcome"),
    },
    verdict: "pass",
    checks: { A7: ["pass"], A8: ["pass"] },
  },
]);

appModes("nothing to ask", [
  {
    name: "without a start page everything is skipped, and A1 says what it takes",
    subject: { startUrl: undefined },
    verdict: "skipped",
    checks: Object.fromEntries(ids.map((id) => [id, ["skipped"]] as const)),
    also: ({ checks }, { seen }) => {
      expect(checks[0]?.message).toContain("`start: PATH`");
      expect(seen).toEqual([]);
    },
  },
  {
    name: "a run that leaves the app out",
    options: { appProbe: false, appCode: true },
    verdict: "skipped",
    checks: Object.fromEntries(ids.map((id) => [id, ["skipped"]] as const)),
    also: (_, { seen }) => expect(seen).toEqual([]),
  },
  {
    name: "a pending record that the app does not serve yet",
    options: { pending: true },
    app: { start: () => html(404, "unknown") },
    verdict: "skipped",
    checks: { A1: ["skipped"], A8: ["skipped"] },
    also: ({ notServedYet }) => expect(notServedYet).toBe(true),
  },
  {
    name: "a pending record that the app serves is proven",
    options: { pending: true },
    verdict: "pass",
    checks: { A1: ["pass"] },
    also: ({ notServedYet }) => expect(notServedYet).toBe(false),
  },
]);

appModes("A1: the start page", [
  ...([404, 403, 401] as const).map((status) => ({
    name: `answers ${status}`,
    app: { start: () => html(status, "no") },
    verdict: "fail" as const,
    checks: { A1: ["fail", "VERIFY_APP_START_MISSING"], A2: ["inconclusive", "VERIFY_NOT_RUN"] } as const,
    onlyFails: ["A1"],
  })),
  {
    name: "crashes",
    app: { start: () => html(500, "stack trace with secrets") },
    verdict: "fail",
    checks: { A1: ["fail", "VERIFY_APP_START_MISSING"] },
    also: ({ checks }) => expect(JSON.stringify(checks)).not.toContain("stack trace"),
  },
  ...([429, 502, 503] as const).map((status) => ({
    name: `is away (${status})`,
    app: { start: () => html(status, "busy") },
    verdict: "inconclusive" as const,
    checks: { A1: ["inconclusive", "VERIFY_ANSWER_UNCLEAR"] } as const,
  })),
  {
    name: "is a login page",
    app: { start: () => html(200, '<form><input name="p" type="password"></form>') },
    verdict: "fail",
    checks: { A1: ["fail", "VERIFY_APP_START_ASTRAY"] },
    also: ({ checks }) => expect(checks[0]?.message).toContain("password of the app's own"),
  },
  {
    name: "leads to a login page",
    app: {
      start: () => redirect("/login"),
      other: () => html(200, '<input type="password">'),
    },
    verdict: "fail",
    checks: { A1: ["fail", "VERIFY_APP_START_ASTRAY"] },
    also: ({ checks }) => expect(checks[0]?.evidence.url).toBe("https://app.example/login"),
  },
  {
    name: "is a page",
    app: { start: () => html(200, "Hello") },
    verdict: "fail",
    checks: { A1: ["fail", "VERIFY_APP_START_ASTRAY"] },
  },
  {
    name: "is a page with a script, which is not run",
    app: { start: () => html(200, "<script>location = '/go'</script>") },
    verdict: "inconclusive",
    checks: { A1: ["inconclusive", "VERIFY_APP_ANSWER_UNCLEAR"] },
  },
  {
    name: "leads to another identity provider",
    app: { endpoint: "https://login.elsewhere.example/authorize" },
    verdict: "fail",
    checks: { A1: ["fail", "VERIFY_APP_START_ASTRAY"] },
    onlyFails: ["A1"],
    also: ({ checks }, { seen }) => {
      expect(checks[0]?.actual).toBe("a redirect to https://login.elsewhere.example/authorize");
      expect(seen.some(({ host }) => host === "login.elsewhere.example")).toBe(false);
    },
  },
  {
    name: "leads to another endpoint of the identity provider",
    app: { endpoint: `${issuer}/old/authorize` },
    verdict: "fail",
    checks: { A1: ["fail", "VERIFY_APP_START_ASTRAY"] },
    also: ({ checks }) => expect(checks[0]?.hint).toContain("authorization_endpoint"),
  },
  {
    name: "goes in circles",
    app: { start: () => redirect(startUrl) },
    verdict: "fail",
    checks: { A1: ["fail", "VERIFY_APP_START_ASTRAY"] },
    also: (_, { seen }) => expect(seen).toHaveLength(4),
  },
  {
    name: "leads to itself without TLS",
    app: { start: () => redirect(startUrl.replace("https:", "http:")) },
    verdict: "fail",
    checks: { A1: ["fail", "VERIFY_APP_START_ASTRAY"] },
    also: ({ checks }) => expect(checks[0]?.hint).toContain("X-Forwarded-Proto"),
  },
  {
    name: "leads nowhere",
    app: { start: () => ({ status: 302 }) },
    verdict: "fail",
    checks: { A1: ["fail", "VERIFY_APP_START_ASTRAY"] },
  },
  {
    name: "has a certificate for another host",
    subject: { startUrl: "https://app.elsewhere.example/start" },
    verdict: "fail",
    checks: { A1: ["fail", "VERIFY_TLS_FAILED"] },
  },
  {
    name: "is not https, and is not asked",
    subject: { startUrl: "http://app.example/start" },
    verdict: "fail",
    checks: { A1: ["fail", "VERIFY_ADDRESS_REFUSED"] },
    also: (_, { seen }) => expect(seen).toEqual([]),
  },
]);

const without = (name: string) => ({ request: (parameters: URLSearchParams) => parameters.delete(name) });
const instead = (name: string, value: string) => ({
  request: (parameters: URLSearchParams) => parameters.set(name, value),
});

appModes("A2: what the app asks for", [
  {
    name: "another client",
    app: instead("client_id", "somebody-else"),
    verdict: "fail",
    checks: { A2: ["fail", "VERIFY_APP_CLIENT_DIFFERS"], A6: ["inconclusive", "VERIFY_NOT_RUN"] },
    onlyFails: ["A2"],
  },
  ...(
    [
      ["another response type", instead("response_type", "token")],
      ["fewer scopes", instead("scope", "openid")],
      ["another response mode", instead("response_mode", "form_post")],
    ] as const
  ).map(([name, app]) => ({
    name,
    app,
    verdict: "fail" as const,
    checks: { A2: ["fail", "VERIFY_APP_REQUEST_DIFFERS", "must"] } as const,
    onlyFails: ["A2"],
  })),
  {
    name: "no response mode where the record says form_post",
    subject: { responseMode: "form_post" },
    app: { posted: true, cookie: (value) => `sign-in=${value}; Path=/; Secure; HttpOnly; SameSite=None` },
    verdict: "fail",
    checks: { A2: ["fail", "VERIFY_APP_REQUEST_DIFFERS"] },
  },
  {
    name: "without the ACR values of the record",
    subject: { acrValues: ["mfa"] },
    verdict: "fail",
    checks: { A2: ["fail", "VERIFY_APP_REQUEST_DIFFERS"] },
  },
  {
    name: "more scopes than the record is warned of",
    app: instead("scope", "email openid profile groups"),
    verdict: "pass",
    checks: { A2: ["fail", "VERIFY_APP_REQUEST_DIFFERS", "should"], A6: ["pass"] },
  },
  {
    name: "a pushed request cannot be seen into",
    app: {
      request: (parameters) => {
        for (const name of [...parameters.keys()]) if (name !== "client_id") parameters.delete(name);
        parameters.set("request_uri", "urn:ietf:params:oauth:request_uri:very-secret");
      },
    },
    verdict: "inconclusive",
    checks: {
      A2: ["inconclusive", "VERIFY_APP_REQUEST_HIDDEN"],
      A3: ["inconclusive", "VERIFY_APP_REQUEST_HIDDEN"],
      A4: ["inconclusive", "VERIFY_APP_REQUEST_HIDDEN"],
      A6: ["inconclusive", "VERIFY_NOT_RUN"],
    },
    also: ({ checks }) => expect(JSON.stringify(checks)).not.toContain("very-secret"),
  },
]);

appModes("A3: the redirect URI that the app sends", [
  ...(
    [
      ["http behind a proxy", redirectUri.replace("https:", "http:"), "VERIFY_APP_REDIRECT_PROXY"],
      ["a port of its own", redirectUri.replace("app.example", "app.example:8080"), "VERIFY_APP_REDIRECT_PROXY"],
      ["its inner host", redirectUri.replace("app.example", "portal.svc.example"), "VERIFY_APP_REDIRECT_PROXY"],
      ["a slash behind it", `${redirectUri}/`, "VERIFY_APP_REDIRECT_DIFFERS"],
      ["another path", "https://app.example/cb", "VERIFY_APP_REDIRECT_DIFFERS"],
      ["upper case", redirectUri.replace("app.example", "APP.example"), "VERIFY_APP_REDIRECT_DIFFERS"],
      ["no URL at all", "callback", "VERIFY_APP_REDIRECT_DIFFERS"],
    ] as const
  ).map(([name, uri, code]) => ({
    name,
    app: instead("redirect_uri", uri),
    verdict: "fail" as const,
    checks: {
      A3: ["fail", code],
      A6: ["inconclusive", "VERIFY_NOT_RUN"],
      A8: ["inconclusive", "VERIFY_NOT_RUN"],
    } as const,
    onlyFails: ["A3"],
    also: ({ checks }: { checks: readonly { actual?: string | undefined; expected?: string | undefined }[] }) => {
      expect([checks[2]?.expected, checks[2]?.actual]).toEqual([redirectUri, `"${uri}"`]);
    },
  })),
  {
    name: "none",
    app: without("redirect_uri"),
    verdict: "fail",
    checks: { A3: ["fail", "VERIFY_APP_REDIRECT_DIFFERS"] },
  },
]);

appModes("A4: state, nonce and PKCE", [
  ...(
    [
      ["no state", without("state"), "VERIFY_APP_STATE_WEAK"],
      ["a fixed state", instead("state", "always-the-same-state"), "VERIFY_APP_STATE_WEAK"],
      ["no PKCE", without("code_challenge"), "VERIFY_APP_PKCE_WEAK"],
      ["PKCE by plain", instead("code_challenge_method", "plain"), "VERIFY_APP_PKCE_WEAK"],
      ["a challenge of another length", instead("code_challenge", "short"), "VERIFY_APP_PKCE_WEAK"],
      ["a fixed challenge", instead("code_challenge", "a".repeat(43)), "VERIFY_APP_PKCE_WEAK"],
    ] as const
  ).map(([name, app, code]) => ({
    name,
    app,
    verdict: "fail" as const,
    checks: { A4: ["fail", code, "must"] } as const,
  })),
  {
    name: "a state of four characters",
    app: { request: (parameters) => parameters.set("state", crypto.randomUUID().slice(0, 4)) },
    verdict: "fail",
    checks: { A4: ["fail", "VERIFY_APP_STATE_WEAK", "must"] },
  },
  {
    name: "a state of ten characters is warned of",
    app: { request: (parameters) => parameters.set("state", crypto.randomUUID().replaceAll("-", "").slice(0, 10)) },
    verdict: "pass",
    checks: { A4: ["fail", "VERIFY_APP_STATE_WEAK", "should"] },
  },
  ...(
    [
      ["no nonce", without("nonce")],
      ["a fixed nonce", instead("nonce", "always-the-same-nonce")],
    ] as const
  ).map(([name, app]) => ({
    name: `${name} is warned of`,
    app,
    verdict: "pass" as const,
    checks: { A4: ["fail", "VERIFY_APP_NONCE_WEAK", "should"] } as const,
  })),
  {
    name: "no PKCE where the record says off",
    subject: { pkce: "off" },
    app: without("code_challenge"),
    verdict: "pass",
    checks: { A4: ["pass"] },
  },
  {
    name: "a second visit that does not begin a sign-in",
    app: {
      start: (() => {
        let visits = 0;
        return (_seen: Seen, usual: () => ReturnType<typeof html>) => {
          visits += 1;
          return visits === 1 ? usual() : html(404, "gone");
        };
      })() as never,
    },
    verdict: "inconclusive",
    checks: { A4: ["inconclusive", "VERIFY_APP_ANSWER_UNCLEAR"], A8: ["inconclusive", "VERIFY_APP_ANSWER_UNCLEAR"] },
  },
]);

const cookie = (attributes: string, name = "sign-in") => ({
  cookie: (value: string) => `${name}=${value}; ${attributes}`,
});
const posted = { posted: true, ...instead("response_mode", "form_post") };

appModes("A5: cookies on the way back", [
  {
    name: "SameSite=Strict is lost",
    app: cookie("Path=/; Secure; HttpOnly; SameSite=Strict"),
    verdict: "fail",
    checks: { A5: ["fail", "VERIFY_APP_COOKIE_LOST", "must"] },
    onlyFails: ["A5"],
  },
  {
    name: "SameSite=Lax with form_post is lost",
    subject: { responseMode: "form_post" },
    app: { ...posted, ...cookie("Path=/; Secure; HttpOnly; SameSite=Lax") },
    verdict: "fail",
    checks: { A5: ["fail", "VERIFY_APP_COOKIE_LOST", "must"] },
    onlyFails: ["A5"],
    also: ({ checks }) => expect(checks[4]?.hint).toContain("responseMode: query"),
  },
  {
    name: "no SameSite with form_post comes along in some browsers, for a while",
    subject: { responseMode: "form_post" },
    app: { ...posted, ...cookie("Path=/; Secure; HttpOnly") },
    verdict: "pass",
    checks: { A5: ["fail", "VERIFY_APP_COOKIE_LOST", "should"] },
  },
  {
    name: "a path that does not hold the callback",
    app: cookie("Path=/openid/start; Secure; HttpOnly; SameSite=Lax"),
    verdict: "fail",
    checks: { A5: ["fail", "VERIFY_APP_COOKIE_LOST", "must"] },
  },
  ...(
    [
      ["__Host- with a path", "Path=/openid; Secure; HttpOnly", "__Host-sign-in"],
      ["__Host- with a domain", "Path=/; Domain=app.example; Secure; HttpOnly", "__Host-sign-in"],
      ["__Secure- without Secure", "Path=/; HttpOnly", "__Secure-sign-in"],
      ["SameSite=None without Secure", "Path=/; HttpOnly; SameSite=None", "sign-in"],
      ["a foreign domain", "Path=/; Domain=other.example; Secure; HttpOnly", "sign-in"],
    ] as const
  ).map(([name, attributes, called]) => ({
    name: `${name} is kept by no browser`,
    app: cookie(attributes, called),
    verdict: "fail" as const,
    checks: { A5: ["fail", "VERIFY_APP_COOKIE_LOST", "must"] } as const,
  })),
  {
    name: "no Secure is warned of",
    app: cookie("Path=/; HttpOnly; SameSite=Lax"),
    verdict: "pass",
    checks: { A5: ["fail", "VERIFY_APP_COOKIE_OPEN", "should"] },
    also: ({ checks }) => expect(checks[4]?.message).toBe("1 of 1 cookies lack Secure."),
  },
  {
    name: "no HttpOnly is warned of",
    app: cookie("Path=/; Secure; SameSite=Lax"),
    verdict: "pass",
    checks: { A5: ["fail", "VERIFY_APP_COOKIE_OPEN", "should"] },
  },
  {
    name: "no cookie is warned of",
    app: { cookie: () => undefined, callback: () => html(400, "no") },
    verdict: "pass",
    checks: { A5: ["fail", "VERIFY_APP_COOKIE_UNBOUND", "should"] },
  },
]);

const state = (one: Seen): string => one.query.get("state") ?? "";
const asked = (one: Seen): string => one.query.get("redirect_uri") ?? "";

appModes("A6: the app's own request at the identity provider", [
  {
    name: "is refused",
    provider: { client: { redirectUris: ["https://app.example/other"] } },
    verdict: "fail",
    checks: { A6: ["fail", "VERIFY_APP_REQUEST_REFUSED"], A7: ["pass"], A8: ["pass"] },
    onlyFails: ["A6"],
  },
  {
    name: "gets an error that names a setting",
    provider: {
      authorize: (one) => redirect(back(asked(one), { error: "invalid_scope", state: state(one) })),
    },
    verdict: "fail",
    checks: { A6: ["fail", "VERIFY_APP_REQUEST_REFUSED"] },
    onlyFails: ["A6"],
  },
  {
    name: "everything is redirected: proves nothing",
    provider: { authorize: (one) => redirect(back(asked(one), { error: "login_required", state: state(one) })) },
    verdict: "inconclusive",
    checks: { A6: ["inconclusive", "VERIFY_CALLBACK_UNCLEAR", "must"] },
  },
  {
    name: "prompt=none is ignored",
    provider: { authorize: () => html(200, "Sign in") },
    verdict: "inconclusive",
    checks: { A6: ["inconclusive", "VERIFY_CALLBACK_UNCLEAR", "must"], A7: ["pass"] },
  },
  {
    name: "prompt=none is ignored, and P1 was proven by another way",
    options: { shown: { registered: true, foreignRefused: true } },
    provider: { authorize: () => html(200, "Sign in") },
    verdict: "pass",
    checks: { A6: ["inconclusive", "VERIFY_CALLBACK_UNCLEAR", "should"] },
  },
  {
    name: "what P1 has found is not told twice, and nothing is sent",
    options: { shown: { registered: false, toldBy: "P1", foreignRefused: true } },
    verdict: "inconclusive",
    checks: { A6: ["inconclusive", "VERIFY_NOT_RUN"] },
  },
  {
    name: "a code without a sign-in is never brought to the app",
    provider: { authorize: (one) => redirect(back(asked(one), { code: "stolen-code-value", state: state(one) })) },
    verdict: "inconclusive",
    checks: { A6: ["inconclusive", "VERIFY_CODE_WITHOUT_SIGN_IN"] },
    also: ({ checks }, { seen }) => {
      expect(JSON.stringify(checks)).not.toContain("stolen-code-value");
      expect(seen.some(({ query }) => query.get("code") === "stolen-code-value")).toBe(false);
    },
  },
  {
    name: "a state that does not come back",
    provider: { authorize: (one) => redirect(back(asked(one), { error: "login_required" })) },
    verdict: "inconclusive",
    checks: { A6: ["inconclusive", "VERIFY_CALLBACK_UNCLEAR"] },
  },
  {
    name: "is away",
    provider: { authorize: () => json(503, {}) },
    verdict: "inconclusive",
    checks: { A6: ["inconclusive", "VERIFY_ANSWER_UNCLEAR"] },
  },
]);

const onError = (reply: ReturnType<typeof html>) => ({
  callback: (seen: Seen, usual: () => ReturnType<typeof html>) => (seen.query.has("error") ? reply : usual()),
});
const dated = (seconds: number) => ({
  start: (_: Seen, usual: () => ReturnType<typeof html>) => {
    const reply = usual() as { status: number; headers: Record<string, string> };
    const date = new Date(Date.now() + seconds * 1_000).toUTCString();
    return { ...reply, headers: { ...reply.headers, date } };
  },
});

appModes("A7: errors at the callback, and the app's clock", [
  ...([404, 405, 500] as const).map((status) => ({
    name: `answered with ${status}`,
    app: onError(html(status, "oops")) as never,
    verdict: "pass" as const,
    checks: { A7: ["fail", "VERIFY_APP_CALLBACK_BROKEN", "should"], A8: ["pass"] } as const,
    onlyFails: ["A7"],
  })),
  {
    name: "a gateway that is away says nothing",
    app: onError(html(502, "oops")) as never,
    verdict: "pass",
    checks: { A7: ["inconclusive", "VERIFY_ANSWER_UNCLEAR"] },
  },
  {
    name: "carries the app's cookies, its state and the provider's own words",
    verdict: "pass",
    checks: { A7: ["pass"] },
    also: (_, { seen }) => {
      const [first] = seen.filter(({ path, query }) => path === "/openid/callback/7vk2" && query.has("error"));
      expect(Object.fromEntries(first?.query ?? [])).toMatchObject({ error: "login_required", iss: issuer });
      expect(first?.headers.cookie).toMatch(/^__Host-sign-in=/);
    },
  },
  {
    name: "a clock that is a minute ahead is warned of",
    app: dated(60) as never,
    verdict: "pass",
    checks: { A7: ["fail", "VERIFY_APP_CLOCK_DIFFERS", "should"] },
  },
  {
    name: "a clock that is ten minutes behind breaks sign-ins",
    app: dated(-600) as never,
    verdict: "fail",
    checks: { A7: ["fail", "VERIFY_APP_CLOCK_DIFFERS", "must"] },
    also: ({ checks }) => expect(checks[6]?.message).toMatch(/^The app's clock is (599|600|601) s behind/),
  },
  {
    name: "ten seconds are nothing",
    app: dated(10) as never,
    verdict: "pass",
    checks: { A7: ["pass"] },
  },
]);

appModes("A8: forged states", [
  {
    name: "an app that takes any state goes on to the token endpoint",
    app: { checksState: false },
    verdict: "fail",
    checks: { A8: ["fail", "VERIFY_APP_STATE_UNCHECKED", "must"] },
    onlyFails: ["A8"],
  },
  {
    name: "an app that takes a state from any browser",
    app: {
      callback: (seen, usual) =>
        hasCookie(seen) || seen.query.has("error") ? usual() : html(400, "the token endpoint said invalid_grant"),
    },
    verdict: "fail",
    checks: { A8: ["fail", "VERIFY_APP_STATE_UNCHECKED"] },
    also: ({ checks }) => expect(checks[7]?.message).toContain("from a browser that did not begin the sign-in"),
  },
  {
    name: "an app that tells the token endpoint's error in a redirect",
    app: { callback: (seen) => (seen.query.has("error") ? html(400, "") : redirect("/login?reason=invalid_client")) },
    verdict: "fail",
    checks: { A8: ["fail", "VERIFY_APP_STATE_UNCHECKED"] },
  },
  {
    name: "an app that lets anybody in",
    app: {
      callback: (seen) =>
        seen.query.has("error")
          ? html(400, "")
          : { status: 302, headers: { location: "/home", "set-cookie": "session=abcdefghijklmnop; Path=/; Secure" } },
      other: (seen) => (/session=/.test(String(seen.headers.cookie)) ? html(200, "Hello") : redirect("/login")),
    },
    verdict: "fail",
    checks: { A8: ["fail", "VERIFY_APP_STATE_UNCHECKED"] },
    onlyFails: ["A8"],
    also: ({ checks }) => expect(JSON.stringify(checks)).not.toContain("abcdefghijklmnop"),
  },
  {
    name: "a page with a new cookie cannot be told from a sign-in",
    app: {
      callback: (seen) =>
        seen.query.has("error")
          ? html(400, "")
          : { ...html(200, "Hello"), headers: { "set-cookie": "session=1; Path=/; Secure" } },
    },
    verdict: "inconclusive",
    checks: { A8: ["inconclusive", "VERIFY_APP_ANSWER_UNCLEAR"] },
  },
]);

appModes("A9: the deployed app's secret", [
  {
    name: "is stale",
    options: { appCode: true },
    app: { told: (page) => page("invalid_client") },
    verdict: "fail",
    checks: { A8: ["pass"], A9: ["fail", "VERIFY_APP_SECRET_STALE", "must"] },
    onlyFails: ["A9"],
    also: ({ appSecret }) => expect(appSecret).toBe(false),
  },
  {
    name: "is told on the page",
    options: { appCode: true },
    app: { told: () => html(400, "The identity provider says: invalid_grant") },
    verdict: "pass",
    checks: { A9: ["pass"] },
  },
  {
    name: "is told in the redirect",
    options: { appCode: true },
    app: { told: () => redirect("/login?error=invalid_grant") },
    verdict: "pass",
    checks: { A9: ["pass"] },
  },
  {
    name: "is not told",
    options: { appCode: true },
    app: { told: () => html(400, "It did not work.") },
    verdict: "pass",
    checks: { A9: ["inconclusive", "VERIFY_APP_ANSWER_UNCLEAR", "should"] },
    also: ({ appSecret }) => expect(appSecret).toBe(false),
  },
  {
    name: "two errors at once say neither",
    options: { appCode: true },
    app: { told: () => html(400, "invalid_grant, or perhaps invalid_client") },
    verdict: "pass",
    checks: { A9: ["inconclusive", "VERIFY_APP_ANSWER_UNCLEAR", "should"] },
  },
]);

appModes("secrecy", [
  {
    name: "no cookie, state, nonce, challenge or code gets into a result",
    options: { appCode: true },
    verdict: "pass",
    checks: {},
    also: (verification, { seen }) => {
      const text = JSON.stringify(verification);
      const callbacks = seen.filter(({ path }) => path === "/openid/callback/7vk2");
      const values = [
        ...callbacks.flatMap(({ query }) => [query.get("state"), query.get("code")]),
        ...callbacks.map(({ headers }) => headers.cookie?.split("=")[1]),
        ...seen.filter(({ path }) => path === "/authorize").map(({ query }) => query.get("nonce")),
      ].filter((value) => value !== null && value !== undefined);
      expect(values.length).toBeGreaterThan(8);
      for (const value of values) expect(text).not.toContain(value);
      expect(text).not.toContain("__Host-sign-in");
    },
  },
  {
    name: "not even when the app writes them into its addresses",
    app: { callback: (seen) => redirect(`/login/${state(seen)}/${seen.query.get("code") ?? ""}?failed=1`) },
    verdict: "pass",
    checks: { A7: ["pass"] },
    also: (verification, { seen }) => {
      const sent = seen.filter(({ path }) => path === "/openid/callback/7vk2");
      for (const one of sent) if (state(one) !== "") expect(JSON.stringify(verification)).not.toContain(state(one));
      expect(JSON.stringify(verification)).not.toContain("ssoverify-");
    },
  },
  {
    name: "nor its cookie",
    app: {
      callback: (seen) => redirect(`/login/${String(seen.headers.cookie ?? "none").split("=")[1] ?? ""}?failed=1`),
    },
    verdict: "pass",
    checks: { A7: ["pass"] },
    also: (verification, { seen }) => {
      const cookies = seen.flatMap(({ headers }) => headers.cookie?.split("=")[1] ?? []);
      expect(cookies.length).toBeGreaterThan(2);
      for (const cookie of cookies) expect(JSON.stringify(verification)).not.toContain(cookie);
      expect(verification.checks[6]?.evidence.location).toBe("https://app.example/login/[hidden]");
    },
  },
]);
