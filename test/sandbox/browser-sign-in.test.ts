import { importPKCS8 } from "jose";
import * as client from "openid-client";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { CustomerName } from "../../sandbox/external/customers.ts";
import { fernhillConnection, oktaHost } from "../../sandbox/sandbox.ts";
import { chromiumPath, startChromium } from "../support/chromium.ts";
import { startTestSandbox, type TestSandbox } from "../support/sandbox.ts";
import * as auth0 from "./auth0/auth0-caller.ts";
import { cutOff, faintTexts } from "./browser-look.ts";
import { type Portal, signIn, startPortal } from "./browser-portal.ts";
import { ask } from "./external/visitor.ts";
import { call, webApp } from "./okta-caller.ts";

/** A client of the portal at one issuer. */
interface Registered {
  readonly issuer: string;
  readonly clientId: string;
  readonly proof: client.ClientAuth;
  readonly redirectUri: string;
  /** Where there is no discovery document to read. */
  readonly endpoints?: Partial<client.ServerMetadata>;
}

describe.skipIf(chromiumPath === undefined)("a person signs in with Chromium", () => {
  const callback = "https://portal.acme.example/callback";
  let at: TestSandbox;
  let portal: Portal;
  let browser: Browser;
  const contexts: BrowserContext[] = [];
  const errors: string[] = [];

  beforeAll(async () => {
    [at, portal] = await Promise.all([startTestSandbox(), startPortal()]);
    browser = await startChromium(at, portal);
  });
  afterEach(async () => {
    await Promise.all(contexts.splice(0).map((context) => context.close()));
    expect(errors.splice(0)).toEqual([]);
  });
  afterAll(async () => {
    await browser?.close();
    await portal.close();
    await at.close();
  });

  async function open(): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 360, height: 740 } });
    contexts.push(context);
    context.setDefaultTimeout(10_000);
    const page = await context.newPage();
    page.on("pageerror", (error) => errors.push(error.message));
    // A refused sign-in is an answer with an error status, and the console says so.
    page.on("console", (message) => {
      if (message.type() === "error" && !/the server responded with a status of 4/.test(message.text())) {
        errors.push(message.text());
      }
    });
    return page;
  }

  async function atOkta(server: string): Promise<Registered> {
    const { json } = await call(at, "POST", "/api/v1/apps", webApp(`whiterabbit/portal ${server} ${contexts.length}`));
    const staff = at.sandbox.okta.group("whiterabbit-staff")?.id;
    await call(at, "PUT", `/api/v1/apps/${json.id}/groups/${staff}`, {});
    const { client_id: clientId, client_secret: secret } = json.credentials.oauthClient;
    const proof = client.ClientSecretBasic(secret);
    return { issuer: `https://${oktaHost}${server}`, clientId, proof, redirectUri: callback };
  }

  async function atAuth0(): Promise<Registered> {
    const { json } = await auth0.call(at, "POST", "/clients", {
      name: "fernhill/portal",
      app_type: "regular_web",
      callbacks: [callback],
      grant_types: ["authorization_code"],
      oidc_conformant: true,
      jwt_configuration: { alg: "RS256" },
      token_endpoint_auth_method: "client_secret_post",
    });
    at.sandbox.auth0.connection(fernhillConnection)?.clients.add(json.client_id);
    const proof = client.ClientSecretPost(json.client_secret);
    return { issuer: "https://acme.eu.auth0.com/", clientId: json.client_id, proof, redirectUri: callback };
  }

  async function atCustomer(name: CustomerName): Promise<Registered> {
    const provider = at.sandbox.providers[name];
    const { endpoints, discovery } = provider.vendor;
    const registered =
      provider.clients[0] ?? provider.register({ method: "client_secret_basic", redirectUris: [callback] });
    const { clientId, method, secret = "", redirectUris } = registered;
    const key = async () => (await importPKCS8(at.sandbox.env.PORTAL_CLIENT_KEY ?? "", "ES256")) as client.CryptoKey;
    const proof =
      method === "private_key_jwt"
        ? client.PrivateKeyJwt({ key: await key(), kid: "portal-1" })
        : method === "client_secret_basic"
          ? client.ClientSecretBasic(secret)
          : client.ClientSecretPost(secret);
    const known = {
      authorization_endpoint: endpoints.authorization,
      token_endpoint: endpoints.token,
      jwks_uri: endpoints.jwks,
    };
    return {
      issuer: provider.issuer,
      clientId,
      proof,
      redirectUri: redirectUris[0] ?? "",
      ...(discovery === "public" ? {} : { endpoints: known }),
    };
  }

  /** openid-client as the portal would use it. */
  async function configure({ issuer, clientId, proof, endpoints }: Registered): Promise<client.Configuration> {
    const send: client.CustomFetch = (url, init) =>
      ask(at, url, init as Parameters<typeof ask>[2]) as unknown as Promise<Response>;
    const options = { [client.customFetch]: send };
    const found =
      endpoints === undefined
        ? await client.discovery(new URL(issuer), clientId, undefined, proof, options)
        : new client.Configuration({ issuer, ...endpoints }, clientId, undefined, proof);
    found[client.customFetch] = send;
    client.enableNonRepudiationChecks(found);
    return found;
  }

  /** Signs this person in by the pages that come, and gives what the ID token says and how many pages were filled in. */
  async function comeIn(page: Page, registered: Registered, login: string, more: Record<string, string> = {}) {
    const configuration = await configure(registered);
    const verifier = client.randomPKCECodeVerifier();
    const [state, nonce] = [client.randomState(), client.randomNonce()];
    const url = client.buildAuthorizationUrl(configuration, {
      redirect_uri: registered.redirectUri,
      scope: "openid profile email",
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
      state,
      nonce,
      ...more,
    });
    const { back, pages } = await signIn(page, url.href, login);
    expect(await page.getByRole("heading").textContent()).toBe("Back at the portal");
    expect(back.origin + back.pathname).toBe(registered.redirectUri);
    const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce };
    const tokens = await client.authorizationCodeGrant(configuration, back, checks);
    return { pages, claims: tokens.claims(), configuration, idToken: tokens.id_token ?? "" };
  }

  const issuers: readonly (readonly [string, () => Promise<Registered>, string, Record<string, unknown>])[] = [
    ["Okta's org server", () => atOkta(""), "admin@whiterabbit.example", { email: "admin@whiterabbit.example" }],
    ["an Okta custom server", () => atOkta("/oauth2/default"), "staff@whiterabbit.example", { name: "Test Staff" }],
    ["the Auth0 tenant", atAuth0, "editor@fernhill.example", { email: "editor@fernhill.example" }],
    ["Entra ID", () => atCustomer("northwind-rail"), "admin@northwindrail.example", { roles: ["Portal.Admin"] }],
    ["Google", () => atCustomer("bluefin-studios"), "staff@bluefin.example", { hd: "bluefin.example" }],
    ["PingFederate", () => atCustomer("alder-voss"), "staff@aldervoss.example", { mail: "staff@aldervoss.example" }],
    ["Keycloak", () => atCustomer("tannberg"), "staff@tannberg.example", { email: "staff@tannberg.example" }],
    [
      "Cognito",
      () => atCustomer("cobalt-clinics"),
      "admin@cobaltclinics.example",
      { "cognito:groups": ["portal-admins"] },
    ],
    ["OneLogin", () => atCustomer("ostrava-steel"), "metal@os-metal.example", { email: "metal@os-metal.example" }],
  ];

  test.each(issuers)("at %s, and comes back with a code that gives tokens", async (_name, register, login, claims) => {
    const registered = await register();
    const page = await open();
    const first = await comeIn(page, registered, login);
    expect(first.claims).toMatchObject({ iss: registered.issuer, aud: registered.clientId, ...claims });
    expect(first.pages).toBeGreaterThan(0);
    // The session is kept: the same browser is let in without a page.
    const second = await comeIn(page, registered, "nobody who is known");
    expect([second.pages, second.claims?.sub]).toEqual([0, first.claims?.sub]);
  });

  test.each(issuers)(
    "at %s the page is labelled, focused, readable and fits into 360 pixels",
    async (_name, register) => {
      const registered = await register();
      const configuration = await configure(registered);
      const page = await open();
      const challenge = await client.calculatePKCECodeChallenge(client.randomPKCECodeVerifier());
      const url = client.buildAuthorizationUrl(configuration, {
        redirect_uri: registered.redirectUri,
        scope: "openid",
        state: client.randomState(),
        nonce: client.randomNonce(),
        code_challenge: challenge,
        code_challenge_method: "S256",
      });
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        await page.goto(url.href);
        expect(await page.locator("html").getAttribute("lang")).toBe("en");
        expect(await page.title()).not.toBe("");
        expect(await page.getByRole("heading", { level: 1 }).count()).toBe(1);
        const field = page.getByLabel(/^(username|e-?mail)/i);
        // The browser gives the focus after the page has come.
        await expect.poll(() => field.and(page.locator(":focus")).count()).toBe(1);
        expect([await cutOff(page), await faintTexts(page)]).toEqual([[], []]);
      }
      // Somebody unknown is told so, on the same page, and can try again.
      await page.getByLabel(/^(username|e-?mail)/i).fill("eve@elsewhere.example");
      await page.keyboard.press("Enter");
      await page.getByRole("alert").waitFor();
      expect(await page.getByLabel(/^(username|e-?mail)/i).count()).toBe(1);
    },
  );

  test("at Okta somebody whose groups are not assigned comes back with a refusal", async () => {
    const page = await open();
    await expect(comeIn(page, await atOkta(""), "guest@whiterabbit.example")).rejects.toThrow();
    expect(Object.fromEntries(new URL(page.url()).searchParams)).toMatchObject({ error: "access_denied" });
  });

  test("an address of the portal that is not registered ends on a page that says so", async () => {
    const page = await open();
    for (const [registered, words] of [
      [await atOkta(""), "redirect_uri"],
      [await atAuth0(), "Callback URL mismatch"],
      [await atCustomer("northwind-rail"), "AADSTS50011"],
      [await atCustomer("tannberg"), "redirect_uri"],
    ] as const) {
      const configuration = await configure(registered);
      const endpoint = configuration.serverMetadata().authorization_endpoint;
      const query = {
        client_id: registered.clientId,
        redirect_uri: `${callback}/else`,
        response_type: "code",
        scope: "openid",
      };
      await page.goto(`${endpoint}?${new URLSearchParams(query)}`);
      expect(await page.getByRole("main").textContent()).toContain(words);
      expect([await cutOff(page), await faintTexts(page)]).toEqual([[], []]);
    }
  });

  test("signing out at Okta ends the session: the next sign-in asks again", async () => {
    const registered = await atOkta("");
    at.sandbox.okta.edit(registered.clientId, (app) => {
      app.oauth.post_logout_redirect_uris = ["https://portal.acme.example/goodbye"];
    });
    const page = await open();
    const { configuration, idToken } = await comeIn(page, registered, "staff@whiterabbit.example");
    const url = client.buildEndSessionUrl(configuration, {
      id_token_hint: idToken,
      post_logout_redirect_uri: "https://portal.acme.example/goodbye",
      state: "bye",
    });
    await page.goto(url.href);
    expect(page.url()).toBe("https://portal.acme.example/goodbye?state=bye");
    expect((await comeIn(page, registered, "admin@whiterabbit.example")).claims?.email).toBe(
      "admin@whiterabbit.example",
    );
  });

  test("signing out at a customer's provider asks first, by a button", async () => {
    const registered = await atCustomer("tannberg");
    const page = await open();
    const { configuration } = await comeIn(page, registered, "staff@tannberg.example");
    const leave = client.buildEndSessionUrl(configuration, {
      post_logout_redirect_uri: "https://portal.acme.example/",
    });
    await page.goto(leave.href);
    expect([await cutOff(page), await faintTexts(page)]).toEqual([[], []]);
    await page.getByRole("button", { name: /sign out|log out|yes/i }).click();
    await page.waitForURL("https://portal.acme.example/**");
    expect((await comeIn(page, registered, "admin@tannberg.example")).pages).toBe(1);
  });
});
