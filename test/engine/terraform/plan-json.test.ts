import { describe, expect, test } from "vitest";
import { readPlanJson } from "../../../src/engine/terraform/plan-json.ts";

const change = {
  address: "okta_app_oauth.a",
  mode: "managed",
  type: "okta_app_oauth",
  name: "a",
  change: { actions: ["create"], before: null, after: {}, after_unknown: {} },
};
const plan = (more: object): string => JSON.stringify({ format_version: "1.2", ...more });

describe("ENGINE_ANSWER_UNREADABLE for", () => {
  test.each([
    ["no JSON", "Terraform v1.11.4", "OpenTofu 1.12.6 did not answer a plan in JSON"],
    ["no object", "[]", "OpenTofu 1.12.6 did not answer a plan in JSON"],
    ["no format", "{}", "OpenTofu 1.12.6 writes plans in format (none), and only 1.x is known"],
    ["a later format", '{"format_version":"2.0"}', "OpenTofu 1.12.6 writes plans in format 2.0, and only 1.x is known"],
    [
      "a change of nothing",
      plan({ resource_changes: [{ ...change, address: 1 }] }),
      "OpenTofu 1.12.6 plans a change without an address, a type or a name",
    ],
    [
      "an unknown action",
      plan({ resource_changes: [{ ...change, change: { actions: ["open"] } }] }),
      'OpenTofu 1.12.6 plans for okta_app_oauth.a the action "open", which is not known',
    ],
    [
      "no action",
      plan({ resource_drift: [{ ...change, change: {} }] }),
      "OpenTofu 1.12.6 plans for okta_app_oauth.a no action",
    ],
    [
      "an output without an action",
      plan({ output_changes: { id: null } }),
      "OpenTofu 1.12.6 plans for an output no action",
    ],
  ])("%s", (_, text, message) => {
    expect(() => readPlanJson(text, "OpenTofu 1.12.6")).toThrow(
      expect.objectContaining({ code: "ENGINE_ANSWER_UNREADABLE", message }),
    );
  });
});

test("reads changes, drift, imports, what is unknown and what is secret", () => {
  const text = plan({
    resource_changes: [
      {
        ...change,
        action_reason: "replace_because_cannot_update",
        change: {
          actions: ["delete", "create"],
          before: { label: "old" },
          after: { label: "new" },
          after_unknown: { id: true },
          before_sensitive: false,
          after_sensitive: { client_secret: true },
          replace_paths: [["type"], ["groups", 0]],
          importing: { id: "0oa1" },
        },
      },
      { ...change, mode: "data", change: { actions: ["read"] } },
    ],
    resource_drift: [{ ...change, change: { actions: ["delete"], before: { label: "old" }, after: null } }],
    output_changes: {
      a_id: { actions: ["create"], before: null, after_unknown: true, after_sensitive: true },
      b_id: { actions: ["no-op"], before: "x", after: "x", after_unknown: false },
    },
    errored: true,
  });
  const of = { address: "okta_app_oauth.a", mode: "managed", type: "okta_app_oauth", name: "a" };
  const none = {
    before: undefined,
    after: undefined,
    afterUnknown: {},
    replacePaths: [],
    reason: undefined,
    importing: undefined,
  };
  expect(readPlanJson(text, "OpenTofu 1.12.6")).toEqual({
    changes: [
      {
        ...of,
        actions: ["delete", "create"],
        before: { label: "old" },
        after: { label: "new" },
        afterUnknown: { id: true },
        sensitive: { before: false, after: { client_secret: true } },
        replacePaths: [["type"], ["groups", 0]],
        reason: "replace_because_cannot_update",
        importing: { id: "0oa1" },
      },
      { ...of, ...none, mode: "data", actions: ["read"], sensitive: { before: false, after: false } },
    ],
    drift: [
      { ...of, ...none, actions: ["delete"], before: { label: "old" }, sensitive: { before: false, after: false } },
    ],
    outputs: {
      a_id: { actions: ["create"], before: null, after: undefined, unknown: true, sensitive: true },
      b_id: { actions: ["no-op"], before: "x", after: "x", unknown: false, sensitive: false },
    },
    errored: true,
  });
});

test("an empty plan is one", () => {
  expect(readPlanJson(plan({}), "Terraform 1.11.4")).toEqual({ changes: [], drift: [], outputs: {}, errored: false });
});
