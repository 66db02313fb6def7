import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ConnectionKey, GroupPart, OrganizationPart } from "../../src/desired/connection.ts";
import { addressOf } from "../../src/desired/key.ts";
import { diffPart, diffRecord, diffRegistration } from "../../src/plan/diff.ts";
import { partFields, recordFields, registrationFields } from "../../src/plan/fields.ts";
import type { Fields, ObservedPart } from "../../src/plan/observed.ts";
import * as any from "../desired/arbitraries.ts";

const group: GroupPart = {
  kind: "group",
  address: addressOf.group("workforce", "acme-staff"),
  tenant: "acme",
  state: "active",
  name: "acme-staff",
};

const organization: OrganizationPart = {
  kind: "organization",
  address: addressOf.organization("customers", "acme"),
  tenant: "acme",
  state: "active",
  name: "acme",
  displayName: "Acme",
  enabledConnections: ["acme-oidc"],
};

const there = (part: GroupPart | OrganizationPart, fields: Fields = partFields(part)): ObservedPart => ({
  address: part.address,
  id: "id",
  fields,
});

describe("what registrations share", () => {
  test("is made when it is missing and wanted, and left alone when it is as wanted", () => {
    for (const part of [group, organization]) {
      expect(diffPart(part, undefined).changes).toMatchObject([{ action: "create", address: part.address }]);
      expect(diffPart(part, there(part))).toEqual({ changes: [], unchanged: true });
    }
  });

  test("is not made when it is wanted off or gone", () => {
    for (const state of ["inactive", "absent"] as const) {
      expect(diffPart({ ...organization, state }, undefined)).toEqual({ changes: [], unchanged: false });
    }
  });

  test("is switched off in place; what it had enabled is no difference meanwhile", () => {
    const off = { ...organization, state: "inactive", enabledConnections: [] } as const;
    expect(diffPart(off, there(organization)).changes).toMatchObject([
      { action: "update", paths: ["active"], hot: [], before: { active: true }, after: { active: false } },
    ]);
    const kept = there(organization, { ...partFields(organization), active: false });
    expect(diffPart(off, kept)).toEqual({ changes: [], unchanged: true });
    expect(diffPart(organization, kept).changes).toMatchObject([{ action: "update", paths: ["active"], hot: [] }]);
  });

  test("is deleted when nothing needs it any more", () => {
    expect(diffPart({ ...organization, state: "absent" }, there(organization)).changes).toMatchObject([
      { action: "delete", before: { name: "acme" } },
    ]);
  });

  test("is hot when another way in is enabled, or none is left, and not when one is taken away", () => {
    const hotOf = (before: readonly string[], after: readonly string[]) =>
      diffPart(
        { ...organization, enabledConnections: after },
        there(organization, { ...partFields(organization), enabledConnections: before }),
      ).changes.flatMap((change) => ("hot" in change ? change.hot : []));
    expect(hotOf(["a"], ["a", "b"])).toEqual(["assignment"]);
    expect(hotOf(["a"], [])).toEqual(["assignment"]);
    expect(hotOf(["a", "b"], ["a"])).toEqual([]);
  });
});

describe("a registration", () => {
  const [sample] = fc.sample(any.registration, { numRuns: 1, seed: 1 });
  if (sample === undefined) throw new Error("no sample");
  const wanted = { ...sample, state: "active" as const };
  const changed = (before: Fields, after: typeof wanted) =>
    diffRegistration(after, {
      id: "id",
      key: wanted.key,
      active: true,
      fields: { ...registrationFields(after), ...before },
    }).changes.flatMap((change) => ("hot" in change ? change.hot : []));

  test("whose client id is given by the identity provider shows it as known after", () => {
    expect(diffRegistration({ ...wanted, clientId: "" }, undefined).changes).toMatchObject([
      { action: "create", knownAfter: ["clientId"], after: expect.not.objectContaining({ clientId: "" }) },
    ]);
  });

  test("is hot in its key, its access policy and its ways in", () => {
    const publicKey = { kty: "EC", kid: "portal-1", alg: "ES256", crv: "P-256", x: "x", y: "y" } as const;
    expect(changed({ clientKey: "older" }, { ...wanted, clientKey: publicKey })).toEqual(["clientAuth"]);
    expect(changed({ accessPolicy: "Default" }, { ...wanted, accessPolicy: "Any two factors" })).toEqual([
      "assignment",
    ]);
    expect(changed({ enabledConnections: ["a"] }, { ...wanted, enabledConnections: ["a", "b"] })).toEqual([
      "assignment",
    ]);
    expect(changed({ enabledConnections: ["a", "b"] }, { ...wanted, enabledConnections: ["a"] })).toEqual([]);
  });
});

describe("a record", () => {
  test("whose client does not exist yet shows client id and secret as known after", () => {
    const [record] = fc.sample(any.connectionRecord, { numRuns: 1, seed: 1 });
    const [discovery] = fc.sample(any.discovery, { numRuns: 1, seed: 1 });
    if (record === undefined || discovery === undefined) throw new Error("no sample");
    const wanted = { ...record, state: "active", clientId: "", clientAuth: "client_secret_post" } as const;
    expect(diffRecord(wanted, undefined, { discovery }).changes[0]).toMatchObject({
      action: "create",
      knownAfter: ["clientId", "clientSecretId"],
    });
    const live = {
      key: "acme/portal" as ConnectionKey,
      state: "active" as const,
      fields: { ...recordFields(wanted, discovery), clientId: "gone" },
    };
    // The client was deleted by somebody: the record would get another one, which is hot.
    expect(diffRecord(wanted, live, { discovery }).changes).toMatchObject([
      {
        action: "update",
        paths: ["clientId"],
        before: { clientId: "gone" },
        after: { clientId: "(known after)" },
        hot: ["clientId"],
      },
    ]);
  });

  test("whose endpoints stand in the file is hot in each of them; otherwise only another host is", () => {
    const [record] = fc.sample(any.connectionRecord, { numRuns: 1, seed: 1 });
    const [base] = fc.sample(any.discovery, { numRuns: 1, seed: 1 });
    if (record === undefined || base === undefined) throw new Error("no sample");
    const discovery = { ...base, jwksUri: "https://id.acme.example/keys" };
    const endpoints = { authorization: "", token: "", jwks: "" };
    const live = (wanted: typeof record) => ({
      key: wanted.key,
      state: "active" as const,
      fields: { ...recordFields(wanted, discovery), jwksUri: "https://id.acme.example/~mallory/keys" },
    });
    const hotOf = (wanted: typeof record) =>
      diffRecord(wanted, live(wanted), { discovery }).changes.flatMap((change) => ("hot" in change ? change.hot : []));
    expect(hotOf({ ...record, state: "active", endpoints })).toEqual(["endpointHost"]);
    expect(hotOf({ ...record, state: "active" })).toEqual([]);
  });
});
