import { describe, expect, test } from "vitest";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { Secret } from "../../src/secret/secret.ts";
import type { VerifySubject } from "../../src/verify/subject.ts";
import { discover, type Verification, verifySubject } from "../../src/verify/verify.ts";
import type { PublicKey } from "../../src/workspace/workspace.ts";
import { sharedSandbox } from "../support/shared-sandbox.ts";
import { newPair, signsWith } from "./client-keys.ts";
import { check, idsOf, ioOf, subjectWith } from "./subject.ts";

// The customers' own providers as the sandbox plays them: what they say is written there, not here.

type Name = keyof Sandbox["providers"];

const at = sharedSandbox();

const names = [
  "northwind-rail",
  "bluefin-studios",
  "alder-voss",
  "tannberg",
  "cobalt-clinics",
] as const satisfies Name[];

function io() {
  const { host, port, ca } = at.sandbox;
  return ioOf({ network: { connect: { host, port, ca } } });
}

function provider(name: Name) {
  return at.sandbox.providers[name];
}

function client(name: Name) {
  const [only] = provider(name).clients;
  if (only === undefined) throw new Error(`${name} has no client`);
  return only;
}

/** The customer's client as the app uses it. */
function subjectOf(name: Name): VerifySubject {
  const { clientId, method, secret, keys, redirectUris } = client(name);
  const { issuer, vendor } = provider(name);
  const { authorization, token, jwks, userinfo } = vendor.endpoints;
  return subjectWith({
    issuer,
    endpoints: vendor.discovery === "firewalled" ? { authorization, token, jwks, userinfo } : undefined,
    clientId,
    clientAuth: method,
    secret: secret === undefined ? undefined : { value: new Secret(secret), copy: "record" },
    clientKey:
      method === "private_key_jwt"
        ? {
            publicKey: { alg: "ES256", ...keys[0] } as unknown as PublicKey,
            privateKey: new Secret(at.sandbox.env.PORTAL_CLIENT_KEY ?? ""),
          }
        : undefined,
    redirectUri: redirectUris[0] ?? "",
    console: undefined,
  });
}

function verify(subject: VerifySubject): Promise<Verification> {
  return verifySubject(subject, io(), { secretProbe: true, wrongSecretControl: true });
}

describe.each(names)("%s", (name) => {
  test("what the customer agreed passes", async () => {
    const subject = subjectOf(name);
    const verification = await verify(subject);
    expect(verification.checks.filter(({ verdict }) => verdict === "fail" || verdict === "inconclusive")).toEqual([]);
    expect(verification.verdict).toBe("pass");
    const skipped = idsOf(verification, "skipped");
    expect(["D1", "D2", "D3", "D5", "D8", "D9"].filter((id) => skipped.includes(id))).toEqual(
      subject.endpoints === undefined ? [] : ["D1", "D2", "D3", "D5", "D8", "D9"],
    );
    expect(skipped.filter((id) => /^[KS]\d|^P[1236]/.test(id) && id !== "K6")).toEqual([]);
    expect(await discover(subject, io())).toEqual(verification.discovery);
  });

  test.each([
    ["a final slash", (uri: string) => `${uri}/`],
    ["another path", (uri: string) => `${uri}x`],
    ["another host", (uri: string) => uri.replace("portal.", "portal2.")],
  ])("a redirect URI that differs by %s is not registered", async (_, change) => {
    const subject = subjectOf(name);
    const redirectUri = change(subject.redirectUri ?? "");
    const verification = await verify({ ...subject, redirectUri });
    expect(idsOf(verification, "fail")).toEqual(["P1"]);
    expect(check(verification, "P1").code).toBe("VERIFY_CALLBACK_REFUSED");
    expect(check(verification, "P1").hint).toContain(`redirect URI to register: ${redirectUri} `);
  });

  test("a client id that the provider does not know is named", async () => {
    const verification = await verify({ ...subjectOf(name), clientId: "nobody" });
    expect(idsOf(verification, "fail")).toEqual(["P1", "S1"]);
    expect(check(verification, "P1").message).toBe("The identity provider does not know the client nobody.");
  });

  test("wrong credentials are named, and the right ones stay out of the result", async () => {
    const subject = subjectOf(name);
    const stranger = newPair(subject.clientKey?.publicKey.alg ?? "ES256", subject.clientKey?.publicKey.kid);
    const wrong =
      subject.secret === undefined
        ? signsWith(stranger)
        : { secret: { value: new Secret("wrong"), copy: "idp" } as const };
    const verification = await verify({ ...subject, ...wrong });
    expect(idsOf(verification, "fail")).toEqual(["S1"]);
    expect(check(verification, "S1").code).toBe(
      subject.secret === undefined ? "VERIFY_CLIENT_KEY_REFUSED" : "VERIFY_SECRET_REFUSED",
    );
    expect(check(verification, "S1").hint).toContain(`Send to the administrator of ${new URL(subject.issuer).host}: `);
    expect(JSON.stringify(verification)).not.toContain(client(name).secret ?? "no secret");
  });

  // A key cannot be sent as a secret.
  if (name !== "tannberg")
    test("another method is named where the provider is strict", async () => {
      const subject = subjectOf(name);
      const clientAuth = subject.clientAuth === "client_secret_post" ? "client_secret_basic" : "client_secret_post";
      const verification = await verify({ ...subject, clientAuth });
      const { methods, strict } = provider(name).vendor.clientAuth;
      const listed = methods.some((method) => method === clientAuth);
      if (listed && !strict) expect(verification.verdict).toBe("pass");
      else if (listed) expect(check(verification, "S1").code).toBe("VERIFY_CLIENT_AUTH_METHOD");
      else expect(check(verification, "D9").code).toBe("VERIFY_CLIENT_AUTH_UNLISTED");
    });

  test("a client that has credentials is no public one", async () => {
    const verification = await verify({ ...subjectOf(name), clientAuth: "none", secret: undefined });
    expect(check(verification, "S1")).toMatchObject({ verdict: "fail", code: "VERIFY_CLIENT_NOT_PUBLIC" });
    expect(verification.verdict).toBe("fail");
  });
});

test("a pattern at Keycloak is told, and does not stand in the way", async () => {
  const subject = subjectOf("tannberg");
  const { redirectUri = "", clientId = "" } = subject;
  provider("tannberg").setRedirectUris(clientId, [`${redirectUri}*`]);
  const verification = await verify(subject);
  provider("tannberg").setRedirectUris(clientId, [redirectUri]);
  expect(check(verification, "P2")).toMatchObject({ verdict: "fail", level: "should", code: "VERIFY_CALLBACK_PREFIX" });
  expect(verification.verdict).toBe("pass");
});

test("Entra ID for every directory is told to be nobody's issuer", async () => {
  const issuer = "https://login.microsoftonline.com/common/v2.0";
  const verification = await verify({ ...subjectOf("northwind-rail"), issuer });
  expect(check(verification, "D3").verdict).toBe("fail");
  expect(check(verification, "D3").hint).toBe(
    "Use the issuer with the directory's own id (a GUID), not common, organizations or consumers.",
  );
  await expect(discover({ issuer }, io())).rejects.toMatchObject({ code: "VERIFY_DISCOVERY_UNUSABLE" });
});

test("a hidden document fails where the file names no endpoints", async () => {
  const verification = await verify({ ...subjectOf("alder-voss"), endpoints: undefined });
  expect(check(verification, "D1").verdict).toBe("fail");
  expect(verification.verdict).toBe("fail");
});
