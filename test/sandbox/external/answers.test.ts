import { describe, expect, test } from "vitest";
import type { CustomerProvider } from "../../../sandbox/external/customer-provider.ts";
import type { CustomerName } from "../../../sandbox/external/customers.ts";
import { sharedSandbox } from "../../support/shared-sandbox.ts";
import { ask, authorizationUrl, basic, onlyClient, redeem } from "./visitor.ts";

/** How each product answers what a check asks without anybody being signed in. */
interface Expected {
  readonly nobody: Record<string, string>;
  readonly wrongRedirect: { readonly status: number; readonly location?: RegExp; readonly page?: RegExp };
  readonly unknownClient: { readonly status: number; readonly location?: RegExp; readonly page?: RegExp };
  readonly bogusCode: { readonly status: number; readonly json: Record<string, unknown> };
  readonly wrongSecret: { readonly status: number; readonly json: Record<string, unknown> };
  readonly unknownAtToken: { readonly status: number; readonly json: Record<string, unknown> };
  /** Whether the secret is taken by the method that the client is not registered for. */
  readonly otherMethod: "taken" | { readonly status: number; readonly json: Record<string, unknown> };
}

const text = (pattern: RegExp): unknown => expect.stringMatching(pattern);

const table: Readonly<Record<Exclude<CustomerName, "tannberg" | "ostrava-steel">, Expected>> = {
  fernhill: {
    nobody: {
      error: "login_required",
      error_description: text(/Prompt 'none' was requested, but no existing login session was found\.$/) as string,
    },
    wrongRedirect: {
      status: 302,
      location: /^https:\/\/login\.fernhill\.example\/oauth2\/fallbacks\/error\?error=invalid_request&.*pre-registered/,
    },
    unknownClient: { status: 302, location: /\/oauth2\/fallbacks\/error\?error=invalid_client&/ },
    bogusCode: {
      status: 400,
      json: { error: "invalid_grant", error_description: text(/^The provided authorization grant /) },
    },
    wrongSecret: {
      status: 401,
      json: { error: "invalid_client", error_description: text(/^Client authentication failed \(/) },
    },
    unknownAtToken: { status: 401, json: { error: "invalid_client" } },
    otherMethod: {
      status: 401,
      json: {
        error: "invalid_client",
        error_description: text(/supports client authentication method 'client_secret_post'/),
      },
    },
  },
  "northwind-rail": {
    nobody: { error: "login_required", error_description: text(/^AADSTS50058: /) as string },
    wrongRedirect: { status: 200, page: /AADSTS50011: The redirect URI '/ },
    unknownClient: { status: 200, page: /AADSTS700016/ },
    bogusCode: {
      status: 400,
      json: { error: "invalid_grant", error_description: text(/^AADSTS9002313: /), error_codes: [9002313] },
    },
    wrongSecret: {
      status: 401,
      json: { error: "invalid_client", error_description: text(/^AADSTS7000215: /), error_codes: [7000215] },
    },
    unknownAtToken: { status: 400, json: { error: "unauthorized_client", error_codes: [700016] } },
    otherMethod: "taken",
  },
  "bluefin-studios": {
    nobody: { error: "interaction_required" },
    wrongRedirect: { status: 302, location: /^https:\/\/accounts\.google\.com\/signin\/oauth\/error\?authError=/ },
    unknownClient: { status: 302, location: /^https:\/\/accounts\.google\.com\/signin\/oauth\/error\?authError=/ },
    bogusCode: { status: 400, json: { error: "invalid_grant", error_description: "Malformed auth code." } },
    wrongSecret: { status: 401, json: { error: "invalid_client" } },
    unknownAtToken: { status: 401, json: { error: "invalid_client" } },
    otherMethod: "taken",
  },
  "alder-voss": {
    nobody: { error: "login_required" },
    wrongRedirect: { status: 400, page: /redirect_uri/ },
    unknownClient: { status: 400, page: /client_id/ },
    bogusCode: { status: 400, json: { error: "invalid_grant" } },
    wrongSecret: { status: 401, json: { error: "invalid_client" } },
    unknownAtToken: { status: 401, json: { error: "invalid_client" } },
    otherMethod: { status: 401, json: { error: "invalid_client" } },
  },
  "cobalt-clinics": {
    nobody: { error: "login_required" },
    wrongRedirect: {
      status: 302,
      location:
        /^https:\/\/cobaltclinics\.auth\.eu-central-1\.amazoncognito\.com\/error\?error=redirect_mismatch&client_id=5k2v/,
    },
    unknownClient: { status: 302, location: /amazoncognito\.com\/error\?error=invalid_client&client_id=/ },
    bogusCode: { status: 400, json: { error: "invalid_grant" } },
    wrongSecret: { status: 400, json: { error: "invalid_client" } },
    unknownAtToken: { status: 400, json: { error: "invalid_client" } },
    otherMethod: { status: 400, json: { error: "invalid_client" } },
  },
};

const at = sharedSandbox();

async function expectRefused(url: string, expected: Expected["wrongRedirect"]): Promise<void> {
  const response = await ask(at, url);
  expect(response.status).toBe(expected.status);
  const location = response.headers.get("location");
  if (expected.location === undefined) expect(location).toBeNull();
  else expect(location).toMatch(expected.location);
  expect(await response.text()).toMatch(expected.page ?? /^$/);
}

/** The client's own credentials, shown by a method. */
function shown(
  provider: CustomerProvider,
  method: string,
  secret: string,
): [credentials: Record<string, string>, headers: Record<string, string>] {
  const { clientId } = onlyClient(provider);
  return method === "client_secret_basic"
    ? [{}, basic(clientId, secret)]
    : [{ client_id: clientId, client_secret: secret }, {}];
}

describe.each(Object.entries(table))("%s", (name, expected) => {
  const its = (): CustomerProvider => at.sandbox.providers[name as CustomerName];

  test("sends prompt=none back to the registered redirect URI, with the state", async () => {
    const response = await ask(at, authorizationUrl(its()));
    expect(response.status).toBe(302);
    const location = response.headers.get("location") ?? "";
    expect(location.startsWith(`${onlyClient(its()).redirectUris[0]}?`)).toBe(true);
    const { state, ...others } = Object.fromEntries(new URL(location).searchParams);
    expect(state).toBe("state-0123456789abcdef");
    expect(others).toMatchObject(expected.nobody);
    expect(others).not.toHaveProperty("iss");
  });

  test("never goes to a redirect URI that is not registered, character for character", async () => {
    const [registered = ""] = onlyClient(its()).redirectUris;
    for (const redirect_uri of [
      `${registered}/`,
      `${registered}/below`,
      `${registered}?x=1`,
      registered.replace(/\/\/\w+/, (host) => host.toUpperCase()),
      registered.replace("https:", "http:"),
      "https://probe.invalid/callback",
    ]) {
      await expectRefused(authorizationUrl(its(), { redirect_uri }), expected.wrongRedirect);
    }
  });

  test("refuses an unknown client before it looks at the redirect URI", async () => {
    await expectRefused(authorizationUrl(its(), { client_id: "nobody" }), expected.unknownClient);
  });

  test("never goes to the app when client or redirect URI are named twice", async () => {
    await expectRefused(`${authorizationUrl(its())}&client_id=nobody`, expected.unknownClient);
    await expectRefused(`${authorizationUrl(its())}&redirect_uri=https%3A%2F%2Fb.example%2F`, expected.wrongRedirect);
  });

  test("takes the secret by the registered method and then refuses the code", async () => {
    const { method, secret = "" } = onlyClient(its());
    expect(await redeem(at, its(), ...shown(its(), method, secret))).toMatchObject(expected.bogusCode);
  });

  test("refuses a wrong secret, no secret and an unknown client", async () => {
    const { method, clientId } = onlyClient(its());
    expect(await redeem(at, its(), ...shown(its(), method, "wrong"))).toMatchObject(expected.wrongSecret);
    expect((await redeem(at, its(), { client_id: clientId })).json.error).toMatch(/^invalid_(client|request)$/);
    const nobody = { client_id: "nobody", client_secret: "wrong" };
    const stranger = at.sandbox.providers[name as CustomerName].vendor.clientAuth.methods.includes("client_secret_post")
      ? await redeem(at, its(), nobody)
      : await redeem(at, its(), {}, basic("nobody", "wrong"));
    expect(stranger).toMatchObject(expected.unknownAtToken);
  });

  test("is as strict about the method as the product", async () => {
    const { method, secret = "" } = onlyClient(its());
    const other = method === "client_secret_post" ? "client_secret_basic" : "client_secret_post";
    const answer = await redeem(at, its(), ...shown(its(), other, secret));
    expect(answer).toMatchObject(expected.otherMethod === "taken" ? expected.bogusCode : expected.otherMethod);
  });

  test("refuses credentials that are shown twice", async () => {
    const { clientId, secret = "" } = onlyClient(its());
    const twice = await redeem(at, its(), { client_id: clientId, client_secret: secret }, basic(clientId, secret));
    expect(twice).toMatchObject({ status: 400, json: { error: "invalid_request" } });
  });
});

describe("discovery", () => {
  test.each(["northwind-rail", "bluefin-studios", "tannberg", "cobalt-clinics", "ostrava-steel"] as const)(
    "of %s names the issuer and every endpoint that answers",
    async (name) => {
      const provider = at.sandbox.providers[name];
      const response = await ask(at, `${provider.issuer}/.well-known/openid-configuration`);
      expect(response.status).toBe(200);
      expect(response.headers.get("content-type")).toBe("application/json");
      const document = (await response.json()) as Record<string, unknown>;
      expect(document).toMatchObject({
        issuer: provider.issuer,
        authorization_endpoint: provider.vendor.endpoints.authorization,
        token_endpoint: provider.vendor.endpoints.token,
        jwks_uri: provider.vendor.endpoints.jwks,
      });
      for (const [member, url] of Object.entries(document)) {
        if (!member.endsWith("_endpoint") && member !== "jwks_uri") continue;
        expect((await ask(at, String(url))).status, member).not.toBe(404);
      }
    },
  );

  test("of Alder & Voss is behind the firewall; the keys are not", async () => {
    const provider = at.sandbox.providers["alder-voss"];
    const response = await ask(at, `${provider.issuer}/.well-known/openid-configuration`);
    expect([response.status, response.headers.get("content-type")]).toEqual([403, "text/html; charset=utf-8"]);
    expect((await ask(at, provider.vendor.endpoints.jwks)).status).toBe(200);
  });

  test("differs as the products differ", () => {
    const { providers } = at.sandbox;
    expect(providers["northwind-rail"].document()).not.toHaveProperty("code_challenge_methods_supported");
    expect(providers["bluefin-studios"].document()).not.toHaveProperty("end_session_endpoint");
    expect(providers["cobalt-clinics"].document()).toMatchObject({
      token_endpoint_auth_methods_supported: ["client_secret_post"],
    });
  });

  test("of /common has an issuer that is nobody's", async () => {
    const response = await ask(at, "https://login.microsoftonline.com/common/v2.0/.well-known/openid-configuration");
    expect(await response.json()).toHaveProperty("issuer", "https://login.microsoftonline.com/{tenantid}/v2.0");
  });

  test("of another directory is refused, as are its other endpoints", async () => {
    const other = "https://login.microsoftonline.com/00000000-0000-4000-8000-000000000000";
    const document = await ask(at, `${other}/v2.0/.well-known/openid-configuration`);
    expect(document.status).toBe(400);
    expect(await document.json()).toMatchObject({
      error: "invalid_tenant",
      error_description: text(/^AADSTS90002: Tenant '0000/),
      error_codes: [90002],
    });
    const page = await ask(at, `${other}/oauth2/v2.0/authorize?client_id=x`);
    expect([page.status, await page.text()]).toEqual([200, text(/AADSTS90002/)]);
    expect((await ask(at, `${other}/oauth2/v2.0/token`, { method: "POST", body: "a=b" })).status).toBe(400);
    expect((await ask(at, `${other}/elsewhere`)).status).toBe(404);
  });
});

describe("Tannberg's Keycloak", () => {
  test("answers prompt=none with its issuer and no words", async () => {
    const { tannberg } = at.sandbox.providers;
    const location = (await ask(at, authorizationUrl(tannberg))).headers.get("location") ?? "";
    expect(Object.fromEntries(new URL(location).searchParams)).toEqual({
      error: "login_required",
      state: "state-0123456789abcdef",
      iss: "https://id.tannberg.example/realms/staff",
    });
  });

  test("shows its own page for a wrong redirect URI and an unknown client", async () => {
    const { tannberg } = at.sandbox.providers;
    const wrong = authorizationUrl(tannberg, { redirect_uri: "https://probe.invalid/" });
    await expectRefused(wrong, { status: 400, page: /Invalid parameter: redirect_uri/ });
    await expectRefused(authorizationUrl(tannberg, { client_id: "nobody" }), { status: 400, page: /Client not found/ });
  });

  test("takes no secret from a client that signs", async () => {
    const { tannberg } = at.sandbox.providers;
    const credentials = { client_id: "acme-portal", client_secret: "anything" };
    expect(await redeem(at, tannberg, credentials)).toMatchObject({
      status: 401,
      json: { error: "invalid_client", error_description: "Parameter client_assertion_type is missing" },
    });
  });

  test("takes a secret by either method, and refuses a wrong one in words of its own", async () => {
    const { tannberg } = at.sandbox.providers;
    const redirectUris = ["https://orders.acme.example/sso"];
    const { clientId, secret = "" } = tannberg.register({ method: "client_secret_basic", redirectUris });
    const good = { status: 400, json: { error: "invalid_grant", error_description: "Code not valid" } };
    expect(await redeem(at, tannberg, {}, basic(clientId, secret))).toMatchObject(good);
    expect(await redeem(at, tannberg, { client_id: clientId, client_secret: secret })).toMatchObject(good);
    expect(await redeem(at, tannberg, {}, basic(clientId, "wrong"))).toMatchObject({
      status: 401,
      json: { error: "unauthorized_client", error_description: "Invalid client or Invalid client credentials" },
    });
    tannberg.removeClient(clientId);
  });

  test("publishes a key for encryption beside the one that signs", async () => {
    const { tannberg } = at.sandbox.providers;
    const { keys } = (await (await ask(at, tannberg.vendor.endpoints.jwks)).json()) as { keys: { use: string }[] };
    expect(keys.map((key) => key.use)).toEqual(["enc", "sig"]);
    expect(JSON.stringify(keys)).not.toMatch(/"(d|p|q|dp|dq|qi)":/);
  });
});

test("the error pages that redirects lead to are there", async () => {
  const { providers } = at.sandbox;
  for (const [name, status, said] of [
    ["bluefin-studios", 400, /Error 400: redirect_uri_mismatch/],
    ["cobalt-clinics", 400, /redirect_mismatch/],
  ] as const) {
    const wrong = authorizationUrl(providers[name], { redirect_uri: "https://probe.invalid/" });
    const page = await ask(at, (await ask(at, wrong)).headers.get("location") ?? "");
    expect(page.status).toBe(status);
    expect(await page.text()).toMatch(said);
  }
});

test("Google's packed error begins with its code", async () => {
  const wrong = authorizationUrl(at.sandbox.providers["bluefin-studios"], { redirect_uri: "https://probe.invalid/" });
  const location = new URL((await ask(at, wrong)).headers.get("location") ?? "");
  const packed = Buffer.from(location.searchParams.get("authError") ?? "", "base64");
  const code = "redirect_uri_mismatch";
  expect(packed.subarray(0, 2)).toEqual(Buffer.from([0x0a, code.length]));
  expect(packed.subarray(2, 2 + code.length).toString("latin1")).toBe(code);
});

test("what a page repeats is made harmless", async () => {
  const wrong = authorizationUrl(at.sandbox.providers["northwind-rail"], { redirect_uri: "<script>alert(1)</script>" });
  const page = await (await ask(at, wrong)).text();
  expect(page).not.toContain("<script>");
  expect(page).toContain("&lt;script&gt;");
});

test("a scope that the directory does not have is refused in its words", async () => {
  const url = authorizationUrl(at.sandbox.providers["northwind-rail"], { scope: "openid groups" });
  const location = new URL((await ask(at, url)).headers.get("location") ?? "");
  expect(location.searchParams.get("error_description")).toMatch(/^AADSTS650053: .*'groups'/);
});
