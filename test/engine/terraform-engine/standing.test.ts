import { expect, test } from "vitest";
import { importsOf, inTheWay, isOther, standingOf, standingProblem } from "../../../src/engine/terraform/standing.ts";
import { wanted } from "../../idp/okta/bench.ts";
import { changesIn, observed, recorded } from "./recorded.ts";

const app = "okta_app_oauth.client_whiterabbit__portal";
const assignments = "okta_app_group_assignments.groups_whiterabbit__portal";
const both = new Set([app, assignments]);
const found = observed();

test("where a client is: at Okta, in the state, in both, in none", () => {
  expect(standingOf(wanted(), found, both)).toBe("managed");
  expect(standingOf(wanted(), found, new Set())).toBe("unmanaged");
  expect(standingOf(wanted(), undefined, both)).toBe("lost");
  expect(standingOf(wanted(), undefined, new Set())).toBe("new");
});

test("a client is taken into the state with the groups that it has", () => {
  const { id } = found;
  expect(importsOf(wanted(), found, "unmanaged", new Set())).toEqual([
    { to: app, id },
    { to: assignments, id },
  ]);
  expect(importsOf(wanted({ assignment: undefined }), found, "unmanaged", new Set())).toEqual([{ to: app, id }]);
  const alone = observed(wanted({ assignment: { everyone: false, groups: [] } }));
  expect(importsOf(wanted(), alone, "unmanaged", new Set())).toEqual([{ to: app, id }]);
});

test("of a client in the state, a run that was killed may have left the groups out", () => {
  expect(importsOf(wanted(), found, "managed", both)).toEqual([]);
  expect(importsOf(wanted(), found, "managed", new Set([app]))).toEqual([{ to: assignments, id: found.id }]);
});

test("another app in the state is seen by its id, or by what would be made", () => {
  const there = changesIn(recorded("unchanged")).app;
  const id = String(there?.before?.id);
  expect(isOther(there, { ...found, id })).toBe(false);
  expect(isOther(there, found)).toBe(true);
  expect(isOther(changesIn(recorded("created")).app, found)).toBe(true);
  expect(isOther(changesIn(recorded("created")).app, undefined)).toBe(false);
});

test("each has its code and says whose state it is", () => {
  const where = "Terraform's state of whiterabbit at workforce";
  const codes = (["unmanaged", "lost", "other"] as const).map((standing) => {
    const { code, kind, message } = standingProblem(wanted(), found, standing, where);
    expect([kind, message.includes(where), message.includes("whiterabbit/portal")]).toEqual(["state", true, true]);
    return code;
  });
  expect(codes).toEqual(["ENGINE_NOT_IN_STATE", "ENGINE_STATE_GONE", "ENGINE_STATE_GONE"]);
});

test("in the way is what would be made twice; what is wanted off, and whoever takes over, goes on", () => {
  const look = (state: "active" | "inactive" | "absent", standing: "unmanaged" | "lost" | "other", adopt: boolean) => {
    const registration = wanted({ state });
    const standings = new Map([[registration.key, standing]]);
    const { problems, others } = inTheWay([registration], new Map([[found.key, found]]), standings, {
      adopt,
      where: "",
    });
    return `${problems.length} ${others.length}`;
  };
  const rows = (["active", "inactive", "absent"] as const).map((state) =>
    [false, true].map((adopt) =>
      (["unmanaged", "lost", "other"] as const).map((standing) => look(state, standing, adopt)).join(", "),
    ),
  );
  expect(rows).toEqual([
    ["1 0, 1 0, 1 0", "0 0, 0 0, 0 1"],
    ["0 0, 0 0, 1 0", "0 0, 0 0, 0 1"],
    ["0 0, 0 0, 0 1", "0 0, 0 0, 0 1"],
  ]);
});
