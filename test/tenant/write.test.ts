import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findHidden } from "../../src/errors/visible.ts";
import type { AppEntries } from "../../src/tenant/app-entry.ts";
import { loadTenants } from "../../src/tenant/load.ts";
import type { Assignment, ClaimPath, NamedServer, SignIn, Tenant } from "../../src/tenant/tenant.ts";
import { type TenantText, writeTenant } from "../../src/tenant/write.ts";
import { parseReference, type Reference } from "../../src/workspace/reference.ts";
import type { IdentityProvider } from "../../src/workspace/workspace.ts";
import { memoryFiles } from "../workspace/memory-files.ts";

// Random tenants as a file could say them: every field, and texts of the awkward kind that YAML has so much of.

const awkward = fc.constantFrom(
  ..."no|No|yes|on|off|y|n|true|False|null|~|1e3|0x1f|0o17|017|12:30|1_000|.5|.inf|-1|+1|2027-01-31|2027-01-31T10:00:00Z".split(
    "|",
  ),
  ..."- a|? a|: a|a: b|a:|a #b|#a|&a|*a|!a|!!str a|%a|@a|`a|[a]|{a}|a, b|a]|a}|'a'|\"a\"|it's|\\|a\\nb|--- a|---|...|<<|=|$a".split(
    "|",
  ),
  "Überlingen & Söhne",
  "株式会社",
  "🦊 Foxes",
  "👩‍👩‍👧 & co",
  "a\u00a0b",
  "a  b",
  "$",
  "%",
);

function valid(text: string): boolean {
  return text === text.trim() && text !== "" && !/[\r\n\t]/.test(text) && isAllowed(text);
}

/** What no file may hold anywhere. */
function isAllowed(text: string): boolean {
  return !/\$\{|%\{/.test(text) && text !== "__proto__" && findHidden(text) === undefined;
}

const line = (longest: number): fc.Arbitrary<string> =>
  fc
    .oneof(awkward, fc.string({ unit: "binary", maxLength: 12 }), fc.string({ unit: "grapheme", maxLength: 12 }))
    .map((text) => text.trim().slice(0, longest))
    .filter(valid);

const slug = fc.oneof(
  fc.stringMatching(/^[a-z0-9]{1,6}(-[a-z0-9]{1,6}){0,2}$/),
  fc.constantFrom("1e3", "no", "null", "007", "0x1f", "y", "2027-01-31", "default"),
);
const host = fc.constantFrom("acme.example", "xn--mller-kva.example", "1e3.example", "a.b.c.example");
const scope = fc.oneof(
  fc.constantFrom("email", "api://x/.default", "1e3", "a:b", "no"),
  fc.stringMatching(/^[!#-[\]-~]{1,9}$/).filter(isAllowed),
);
const longText = fc
  .oneof(
    fc.array(line(40), { maxLength: 4 }).map((lines) => lines.join("\n")),
    fc.array(line(40), { maxLength: 4 }).map((lines) => `${lines.join("\n")}\n`),
    fc.string({ unit: "binary", maxLength: 30 }),
    fc.constantFrom("", "\n", "a\n\nb\n", " a\nb", "a\n  b\n", "a\nb\n\n", "a\tb\nc", "a \nb", "a\r\nb"),
  )
  .filter(isAllowed);
const claim: fc.Arbitrary<ClaimPath> = fc.oneof(line(100), fc.array(line(50), { minLength: 1, maxLength: 3 }));
const map = <T>(key: fc.Arbitrary<string>, value: fc.Arbitrary<T>) => fc.dictionary(key, value, { maxKeys: 3 });
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const unique = (item: fc.Arbitrary<string>, minLength: number) => fc.uniqueArray(item, { minLength, maxLength: 4 });

const url = fc.constantFrom(
  "https://id.acme.example",
  "https://id.acme.example:8443/a/b_c/",
  "https://id.acme.example/~x;v=1,2",
);
const reference = fc
  .constantFrom("env:TENANT_ACME__CLIENT_SECRET", "file:/run/secrets/a b", "file:a: b #c", "file:[x]")
  .map((text) => parseReference(text) as Reference);
const external = fc.record({
  issuer: maybe(url),
  endpoints: maybe(
    fc.record({
      authorization: url,
      token: url.map((base) => `${base}?a=b&c=%20`),
      jwks: url,
      userinfo: maybe(url),
      endSession: maybe(url),
      introspection: maybe(url),
    }),
  ),
  clientId: maybe(line(60)),
  clientSecret: maybe(reference),
});

const assignment: fc.Arbitrary<Assignment> = fc.oneof(
  fc.constant({ everyone: true as const }),
  fc.tuple(unique(line(60), 1), fc.integer({ min: 0, max: 15 })).map(([groups, chosen]) => {
    const create = groups.filter((_, index) => (chosen >> index) % 2 === 1);
    return { everyone: false as const, groups, ...(create.length === 0 ? {} : { create }) };
  }),
);

const milliseconds = fc
  .tuple(fc.integer({ min: 1, max: 999_999 }), fc.constantFrom(1_000, 60_000, 3_600_000, 86_400_000))
  .map(([count, unit]) => count * unit)
  // A number of more than six digits cannot be written in the smaller units; the largest that fits must be found.
  .filter((length) => length / 86_400_000 <= 999_999);

/** Orgs that are given in place; the tenant is that of the file. */
const inline: fc.Arbitrary<IdentityProvider> = fc.oneof(
  fc
    .record({
      domain: host,
      authorizationServer: fc.constantFrom("org", "default", "aus1e3", "1e3", "-1"),
      credentials: fc.oneof(
        fc.record({ apiToken: reference }),
        fc.record({ clientId: fc.constantFrom("0oa1", "yes", "1e3"), privateKey: reference }),
        fc.record({ clientId: fc.constant("a b"), privateKey: reference, keyId: line(60) }),
      ),
      limits: fc.constantFrom({ share: 0.5 }, { share: 0.25 }, { share: 1 }),
    })
    .map((rest) => ({ ...rest, kind: "okta", name: rest.domain, engine: "direct" }) as IdentityProvider),
  fc
    .record({
      domain: host,
      customDomain: maybe(host),
      organizationName: fc.constantFrom("{tenant}", "acme", "0x1f"),
      credentials: fc.oneof(
        fc.record({ token: reference }),
        fc.record({ clientId: fc.constantFrom("abc", "1e3"), clientSecret: reference }),
      ),
      limits: fc.constantFrom({ share: 0.5 }, { share: 0.1 }),
    })
    .map((rest) => ({ ...rest, kind: "auth0", name: rest.domain, engine: "direct" }) as IdentityProvider),
);

/** An authorization server by its name, there already or described. */
const server: fc.Arbitrary<NamedServer> = fc.oneof(
  line(60).map((name) => ({ name, scopes: [] })),
  fc.record({
    name: line(60),
    audience: fc.constantFrom("api://acme", "https://api.acme.example", "1e3"),
    scopes: unique(scope, 0),
    groupsClaim: maybe(fc.record({ name: line(60), filter: line(60) })),
  }),
);

const signIn = (name: string): fc.Arbitrary<SignIn> =>
  fc
    .record({
      source: fc.oneof(
        slug.map((idp) => ({ idp })),
        external.map((value) => ({ idp: "external", external: value })),
        inline.map((value) => ({ idp: value.domain, inline: value })),
      ),
      assignment: maybe(assignment),
      accessPolicy: maybe(line(60)),
      authorizationServer: maybe(fc.constantFrom("org", "default", "aus1e3", "1e3", "-1")),
      server: maybe(server),
      organization: maybe(fc.record({ displayName: maybe(line(60)) })),
      enabledConnections: maybe(unique(line(60), 1)),
      preset: maybe(slug),
      scopes: unique(scope, 0).map((rest) => [...new Set(["openid", ...rest])]),
      clientAuth: maybe(fc.constantFrom("client_secret_basic", "client_secret_post", "private_key_jwt", "none")),
      pkce: fc.constantFrom("S256", "off"),
      responseMode: fc.constantFrom("query", "form_post"),
      acrValues: unique(scope, 0),
      extraParams: map(fc.constantFrom("hd", "1", "prompt", "no", "a.b", "-"), line(60)),
      claims: map(line(60), claim),
      roles: maybe(fc.record({ claim, map: map(line(60), line(60)), default: maybe(line(60)) })),
      require: map(line(60), line(60)),
      provision: fc.record({ create: fc.boolean(), update: fc.boolean() }),
      logout: fc.record({ endSession: fc.boolean() }),
      session: maybe(fc.record({ absolute: maybe(milliseconds), idle: maybe(milliseconds) })),
    } satisfies Record<Exclude<keyof SignIn, "name" | "idp" | "external" | "inline"> | "source", fc.Arbitrary<unknown>>)
    .map(({ source, server: named, ...rest }) => {
      const { authorizationServer, ...others } = rest;
      return {
        name,
        ...source,
        ...others,
        ...(named === undefined ? { authorizationServer } : { server: named }),
      } as SignIn;
    });

const signIns = fc
  .uniqueArray(fc.oneof({ weight: 2, arbitrary: fc.constant("default") }, slug), { minLength: 1, maxLength: 3 })
  .chain((names) => fc.tuple(...names.map((name) => signIn(name))))
  .map((all) => new Map(all.map((one) => [one.name, one])));

/** The block of a connection that is named after its app's kind. */
const appBlock: fc.Arbitrary<AppEntries> = fc.oneof(
  fc
    .record({
      on: fc.oneof(
        fc.record({ route: fc.constantFrom("portal-route", "1e3", "a: b", "no") }),
        fc.record({ service: fc.constantFrom("portal", "12:30") }),
        fc.constant({ global: true as const }),
      ),
      workspace: maybe(fc.constantFrom("default", "0x1f", "a~b")),
      config: maybe(
        fc.constantFrom({ leeway: 5 }, { leeway: 0, hide_credentials: false, scopes_claim: ["scp", "no"] }, {}),
      ),
    })
    .map(({ on, ...rest }) => ({ kong: { ...on, ...rest } })),
  fc
    .record({
      name: maybe(fc.constantFrom("acme-oidc", "1e3", "no")),
      strategy: maybe(fc.constantFrom("oidc" as const, "okta" as const)),
      displayName: maybe(line(60)),
      showAsButton: maybe(fc.boolean()),
      icon: maybe(url),
      homeRealm: maybe(fc.boolean()),
    })
    .map((auth0) => ({ auth0 })),
  fc.record({ callback: maybe(url), attributes: maybe(map(line(60), line(60))) }).map((workos) => ({ workos })),
  fc
    .record({
      alias: maybe(fc.constantFrom("Acme", "1e3", "no")),
      constants: maybe(fc.constantFrom("Sso.Acme_{name}", { ClientID: "Sso.AcmeClient" })),
      selectedClaims: maybe(fc.constantFrom(["email", "a:b", "#x"], ["https://acme.example/roles"])),
      keyExpirationDays: maybe(fc.integer({ min: 1, max: 3_650 })),
      keySetTimeouts: maybe(fc.record({ connect: maybe(fc.integer({ min: 1, max: 600_000 })) })),
    })
    .map((mendix) => ({ mendix })),
  fc.constantFrom("sql" as const, "http" as const, "file" as const).map((kind) => ({ [kind]: {} })),
);

const tenantText: fc.Arbitrary<TenantText> = fc
  .record({
    tenant: slug,
    id: fc.stringMatching(/^[a-z2-9]{20}$/),
    name: line(60),
    status: fc.constantFrom("draft", "active", "suspended", "offboarded"),
    domains: unique(host, 1),
    contacts: fc.array(fc.record({ role: line(30), email: fc.constantFrom("it@acme.example", "o'x+1@acme.example") }), {
      maxLength: 2,
    }),
    signIns,
    connections: fc.array(
      fc
        .record({ app: slug, signIn: slug, status: maybe(fc.constantFrom("draft" as const, "suspended" as const)) })
        .chain((entry) => maybe(appBlock).map((block) => ({ ...entry, ...block }))),
      { minLength: 1, maxLength: 3 },
    ),
    environments: maybe(unique(slug, 1)),
    acknowledge: fc.array(
      fc.record({ address: line(60), field: line(60), from: longText, to: longText, reason: line(60) }),
      { maxLength: 2 },
    ),
    attest: fc.array(
      fc.record({
        check: fc.constantFrom("P1", "D24"),
        by: line(60),
        on: fc.constantFrom("2026-11-01", "2026-02-28"),
        expires: fc.constantFrom("2027-01-31", "2028-02-29"),
        reason: line(60),
      }),
      { maxLength: 2 },
    ),
    verify: fc.record({ wrongSecretControl: fc.boolean() }),
    deleteAfter: maybe(fc.constantFrom("2027-01-31", "2028-02-29")),
    notes: maybe(longText),
  } satisfies Record<Exclude<keyof Tenant, "positionOf">, fc.Arbitrary<unknown>>)
  // An org in a file is that tenant's.
  .map((tenant) => ({
    ...tenant,
    signIns: new Map(
      [...tenant.signIns].map(([name, one]): [string, SignIn] => [
        name,
        one.inline === undefined ? one : { ...one, inline: { ...one.inline, tenant: tenant.tenant } },
      ]),
    ),
  }));

/** Members that are not there and members that are undefined are the same in a file. */
function plainOf(value: unknown): unknown {
  if (value instanceof Map) return new Map([...value].map(([key, member]) => [key, plainOf(member)]));
  if (Array.isArray(value)) return value.map(plainOf);
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(([key, member]) => {
    return member !== undefined && key !== "position" && key !== "positionOf";
  });
  return Object.fromEntries(kept.map(([key, member]) => [key, plainOf(member)]));
}

function load(tenant: string, text: string) {
  return loadTenants(memoryFiles({ [`tenants/${tenant}.yaml`]: text }));
}

describe("the file that is written for a tenant", () => {
  it("loads as the same tenant, whatever is in it", () => {
    fc.assert(
      fc.property(tenantText, (tenant) => {
        const text = writeTenant(tenant);
        const loaded = load(tenant.tenant, text);
        expect(loaded.issues, text).toEqual([]);
        expect(plainOf(loaded.tenants[0]), text).toStrictEqual(plainOf(tenant));
      }),
      { numRuns: 500 },
    );
  });

  it("is the same with comments on every key", () => {
    fc.assert(
      fc.property(tenantText, (tenant) => {
        const keys = ["tenant", "id", "signIn", "signIn.idp", "signIn.claims", "connections", "notes"];
        const comments = Object.fromEntries(keys.map((key) => [key, [`why ${key}: is so`, "and more"]]));
        const text = writeTenant(tenant, comments);
        expect(text).toContain("# why tenant: is so\n# and more\ntenant: ");
        expect(plainOf(load(tenant.tenant, text).tenants[0]), text).toStrictEqual(plainOf(tenant));
      }),
    );
  });
});
