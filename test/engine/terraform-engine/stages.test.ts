import { expect, test } from "vitest";
import { groupIds } from "../../../src/engine/terraform/app-fields.ts";
import { type Stage, stagesOf } from "../../../src/engine/terraform/stages.ts";
import { wanted } from "../../idp/okta/bench.ts";
import { changesIn, recorded, withApp } from "./recorded.ts";

const shown = (stages: readonly Stage[]) =>
  stages.map(({ registration, keptGroups }) => [registration.state, keptGroups.length]);

test("mostly there is one run: made, changed in place, taken away", () => {
  for (const name of ["created", "callback", "unchanged", "group-there", "deleted", "group-made"]) {
    expect(shown(stagesOf(wanted(), changesIn(recorded(name)))), name).toEqual([["active", 0]]);
  }
  expect(shown(stagesOf(wanted({ state: "inactive" }), changesIn(recorded("off"))))).toEqual([["inactive", 0]]);
});

test("new groups come before old ones go", () => {
  const changes = changesIn(recorded("groups"));
  const [first, last] = stagesOf(wanted(), changes);
  expect(first?.keptGroups).toEqual(groupIds(changes.assignments?.before));
  expect(last?.keptGroups).toEqual([]);
});

test("a group that is not made yet counts as new", () => {
  const changes = changesIn(recorded("groups"));
  const { assignments } = changes;
  if (assignments === undefined) throw new Error("the plan has no assignments");
  const unmade = { ...assignments, after: { ...assignments.after, group: [{ profile: "{}" }] } };
  expect(shown(stagesOf(wanted(), { ...changes, assignments: unmade }))).toEqual([
    ["active", 1],
    ["active", 0],
  ]);
});

test("what was off is put right before it is on; what only is switched on takes one run", () => {
  expect(shown(stagesOf(wanted(), changesIn(recorded("on"))))).toEqual([
    ["inactive", 0],
    ["active", 0],
  ]);
  const { app } = changesIn(recorded("unchanged"));
  const off = withApp(changesIn(recorded("unchanged")), { before: { ...app?.after, status: "INACTIVE" } });
  expect(shown(stagesOf(wanted(), off))).toEqual([["active", 0]]);
});
