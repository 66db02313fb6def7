import { describe, expect, test } from "vitest";
import type { Registration } from "../../../src/desired/connection.ts";
import { clientDifference, partDifference, takenOver } from "../../../src/engine/terraform/changes.ts";
import { diffPart, diffRegistration } from "../../../src/plan/diff.ts";
import type { PublicKey } from "../../../src/workspace/workspace.ts";
import { wanted } from "../../idp/okta/bench.ts";
import { groupPart } from "../../stacks/okta/cases.ts";
import { changesIn, observed, recorded, withApp } from "./recorded.ts";

const elsewhere = ["https://portal.acme.example/new"];
const admins = { everyone: false, groups: ["whiterabbit-admins"] } as const;
const group = groupPart("wr-new");

/** The public key that a recorded plan would register. */
function keyIn(name: string): PublicKey {
  const keys = changesIn(recorded(name)).app?.after?.jwks as readonly PublicKey[];
  const key = Object.fromEntries(
    Object.entries(keys.at(-1) ?? {}).filter(([, value]) => value !== null && value !== ""),
  );
  return { alg: "RS256", ...key } as unknown as PublicKey;
}

const signs = (clientKey: PublicKey): Registration => wanted({ clientAuth: "private_key_jwt", clientKey });

describe("what the tool plans is what `direct` would show", () => {
  const cases: Readonly<Record<string, readonly [Registration, Registration | undefined]>> = {
    created: [wanted(), undefined],
    unchanged: [wanted(), wanted()],
    callback: [wanted({ redirectUris: elsewhere }), wanted()],
    groups: [wanted({ redirectUris: elsewhere, assignment: admins }), wanted({ redirectUris: elsewhere })],
    off: [
      wanted({ state: "inactive", redirectUris: elsewhere, assignment: admins }),
      wanted({ redirectUris: elsewhere, assignment: admins }),
    ],
    on: [wanted(), wanted({ state: "inactive", redirectUris: elsewhere, assignment: admins })],
    refresh: [wanted({ grantTypes: ["authorization_code", "refresh_token"] }), wanted()],
    everyone: [wanted({ assignment: { everyone: true } }), wanted()],
    deleted: [wanted({ state: "absent" }), wanted()],
    "key-created": [signs(keyIn("key-created")), undefined],
    "key-other-kind": [signs(keyIn("key-other-kind")), signs(keyIn("key-narrowed"))],
    "group-made": [wanted({ assignment: { everyone: false, groups: ["whiterabbit-staff", "wr-new"] } }), undefined],
    "group-there": [wanted({ assignment: { everyone: false, groups: ["whiterabbit-staff", "wr-new"] } }), wanted()],
  };
  test.each(Object.entries(cases))("%s", (name, [registration, before]) => {
    const found = before && observed(before);
    const told = clientDifference(registration, found, changesIn(recorded(name)));
    expect(told).toEqual(diffRegistration(registration, found));
  });

  test("another policy, by the names that were seen and are wanted", () => {
    const registration = wanted({ accessPolicy: "Phishing resistant" });
    const found = observed(wanted({ grantTypes: ["authorization_code", "refresh_token"] }), {
      accessPolicy: "Any two factors",
    });
    const told = clientDifference(registration, found, changesIn(recorded("policy")));
    expect(told).toEqual(diffRegistration(registration, found));
  });
});

test("the tool's plan counts, not what was observed: a difference that only it sees is shown", () => {
  const told = clientDifference(
    wanted({ redirectUris: elsewhere }),
    observed(wanted({ redirectUris: elsewhere })),
    changesIn(recorded("callback")),
  );
  expect(told.changes).toMatchObject([
    { before: { redirectUris: wanted().redirectUris }, after: { redirectUris: elsewhere }, hot: ["redirectUris"] },
  ]);
});

test("what the provider does not know is shown as `direct` sees it, beside what the tool plans", () => {
  const found = observed(wanted(), { clientAuth: "none" });
  const alone = clientDifference(wanted(), found, changesIn(recorded("unchanged")));
  expect(alone).toEqual(diffRegistration(wanted(), found));
  const registration = wanted({ redirectUris: elsewhere });
  const both = clientDifference(registration, found, changesIn(recorded("callback")));
  expect(both.changes).toMatchObject([{ paths: ["clientAuth", "redirectUris"], hot: ["redirectUris", "clientAuth"] }]);
});

test("keys that stay meanwhile are in the plan", () => {
  const registration = { ...signs(keyIn("key-narrowed")), keepKeys: true };
  const told = clientDifference(registration, undefined, changesIn(recorded("key-kept")));
  expect(told.changes).toMatchObject([
    {
      before: { clientKey: expect.stringMatching(/^one \(.{16}…\)$/) },
      after: { clientKey: expect.stringMatching(/^one \(.{16}…\), two \(.{16}…\)$/) },
    },
  ]);
});

test("what others have set and the tool would put right has its names and values in one field", () => {
  const told = clientDifference(wanted(), observed(), changesIn(recorded("arguments-of-others")));
  expect(told.changes).toMatchObject([
    {
      action: "update",
      paths: ["engineArguments"],
      before: { engineArguments: { consent_method: "REQUIRED" } },
      after: { engineArguments: { consent_method: "TRUSTED" } },
      hot: [],
    },
  ]);
});

test("keys of a client that does not sign are shown by their ids", () => {
  const { app } = changesIn(recorded("key-narrowed"));
  const secret = { token_endpoint_auth_method: "client_secret_basic" };
  const changes = withApp(changesIn(recorded("key-narrowed")), {
    before: { ...app?.before, ...secret },
    after: { ...app?.after, ...secret },
  });
  const told = clientDifference(wanted(), observed(), changes);
  expect(told.changes).toMatchObject([
    { before: { engineArguments: { jwks: ["one", "two"] } }, after: { engineArguments: { jwks: ["two"] } } },
  ]);
});

test("a sensitive argument shows its name only", () => {
  const changes = changesIn(recorded("arguments-of-others"));
  const hidden = withApp(changes, { sensitive: { before: { consent_method: true }, after: {} } });
  const told = clientDifference(wanted(), observed(), hidden);
  expect(told.changes).toMatchObject([{ before: { engineArguments: { consent_method: "(sensitive)" } } }]);
  expect(JSON.stringify(told)).not.toContain("REQUIRED");
});

test("taking it into the state is an update of who carries it, and nothing else", () => {
  const registration = wanted({ assignment: { everyone: false, groups: ["whiterabbit-staff", "wr-new"] } });
  const told = clientDifference(registration, observed(registration), changesIn(recorded("adopted")));
  expect(told.changes).toMatchObject([
    { action: "update", paths: ["engine"], before: { engine: "none" }, after: { engine: "terraform" }, hot: [] },
  ]);
});

test("in place of what the state holds, it shows who carries it and what `direct` sees", () => {
  const found = observed(wanted({ redirectUris: elsewhere }));
  expect(takenOver(wanted(), found).changes).toMatchObject([
    { action: "update", paths: ["engine", "redirectUris"], hot: ["redirectUris"] },
  ]);
  expect(takenOver(wanted({ state: "absent" }), found).changes).toMatchObject([{ action: "delete" }]);
});

test("a replace is one, with the argument that cannot be changed", () => {
  const changes = withApp(changesIn(recorded("arguments-of-others")), {
    actions: ["delete", "create"],
    replacePaths: [["consent_method"]],
  });
  expect(clientDifference(wanted(), observed(), changes).changes).toMatchObject([
    { action: "replace", because: ["engineArguments"], after: { engineArguments: { consent_method: "TRUSTED" } } },
  ]);
});

describe("a group that is made", () => {
  const at = (name: string) => recorded(name).changes.find(({ type }) => type === "okta_group");
  const found = { address: group.address, id: "00g1", fields: { name: "wr-new" } };

  test("made, there, looked up", () => {
    expect(partDifference(group, undefined, at("group-made"))).toEqual(diffPart(group, undefined));
    expect(partDifference(group, found, at("group-there"))).toEqual({ changes: [], unchanged: true });
    expect(partDifference(group, found, undefined)).toEqual({ changes: [], unchanged: true });
  });

  test("renamed at Okta: its name is put back", () => {
    const change = at("group-there");
    if (change === undefined) throw new Error("the plan has no group");
    const renamed = { ...change, actions: ["update"] as const, before: { ...change.before, name: "somebody's" } };
    expect(partDifference(group, found, renamed).changes).toMatchObject([
      { action: "update", before: { name: "somebody's" }, after: { name: "wr-new" }, paths: ["name"] },
    ]);
  });
});
