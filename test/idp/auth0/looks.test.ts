import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { ConnectionKey } from "../../../src/desired/connection.ts";
import type { Auth0Adapter } from "../../../src/idp/auth0/adapter.ts";
import { type Bench, clientKey, organization, startBench, wanted } from "./bench.ts";

// What a look tells besides the values that the file names.

let bench: Bench;
let adapter: Auth0Adapter;

beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.close());
beforeEach(async () => {
  bench.reset();
  adapter = await bench.adapter();
});

async function make(registration = wanted()) {
  for (const part of registration.parts) await adapter.settlePart(part);
  return adapter.create(registration);
}

describe("the organization", () => {
  test("that lets people in without membership shows, on and off, and is mended", async () => {
    bench.sandbox.auth0.addConnection("corp-saml", "samlp");
    const both = organization({ enabledConnections: ["corp-saml", "fernhill-oidc"] });
    const registration = wanted({ parts: [both] });
    await make(registration);
    const membership = async () => {
      const { parts } = await adapter.observe([registration], "single");
      return parts.get(both.address)?.fields.membership;
    };
    const saml = bench.sandbox.auth0.connection("corp-saml")?.id ?? "";
    const enabled = bench.sandbox.auth0.organization("fernhill")?.connections.get(saml);
    if (enabled === undefined) throw new Error("it is not enabled");
    enabled.assign_membership_on_login = false;
    expect(await membership()).toBe("not by corp-saml");
    await adapter.settlePart({ ...both, state: "inactive" });
    expect(await membership()).toBe("not by corp-saml");
    await adapter.settlePart(both);
    expect(await membership()).toBe("on sign-in");
  });

  test("tells of a client in it that nobody asked for, at a look at few too", async () => {
    const orders = wanted({ key: "fernhill/orders" as ConnectionKey });
    await make();
    const { id } = await make(orders);
    for (const depth of ["single", "fleet", "deep"] as const) {
      const { undeclared } = await (await bench.adapter()).observe([wanted()], depth);
      expect(undeclared).toMatchObject([{ key: "fernhill/orders", id }]);
    }
  });

  test("under another name stops every look, and the list is read once a run", async () => {
    await make();
    const { auth0 } = bench.sandbox;
    const named = (name: string, change = {}) => wanted({ parts: [organization({ name })], ...change });
    const run = await bench.adapter();
    const { calls } = await bench.callsOf(async () => {
      for (let time = 0; time < 2; time++) {
        const { problems } = await run.observe([named("acme-fernhill")], "single");
        expect(problems).toMatchObject([
          { kind: "renamed", code: "AUTH0_ORGANIZATION_RENAMED", subject: "fernhill", key: "fernhill/portal" },
        ]);
      }
    });
    expect(calls.filter((call) => call === "GET organizations")).toHaveLength(1);
    const other = wanted({ key: "gryphon/portal" as ConnectionKey });
    expect((await run.observe([other], "single")).problems).toEqual([]);
    // One of another workspace or environment is none of ours.
    auth0.addOrganization("theirs", {
      metadata: { ...auth0.organization("fernhill")?.metadata, tenantryWorkspace: "x" },
    });
    for (const depth of ["fleet", "deep"] as const) {
      const look = async (registration = wanted()) =>
        (await (await bench.adapter()).observe([registration], depth)).problems;
      expect(await look()).toEqual([]);
      for (const state of ["active", "inactive", "absent"] as const) {
        const problems = await look(named("acme-fernhill", { state }));
        expect(problems).toMatchObject([{ kind: "renamed", subject: "fernhill" }]);
      }
    }
    auth0.addOrganization("acme-fernhill", { metadata: { ...auth0.organization("fernhill")?.metadata } });
    const lists = await bench.adapter();
    const two = { kind: "renamed", message: expect.stringContaining("two organizations") };
    expect((await lists.observe([named("acme-fernhill")], "fleet")).problems).toMatchObject([two]);
    expect((await lists.observe([named("acme-fernhill")], "single")).problems).toMatchObject([two]);
  });
});

describe("how a client proves itself, for a token that may read no secret", () => {
  const registration = wanted({ clientAuth: "private_key_jwt", clientKey: clientKey("portal-2026-11") });
  const look = async () => {
    const { found, coverage } = await (await bench.adapter({ access: "read" })).observe([registration], "deep");
    const unread = coverage.filter(({ what }) => what.includes("keys of clients"));
    return { fields: found.get(registration.key)?.fields, unread: unread.map(({ read, total }) => [read, total]) };
  };

  test("is known by our note", async () => {
    const created = await make(registration);
    expect(await look()).toEqual({ fields: created.fields, unread: [[0, 1]] });
  });

  test("is unread without one, and never nothing", async () => {
    const created = await make(registration);
    await bench.api("PATCH", `clients/${created.id}`, { client_metadata: { tenantryClientKey: null } });
    const { clientAuth: _hidden, clientKey: _key, ...others } = created.fields;
    expect(await look()).toEqual({ fields: others, unread: [[0, 1]] });
  });

  test("with a secret is read", async () => {
    const created = await make();
    expect(await look()).toEqual({ fields: created.fields, unread: [] });
  });
});

describe("reads that are late", () => {
  test("do not keep the organization whose clients this run has deleted", async () => {
    const keys = ["fernhill/orders", "fernhill/portal"] as const;
    const both = keys.map((key) => wanted({ key: key as ConnectionKey }));
    for (const each of both) await make(each);
    // What is read now is what will be shown for a while.
    bench.sandbox.faults.add({ method: "DELETE", path: "^/api/v2/clients/", effect: "stale", milliseconds: 600_000 });
    await adapter.observe(both, "deep");
    const gone = organization({ state: "absent" });
    for (const each of both) {
      const found = (await adapter.observe([each], "single")).found.get(each.key);
      if (found === undefined) throw new Error("it is not there");
      await adapter.settlePart(gone);
      expect(bench.sandbox.auth0.organization("fernhill")).toBeDefined();
      await adapter.remove(found);
      expect((await adapter.observe([each], "single")).found.size).toBe(0);
    }
    await adapter.settlePart(gone);
    expect(bench.sandbox.auth0.organization("fernhill")).toBeUndefined();
  });
});
