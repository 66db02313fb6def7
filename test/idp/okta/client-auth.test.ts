import { createPrivateKey, generateKeyPairSync } from "node:crypto";
import { SignJWT } from "jose";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { oktaHost } from "../../../sandbox/sandbox.ts";
import { thumbprintOf } from "../../../src/desired/client-key.ts";
import type { Registration } from "../../../src/desired/connection.ts";
import type { OktaAdapter } from "../../../src/idp/okta/adapter.ts";
import { registrationFields } from "../../../src/plan/fields.ts";
import type { ClientAuth, PublicKey } from "../../../src/workspace/workspace.ts";
import { basic } from "../../sandbox/okta-caller.ts";
import { listingEngine } from "../../support/listing-engine.ts";
import { type Bench, startBench, wanted } from "./bench.ts";

/** An app's key: the public half as `tenantry.yaml` has it, and the private one that only the app knows. */
function appKey(kid: string, curve?: "P-256" | "P-384" | "P-521") {
  const pair =
    curve === undefined
      ? generateKeyPairSync("rsa", { modulusLength: 2048 })
      : generateKeyPairSync("ec", { namedCurve: curve });
  const alg = { "P-256": "ES256", "P-384": "ES384", "P-521": "ES512" }[curve ?? "P-256"];
  const publicKey = {
    ...pair.publicKey.export({ format: "jwk" }),
    kid,
    alg: curve === undefined ? "RS256" : alg,
  } as unknown as PublicKey;
  return { publicKey, privateKey: pair.privateKey.export({ type: "pkcs8", format: "pem" }).toString() };
}

const first = appKey("portal-1");
const second = appKey("portal-1");
const curve = appKey("portal-ec", "P-256");
const depths = ["single", "fleet", "deep"] as const;

let bench: Bench;
let adapter: OktaAdapter;

beforeAll(async () => {
  bench = await startBench();
  adapter = await bench.adapter();
});
afterAll(() => bench.close());
beforeEach(() => {
  const { okta } = bench.sandbox;
  for (const app of okta.apps) if (!["Payroll", "Tenantry service"].includes(app.label)) okta.removeApp(app.id);
});

const withKey = (key: PublicKey = first.publicKey) => wanted({ clientAuth: "private_key_jwt", clientKey: key });
const wantedAs = (clientAuth: ClientAuth): Registration =>
  clientAuth === "private_key_jwt" ? withKey() : wanted({ clientAuth });
const appOf = (id: string) => {
  const app = bench.sandbox.okta.app(id);
  if (app === undefined) throw new Error(`the org has no app ${id}`);
  return app;
};

/** What the token endpoint says to a bogus code from a client that proves itself like this. */
async function answerTo(registration: Registration, proof: { secret?: string; key?: typeof first }): Promise<string> {
  const { clientId, clientAuth } = registration;
  const form: Record<string, string> = {
    grant_type: "authorization_code",
    code: "no-such-code",
    redirect_uri: registration.redirectUris[0] ?? "",
    code_verifier: "v".repeat(43),
  };
  const headers: Record<string, string> = { "content-type": "application/x-www-form-urlencoded" };
  if (clientAuth === "client_secret_basic") Object.assign(headers, basic(clientId, proof.secret ?? ""));
  else form.client_id = clientId;
  if (clientAuth === "client_secret_post") form.client_secret = proof.secret ?? "";
  if (clientAuth === "private_key_jwt" && proof.key !== undefined) {
    form.client_assertion_type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    form.client_assertion = await new SignJWT({})
      .setProtectedHeader({ alg: proof.key.publicKey.alg, kid: proof.key.publicKey.kid })
      .setIssuer(clientId)
      .setSubject(clientId)
      .setAudience(`https://${oktaHost}/oauth2/v1/token`)
      .setExpirationTime("1m")
      .sign(createPrivateKey(proof.key.privateKey));
  }
  const body = new URLSearchParams(form).toString();
  const response = await bench.test.fetch(oktaHost, "/oauth2/v1/token", { method: "POST", headers, body });
  return ((await response.json()) as { error: string }).error;
}

/** What the client would prove itself with now: the newest secret, or the app's key. */
async function proofOf(registration: Registration): Promise<{ secret?: string; key?: typeof first }> {
  const found = (await adapter.observe([registration], "single")).found.get(registration.key);
  const secret = found === undefined ? undefined : await adapter.secretOf(found);
  return { key: first, ...(secret === undefined ? {} : { secret: secret.secret.reveal() }) };
}

describe("a new client", () => {
  test.each<[ClientAuth, "web" | "native"]>([
    ["client_secret_basic", "web"],
    ["client_secret_post", "web"],
    ["private_key_jwt", "web"],
    ["none", "native"],
  ])("with %s is a %s app and can prove itself so", async (clientAuth, type) => {
    const registration = wantedAs(clientAuth);
    const created = await adapter.create(registration);
    expect(created.fields).toEqual(registrationFields(registration));
    expect(appOf(created.id).oauth.application_type).toBe(type);
    expect(await answerTo(registration, await proofOf(registration))).toBe("invalid_grant");
    expect((await adapter.secretOf(created)) === undefined).toBe(!clientAuth.startsWith("client_secret"));
    expect((await adapter.observe([registration], "deep")).found.get(registration.key)?.fields).toEqual(created.fields);
  });

  test.each([
    ["P-256", "ES256"],
    ["P-384", "ES384"],
    ["P-521", "ES512"],
  ] as const)("with a key on %s can prove itself", async (name, alg) => {
    const key = appKey("ec", name);
    expect(key.publicKey.alg).toBe(alg);
    await adapter.create(withKey(key.publicKey));
    expect(await answerTo(withKey(), { key })).toBe("invalid_grant");
    expect(await answerTo(withKey(), { key: curve })).toBe("invalid_client");
  });

  test("without a secret is refused without PKCE", async () => {
    const registration = wanted({ clientAuth: "none", pkce: "off" });
    await expect(adapter.create(registration)).rejects.toMatchObject({
      code: "OKTA_REJECTED",
      message: expect.stringContaining("pkce_required"),
    });
  });
});

describe("a client changes its way in place", () => {
  test.each<[ClientAuth, ClientAuth]>([
    ["client_secret_basic", "client_secret_post"],
    ["client_secret_basic", "private_key_jwt"],
    ["private_key_jwt", "client_secret_post"],
    ["none", "client_secret_basic"],
    ["none", "private_key_jwt"],
  ])("from %s to %s and back", async (from, to) => {
    const engine = listingEngine(adapter);
    const { id } = await adapter.create(wantedAs(from));
    for (const next of [to, ...(from === "none" ? (["none"] as const) : [from])]) {
      const registration = wantedAs(next);
      const plan = await engine.plan([registration], "fleet");
      expect(plan.changes).toMatchObject([{ action: "update", paths: ["clientAuth"], hot: ["clientAuth"] }]);
      const settled = await engine.apply(registration);
      expect([settled?.id, appOf(id).clientId]).toEqual([id, registration.clientId]);
      expect(await answerTo(registration, await proofOf(registration))).toBe("invalid_grant");
      expect((await engine.plan([registration], "deep")).changes).toEqual([]);
    }
  });

  test("and keeps its secret over a time with a key", async () => {
    await adapter.create(wanted());
    const engine = listingEngine(adapter);
    const { secret } = await proofOf(wanted());
    await engine.apply(withKey());
    await engine.apply(wanted());
    expect((await proofOf(wanted())).secret).toBe(secret);
  });
});

describe("a client with a secret or a key cannot do without, because Okta never changes an app's type", () => {
  test.each(depths)("said in the plan (%s), and nothing is changed", async (depth) => {
    const created = await adapter.create(wanted());
    const before = await bench.raw(created.id);
    const open = wanted({ clientAuth: "none" });
    const { problems } = await adapter.observe([open], depth);
    expect(problems).toMatchObject([{ kind: "immutable", code: "OKTA_APPLICATION_TYPE", subject: created.id }]);
    expect((await listingEngine(adapter).plan([open], depth)).changes).toEqual([]);
    await expect(adapter.update(open, created)).rejects.toMatchObject({ code: "OKTA_APPLICATION_TYPE", exit: 4 });
    await expect(adapter.create(open)).rejects.toMatchObject({ code: "OKTA_APPLICATION_TYPE" });
    expect(await bench.raw(created.id)).toBe(before);
  });

  test("and is switched off all the same", async () => {
    const created = await adapter.create(wanted());
    const off = wanted({ clientAuth: "none", state: "inactive" });
    expect((await adapter.observe([off], "single")).problems).toEqual([]);
    expect((await adapter.update(off, created)).active).toBe(false);
    expect(appOf(created.id).authMethod).toBe("client_secret_basic");
  });
});

describe("a key", () => {
  test("is sent without what is the assertion's affair, and kept as Okta keeps it by later changes", async () => {
    const created = await adapter.create(withKey(curve.publicKey));
    const keys = () => (appOf(created.id).oauth.jwks as { keys: { id: string }[] }).keys;
    const { kty, crv, x, y } = curve.publicKey;
    expect(keys()).toEqual([
      { id: expect.stringMatching(/^pks/), status: "ACTIVE", use: "sig", kty, crv, x, y, kid: "portal-ec" },
    ]);
    const [{ id } = { id: "" }] = keys();
    await adapter.update(wanted({ ...withKey(curve.publicKey), pkce: "off" }), created);
    expect(keys()).toMatchObject([{ id }]);
  });

  test.each(depths)("another one under the same kid is seen (%s), hot, and registered instead", async (depth) => {
    await adapter.create(withKey());
    const engine = listingEngine(adapter);
    const { changes } = await engine.plan([withKey(second.publicKey)], depth);
    const field = (key: PublicKey) => `portal-1 (${thumbprintOf(key).slice(0, 16)}…)`;
    expect(changes).toMatchObject([
      {
        action: "update",
        paths: ["clientKey"],
        before: { clientKey: field(first.publicKey) },
        after: { clientKey: field(second.publicKey) },
        hot: ["clientAuth"],
      },
    ]);
    await engine.apply(withKey(second.publicKey));
    expect(await answerTo(withKey(), { key: second })).toBe("invalid_grant");
    expect(await answerTo(withKey(), { key: first })).toBe("invalid_client");
    expect((await engine.plan([withKey(second.publicKey)], depth)).changes).toEqual([]);
  });

  test("of somebody else beside ours is seen and taken away; one for encryption stays", async () => {
    const created = await adapter.create(withKey());
    const stranger = { ...second.publicKey, kid: "stranger", status: "ACTIVE", use: "sig", id: "pksStranger" };
    const encryption = { ...second.publicKey, kid: "enc", status: "ACTIVE", use: "enc", id: "pksEncryption" };
    bench.sandbox.okta.edit(created.id, (app) => {
      const { keys } = app.oauth.jwks as { keys: object[] };
      app.oauth = { ...app.oauth, jwks: { keys: [...keys, stranger, encryption] } } as unknown as typeof app.oauth;
    });
    const engine = listingEngine(adapter);
    const { changes } = await engine.plan([withKey()], "single");
    expect(changes).toMatchObject([
      { paths: ["clientKey"], before: { clientKey: expect.stringMatching(/, stranger \(/) } },
    ]);
    await engine.apply(withKey());
    const { keys } = appOf(created.id).oauth.jwks as { keys: { kid: string }[] };
    expect(keys.map(({ kid }) => kid).sort()).toEqual(["enc", "portal-1"]);
    expect((await engine.plan([withKey()], "single")).changes).toEqual([]);
  });

  test.each([
    ["switched off", (key: object) => ({ keys: [{ ...key, status: "INACTIVE" }] }), null],
    ["gone", () => ({ keys: [] }), null],
  ])("that is %s is seen and registered again", async (_how, change, shown) => {
    const created = await adapter.create(withKey());
    bench.sandbox.okta.edit(created.id, (app) => {
      const [key = {}] = (app.oauth.jwks as { keys: object[] }).keys;
      app.oauth = { ...app.oauth, jwks: change(key) } as unknown as typeof app.oauth;
    });
    const engine = listingEngine(adapter);
    expect((await engine.plan([withKey()], "fleet")).changes).toMatchObject([{ before: { clientKey: shown } }]);
    await engine.apply(withKey());
    expect(await answerTo(withKey(), { key: first })).toBe("invalid_grant");
  });

  test("at an address is seen, and the key takes its place", async () => {
    const created = await adapter.create(withKey());
    bench.sandbox.okta.edit(created.id, (app) => {
      const { jwks: _jwks, ...oauth } = app.oauth;
      app.oauth = { ...oauth, jwks_uri: "https://elsewhere.example/keys" } as unknown as typeof app.oauth;
    });
    const engine = listingEngine(adapter);
    expect((await engine.plan([withKey()], "fleet")).changes).toMatchObject([
      { before: { clientKey: "https://elsewhere.example/keys" } },
    ]);
    await engine.apply(withKey());
    expect(appOf(created.id).oauth).not.toHaveProperty("jwks_uri");
    expect(await answerTo(withKey(), { key: first })).toBe("invalid_grant");
  });
});

describe("refresh tokens", () => {
  const grantTypes = ["authorization_code", "refresh_token"] as const;

  test.each<[ClientAuth, object]>([
    ["client_secret_basic", { rotation_type: "STATIC", leeway: 0 }],
    ["private_key_jwt", { rotation_type: "STATIC", leeway: 0 }],
    ["none", { rotation_type: "ROTATE", leeway: 30 }],
  ])("of a client with %s are set up, taken away and set up again", async (clientAuth, settings) => {
    const plain = wantedAs(clientAuth);
    const engine = listingEngine(adapter);
    const { id } = await adapter.create({ ...plain, grantTypes });
    expect(appOf(id).oauth.refresh_token).toEqual(settings);
    await engine.apply(plain);
    expect(appOf(id).oauth).not.toHaveProperty("refresh_token");
    await engine.apply({ ...plain, grantTypes });
    expect(appOf(id).oauth.refresh_token).toEqual(settings);
  });
});
