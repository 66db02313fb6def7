import { readFileSync } from "node:fs";
import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import { expect, test } from "vitest";
import { fernhillConnection } from "../../../sandbox/sandbox.ts";
import { clientDifference, organizationDifference } from "../../../src/engine/pulumi/changes.ts";
import { differingNames } from "../../../src/engine/pulumi/client-fields.ts";
import { type PlannedStep, readEvents } from "../../../src/engine/pulumi/steps.ts";
import { diffRegistration } from "../../../src/plan/diff.ts";
import type { Fields } from "../../../src/plan/observed.ts";
import { resourceOf, resourceTypes } from "../../../stacks/auth0/names.ts";
import { organization, shownFields, shownPart, wanted } from "../../idp/auth0/bench.ts";

// From events that the real CLI and the real plugin gave (3.259.0 and 3.49.0), trimmed, to the words of the model.

function recorded(name: string) {
  const text = readFileSync(new URL(`recorded/${name}.json`, import.meta.url), "utf8");
  return readEvents(JSON.parse(text) as EngineEvent[]);
}

const clientId = "Client00000000000000000000000001";

function found(change: Fields = {}) {
  const registration = wanted();
  return {
    id: clientId,
    key: registration.key,
    active: change.active !== false,
    fields: { ...shownFields(registration, clientId), ...change },
  };
}

function part(change: Fields = {}) {
  const { address } = organization();
  return { address, id: "org_0000000000000001", fields: { ...shownPart(organization()), ...change } };
}

const isShared = ({ type }: PlannedStep): boolean => type.startsWith("auth0:index/organization");

function told(name: string, adopted = false) {
  const { steps } = recorded(name);
  return {
    client: { steps: steps.filter((step) => !isShared(step)), adopted },
    shared: { steps: steps.filter(isShared), adopted },
  };
}

test("a preview that would do nothing is unchanged", () => {
  const { client, shared } = told("same");
  expect(clientDifference(wanted(), found(), client)).toEqual({ changes: [], unchanged: true });
  expect(organizationDifference(organization(), part(), shared)).toEqual({ changes: [], unchanged: true });
});

test("a create is told as direct tells it", () => {
  const { client, shared } = told("create");
  expect(client.steps.map(({ op }) => op)).toEqual(["create", "create"]);
  expect(clientDifference(wanted(), undefined, client)).toEqual(diffRegistration(wanted(), undefined));
  expect(organizationDifference(organization(), undefined, shared).changes).toMatchObject([{ action: "create" }]);
});

test("drift: the callback by its word, the settings together; what others noted is none of ours", () => {
  const { client } = told("drift");
  const there = found({ redirectUris: ["https://elsewhere.example/cb"], settings: ["cross_origin_authentication"] });
  const difference = clientDifference(wanted(), there, client);
  expect(difference).toEqual(diffRegistration(wanted(), there));
  expect(difference.changes).toMatchObject([{ paths: ["redirectUris", "settings"], hot: ["redirectUris"] }]);
});

test("what is only read again is no step", () => {
  const text = readFileSync(new URL("recorded/drift.json", import.meta.url), "utf8");
  const events = JSON.parse(text) as EngineEvent[];
  const refreshes = events.filter((event) => event.resourcePreEvent?.metadata.op === "refresh");
  expect(refreshes).toHaveLength(1);
  expect(readEvents(refreshes)).toEqual({ steps: [], errors: [], whole: false });
});

test("connections that were taken away, and another name for people", () => {
  const { client, shared } = told("connections");
  const there = found({ enabledConnections: [] });
  expect(clientDifference(wanted(), there, client)).toEqual(diffRegistration(wanted(), there));
  // A fleet's lists do not tell which are enabled; then Pulumi does.
  const { enabledConnections: _unread, ...fields } = found().fields;
  expect(clientDifference(wanted(), { ...found(), fields }, client).changes).toMatchObject([
    { before: { enabledConnections: [] }, after: { enabledConnections: [fernhillConnection] }, hot: ["assignment"] },
  ]);
  const seen = part({ displayName: "Fern Hill", enabledConnections: [] });
  expect(organizationDifference(organization(), seen, shared).changes).toMatchObject([
    {
      action: "update",
      before: { displayName: "Fern Hill", enabledConnections: [] },
      after: { displayName: "Fernhill Media", enabledConnections: [fernhillConnection] },
      hot: ["assignment"],
    },
  ]);
});

test("switched off: active goes, and the grants that are kept are no change", () => {
  const off = { ...wanted(), state: "inactive" } as const;
  const { client, shared } = told("off");
  expect(clientDifference(off, found(), client).changes).toMatchObject([
    { action: "update", before: { active: true }, after: { active: false }, paths: ["active"] },
  ]);
  const inactive = organization({ state: "inactive", enabledConnections: [] });
  expect(organizationDifference(inactive, part(), shared).changes).toMatchObject([
    { before: { active: true }, after: { active: false } },
  ]);
});

test("adopted: the engine is told, besides what differs", () => {
  const changed = { ...wanted(), redirectUris: ["https://portal.acme.example/cb/2"] };
  const { client, shared } = told("adopt", true);
  expect(clientDifference(changed, found(), client).changes).toMatchObject([
    { action: "update", paths: ["engine", "redirectUris"], before: { engine: "none" }, after: { engine: "pulumi" } },
  ]);
  expect(organizationDifference(organization(), part(), shared).changes).toMatchObject([
    { before: { engine: "none" }, after: { engine: "pulumi" }, paths: ["engine"] },
  ]);
});

test("errors are told once: the plugin's log says them too", () => {
  const said = (message: string): EngineEvent => ({
    sequence: 0,
    timestamp: 0,
    diagnosticEvent: { message, severity: "error", color: "never", prefix: "" },
  });
  const why = '401: {"statusCode":401,"error":"Unauthorized","message":"Missing authentication"}';
  const logged = said(`sdk-v2/provider2.go:572: sdk.helper_schema: ${why}: provider=auth0@3.49.0`);
  const told = said(`<{%reset%}>Preview failed: 1 error occurred:\n\t* ${why}<{%reset%}>\n`);
  expect(readEvents([logged, told, told]).errors).toEqual([`Preview failed: 1 error occurred:\n\t* ${why}`]);
  expect(readEvents([logged]).errors).toHaveLength(1);
});

const step = (change: Partial<PlannedStep>): PlannedStep => ({
  urn: "urn:pulumi:s::p::auth0:index/client:Client::fernhill.portal",
  type: resourceTypes.client,
  name: "fernhill.portal",
  op: "update",
  before: {},
  after: {},
  id: clientId,
  differing: undefined,
  replacing: [],
  ...change,
});

test("another client in the place of this one is a replacement, never an update", () => {
  const replacing = step({
    op: "replace",
    replacing: ["resourceServerIdentifier"],
    differing: ["resourceServerIdentifier"],
  });
  expect(clientDifference(wanted(), found(), { steps: [replacing], adopted: false }).changes).toMatchObject([
    { action: "replace", because: ["resourceServerIdentifier"] },
  ]);
});

test("arguments that no word stands for are shown by their names, and secrets never", () => {
  const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value: "hidden-value" };
  const odd = step({
    before: { logoUri: "https://a.example/", encryptionKey: { pem: "[secret]" }, callbacks: ["https://a.example/"] },
    after: { logoUri: "https://b.example/", encryptionKey: { pem: secret }, callbacks: ["https://a.example/"] },
  });
  const { changes } = clientDifference(wanted(), found(), { steps: [odd], adopted: false });
  expect(changes).toMatchObject([
    {
      before: { engineArguments: { encryptionKey: "(sensitive)", logoUri: "https://a.example/" } },
      after: { engineArguments: { encryptionKey: "(sensitive)", logoUri: "https://b.example/" } },
    },
  ]);
  expect(JSON.stringify(changes)).not.toContain("hidden-value");
});

test("a value that only an update can tell is told as such, inside another one too", () => {
  const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
  const odd = step({ before: { mobile: { ios: "a" } }, after: { mobile: { ios: unknown } } });
  const { changes } = clientDifference(wanted(), found(), { steps: [odd], adopted: false });
  expect(changes).toMatchObject([{ after: { engineArguments: { mobile: { ios: "(known after)" } } } }]);
});

test("what only direct sees is told too: how a client proves itself", () => {
  const there = found({ clientAuth: "none" });
  expect(clientDifference(wanted(), there, told("same").client)).toEqual(diffRegistration(wanted(), there));
});

test("nothing, false and an empty text or list are the same argument", () => {
  expect(differingNames({ a: [], b: "", c: false, d: null, __defaults: ["a"] }, { e: {} })).toEqual([]);
  expect(differingNames({ a: ["x"] }, { a: ["y"] })).toEqual(["a"]);
});

test("a connection is told by its name at Auth0, and not as the stack writes it", () => {
  const gone = resourceOf({ kind: "connectionClient", key: wanted().key, connection: "fern_hill" });
  expect(gone.name).not.toContain("fern_hill");
  const { enabledConnections: _unread, ...fields } = found().fields;
  const steps = [step({ ...gone, op: "delete" })];
  expect(clientDifference(wanted(), { ...found(), fields }, { steps, adopted: false }).changes).toMatchObject([
    { before: { enabledConnections: ["fern_hill", fernhillConnection] } },
  ]);
});
