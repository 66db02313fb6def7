import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { SignIn } from "../src/tenant/tenant.ts";
import { writeTenant } from "../src/tenant/write.ts";
import { parseReference } from "../src/workspace/reference.ts";

/** Which kinds of identity providers a fleet has: `okta` only, `mixed` (60 % Okta, 40 % Auth0), or `all` three kinds. */
export type FleetKinds = "okta" | "mixed" | "all";

export interface Fleet {
  readonly count: number;
  readonly kinds: FleetKinds;
  /** The same seed makes the same files, byte for byte. */
  readonly seed: number;
  /** Where the sandbox listens; the example's own port when absent. */
  readonly port?: number | undefined;
}

const repository = fileURLToPath(new URL("../", import.meta.url));

/** Writes a workspace with generated tenants into an empty folder: the example's `tenantry.yaml`, one file per tenant. */
export function writeFleet(root: string, { count, kinds, seed, port }: Fleet): void {
  const random = randomOf(seed);
  mkdirSync(join(root, "tenants"), { recursive: true });
  const workspace = readFileSync(join(repository, "tenantry.yaml"), "utf8");
  const connect = port === undefined ? "$&" : `127.0.0.1:${port}`;
  writeFileSync(join(root, "tenantry.yaml"), workspace.replace(/127\.0\.0\.1:\d+/, connect));
  for (let index = 0; index < count; index += 1) {
    const slug = slugOf(index);
    const text = writeTenant({
      tenant: slug,
      id: Array.from({ length: 20 }, () => alphabet[random(alphabet.length)]).join(""),
      name: `${names[random(names.length)]} ${index}`,
      status: "active",
      domains: Array.from({ length: 1 + random(2) }, (_, at) => `${at === 0 ? "" : "mail."}${slug}.example`),
      contacts: [{ role: "it", email: `identity@${slug}.example` }],
      signIns: new Map([["default", signInOf(slug, kindOf(index, kinds))]]),
      connections: [{ app: "portal", signIn: "default" }],
      acknowledge: [],
    });
    writeFileSync(join(root, "tenants", `${slug}.yaml`), text);
  }
}

/** Of each kind in a written fleet one tenant as it is, one changed and one new. The latter two are written now. */
export function onesOf(
  root: string,
  count: number,
  kinds: FleetKinds,
): readonly { readonly slug: string; readonly what: string }[] {
  const file = (slug: string): string => join(root, "tenants", `${slug}.yaml`);
  const middle = Math.floor(count / 20) * 10;
  return [...new Set(Array.from({ length: 10 }, (_, place) => kindOf(place, kinds)))].flatMap((kind) => {
    const [first = 0, second = 0] = Array.from({ length: 20 }, (_, at) => middle + at).filter(
      (index) => kindOf(index, kinds) === kind,
    );
    const changed = slugOf(second);
    const text = readFileSync(file(changed), "utf8");
    const made = `new-${kind}`;
    const id = `new${kind}`.replaceAll(/[^a-z2-9]/g, "9").padEnd(20, "2");
    writeFileSync(file(made), text.replaceAll(changed, made).replace(/^id: .*$/m, `id: ${id}`));
    writeFileSync(file(changed), text.replace(/^( +scopes: )\[.*\]$/m, "$1[openid, email]"));
    return [
      { slug: slugOf(first), what: `one at ${kind}` },
      { slug: changed, what: `one changed at ${kind}` },
      { slug: made, what: `one new at ${kind}` },
    ];
  });
}

function slugOf(index: number): string {
  return `customer-${String(index).padStart(5, "0")}`;
}

type Kind = "okta" | "auth0" | "external";

/** Spread evenly over the fleet, and not by chance: the counts are exact for multiples of ten. */
function kindOf(index: number, kinds: FleetKinds): Kind {
  const place = index % 10;
  if (kinds === "okta") return "okta";
  if (kinds === "mixed") return place < 6 ? "okta" : "auth0";
  return place < 5 ? "okta" : place < 8 ? "auth0" : "external";
}

function signInOf(slug: string, kind: Kind): SignIn {
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
      return { ...common, idp: "workforce", assignment: { everyone: false, groups: ["whiterabbit-staff"] } };
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
