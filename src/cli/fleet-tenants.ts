import type { SignIn } from "../tenant/tenant.ts";
import type { TenantText } from "../tenant/write.ts";
import { parseReference } from "../workspace/reference.ts";

/**
 * Which kinds of identity providers a fleet has: `okta` or `auth0` only, `mixed` (60 % Okta, 40 % Auth0), `half` of each
 * of these, or `all` three kinds.
 */
export type FleetKinds = "okta" | "auth0" | "mixed" | "half" | "all";

export type FleetKind = "okta" | "auth0" | "external";

/** A fleet of made-up tenants. The same seed makes the same tenants. */
export interface Fleet {
  readonly count: number;
  readonly kinds: FleetKinds;
  readonly seed: number;
  /** The Okta group that may come in to this tenant; one that the example's org has when absent. */
  readonly groupOf?: ((slug: string) => string) | undefined;
}

/** The tenants of a fleet, in the order of their slugs. */
export function* fleetTenants({
  count,
  kinds,
  seed,
  groupOf = () => "whiterabbit-staff",
}: Fleet): Generator<TenantText> {
  const random = randomOf(seed);
  for (let index = 0; index < count; index += 1) {
    const slug = slugOf(index);
    yield {
      tenant: slug,
      id: Array.from({ length: 20 }, () => alphabet[random(alphabet.length)]).join(""),
      name: `${names[random(names.length)]} ${index}`,
      status: "active",
      domains: Array.from({ length: 1 + random(2) }, (_, at) => `${at === 0 ? "" : "mail."}${slug}.example`),
      contacts: [{ role: "it", email: `identity@${slug}.example` }],
      signIns: new Map([["default", signInOf(slug, kindOf(index, kinds), groupOf(slug))]]),
      connections: [{ app: "portal", signIn: "default" }],
      acknowledge: [],
      attest: [],
      verify: { wrongSecretControl: true },
    };
  }
}

export function slugOf(index: number): string {
  return `customer-${String(index).padStart(5, "0")}`;
}

/** Spread evenly over the fleet, and not by chance: the counts are exact for multiples of ten. */
export function kindOf(index: number, kinds: FleetKinds): FleetKind {
  const place = index % 10;
  switch (kinds) {
    case "okta":
    case "auth0":
      return kinds;
    case "mixed":
      return place < 6 ? "okta" : "auth0";
    case "half":
      return place < 5 ? "okta" : "auth0";
    case "all":
      return place < 5 ? "okta" : place < 8 ? "auth0" : "external";
    default:
      return kinds satisfies never;
  }
}

function signInOf(slug: string, kind: FleetKind, group: string): SignIn {
  const common = {
    name: "default",
    scopes: ["openid", "email", "profile"],
    clientAuth: "client_secret_basic",
    pkce: "S256",
    responseMode: "query",
    acrValues: [],
    extraParams: {},
    claims: { externalId: "sub", email: "email", displayName: "name" },
    roles: { claim: "groups", map: { [`${slug}-admins`]: "admin" }, default: "member" },
    require: {},
    provision: { create: true, update: true },
    logout: { endSession: true },
  } as const;
  switch (kind) {
    case "okta":
      return { ...common, idp: "workforce", assignment: { everyone: false, groups: [group] } };
    case "auth0":
      // All come in by the one connection that the sandbox has, so a claim tells them apart.
      return { ...common, idp: "customers", enabledConnections: ["fernhill-oidc"], require: { hd: `${slug}.example` } };
    case "external":
      return {
        ...common,
        idp: "external",
        external: {
          issuer: `https://id.${slug}.example`,
          clientId: `acme-${slug}`,
          clientSecret: parseReference(`env:TENANT_${slug.toUpperCase().replaceAll("-", "_")}__CLIENT_SECRET`),
        },
      };
    default:
      return kind satisfies never;
  }
}

const alphabet = "abcdefghijklmnopqrstuvwxyz23456789";
const names = [
  "Foods",
  "Insurance",
  "Rail",
  "Clinics",
  "Steel",
  "Media",
  "Universität",
  "Logistics & Söhne",
  "O'Neill",
];

/** Whole numbers below a bound, the same for the same seed (mulberry32). */
function randomOf(seed: number): (bound: number) => number {
  let state = seed >>> 0;
  return (bound) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * bound);
  };
}
