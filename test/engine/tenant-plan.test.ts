import { expect, test } from "vitest";
import type { ConnectionKey } from "../../src/desired/connection.ts";
import { joinedPlan } from "../../src/engine/tenant-plan.ts";
import type { RegistrationObservation, RegistrationProblem } from "../../src/idp/identity-provider.ts";
import { wanted } from "../idp/okta/bench.ts";

const observation: RegistrationObservation = {
  found: new Map(),
  parts: new Map(),
  undeclared: [],
  problems: [],
  coverage: [{ what: "lists", read: 3, total: 3 }],
};
const same = { changes: [], unchanged: true };
const [asked, unasked, held] = ["portal", "orders", "wiki"].map((app) =>
  wanted({ key: `whiterabbit/${app}` as ConnectionKey }),
) as [ReturnType<typeof wanted>, ReturnType<typeof wanted>, ReturnType<typeof wanted>];

test("the program's word counts; what it was not asked about is told by what was observed; what is held has no entry", () => {
  const problem: RegistrationProblem = {
    key: held.key,
    kind: "state",
    code: "ENGINE_NOT_IN_STATE",
    subject: "0oa1",
    message: "app 0oa1 is in no state",
  };
  const tenant = {
    problems: [problem],
    registrations: new Map([asked, held].map(({ key }) => [key, same])),
    parts: new Map(),
  };
  const coverage = { what: "plans", read: 1, total: 2 };
  const plan = joinedPlan([asked, unasked, held], observation, [tenant], [coverage]);
  expect(plan.registrations.get(asked.key)).toBe(same);
  expect(plan.registrations.get(unasked.key)?.changes).toMatchObject([{ action: "create" }]);
  expect(plan.registrations.has(held.key)).toBe(false);
  expect(plan.observation).toEqual({
    ...observation,
    problems: [problem],
    coverage: [...observation.coverage, coverage],
  });
});
