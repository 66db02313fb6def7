import fc from "fast-check";
import { expect, test } from "vitest";
import { connectionKey } from "../../../src/desired/key.ts";
import {
  clientIdOutput,
  clientTargets,
  organizationTargets,
  projectName,
  resourceIn,
  resourceOf,
  resourceTypes,
  type Subject,
  scopeOf,
  stackName,
  subjectOf,
  tailOf,
  urnOf,
} from "../../../stacks/auth0/names.ts";
import { key } from "./cases.ts";

const at = { project: projectName("acme"), stack: "production.customers.fernhill" };

test("URNs are what they were: under another one a live client would be left behind, and a second one made", () => {
  const urn = (subject: Subject) => urnOf(at, resourceOf(subject));
  const stack = "urn:pulumi:production.customers.fernhill::tenantry-acme";
  expect(urn({ kind: "client", key: key("fernhill/portal") })).toBe(
    `${stack}::auth0:index/client:Client::fernhill.portal`,
  );
  expect(urn({ kind: "client", key: key("3-m/order-desk/staff-2") })).toBe(
    `${stack}::auth0:index/client:Client::3-m.order-desk.staff-2`,
  );
  expect(urn({ kind: "connectionClient", key: key("fernhill/portal"), connection: "Username-Password" })).toBe(
    `${stack}::auth0:index/connectionClient:ConnectionClient::fernhill.portal/Username-Password`,
  );
  expect(urn({ kind: "connectionClient", key: key("fernhill/portal"), connection: "a_b/é" })).toBe(
    `${stack}::auth0:index/connectionClient:ConnectionClient::fernhill.portal/a_5fb_2f_c3_a9`,
  );
  expect(urn({ kind: "organization", tenant: "fernhill" })).toBe(
    `${stack}::auth0:index/organization:Organization::fernhill`,
  );
  expect(urn({ kind: "organizationConnections", tenant: "fernhill" })).toBe(
    `${stack}::auth0:index/organizationConnections:OrganizationConnections::fernhill`,
  );
  expect(clientIdOutput(key("fernhill/portal/staff"))).toBe("fernhill.portal.staff");
});

const slug = fc.stringMatching(/^[a-z0-9]{1,4}(-[a-z0-9]{1,4}){0,2}$/);
const anyKey = fc
  .record({ tenant: slug, app: slug, signIn: fc.oneof(fc.constant("default"), slug) })
  .map(connectionKey);
const connection = fc.string({ unit: "binary", minLength: 1, maxLength: 30 });
const anySubject: fc.Arbitrary<Subject> = fc.oneof(
  fc.record({ kind: fc.constant("client" as const), key: anyKey }),
  fc.record({ kind: fc.constant("connectionClient" as const), key: anyKey, connection }),
  fc.record({ kind: fc.constant("organization" as const), tenant: slug }),
  fc.record({ kind: fc.constant("organizationConnections" as const), tenant: slug }),
);

test("a URN tells what its resource is about, so that no two things share one", () => {
  fc.assert(
    fc.property(anySubject, (subject) => {
      const read = resourceIn(urnOf(at, resourceOf(subject)));
      expect(read).toEqual(resourceOf(subject));
      expect(read === undefined ? undefined : subjectOf(read)).toEqual(subject);
    }),
  );
});

test("a name that we do not give is read as nothing", () => {
  const { client, connectionClient, organization, organizationConnections } = resourceTypes;
  const foreign: readonly (readonly [string, string])[] = [
    [client, "fernhill"],
    [client, "fernhill/portal"],
    [client, "fernhill.portal.default"],
    [connectionClient, "fernhill.portal"],
    [connectionClient, "fernhill.portal/a/b"],
    [connectionClient, "fernhill.portal/_41"],
    [connectionClient, "fernhill.portal/_ff"],
    [connectionClient, "fernhill.portal/"],
    [organization, "Fernhill"],
    [organizationConnections, "fern.hill"],
    ["auth0:index/connection:Connection", "fernhill"],
  ];
  for (const [type, name] of foreign) expect(subjectOf({ type, name }), `${type} ${name}`).toBeUndefined();
  for (const text of ["", "fernhill", "urn:pulumi:dev::p::T", "urn:pulumi:dev::p::a:b:C$d:e:F::name"]) {
    expect(resourceIn(text), text).toBeUndefined();
  }
});

test("targets reach what belongs to a connection and nothing of another", () => {
  fc.assert(
    fc.property(anyKey, anySubject, (one, subject) => {
      const urn = urnOf(at, resourceOf(subject));
      const own = (subject.kind === "client" || subject.kind === "connectionClient") && subject.key === one;
      expect(clientTargets(one).some((target) => matches(target, urn))).toBe(own);
    }),
  );
  fc.assert(
    fc.property(slug, anySubject, (tenant, subject) => {
      const urn = urnOf(at, resourceOf(subject));
      const own = "tenant" in subject && subject.tenant === tenant;
      expect(organizationTargets(tenant).some((target) => matches(target, urn))).toBe(own);
    }),
  );
  for (const other of ["fernhill/portal-2", "fernhill/portal/staff"]) {
    for (const subject of [
      { kind: "client", key: key(other) },
      { kind: "connectionClient", key: key(other), connection: "fernhill-oidc" },
    ] as const) {
      const urn = urnOf(at, resourceOf(subject));
      expect(
        clientTargets(key("fernhill/portal")).some((target) => matches(target, urn)),
        urn,
      ).toBe(false);
    }
  }
  const whole = resourceOf({ kind: "client", key: key("fernhill/portal") });
  expect(clientTargets(key("fernhill/portal"))[0]).toBe(`**::${tailOf(whole)}`);
});

/** As Pulumi reads a target: `**` for anything, `*` for anything without a colon. */
function matches(target: string, urn: string): boolean {
  const parts = target.split("**").map((part) => part.split("*").map(literally).join("[^:]*"));
  return new RegExp(`^${parts.join(".*")}$`).test(urn);
}

function literally(text: string): string {
  return text.replaceAll(/[.+?^$|()[\]{}\\/]/g, "\\$&");
}

test("a stack tells its environment, identity provider and tenant; no other name is taken for one", () => {
  expect(stackName({ environment: "production", idp: "customers", tenant: "3-m" })).toBe("production.customers.3-m");
  fc.assert(
    fc.property(fc.record({ environment: slug, idp: slug, tenant: slug }), (scope) => {
      expect(scopeOf(stackName(scope))).toEqual(scope);
      expect(stackName(scope)).toMatch(/^[A-Za-z0-9._-]+$/);
    }),
  );
  for (const name of ["dev", "a.b", "a.b.c.d", "a..c", "A.b.c", "a.b.c-"]) expect(scopeOf(name), name).toBeUndefined();
});
