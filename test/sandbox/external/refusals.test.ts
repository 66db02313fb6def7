import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import type { CustomerClient } from "../../../sandbox/external/customer-client.ts";
import type { CustomerProvider } from "../../../sandbox/external/customer-provider.ts";
import type { CustomerName } from "../../../sandbox/external/customers.ts";
import { startTestSandbox, type TestSandbox } from "../../support/sandbox.ts";
import { ask, authorizationUrl, Browser, basic, formAction } from "./visitor.ts";

const verifier = "v".repeat(43);
/** The S256 challenge of the verifier. */
const challenge = "7w_YNF9DSfIdPf_pRjSq646_kPr-2-o9NAl16JGghdM";
const app = "https://portal.acme.example/back";
let at: TestSandbox;
beforeAll(async () => {
  at = await startTestSandbox();
});
afterAll(() => at.close());
afterEach(() => vi.useRealTimers());

const logins: Readonly<Record<CustomerName, string>> = {
  "northwind-rail": "staff@northwindrail.example",
  "bluefin-studios": "staff@bluefin.example",
  "alder-voss": "staff@aldervoss.example",
  tannberg: "staff@tannberg.example",
  "cobalt-clinics": "staff@cobaltclinics.example",
  "ostrava-steel": "staff@ostravasteel.example",
  fernhill: "writer@fernhill.example",
};

interface Made {
  readonly provider: CustomerProvider;
  readonly client: CustomerClient;
}

/** A client of its own at a customer's provider. */
function make(name: CustomerName): Made {
  const provider = at.sandbox.providers[name];
  const [first] = provider.vendor.clientAuth.methods.filter((method) => method !== "private_key_jwt");
  const client = provider.register({
    method: first ?? "client_secret_post",
    redirectUris: [app],
    postLogoutUris: [app],
  });
  return { provider, client };
}

function urlFor({ provider, client }: Made, changes: Record<string, string> = {}): string {
  return authorizationUrl(provider, {
    client_id: client.clientId,
    redirect_uri: app,
    code_challenge: challenge,
    prompt: "",
    ...changes,
  });
}

async function codeFor(made: Made, login: string, changes: Record<string, string> = {}): Promise<string> {
  const back = await new Browser(at).signIn(urlFor(made, changes), login);
  return back.searchParams.get("code") ?? `${back}`;
}

interface Told {
  readonly status: number;
  readonly json: Record<string, unknown>;
}

/** What an endpoint answers to the client, which shows its secret. */
async function post(
  { client }: Made,
  url: string,
  form: Record<string, string>,
  secret = client.secret,
): Promise<Told> {
  const { clientId, method } = client;
  const header = method === "client_secret_basic" ? basic(clientId, secret ?? "") : {};
  const inForm = method === "client_secret_post" ? { client_id: clientId, client_secret: secret ?? "" } : {};
  const response = await ask(at, url, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded", ...header },
    body: new URLSearchParams({ ...(method === "none" ? { client_id: clientId } : {}), ...inForm, ...form }).toString(),
  });
  const text = await response.text();
  return { status: response.status, json: text === "" ? {} : (JSON.parse(text) as Record<string, unknown>) };
}

function redeem(made: Made, code: string, changes: Record<string, string> = {}): Promise<Told> {
  const form = { grant_type: "authorization_code", code, redirect_uri: app, code_verifier: verifier, ...changes };
  return post(made, made.provider.vendor.endpoints.token, form);
}

const text = (pattern: RegExp): unknown => expect.stringMatching(pattern);
const refused = (description?: unknown) => ({
  status: 400,
  json: { error: "invalid_grant", ...(description === undefined ? {} : { error_description: description }) },
});

/** How each product refuses a code: used twice, expired, with another verifier, with another redirect URI. */
const codes: Readonly<Record<CustomerName, Record<"spent" | "expired" | "verifier" | "redirect", object>>> = {
  "northwind-rail": {
    spent: refused(text(/^AADSTS54005: /)),
    expired: refused(text(/^AADSTS70008: /)),
    verifier: refused(text(/^AADSTS501481: /)),
    redirect: refused(text(/^AADSTS500112: /)),
  },
  "bluefin-studios": {
    spent: refused("Bad Request"),
    expired: refused("Bad Request"),
    verifier: refused("Invalid code verifier."),
    redirect: { status: 400, json: { error: "redirect_uri_mismatch", error_description: "Bad Request" } },
  },
  "alder-voss": { spent: refused(), expired: refused(), verifier: refused(), redirect: refused() },
  tannberg: {
    spent: refused("Code not valid"),
    expired: refused("Code not valid"),
    verifier: refused("PKCE verification failed: Code mismatch"),
    redirect: refused("Incorrect redirect_uri"),
  },
  "cobalt-clinics": {
    spent: refused(),
    expired: refused(),
    verifier: refused(),
    redirect: { status: 400, json: { error: "unauthorized_client" } },
  },
  "ostrava-steel": {
    spent: refused("grant request is invalid"),
    expired: refused("grant request is invalid"),
    verifier: refused("grant request is invalid"),
    redirect: refused("grant request is invalid"),
  },
  fernhill: {
    spent: refused(text(/^The provided authorization grant/)),
    expired: refused(text(/^The provided authorization grant/)),
    verifier: refused(text(/^The provided authorization grant/)),
    redirect: refused(text(/^The provided authorization grant/)),
  },
};

describe.each(Object.entries(codes) as [CustomerName, (typeof codes)[CustomerName]][])("%s", (name, expected) => {
  const login = logins[name];

  test("refuses a code that is used twice, too old, or not the one of the request", async () => {
    const made = make(name);
    const code = await codeFor(made, login);
    expect((await redeem(made, code)).status).toBe(200);
    expect(await redeem(made, code)).toMatchObject(expected.spent);
    const another = { code_verifier: "w".repeat(43) };
    expect(await redeem(made, await codeFor(made, login), another)).toMatchObject(expected.verifier);
    const elsewhere = { redirect_uri: `${app}/elsewhere` };
    expect(await redeem(made, await codeFor(made, login), elsewhere)).toMatchObject(expected.redirect);
    const old = await codeFor(made, login);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 61_000 });
    expect(await redeem(made, old)).toMatchObject(expected.expired);
  });

  test("refuses a grant that there is not, and one that is missing", async () => {
    const made = make(name);
    const { token } = made.provider.vendor.endpoints;
    expect(await post(made, token, { grant_type: "magic" })).toMatchObject({
      status: 400,
      json: { error: "unsupported_grant_type" },
    });
    expect(await post(made, token, { code: "x" })).toMatchObject({ status: 400, json: { error: "invalid_request" } });
    expect((await ask(at, token)).status).toBe(405);
  });

  test("takes PKCE as it says it does", async () => {
    const made = make(name);
    const plain = { code_challenge: verifier, code_challenge_method: "plain" };
    const back = new URL((await ask(at, urlFor(made, { ...plain, prompt: "none" }))).headers.get("location") ?? "");
    const offered = made.provider.vendor.challenges.includes("plain");
    const { error } = made.provider.vendor.nobodySignedIn;
    expect(back.searchParams.get("error")).toBe(offered ? error : "invalid_request");
    if (offered) expect((await redeem(made, await codeFor(made, login, plain))).status).toBe(200);
    const { code_challenge_methods_supported: told } = made.provider.document();
    if (told !== undefined) expect([...(told as string[])].sort()).toEqual([...made.provider.vendor.challenges].sort());
  });

  test("knows prompt, max_age and login_hint, and tells who cancels", async () => {
    const made = make(name);
    const browser = new Browser(at);
    await browser.signIn(urlFor(made), login);
    expect((await browser.visit(urlFor(made, { prompt: "none" }))).location).toContain("code=");
    const again = await browser.signIn(urlFor(made, { prompt: "login" }), login);
    expect(again.searchParams.has("code")).toBe(true);
    const page = await pageFor(new Browser(at), urlFor(made, { login_hint: login }));
    expect(page.text).toContain(`value="${login}"`);
    const cancelled = await cancel(made);
    expect(cancelled.searchParams.get("error")).toBe("access_denied");
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 61_000 });
    const late = new URL((await browser.visit(urlFor(made, { prompt: "none", max_age: "60" }))).location ?? "");
    expect(late.searchParams.get("error")).toBe(made.provider.vendor.nobodySignedIn.error);
  });

  test("posts its answer where that is advertised, with status 200", async () => {
    const made = make(name);
    const { response_modes_supported: modes } = made.provider.document();
    if (!Array.isArray(modes) || !modes.includes("form_post")) return;
    const answer = await ask(at, urlFor(made, { response_mode: "form_post", prompt: "none" }));
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain(`action="${app}"`);
  });
});

/** The sign-in page that a request leads to, with its address. */
async function pageFor(browser: Browser, url: string) {
  const first = await browser.visit(url);
  if (first.location === null) return { ...first, url };
  const next = new URL(first.location, url).href;
  return { ...(await browser.visit(next)), url: next };
}

async function cancel(made: Made): Promise<URL> {
  const browser = new Browser(at);
  const page = await pageFor(browser, urlFor(made));
  let next: URL = new URL(formAction(page.text) ?? "", page.url);
  let visit = await browser.visit(next.href, "cancel=yes");
  while (visit.location !== null && !visit.location.startsWith(app)) {
    next = new URL(visit.location, next);
    visit = await browser.visit(next.href);
  }
  return new URL(visit.location ?? "about:blank");
}

describe("Entra ID", () => {
  test("shows its sign-in page as the answer to the request itself", async () => {
    const made = make("northwind-rail");
    const page = await ask(at, urlFor(made));
    expect([page.status, page.headers.get("location")]).toEqual([200, null]);
    expect(await page.text()).toContain("<form");
  });

  test("tells a secret that is missing and a client that is unknown from a wrong secret", async () => {
    const { provider, client } = make("northwind-rail");
    const { token } = provider.vendor.endpoints;
    const form = { grant_type: "authorization_code", code: "x", redirect_uri: app };
    const nothing = { provider, client: { ...client, method: "none" as const } };
    expect(await post(nothing, token, form)).toMatchObject({
      status: 401,
      json: { error: "invalid_client", error_codes: [7000218] },
    });
    const nobody = { provider, client: { ...client, clientId: "00000000-0000-4000-8000-000000000000" } };
    expect(await post(nobody, token, form)).toMatchObject({
      status: 400,
      json: { error: "unauthorized_client", error_codes: [700016] },
    });
  });

  test("tells a secret that has ended from a wrong one", async () => {
    const made = make("northwind-rail");
    made.client.secretExpires = Date.now() - 1;
    expect(await redeem(made, "x")).toMatchObject({
      status: 401,
      json: { error: "invalid_client", error_codes: [7000222] },
    });
    expect(
      await post(made, made.provider.vendor.endpoints.token, { grant_type: "authorization_code" }, "wrong"),
    ).toMatchObject({ status: 401, json: { error_codes: [7000215] } });
  });

  test("redeems what is registered for a single-page app from a browser only", async () => {
    const made = make("northwind-rail");
    made.client.redirectUris = [];
    made.client.spaRedirectUris = [app];
    const code = await codeFor(made, logins["northwind-rail"]);
    expect(await redeem(made, code)).toMatchObject({
      status: 400,
      json: { error: "invalid_request", error_codes: [9002325] },
    });
  });

  test("tells an unknown code that looks like one of its own from a malformed one", async () => {
    const made = make("northwind-rail");
    expect(await redeem(made, `0.${"A".repeat(30)}`)).toMatchObject(refused(text(/^AADSTS70000: /)));
    expect(await redeem(made, "ssoverify-1")).toMatchObject(refused(text(/^AADSTS9002313: /)));
  });

  test("gives ID tokens straight away to a client that may have them", async () => {
    const made = make("northwind-rail");
    const wanted = {
      response_type: "id_token",
      response_mode: "fragment",
      code_challenge: "",
      code_challenge_method: "",
    };
    const error = async (): Promise<string> =>
      (await ask(at, urlFor(made, { ...wanted, prompt: "none" }))).headers.get("location") ?? "";
    expect(await error()).toContain("#error=unsupported_response_type&error_description=AADSTS700054");
    made.client.idTokens = true;
    expect(await error()).toContain("#error=login_required");
  });
});

describe("Google", () => {
  test("ignores prompt=login, knows select_account, and refuses scopes on its own page", async () => {
    const made = make("bluefin-studios");
    const browser = new Browser(at);
    const login = logins["bluefin-studios"];
    await browser.signIn(urlFor(made), login);
    expect((await browser.visit(urlFor(made, { prompt: "login" }))).location).toContain("code=");
    const chooser = await pageFor(browser, urlFor(made, { prompt: "select_account" }));
    expect(chooser.text).toContain("<form");
    const scopes = await ask(at, urlFor(made, { scope: "openid groups" }));
    expect(scopes.status).toBe(302);
    const page = await ask(at, scopes.headers.get("location") ?? "");
    expect([page.status, await page.text()]).toEqual([400, text(/data-error-code="invalid_scope"/)]);
  });

  test("finds a code of its shape bad, and another one malformed", async () => {
    const made = make("bluefin-studios");
    expect(await redeem(made, `4/0A${"x".repeat(30)}`)).toMatchObject(refused("Bad Request"));
    expect(await redeem(made, "x")).toMatchObject(refused("Malformed auth code."));
  });
});

describe("Cognito", () => {
  test("leads to /login with the request in its address", async () => {
    const made = make("cobalt-clinics");
    const location = new URL((await ask(at, urlFor(made))).headers.get("location") ?? "", urlFor(made));
    expect([location.host, location.pathname]).toEqual(["cobaltclinics.auth.eu-central-1.amazoncognito.com", "/login"]);
    expect(location.searchParams.get("client_id")).toBe(made.client.clientId);
    expect(location.search).not.toContain("sandbox");
  });

  test("sends mistakes of the request back to a registered redirect URI", async () => {
    const made = make("cobalt-clinics");
    const error = async (changes: Record<string, string>): Promise<string> => {
      const location = (await ask(at, urlFor(made, { ...changes, prompt: "none" }))).headers.get("location") ?? "";
      expect(location.startsWith(`${app}?`)).toBe(true);
      return new URL(location).searchParams.get("error") ?? "";
    };
    expect(await error({ code_challenge_method: "" })).toBe("invalid_request");
    expect(await error({ response_type: "nonsense" })).toBe("unsupported_response_type");
    expect(await error({ scope: "openid groups" })).toBe("invalid_scope");
    made.client.grants = ["client_credentials"];
    expect(await error({})).toBe("unauthorized_client");
    expect(await redeem(made, "x")).toMatchObject({ status: 400, json: { error: "unauthorized_client" } });
  });

  test("takes no secret from a public client", async () => {
    const made = make("cobalt-clinics");
    made.client.method = "none";
    expect(await redeem(made, "x")).toMatchObject({ status: 400, json: { error: "invalid_grant" } });
    made.client.method = "client_secret_post";
    const { token } = made.provider.vendor.endpoints;
    const shown = { ...made, client: { ...made.client } };
    made.client.method = "none";
    const form = { grant_type: "authorization_code", code: "x", redirect_uri: app };
    expect(await post(shown, token, form)).toMatchObject({ status: 400, json: { error: "invalid_client" } });
  });
});

describe("Keycloak", () => {
  test("takes pushed requests of a client that proves itself, with a registered redirect URI", async () => {
    const made = make("tannberg");
    made.client.method = "client_secret_post";
    made.client.secret = "pushed secret";
    const url = made.provider.vendor.endpoints.pushedRequest ?? "";
    const wanted = Object.fromEntries(new URL(urlFor(made)).searchParams);
    const { status, json } = await post(made, url, wanted);
    expect([status, json.expires_in]).toEqual([201, 60]);
    const pushed = new URLSearchParams({ client_id: made.client.clientId, request_uri: String(json.request_uri) });
    const back = await new Browser(at).signIn(
      `${made.provider.vendor.endpoints.authorization}?${pushed}`,
      logins.tannberg,
    );
    expect((await redeem(made, back.searchParams.get("code") ?? "")).status).toBe(200);
    expect(await post(made, url, { ...wanted, redirect_uri: "https://probe.invalid/" })).toMatchObject({
      status: 400,
      json: { error: "invalid_request", error_description: "Invalid parameter: redirect_uri" },
    });
    expect(await post(made, url, wanted, "wrong")).toMatchObject({ status: 401, json: { error: "invalid_request" } });
  });

  test("takes a trailing star for whatever follows, a host in capitals and any query", async () => {
    const made = make("tannberg");
    made.client.redirectUris = ["https://portal.acme.example/sso/*", "https://orders.acme.example/sso"];
    const status = async (redirect_uri: string) =>
      (await ask(at, urlFor(made, { redirect_uri, prompt: "none" }))).status;
    expect(await status("https://portal.acme.example/sso/callback")).toBe(302);
    expect(await status("https://PORTAL.acme.example/sso/callback?x=1")).toBe(302);
    expect(await status("https://orders.acme.example/sso?x=1")).toBe(400);
    expect(await status("https://portal.acme.example/other")).toBe(400);
    expect(await status("https://portal.acme.example.evil.example/sso/x")).toBe(400);
  });
});

describe("Hydra", () => {
  test("wants a state of eight characters, and shows a page for what goes nowhere", async () => {
    const made = make("fernhill");
    const weak = new URL(
      (await ask(at, urlFor(made, { state: "short", prompt: "none" }))).headers.get("location") ?? "",
    );
    expect(weak.searchParams.get("error")).toBe("invalid_state");
    const wrong = await ask(at, urlFor(made, { redirect_uri: "https://probe.invalid/" }));
    const page = await ask(at, wrong.headers.get("location") ?? "");
    expect([page.status, await page.text()]).toEqual([200, text(/Error: invalid_request\./)]);
  });

  test("names the method that the client is registered for", async () => {
    const made = make("fernhill");
    const shown = basic(made.client.clientId, made.client.secret ?? "");
    const response = await ask(at, made.provider.vendor.endpoints.token, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded", ...shown },
      body: "grant_type=authorization_code",
    });
    expect([response.status, await response.json()]).toEqual([
      401,
      {
        error: "invalid_client",
        error_description: text(
          /supports client authentication method 'client_secret_post', but method 'client_secret_basic' was/,
        ),
      },
    ]);
  });
});
