import { expect, test } from "vitest";
import { fernhillConnection } from "../../../sandbox/sandbox.ts";
import type { Registration } from "../../../src/desired/connection.ts";
import { readState } from "../../../src/engine/pulumi/deployment.ts";
import { type StandingInput, standingOf } from "../../../src/engine/pulumi/standing.ts";
import { resourceOf } from "../../../stacks/auth0/names.ts";
import { organization, shownPart, wanted } from "../../idp/auth0/bench.ts";
import { client, enabled, key, list, shared, state, urn } from "./states.ts";

const whole = state([
  [client, "c1"],
  [enabled, "con_1::c1"],
  [shared, "org_1"],
  [list, "org_1"],
]);

function standing(change: Partial<StandingInput> & { readonly there?: boolean; readonly registration?: Registration }) {
  const { there = true, registration = wanted(), ...rest } = change;
  const part = organization();
  const kept = { connectionId: "con_1", assignMembershipOnLogin: true, showAsButton: true, isSignupEnabled: false };
  const { standing: _none, ...input } = { standing: undefined, ...rest };
  return standingOf({
    registrations: [registration],
    observation: {
      found: new Map(there ? [[key, { id: "c1", key, active: true, fields: {} }]] : []),
      parts: new Map(there ? [[part.address, { address: part.address, id: "org_1", fields: shownPart(part) }]] : []),
    },
    present: {
      clients: new Map(there ? [[key, { clientId: "c1", raw: {}, enabled: ["con_1"] }]] : []),
      organization: there ? { id: "org_1", metadata: {}, enabled: [kept] } : undefined,
      connectionIds: new Map([[fernhillConnection, "con_1"]]),
    },
    state: whole,
    adopt: false,
    idp: "customers",
    ...input,
  });
}

const nothing = { problems: [], imports: new Map(), adoptsOrganization: false, gone: [] };

test("a state that holds what is there needs nothing", () => {
  expect(standing({})).toMatchObject(nothing);
});

test("no state and nothing there: everything is made", () => {
  expect(standing({ there: false, state: undefined })).toMatchObject(nothing);
});

test.each(["inactive", "absent"] as const)(
  "what is wanted %s and in no state stops nobody: the adapter sees to it",
  (off) => {
    const registration = wanted({ state: off, parts: [organization({ state: off })] });
    const { problems, imports, unmanaged } = standing({ state: undefined, registration });
    expect([problems, imports, [...unmanaged]]).toEqual([[], new Map(), [key]]);
  },
);

test("what is there and in no state stops, and is taken over by its ids when that is asked for", () => {
  expect(standing({ state: undefined }).problems).toMatchObject([{ key, kind: "state", code: "ENGINE_NOT_IN_STATE" }]);
  const { problems, imports, adopted, adoptsOrganization } = standing({ state: undefined, adopt: true });
  expect(problems).toEqual([]);
  expect([...adopted]).toEqual([key]);
  expect(adoptsOrganization).toBe(true);
  expect(Object.fromEntries(imports)).toEqual({
    "auth0:index/client:Client::fernhill.portal": "c1",
    [`auth0:index/connectionClient:ConnectionClient::fernhill.portal/${fernhillConnection}`]: "con_1::c1",
    "auth0:index/organization:Organization::fernhill": "org_1",
    "auth0:index/organizationConnections:OrganizationConnections::fernhill": "org_1",
  });
});

test("what a run of ours was making when it was killed is ours without being asked", () => {
  const cut = state(
    [
      [shared, "org_1"],
      [list, "org_1"],
    ],
    [client],
  );
  const { problems, imports } = standing({ state: cut });
  expect(problems).toEqual([]);
  expect([...imports.values()]).toEqual(["c1", "con_1::c1"]);
});

test("a client that is gone, or another than the state's, stops; what has to leave the state is told", () => {
  const gone = standing({ there: false });
  expect(gone.problems).toMatchObject([{ code: "ENGINE_STATE_GONE", subject: "c1" }]);
  expect(gone.gone).toEqual([client, enabled, list, shared].map(urn));
  const other = state([
    [client, "c0"],
    [shared, "org_1"],
    [list, "org_1"],
  ]);
  expect(standing({ state: other }).problems).toMatchObject([{ code: "ENGINE_STATE_GONE", subject: "c0" }]);
  const adopted = standing({ state: other, adopt: true });
  expect(adopted.problems).toEqual([]);
  expect(adopted.imports.get("auth0:index/client:Client::fernhill.portal")).toBe("c1");
});

test("one that is wanted gone anyway is not held by what is gone", () => {
  const absent: Registration = { ...wanted(), state: "absent", parts: [organization({ state: "absent" })] };
  expect(standing({ there: false, registration: absent }).problems).toEqual([]);
});

test("only the organization's list is missing in the state: the provider would refuse to make it", () => {
  const lacking = state([
    [client, "c1"],
    [enabled, "con_1::c1"],
    [shared, "org_1"],
  ]);
  expect([...standing({ state: lacking }).imports]).toEqual([
    ["auth0:index/organizationConnections:OrganizationConnections::fernhill", "org_1"],
  ]);
});

test("the state as Pulumi writes it; providers, the stack and what is about to be deleted are left out", () => {
  const text = JSON.stringify({
    version: 3,
    deployment: {
      manifest: {},
      resources: [
        { urn: "urn:pulumi:s::p::pulumi:pulumi:Stack::p-s", type: "pulumi:pulumi:Stack" },
        { urn: "urn:pulumi:s::p::pulumi:providers:auth0::default_3_49_0", id: "1" },
        { urn: urn(client), id: "c1", protect: true },
        { urn: urn(client), id: "c0", delete: true },
      ],
      pending_operations: [{ type: "creating", resource: { urn: urn(enabled) } }],
    },
  });
  expect(readState(text)).toEqual({
    resources: [{ ...resourceOf(client), urn: urn(client), id: "c1", protect: true }],
    pending: [urn(enabled)],
  });
  expect(readState("")).toBeUndefined();
  expect(readState("{}")).toBeUndefined();
});
