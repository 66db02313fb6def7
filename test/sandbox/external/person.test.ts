import { createPrivateKey } from "node:crypto";
import { generateKeyPair, importPKCS8, SignJWT } from "jose";
import * as client from "openid-client";
import { expect, test } from "vitest";
import type { CustomerClient } from "../../../sandbox/external/customer-client.ts";
import type { CustomerProvider } from "../../../sandbox/external/customer-provider.ts";
import type { CustomerName } from "../../../sandbox/external/customers.ts";
import { sharedSandbox } from "../../support/shared-sandbox.ts";
import { ask, Browser, onlyClient, redeem } from "./visitor.ts";

const at = sharedSandbox();

/** How the portal proves itself to a provider. */
async function proofFor({ method, secret = "" }: CustomerClient): Promise<client.ClientAuth> {
  switch (method) {
    case "client_secret_basic":
      return client.ClientSecretBasic(secret);
    case "client_secret_post":
      return client.ClientSecretPost(secret);
    case "none":
      return client.None();
    case "private_key_jwt": {
      const key = (await importPKCS8(at.sandbox.env.PORTAL_CLIENT_KEY ?? "", "ES256")) as client.CryptoKey;
      return client.PrivateKeyJwt({ key, kid: "portal-1" });
    }
    default:
      return method satisfies never;
  }
}

/** openid-client as the portal would use it: discovery where there is one, signatures checked. */
async function configure(provider: CustomerProvider, registered: CustomerClient): Promise<client.Configuration> {
  const { clientId } = registered;
  const send: client.CustomFetch = (url, init) =>
    ask(at, url, init as Parameters<typeof ask>[2]) as unknown as Promise<Response>;
  const proof = await proofFor(registered);
  let configuration: client.Configuration;
  if (provider.vendor.discovery === "public") {
    const options = { [client.customFetch]: send };
    configuration = await client.discovery(new URL(provider.issuer), clientId, undefined, proof, options);
  } else {
    const { endpoints } = provider.vendor;
    const server = {
      issuer: provider.issuer,
      authorization_endpoint: endpoints.authorization,
      token_endpoint: endpoints.token,
      jwks_uri: endpoints.jwks,
      userinfo_endpoint: endpoints.userinfo,
    };
    configuration = new client.Configuration(server, clientId, undefined, proof);
    configuration[client.customFetch] = send;
  }
  client.enableNonRepudiationChecks(configuration);
  return configuration;
}

/** Somebody signs in at the portal; gives the claims of the ID token and of the userinfo endpoint. */
async function signIn(
  name: CustomerName,
  login: string,
  browser = new Browser(at),
  registered = onlyClient(at.sandbox.providers[name]),
) {
  const configuration = await configure(at.sandbox.providers[name], registered);
  const verifier = client.randomPKCECodeVerifier();
  const state = client.randomState();
  const nonce = client.randomNonce();
  const url = client.buildAuthorizationUrl(configuration, {
    redirect_uri: registered.redirectUris[0] ?? "",
    scope: "openid profile email",
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    state,
    nonce,
  });
  const returned = await browser.signIn(url.href, login);
  const tokens = await client.authorizationCodeGrant(configuration, returned, {
    pkceCodeVerifier: verifier,
    expectedState: state,
    expectedNonce: nonce,
  });
  const claims = tokens.claims();
  const userinfo = await client.fetchUserInfo(configuration, tokens.access_token, claims?.sub ?? "");
  return { claims, userinfo, configuration };
}

test.each([
  [
    "northwind-rail",
    "admin@northwindrail.example",
    { email: "admin@northwindrail.example", name: "Test Admin", roles: ["Portal.Admin"] },
  ],
  ["bluefin-studios", "staff@bluefin.example", { email: "staff@bluefin.example", hd: "bluefin.example" }],
  [
    "alder-voss",
    "admin@aldervoss.example",
    {
      mail: "admin@aldervoss.example",
      memberOf: ["CN=Staff,OU=Groups,DC=aldervoss,DC=example", "CN=PortalAdmins,OU=Groups,DC=aldervoss,DC=example"],
    },
  ],
  [
    "tannberg",
    "admin@tannberg.example",
    { email: "admin@tannberg.example", realm_access: { roles: ["default-roles-staff", "portal-admin"] } },
  ],
  [
    "cobalt-clinics",
    "admin@cobaltclinics.example",
    { email: "admin@cobaltclinics.example", "cognito:groups": ["portal-admins"] },
  ],
] as const)("%s: %s signs in, and the tokens are the product's", async (name, login, expected) => {
  const { claims, userinfo } = await signIn(name, login);
  expect(claims).toMatchObject(expected);
  expect(userinfo).toMatchObject({ ...expected, sub: claims?.sub });
  expect(claims?.sub).not.toBe(login);
  expect(claims).toMatchObject({
    iss: at.sandbox.providers[name].issuer,
    aud: onlyClient(at.sandbox.providers[name]).clientId,
  });
});

test("Entra's sub differs from client to client and its oid does not; somebody has no e-mail address", async () => {
  const provider = at.sandbox.providers["northwind-rail"];
  const { claims } = await signIn("northwind-rail", "freight@nwr-freight.example");
  const [person] = provider.people.filter(({ login }) => login === "freight@nwr-freight.example");
  expect(claims?.oid).toBe(person?.claims.oid);
  expect(claims?.sub).not.toBe(person?.claims.sub);
  expect(claims).not.toHaveProperty("email");
  const [redirectUri = ""] = onlyClient(provider).redirectUris;
  const other = provider.register({ method: "client_secret_post", redirectUris: [redirectUri, "https://b.example/"] });
  const { claims: told } = await signIn("northwind-rail", "freight@nwr-freight.example", new Browser(at), other);
  provider.removeClient(other.clientId);
  expect(told?.oid).toBe(claims?.oid);
  expect(told?.sub).not.toBe(claims?.sub);
});

test("a stranger's Google account comes in too, without hd", async () => {
  const { claims } = await signIn("bluefin-studios", "stranger@private-mail.example");
  expect(claims).toMatchObject({ email: "stranger@private-mail.example", email_verified: true });
  expect(claims).not.toHaveProperty("hd");
});

test("a draft's customer registers a client, and its people come in", async () => {
  const provider = at.sandbox.providers["ostrava-steel"];
  const redirectUris = ["https://portal.acme.example/openid/callback/q5zr8cn3h7wtk2xmv9bd"];
  provider.register({ method: "client_secret_basic", redirectUris });
  const { claims } = await signIn("ostrava-steel", "metal@os-metal.example");
  expect(claims).toMatchObject({ email: "metal@os-metal.example" });
});

test("keys that change while people sign in are followed; a forgotten key is gone", async () => {
  const provider = at.sandbox.providers["bluefin-studios"];
  const published = async (): Promise<readonly unknown[]> => {
    const answer = (await (await ask(at, provider.vendor.endpoints.jwks)).json()) as { keys: { kid: string }[] };
    return answer.keys.map(({ kid }) => kid);
  };
  const [first] = await published();
  await provider.rotateKeys();
  const [second, ...older] = await published();
  expect(older).toEqual([first]);
  await signIn("bluefin-studios", "admin@bluefin.example");
  await provider.rotateKeys({ forget: true });
  expect(await published()).toHaveLength(1);
  expect(await published()).not.toContain(second);
  await signIn("bluefin-studios", "admin@bluefin.example");
});

test("a session outlives a change of keys, and a second sign-in asks nothing", async () => {
  const provider = at.sandbox.providers.tannberg;
  const browser = new Browser(at);
  await signIn("tannberg", "staff@tannberg.example", browser);
  await provider.rotateKeys();
  const { claims } = await signIn("tannberg", "nobody who is known", browser);
  expect(claims).toMatchObject({ email: "staff@tannberg.example" });
});

test("an unknown account is not let in", async () => {
  await expect(signIn("tannberg", "eve@elsewhere.example")).rejects.toThrow("not let in");
});

test("after Cognito's own logout a sign-in is asked for again", async () => {
  const provider = at.sandbox.providers["cobalt-clinics"];
  const browser = new Browser(at);
  const { configuration } = await signIn("cobalt-clinics", "staff@cobaltclinics.example", browser);
  const { host } = new URL(String(configuration.serverMetadata().authorization_endpoint));
  const leave = (logout_uri: string): string =>
    `https://${host}/logout?${new URLSearchParams({ client_id: onlyClient(provider).clientId, logout_uri })}`;
  expect(await browser.visit(leave("https://evil.example/"))).toMatchObject({ status: 400, location: null });
  expect(await browser.visit(leave("https://portal.acme.example/"))).toMatchObject({
    status: 302,
    location: "https://portal.acme.example/",
  });
  await expect(signIn("cobalt-clinics", "nobody who is known", browser)).rejects.toThrow("not let in");
});

test("an end of session asks where the product asks, then goes back to the portal", async () => {
  const provider = at.sandbox.providers.tannberg;
  const browser = new Browser(at);
  await signIn("tannberg", "staff@tannberg.example", browser);
  const leave = (post_logout_redirect_uri: string): string =>
    `${provider.vendor.endpoints.endSession}?${new URLSearchParams({ client_id: onlyClient(provider).clientId, post_logout_redirect_uri })}`;
  expect((await browser.visit(leave("https://evil.example/"))).status).toBe(400);
  const page = await browser.visit(leave("https://portal.acme.example/"));
  const [, action = ""] = /action="([^"]+)"/.exec(page.text) ?? [];
  const [, xsrf = ""] = /name="xsrf" value="([^"]+)"/.exec(page.text) ?? [];
  const left = await browser.visit(action, `xsrf=${xsrf}&logout=yes`);
  expect(left.location).toBe("https://portal.acme.example/");
});

test("an assertion works once, and only when it is the client's and meant for this provider", async () => {
  const provider = at.sandbox.providers.tannberg;
  const key = createPrivateKey(at.sandbox.env.PORTAL_CLIENT_KEY ?? "");
  const now = Math.floor(Date.now() / 1000);
  const good = { iss: "acme-portal", sub: "acme-portal", aud: provider.issuer, exp: now + 60, jti: "1" };
  const answer = async (
    claims: Record<string, unknown>,
    signer: Parameters<InstanceType<typeof SignJWT>["sign"]>[0] = key,
  ) => {
    const assertion = await new SignJWT(claims).setProtectedHeader({ alg: "ES256", kid: "portal-1" }).sign(signer);
    const type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    const { json } = await redeem(at, provider, { client_assertion: assertion, client_assertion_type: type });
    return json.error;
  };
  expect(await answer(good)).toBe("invalid_grant");
  expect(await answer(good)).toBe("invalid_client");
  expect(await answer({ ...good, aud: provider.vendor.endpoints.token, jti: "2" })).toBe("invalid_grant");
  expect(await answer({ ...good, jti: "3", aud: "https://accounts.google.com" })).toBe("invalid_client");
  expect(await answer({ ...good, jti: "4", exp: now - 60 })).toBe("invalid_client");
  expect(await answer({ ...good, jti: "5", exp: now + 90_000 })).toBe("invalid_client");
  expect(await answer({ ...good, jti: "6", iss: "another" })).toBe("invalid_client");
  expect(await answer({ ...good, jti: undefined })).toBe("invalid_client");
  const { privateKey } = await generateKeyPair("ES256");
  expect(await answer({ ...good, jti: "7" }, privateKey)).toBe("invalid_client");
});
