import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Secret } from "../../src/secret/secret.ts";
import type { Verdict } from "../../src/store/evidence.ts";
import type { VerifySubject } from "../../src/verify/subject.ts";
import type { Verification } from "../../src/verify/verify.ts";
import { back, html, type Provider, type Reply, redirect, redirectUri } from "./provider.ts";
import { silentVendors } from "./silent-vendors.ts";
import { check, verify } from "./subject.ts";
import type { Asked, VendorShape } from "./vendor-replies.ts";
import { behaviourOf, type RegisteredClient, startVendors } from "./vendor-server.ts";
import { vendors } from "./vendor-shapes.ts";

const secret = "s3cr3t-canary-value";
const sound: RegisteredClient = { redirectUris: [redirectUri], method: "client_secret_post", secret };

let provider: Provider;
beforeAll(async () => {
  provider = await startVendors([...Object.values(vendors), ...Object.values(silentVendors)]);
});
afterAll(() => provider.close());

function proof(
  shape: VendorShape,
  client: Partial<RegisteredClient> = {},
  subject: Partial<VerifySubject> = {},
): Promise<Verification> {
  provider.behave(behaviourOf(shape, { ...sound, ...client }));
  return verify(provider, {
    issuer: shape.issuer,
    clientId: shape.clientId,
    clientAuth: "client_secret_post",
    secret: { value: new Secret(secret), copy: "record" },
    console: undefined,
    ...subject,
  });
}

/** Verdict and code of some checks. */
function said(verification: Verification, ...ids: readonly string[]): readonly (readonly [string, Verdict, unknown])[] {
  return ids.map((id) => {
    const { verdict, code } = check(verification, id);
    return [id, verdict, code] as const;
  });
}

/** Checks of a must that did not pass and do not merely not apply. */
function open({ checks }: Verification): readonly string[] {
  return checks
    .filter(({ level, verdict }) => level === "must" && verdict !== "pass" && verdict !== "skipped")
    .map(({ id, verdict, message }) => `${id} ${verdict}: ${message}`);
}

const callbackPasses = [
  ["P1", "pass", undefined],
  ["P2", "pass", undefined],
  ["P3", "pass", undefined],
];
const clientPasses = [
  ["S1", "pass", undefined],
  ["S2", "pass", undefined],
];

describe.each(Object.entries(vendors))("%s", (_, shape) => {
  test("a sound client passes everything", async () => {
    const verification = await proof(shape);
    expect(open(verification)).toEqual([]);
    expect(verification.verdict).toBe("pass");
    expect(said(verification, "P1", "P2", "P3")).toEqual(callbackPasses);
    expect(said(verification, "S1", "S2")).toEqual(clientPasses);
    // The app is never asked.
    expect(provider.seen.some(({ host }) => host === new URL(redirectUri).host)).toBe(false);
  });

  test.each([
    ["another one", "https://app.example/other"],
    ["one with a final slash", `${redirectUri}/`],
  ])("an unregistered redirect URI fails: registered is %s", async (_name, registered) => {
    const verification = await proof(shape, { redirectUris: [registered] });
    expect(verification.verdict).toBe("fail");
    expect(said(verification, "P1", "P3", "S1")).toEqual([
      ["P1", "fail", "VERIFY_CALLBACK_REFUSED"],
      ["P3", "pass", undefined],
      ["S1", "pass", undefined],
    ]);
    const { hint, message } = check(verification, "P1");
    expect(message).toBe(
      "The identity provider refuses the redirect URI: it is not registered exactly as the app sends it.",
    );
    expect(hint).toContain(`redirect URI to register: ${redirectUri} at client ${shape.clientId}`);
  });

  test("an unknown client fails, and is not called a wrong redirect URI", async () => {
    const verification = await proof(shape, {}, { clientId: "nobody" });
    expect(said(verification, "P1", "S1")).toEqual([
      ["P1", "fail", "VERIFY_CALLBACK_REFUSED"],
      ["S1", "fail", "VERIFY_SECRET_REFUSED"],
    ]);
    expect(check(verification, "P1").message).toBe("The identity provider does not know the client nobody.");
  });

  test("a wildcard is told, and a server that takes every redirect URI never passes", async () => {
    const open: VendorShape = { ...shape, unregistered: shape.registered };
    const verification = await proof(open);
    expect(verification.verdict).toBe("fail");
    expect(said(verification, "P1", "P3")).toEqual([
      ["P1", "inconclusive", "VERIFY_CALLBACK_UNCLEAR"],
      ["P3", "fail", "VERIFY_CALLBACK_UNCHECKED"],
    ]);
    const { unregistered } = shape;
    const prefix: VendorShape = {
      ...shape,
      unregistered: (asked: Asked): Reply =>
        asked.redirectUri.startsWith(redirectUri) ? shape.registered(asked) : unregistered(asked),
    };
    expect(said(await proof(prefix), "P1", "P2", "P3")).toEqual([
      ["P1", "pass", undefined],
      ["P2", "fail", "VERIFY_CALLBACK_PREFIX"],
      ["P3", "pass", undefined],
    ]);
  });

  test("a wrong secret fails", async () => {
    const verification = await proof(shape, { secret: "another" });
    expect(verification.verdict).toBe("fail");
    expect(said(verification, "P1", "S1", "S2")).toEqual([
      ["P1", "pass", undefined],
      ["S1", "fail", "VERIFY_SECRET_REFUSED"],
      ["S2", "skipped", undefined],
    ]);
    expect(check(verification, "S1").hint).toContain(`the secret of client ${shape.clientId}`);
    expect(JSON.stringify(verification)).not.toContain(secret);
  });

  test("the wrong method is named where the product is strict, and passes where it takes any", async () => {
    const verification = await proof(shape, { method: "client_secret_basic" });
    expect(said(verification, "S1", "S2")).toEqual(
      shape.wrongMethod === undefined
        ? clientPasses
        : [
            ["S1", "fail", "VERIFY_CLIENT_AUTH_METHOD"],
            ["S2", "skipped", undefined],
          ],
    );
  });

  // Not every product tells.
  if (shape.expiredSecret !== undefined)
    test("an expired secret is named", async () => {
      const verification = await proof(shape, { expired: true });
      expect(said(verification, "S1")).toEqual([["S1", "fail", "VERIFY_SECRET_REFUSED"]]);
      expect(check(verification, "S1").message).toContain("expired");
    });

  test("a server that looks at no credential never passes", async () => {
    const open: VendorShape = {
      ...shape,
      badSecret: shape.badCode,
      wrongMethod: shape.badCode,
      noCredential: shape.badCode,
    };
    const verification = await proof(open, { secret: "another" });
    expect(verification.verdict).toBe("inconclusive");
    expect(said(verification, "S1", "S2")).toEqual([
      ["S1", "inconclusive", "VERIFY_SECRET_UNPROVEN"],
      ["S2", "inconclusive", "VERIFY_SECRET_UNPROVEN"],
    ]);
  });

  test("a public client passes, and a client that is none does not", async () => {
    const method = { clientAuth: "none", secret: undefined } as const;
    const verification = await proof(shape, { method: "none" }, method);
    expect(said(verification, "P1", "S1", "S2")).toEqual([["P1", "pass", undefined], ...clientPasses]);
    expect(verification.verdict).toBe("pass");
    expect(said(await proof(shape, {}, method), "S1", "S2")).toEqual([
      ["S1", "fail", "VERIFY_CLIENT_NOT_PUBLIC"],
      ["S2", "skipped", undefined],
    ]);
  });

  test("without a discovery document, by endpoints that stand in the file", async () => {
    const endpoints = { authorization: shape.authorization, token: shape.token, jwks: "https://keys.example/keys" };
    const verification = await proof(shape, {}, { endpoints });
    expect(verification.verdict).toBe("pass");
    expect(said(verification, "P1", "P2", "P3", "S1", "S2")).toEqual([...callbackPasses, ...clientPasses]);
    // The document is there all the same, and vouches for the issuer.
    expect(said(verification, "D1", "D3")).toEqual([
      ["D1", "skipped", undefined],
      ["D3", "pass", undefined],
    ]);
    expect((await proof(shape, { redirectUris: [] }, { endpoints })).verdict).toBe("fail");
    expect((await proof(shape, { secret: "another" }, { endpoints })).verdict).toBe("fail");
  });
});

describe.each(Object.entries(silentVendors))("%s tells nothing without a sign-in", (_, shape) => {
  test("a sound client is inconclusive, and only because of its redirect URI", async () => {
    const verification = await proof(shape);
    expect(verification.verdict).toBe("inconclusive");
    expect(open(verification)).toEqual([expect.stringMatching(/^P1 inconclusive: .* shows a page/)]);
    expect(said(verification, "P3", "P4", "S1", "S2")).toEqual([
      ["P3", "pass", undefined],
      ["P4", "inconclusive", "VERIFY_CALLBACK_UNCLEAR"],
      ...clientPasses,
    ]);
  });

  test("what it refuses is told all the same, though its pages have status 200", async () => {
    expect(said(await proof(shape, { redirectUris: [] }), "P1", "P3")).toEqual([
      ["P1", "fail", "VERIFY_CALLBACK_REFUSED"],
      ["P3", "pass", undefined],
    ]);
  });
});

describe("no false pass", () => {
  const { keycloak } = vendors as { readonly keycloak: VendorShape };
  const passing = (foreign: (asked: Asked) => Reply) =>
    proof({
      ...keycloak,
      unregistered: (asked) => (asked.redirectUri.includes(".invalid") ? foreign(asked) : keycloak.unregistered(asked)),
    });

  test.each<[string, (asked: Asked) => Reply]>([
    ["with a slash added", ({ redirectUri: uri, state }) => redirect(`${uri}/?error=login_required&state=${state}`)],
    [
      "in capitals",
      ({ redirectUri: uri, state }) => redirect(`${uri.replace("https", "HTTPS")}?error=login_required&state=${state}`),
    ],
    [
      "with a port",
      ({ redirectUri: uri, state }) =>
        redirect(`${uri.replace(".invalid", ".invalid:443")}?error=login_required&state=${state}`),
    ],
    ["at its root", ({ redirectUri: uri }) => redirect(`${new URL(uri).origin}/?error=invalid_request`)],
    [
      "without a scheme",
      ({ redirectUri: uri, state }) => redirect(`${uri.replace("https:", "")}?error=login_required&state=${state}`),
    ],
    [
      "by http",
      ({ redirectUri: uri, state }) =>
        redirect(`${uri.replace("https:", "http:")}?error=login_required&state=${state}`),
    ],
    [
      "by a script",
      ({ redirectUri: uri, state }) =>
        html(200, `<script>location.replace("${back(uri, { error: "login_required", state })}")</script>`),
    ],
    [
      "by a link with entities",
      ({ redirectUri: uri, state }) =>
        html(
          400,
          `<a href="${back(uri, { error: "login_required", state }).replaceAll("&", "&amp;").replaceAll("/", "&#x2F;")}">Go on</a>`,
        ),
    ],
    [
      "by an escaped script",
      ({ redirectUri: uri, state }) =>
        html(200, `<script>go("${back(uri, { error: "login_required", state }).replaceAll("/", "\\/")}")</script>`),
    ],
    [
      "by a form",
      ({ redirectUri: uri, state }) =>
        html(200, `<form method="post" action="${uri}/"><input name="state" value="${state}"></form>`),
    ],
    [
      "by a refresh",
      ({ redirectUri: uri, state }) => ({
        status: 200,
        headers: { "content-type": "text/html", refresh: `0;url=${back(uri, { error: "login_required", state })}` },
      }),
    ],
  ])("a server that goes to the foreign host %s", async (_, foreign) => {
    const verification = await passing(foreign);
    expect(said(verification, "P1", "P3")).toEqual([
      ["P1", "inconclusive", "VERIFY_CALLBACK_UNCLEAR"],
      ["P3", "fail", "VERIFY_CALLBACK_UNCHECKED"],
    ]);
    expect(verification.verdict).toBe("fail");
  });

  test.each<[string, Reply]>([
    ["a firewall's 403 for the control", html(403, "Request blocked")],
    ["a firewall's 406 for the control", html(406, "Not acceptable")],
    [
      "a server error on an error page of its own",
      redirect("https://id.tannberg.example/error?error=temporarily_unavailable"),
    ],
    ["a redirect without a target", { status: 302 }],
    ["a redirect to what is no URL", redirect("https://probe.invalid:99999/callback?error=login_required")],
    ["login_required on a page of its own", redirect("https://id.tannberg.example/error?error=login_required")],
  ])("%s", async (_, reply) => {
    const verification = await passing(() => reply);
    expect(verification.verdict).toBe("inconclusive");
    expect(said(verification, "P1")).toEqual([["P1", "inconclusive", "VERIFY_CALLBACK_UNCLEAR"]]);
  });

  test("the control of a public client is not switched off with that of secrets", async () => {
    const open: VendorShape = { ...keycloak, noCredential: keycloak.badCode };
    provider.behave(behaviourOf(open, { ...sound, method: "none" }));
    const subject = { issuer: open.issuer, clientId: open.clientId, clientAuth: "none", secret: undefined } as const;
    const verification = await verify(provider, subject, { wrongSecretControl: false });
    expect(verification.verdict).toBe("inconclusive");
    expect(said(verification, "S1", "S2")).toEqual([
      ["S1", "inconclusive", "VERIFY_SECRET_UNPROVEN"],
      ["S2", "inconclusive", "VERIFY_SECRET_UNPROVEN"],
    ]);
  });

  test("a public client without PKCE fails before anything is sent", async () => {
    const verification = await proof(
      keycloak,
      { method: "none" },
      { clientAuth: "none", secret: undefined, pkce: "off" },
    );
    expect(said(verification, "S1", "S2")).toEqual([
      ["S1", "fail", "VERIFY_PUBLIC_WITHOUT_PKCE"],
      ["S2", "skipped", undefined],
    ]);
    expect(provider.seen.some(({ method }) => method === "POST")).toBe(false);
  });

  test("an answer that names another issuer fails", async () => {
    const verification = await proof({
      ...keycloak,
      registered: ({ redirectUri: uri, state }) =>
        redirect(back(uri, { error: "login_required", state, iss: `${keycloak.issuer}/` })),
    });
    expect(said(verification, "D17")).toEqual([["D17", "fail", "VERIFY_RESPONSE_ISSUER_DIFFERS"]]);
    expect(verification.verdict).toBe("fail");
  });

  test("hops stay with the provider's own hosts, and never reach the app", async () => {
    const far: VendorShape = {
      ...vendors.cognito,
      registered: () => redirect("https://elsewhere.example/login"),
    } as VendorShape;
    await proof(far);
    expect(provider.seen.some(({ host }) => host === "elsewhere.example")).toBe(false);
    // A document that names the app as one of its endpoints.
    const hostile: VendorShape = {
      ...keycloak,
      metadata: { end_session_endpoint: "https://app.example/logout" },
      registered: ({ redirectUri: uri }) => redirect(`${uri}/step`),
    };
    const verification = await proof(hostile);
    expect(verification.verdict).not.toBe("pass");
    expect(provider.seen.some(({ host }) => host === "app.example")).toBe(false);
  });
});

describe("documents that look odd and are right", () => {
  test("Entra ID for every directory names a placeholder as its issuer", async () => {
    const entra = vendors["entra id"] as VendorShape;
    const common = "https://login.microsoftonline.com/common/v2.0";
    const behaviour = behaviourOf(
      { ...entra, issuer: common, metadata: { issuer: "https://login.microsoftonline.com/{tenantid}/v2.0" } },
      sound,
    );
    provider.behave(behaviour);
    const verification = await verify(provider, { issuer: common, clientId: entra.clientId });
    expect(said(verification, "D1", "D3")).toEqual([
      ["D1", "pass", undefined],
      ["D3", "fail", "VERIFY_ISSUER_DIFFERS"],
    ]);
    expect(check(verification, "D3").hint).toContain("directory's own id");
    expect(provider.seen.some(({ method }) => method === "POST")).toBe(false);
  });

  test("hints name the place in the product that the customer has", async () => {
    const hints = async (name: string): Promise<string> => {
      const shape = vendors[name] as VendorShape;
      return check(await proof(shape, { redirectUris: [] }), "P1").hint ?? "";
    };
    expect(await hints("entra id")).toBe(
      `Send to the administrator of login.microsoftonline.com: redirect URI to register: ${redirectUri} at client 7d9f2c4a-1b3e-4f5a-8c6d-0e9b8a7f6c5d (Entra admin center: App registrations > the client > Authentication > Web > Redirect URIs); every character counts, a final slash too.`,
    );
    expect(await hints("google")).toContain("Authorized redirect URIs");
    expect(await hints("cognito")).toContain("Allowed callback URLs");
    expect(await hints("keycloak")).toContain("Valid redirect URIs");
    expect(await hints("pingfederate")).toBe(
      `Send to the administrator of sso.aldervoss.example: redirect URI to register: ${redirectUri} at client acme-portal; every character counts, a final slash too.`,
    );
  });
});
