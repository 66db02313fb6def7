import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ConnectionKey, ConnectionRecord, Registration } from "../../src/desired/connection.ts";
import { canonicalJson, type Json } from "../../src/desired/json.ts";
import { diffAppTenant, diffRecord, diffRegistration } from "../../src/plan/diff.ts";
import { appTenantFields, recordFields, registrationFields } from "../../src/plan/fields.ts";
import type { DiscoverySnapshot, Fields, ObservedRecord, ObservedRegistration } from "../../src/plan/observed.ts";
import * as any from "../desired/arbitraries.ts";

/** Another value of the same type. */
function other(value: Json): Json {
  if (value === null) return "x";
  if (typeof value === "boolean") return !value;
  if (typeof value === "number") return value + 1;
  if (typeof value === "string") return `${value}x`;
  return Array.isArray(value) ? [...value, "x"] : { ...value, "another key": "x" };
}

function asObserved(key: ConnectionKey, fields: Fields): ObservedRegistration {
  return { id: "0oa1", key, active: fields.active === true, fields };
}

function recordAsObserved(
  wanted: ConnectionRecord,
  discovery: DiscoverySnapshot,
  more: Partial<ObservedRecord> = {},
): ObservedRecord {
  return { key: wanted.key, state: "active", fields: recordFields(wanted, discovery), ...more };
}

/** Through the JSON that an adapter would have read. */
function stored(fields: Fields): Fields {
  return JSON.parse(JSON.stringify(fields)) as Fields;
}

describe("what is there as wanted", () => {
  test("a registration has no changes", () => {
    fc.assert(
      fc.property(any.registration, (wanted) => {
        const found = asObserved(wanted.key, stored(registrationFields(wanted)));
        expect(diffRegistration(wanted, found)).toEqual({ changes: [], unchanged: true });
      }),
    );
  });

  test("a tenant's row has no changes", () => {
    fc.assert(
      fc.property(any.appTenant, (wanted) => {
        const found = { tenant: wanted.tenant, fields: stored(appTenantFields(wanted)), status: wanted.status };
        expect(diffAppTenant(wanted, found)).toEqual({ changes: [], unchanged: true });
      }),
    );
  });

  test("a record has no changes, with its secret read or not", () => {
    fc.assert(
      fc.property(
        any.connectionRecord,
        any.discovery,
        fc.option(fc.string(), { nil: undefined }),
        (wanted, discovery, secretId) => {
          const fields = stored(recordFields(wanted, discovery));
          const found = recordAsObserved(wanted, discovery, { fields, secretId });
          expect(diffRecord(wanted, found, { discovery, secretId })).toEqual({ changes: [], unchanged: true });
        },
      ),
    );
  });

  test("the order of groups, domains and grants is no difference", () => {
    fc.assert(
      fc.property(any.registration, any.appTenant, (wanted, row) => {
        const reversed = {
          ...wanted,
          grantTypes: [...wanted.grantTypes].reverse(),
          postLogoutRedirectUris: [...wanted.postLogoutRedirectUris].reverse(),
          assignment:
            wanted.assignment === undefined || wanted.assignment.everyone
              ? wanted.assignment
              : { everyone: false as const, groups: [...wanted.assignment.groups].reverse() },
        };
        expect(registrationFields(reversed)).toEqual(registrationFields(wanted));
        expect(appTenantFields({ ...row, domains: [...row.domains].reverse() })).toEqual(appTenantFields(row));
      }),
    );
  });
});

describe("one field that differs", () => {
  const name = (fields: Fields, pick: number): string => Object.keys(fields)[pick % Object.keys(fields).length] ?? "";

  test("is found at a registration, and only that one", () => {
    fc.assert(
      fc.property(any.registration, fc.nat(), (wanted, pick) => {
        const fields = registrationFields(wanted);
        const path = name(fields, pick);
        fc.pre(path !== "clientId");
        const before = other(fields[path] ?? null);
        const { changes, unchanged } = diffRegistration(wanted, asObserved(wanted.key, { ...fields, [path]: before }));
        expect(unchanged).toBe(false);
        expect(changes).toMatchObject([
          { action: "update", paths: [path], before: { [path]: before }, after: { [path]: fields[path] } },
        ]);
      }),
    );
  });

  test("is found at a tenant's row", () => {
    fc.assert(
      fc.property(any.appTenant, fc.nat(), (wanted, pick) => {
        const fields = appTenantFields(wanted);
        const path = name(fields, pick);
        const found = { ...fields, [path]: other(fields[path] ?? null) };
        const { changes } = diffAppTenant(wanted, { tenant: wanted.tenant, fields: found, status: wanted.status });
        expect(changes).toMatchObject([{ action: "update", paths: [path] }]);
      }),
    );
  });

  test("is found at a record, what discovery said included", () => {
    fc.assert(
      fc.property(any.connectionRecord, any.discovery, fc.nat(), (wanted, discovery, pick) => {
        const fields = recordFields(wanted, discovery);
        const path = name(fields, pick);
        const found = recordAsObserved(wanted, discovery, {
          fields: { ...fields, [path]: other(fields[path] ?? null) },
        });
        expect(diffRecord(wanted, found, { discovery }).changes).toMatchObject([{ action: "update", paths: [path] }]);
      }),
    );
  });

  test("that was not read is passed over", () => {
    fc.assert(
      fc.property(any.registration, fc.nat(), (wanted, pick) => {
        const { [name(registrationFields(wanted), pick)]: _unread, ...read } = registrationFields(wanted);
        expect(diffRegistration(wanted, asObserved(wanted.key, read)).changes).toEqual([]);
      }),
    );
  });

  test("every field of what is wanted is compared", () => {
    // A field that is added to the model and forgotten in the comparison would never be brought up to date.
    const [sample] = fc.sample(any.registration, 1);
    if (sample === undefined) throw new Error("no sample");
    const whole: Required<Registration> = {
      ...sample,
      state: "active",
      clientKey: { kty: "EC", kid: "portal-1", alg: "ES256", crv: "P-256", x: "x", y: "y" },
      keepKeys: true,
      assignment: { everyone: true },
      accessPolicy: "Any two factors",
      authorizationServer: "default",
      serverName: "Partners",
      serverScopes: ["openid"],
      enabledConnections: ["fernhill-oidc"],
      clientSecret: { scheme: "env", name: "SECRET", text: "env:SECRET" },
    };
    const compared = ["state", ...Object.keys(registrationFields(whole))];
    expect(
      Object.keys(whole)
        .filter((field) => !compared.includes(field))
        .sort(),
    ).toEqual([
      "address",
      // In the record's issuer.
      "authorizationServer",
      // The id of the record's secret.
      "clientSecret",
      "idp",
      // While a live record is being changed.
      "keepKeys",
      "key",
      "kind",
      "marker",
      // By partFields.
      "parts",
      // By the id that it comes to, in the record's issuer.
      "serverName",
    ]);
    const [record] = fc.sample(any.connectionRecord, 1);
    const [discovery] = fc.sample(any.discovery, 1);
    if (record === undefined || discovery === undefined) throw new Error("no sample");
    const missing = Object.keys(record).filter((field) => !(field in recordFields(record, discovery)));
    expect(missing.sort()).toEqual(["address", "app", "key", "kind", "marker", "state", "target"]);
  });
});

describe("registration", () => {
  const [sample] = fc.sample(any.registration, { numRuns: 1, seed: 1 });
  if (sample === undefined) throw new Error("no sample");
  const wanted = { ...sample, state: "active" as const };

  test("that is not there is created when it is wanted active, and not made otherwise", () => {
    expect(diffRegistration(wanted, undefined).changes).toMatchObject([{ action: "create", address: wanted.address }]);
    for (const state of ["inactive", "absent"] as const) {
      expect(diffRegistration({ ...wanted, state }, undefined)).toEqual({ changes: [], unchanged: false });
    }
  });

  test("keeps the client id that it has", () => {
    const found = asObserved(wanted.key, { ...registrationFields(wanted), clientId: "taken over" });
    expect(diffRegistration(wanted, found).changes).toEqual([]);
  });

  test("is switched off, not deleted, when it is wanted inactive; deleted when it is wanted absent", () => {
    const found = asObserved(wanted.key, registrationFields(wanted));
    expect(diffRegistration({ ...wanted, state: "inactive" }, found).changes).toMatchObject([
      { action: "update", paths: ["active"], before: { active: true }, after: { active: false } },
    ]);
    expect(diffRegistration({ ...wanted, state: "absent" }, found).changes).toMatchObject([{ action: "delete" }]);
  });
});

describe("record", () => {
  const [sample] = fc.sample(any.connectionRecord, { numRuns: 1, seed: 2 });
  const [discovery] = fc.sample(any.discovery, { numRuns: 1, seed: 3 });
  if (sample === undefined || discovery === undefined) throw new Error("no sample");
  const wanted = sample;
  const actions = (
    found: ObservedRecord | undefined,
    context: Parameters<typeof diffRecord>[2],
    state = wanted.state,
  ) =>
    diffRecord({ ...wanted, state }, found, context).changes.map((change) =>
      change.action === "update" ? `update ${change.paths.join(" ")}` : change.action,
    );

  test("that is not there is created and then activated, its secret known after", () => {
    expect(actions(undefined, { discovery })).toEqual(["create", "activate"]);
    const [create] = diffRecord(wanted, undefined, { discovery }).changes;
    expect(create).toMatchObject({ knownAfter: ["clientSecretId"] });
    const [known] = diffRecord(wanted, undefined, { discovery, secretId: "s1" }).changes;
    expect(known).toMatchObject({ knownAfter: [], after: { clientSecretId: "s1" } });
    for (const state of ["disabled", "tombstone", "absent"] as const) expect(actions(undefined, {}, state)).toEqual([]);
  });

  test("that is pending or disabled is activated, updated before when it must be", () => {
    for (const state of ["pending", "disabled"] as const) {
      expect(actions(recordAsObserved(wanted, discovery, { state }), { discovery })).toEqual(["activate"]);
      const fields = { ...recordFields(wanted, discovery), issuer: "https://old.example" };
      expect(actions(recordAsObserved(wanted, discovery, { state, fields }), { discovery })).toEqual([
        "update issuer",
        "activate",
      ]);
    }
  });

  test("that is active is disabled without looking at its fields or at discovery", () => {
    const fields = { issuer: "https://old.example" };
    for (const state of ["active", "pending"] as const) {
      expect(actions(recordAsObserved(wanted, discovery, { state, fields }), {}, "disabled")).toEqual(["update state"]);
    }
    expect(actions(recordAsObserved(wanted, discovery, { state: "disabled", fields }), {}, "disabled")).toEqual([]);
  });

  test("gets a secret again that was made new, or when it is asked for", () => {
    const found = recordAsObserved(wanted, discovery, { secretId: "s1" });
    expect(actions(found, { discovery, secretId: "s2" })).toEqual(["update clientSecretId"]);
    expect(actions(found, { discovery })).toEqual([]);
    expect(actions(found, { discovery, secretId: "s1", handOver: true })).toEqual(["update clientSecret"]);
  });

  test("whose change was begun and not finished is finished", () => {
    expect(
      actions(recordAsObserved(wanted, discovery, { previous: recordFields(wanted, discovery) }), { discovery }),
    ).toEqual(["update unfinished"]);
  });

  test("that is a tombstone stays one, and is never made again", () => {
    const found = recordAsObserved(wanted, discovery, { state: "tombstone" });
    for (const state of ["active", "disabled", "tombstone", "absent"] as const) {
      expect(actions(found, { discovery }, state)).toEqual([]);
    }
    expect(actions(recordAsObserved(wanted, discovery), { discovery }, "tombstone")).toEqual(["delete"]);
  });

  test("that is wanted active cannot be compared without discovery", () => {
    expect(() => actions(undefined, {})).toThrow("no discovery document");
  });
});

test("the same two values give the same changes, whatever the order of their keys", () => {
  fc.assert(
    fc.property(any.registration, any.registration, (wanted, there) => {
      const fields = registrationFields(there);
      const turned = Object.fromEntries(Object.entries(fields).reverse());
      const one = diffRegistration(wanted, asObserved(wanted.key, fields));
      expect(canonicalJson(diffRegistration(wanted, asObserved(wanted.key, turned)))).toBe(canonicalJson(one));
    }),
  );
});
