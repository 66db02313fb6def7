import fc from "fast-check";
import type { AppTenant, ConnectionKey, ConnectionRecord, Marker, Registration } from "../../src/desired/connection.ts";
import { addressOf, connectionKey, type KeyParts } from "../../src/desired/key.ts";
import type { DiscoverySnapshot } from "../../src/plan/observed.ts";

// Arbitrary values of the desired state. Texts are any text: what reaches these rooms was checked, but nothing in them
// may depend on it.

const slug: fc.Arbitrary<string> = fc.oneof(
  fc.stringMatching(/^[a-z0-9]{1,6}(-[a-z0-9]{1,6}){0,2}$/),
  fc.constantFrom("default", "a", "a-b", "b", "0"),
);

export const keyParts: fc.Arbitrary<KeyParts> = fc.record({ tenant: slug, app: slug, signIn: slug });

export const key: fc.Arbitrary<ConnectionKey> = keyParts.map(connectionKey);

export const marker: fc.Arbitrary<Marker> = fc.record({ workspace: slug, environment: slug, key });

const text = fc.string({ unit: "binary", maxLength: 12 });
const texts = fc.uniqueArray(text, { maxLength: 4 });
// A file cannot hold this key, and zod leaves it out.
const name = text.filter((one) => one !== "__proto__");
const map = fc.dictionary(name, text, { maxKeys: 4 });
const claimPath = fc.oneof(text, fc.array(text, { minLength: 1, maxLength: 3 }));
const clientAuth = fc.constantFrom("client_secret_basic" as const, "client_secret_post" as const);
const pkce = fc.constantFrom("S256" as const, "off" as const);
const assignment = fc.oneof(
  fc.constant({ everyone: true as const }),
  texts.map((groups) => ({ everyone: false as const, groups })),
);

export const registration: fc.Arbitrary<Registration> = fc.record({
  address: key.map((one) => addressOf.client("workforce", one)),
  idp: slug,
  kind: fc.constant("okta" as const),
  key,
  marker,
  label: text,
  clientId: text.filter((id) => id !== ""),
  state: fc.constantFrom("active" as const, "inactive" as const),
  redirectUris: texts,
  postLogoutRedirectUris: texts,
  grantTypes: fc.constantFrom(
    ["authorization_code" as const],
    ["refresh_token" as const, "authorization_code" as const],
  ),
  responseTypes: fc.constant(["code" as const]),
  clientAuth,
  pkce,
  assignment,
  parts: fc.constant([]),
});

export const appTenant: fc.Arbitrary<AppTenant> = fc.record({
  address: slug.map((tenant) => addressOf.tenant("portal", tenant)),
  app: slug,
  tenant: slug,
  id: text,
  name: text,
  status: fc.constantFrom("active" as const, "suspended" as const, "offboarded" as const),
  domains: texts,
});

export const connectionRecord: fc.Arbitrary<ConnectionRecord> = fc.record({
  address: key.map((one) => addressOf.record("portal", one)),
  app: slug,
  kind: fc.constant("sql" as const),
  target: fc.constant({}),
  key,
  marker,
  state: fc.constant("active" as const),
  tenant: slug,
  signIn: slug,
  issuer: text,
  clientId: text.filter((id) => id !== ""),
  redirectUri: text,
  clientAuth,
  pkce,
  responseMode: fc.constantFrom("query" as const, "form_post" as const),
  scopes: texts,
  acrValues: texts,
  extraParams: map,
  claims: fc.dictionary(name, claimPath, { maxKeys: 3 }),
  roles: fc.option(fc.record({ claim: claimPath, map, default: fc.option(text, { nil: undefined }) }), {
    nil: undefined,
  }),
  require: map,
  provision: fc.record({ create: fc.boolean(), update: fc.boolean() }),
  endSession: fc.boolean(),
  session: fc.option(fc.record({ absolute: fc.option(fc.nat(), { nil: undefined }) }), { nil: undefined }),
});

export const discovery: fc.Arbitrary<DiscoverySnapshot> = fc.record({
  issuer: text,
  authorizationEndpoint: text,
  tokenEndpoint: text,
  userinfoEndpoint: fc.option(text, { nil: undefined }),
  jwksUri: text,
  endSessionEndpoint: fc.option(text, { nil: undefined }),
});
