import { chosenClientId } from "../../../src/desired/client-id.ts";
import type { ConnectionKey, GroupPart, Registration } from "../../../src/desired/connection.ts";
import { addressOf } from "../../../src/desired/key.ts";
import type { PublicKey } from "../../../src/workspace/workspace.ts";
import { addressesOf, groupAddress } from "../../../stacks/okta/addresses.ts";
import type { OktaStackInput } from "../../../stacks/okta/okta-stack.ts";

/** A connection's key. */
export const key = (text: string): ConnectionKey => text as ConnectionKey;

/** A registration of `whiterabbit/portal`, with what the case is about changed. */
export function registration(change: Partial<Registration> = {}): Registration {
  const own = change.key ?? key("whiterabbit/portal");
  const marker = { workspace: "acme", environment: "production", key: own };
  return {
    kind: "okta",
    parts: [],
    address: addressOf.client("workforce", own),
    idp: "workforce",
    key: own,
    marker,
    label: `${own} Whiterabbit Foods (production)`,
    clientId: chosenClientId(marker),
    state: "active",
    redirectUris: ["https://portal.acme.example/openid/callback/7vk2m9qhx4rw8t3nbcd5"],
    postLogoutRedirectUris: [],
    grantTypes: ["authorization_code"],
    responseTypes: ["code"],
    clientAuth: "client_secret_basic",
    pkce: "S256",
    assignment: { everyone: false, groups: ["whiterabbit-staff"] },
    ...change,
  };
}

/** The group of a registration that is made when it is missing. */
export function groupPart(name: string): GroupPart {
  const address = addressOf.group("workforce", name);
  return { kind: "group", address, tenant: "whiterabbit", state: "active", name };
}

/** A stack of these registrations. */
export function input(registrations: readonly Registration[], change: Partial<OktaStackInput> = {}): OktaStackInput {
  return {
    provider: { domain: "acme.okta.com", version: "6.12.0" },
    backend: { kind: "local", settings: { path: "terraform.tfstate" } },
    registrations,
    ...change,
  };
}

export const elliptic: PublicKey = {
  kty: "EC",
  kid: "portal-2",
  alg: "ES256",
  crv: "P-256",
  x: "fUhZTeerrurlov2s37w1Ct-qoWJH93pa4xev3HcmAEU",
  y: "Jdg35AGWJO1rs79lAkefcUSdyekdSAsNyY7Yg0eKeMU",
};

const rsa = { kty: "RSA", kid: "portal-1", e: "AQAB", n: "sXchDaQebHnPiGvyDOAT4saGEUetSyo9MKLOoWFsueri" };

const older = { provider: { domain: "acme.okta.com", version: "4.20.0" } };

const invited = registration({
  assignment: {
    everyone: false,
    groups: ["whiterabbit-staff", "whiterabbit partners"],
    create: ["whiterabbit partners"],
  },
  parts: [groupPart("whiterabbit partners")],
});

const keyed = registration({ clientAuth: "private_key_jwt", clientKey: elliptic });

/** What stacks are made of, by the names of the golden files they come to. */
export const cases: Readonly<Record<string, OktaStackInput>> = {
  "001-basic": input([registration()]),
  "002-basic-4.20.0": input([registration()], older),
  "003-post": input([registration({ clientAuth: "client_secret_post", pkce: "off" })]),
  "004-private-key-jwt": input([keyed]),
  "005-kept-keys": input([registration({ ...keyed, keepKeys: true })], {
    keptKeys: new Map([
      [
        keyed.key,
        [
          { ...rsa, use: "sig", status: "ACTIVE", id: "pks1" },
          { ...rsa, kid: "sealed", use: "enc", status: "ACTIVE" },
          { ...rsa, kid: "retired", use: "sig", status: "INACTIVE" },
          { ...elliptic, use: "sig", status: "ACTIVE" },
        ],
      ],
    ]),
  }),
  "006-none": input([registration({ clientAuth: "none", grantTypes: ["authorization_code", "refresh_token"] })]),
  "007-everyone": input([registration({ assignment: { everyone: true } })]),
  "008-group-made": input([invited]),
  "009-group-there": input([invited], { groupsThere: new Set(["whiterabbit partners"]) }),
  "010-access-policy": input([registration({ accessPolicy: "Phishing resistant" })]),
  "011-access-policy-4.20.0": input([registration({ accessPolicy: "Phishing resistant" })], older),
  "012-logout-and-refresh": input([
    registration({
      grantTypes: ["authorization_code", "refresh_token"],
      postLogoutRedirectUris: ["https://portal.acme.example/", "https://portal.acme.example/bye"],
    }),
  ]),
  "013-suspended": input([registration({ state: "inactive" })]),
  "014-two-connections": input([
    registration(),
    registration({
      key: key("whiterabbit/orders/partners"),
      redirectUris: ["https://orders.acme.example/sso/whiterabbit/partners"],
    }),
  ]),
  "015-as-it-is": input([registration({ assignment: undefined })]),
  "016-adopted": input([invited], {
    keptProfiles: new Map([[invited.key, { costCentre: "4711", tenantryKey: "whiterabbit/portal" }]]),
    imports: [
      { to: addressesOf(invited.key).app, id: "0oa1adoptedwhiterab1" },
      { to: addressesOf(invited.key).assignments, id: "0oa1adoptedwhiterab1" },
      { to: groupAddress("whiterabbit partners"), id: "00g1adoptedpartners1" },
    ],
  }),
  "017-s3-custom-domain": input([registration()], {
    provider: { domain: "login.acme.example", version: "6.12.0", share: 0.5 },
    backend: {
      kind: "s3",
      settings: { bucket: "acme-sso-state", key: "terraform/whiterabbit.tfstate", use_lockfile: true, max_retries: 3 },
    },
  }),
  "018-kept-groups": input([registration()], {
    keptGroups: new Map([[key("whiterabbit/portal"), ["00g1leavingpartners1"]]]),
  }),
};
