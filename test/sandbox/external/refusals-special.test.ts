import { describe, expect, test } from "vitest";
import { sharedSandbox } from "../../support/shared-sandbox.ts";
import { app, clientsAt, logins, pageFor } from "./made-client.ts";
import { ask, Browser, basic } from "./visitor.ts";

const at = sharedSandbox();
const { make, urlFor, codeFor, post, redeem } = clientsAt(() => at);

const text = (pattern: RegExp): unknown => expect.stringMatching(pattern);
const refused = (description?: unknown) => ({
  status: 400,
  json: { error: "invalid_grant", ...(description === undefined ? {} : { error_description: description }) },
});

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

  test("looks at no port of an app on the person's own machine, and at every other one", async () => {
    const made = make("fernhill");
    made.client.redirectUris = ["http://127.0.0.1:4000/back", "https://portal.acme.example/back"];
    const goesTo = async (redirect_uri: string): Promise<boolean> => {
      const location = (await ask(at, urlFor(made, { redirect_uri, prompt: "none" }))).headers.get("location") ?? "";
      return location.startsWith(`${redirect_uri}?`);
    };
    expect(await goesTo("http://127.0.0.1:51004/back")).toBe(true);
    expect(await goesTo("http://127.0.0.1/back")).toBe(true);
    expect(await goesTo("http://127.0.0.1:51004/other")).toBe(false);
    expect(await goesTo("http://127.0.0.1.evil.example:4000/back")).toBe(false);
    expect(await goesTo("https://portal.acme.example:8443/back")).toBe(false);
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
