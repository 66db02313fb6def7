import { describe, expect, it } from "vitest";
import { faultEffects } from "../../sandbox/fault-rule.ts";
import type { LocalFaultRule } from "../../sandbox/faults.ts";
import { applyInFreshWorkspace, type Outcome, whiterabbit } from "./faulty.ts";

const create = { method: "POST", path: "^/api/v1/apps$" };
const list = { method: "GET", path: "^/api/v1/apps$" };
const assign = { method: "PUT", path: "/groups/" };
const secrets = { method: "GET", path: "/credentials/secrets$" };
const token = { method: "POST", path: "^/oauth2/v1/token$" };
const proof = { method: "POST", path: "^/oauth2/default/v1/token$" };
const api = { path: "^/api/v1/" };
const fine: Outcome = { exit: 0 };

const table: readonly (readonly [name: string, rules: readonly LocalFaultRule[], outcome: Outcome])[] = [
  ["everything is late", [{ effect: "delay", milliseconds: [2, 16], times: "all", seed: 11 }], fine],
  ["the create is cut before its effect", [{ ...create, effect: "reset-before" }], fine],
  ["the create is cut after its effect", [{ ...create, effect: "reset-after" }], fine],
  ["the create is answered 500 before its effect", [{ ...create, effect: "status-before", status: 500 }], fine],
  ["the create is answered 502 after its effect", [{ ...create, effect: "status-after", status: 502 }], fine],
  ["the create is answered 503 after its effect", [{ ...create, effect: "status-after", status: 503 }], fine],
  ["the reply to the create is cut short", [{ ...create, effect: "truncate" }], fine],
  ["the reply to the create drips", [{ ...create, effect: "drip", bytes: 200, milliseconds: 5 }], fine],
  ["every reply drips", [{ ...api, effect: "drip", bytes: 500, milliseconds: 2, times: "all" }], fine],
  ["an assignment is cut after its effect", [{ ...assign, effect: "reset-after" }], fine],
  ["an assignment is answered 503 before its effect", [{ ...assign, effect: "status-before", status: 503 }], fine],
  ["a list is cut short", [{ ...list, effect: "truncate", bytes: 1 }], fine],
  ["the secrets are cut short", [{ ...secrets, effect: "truncate" }], fine],
  ["the access token is cut short", [{ ...token, effect: "truncate" }], fine],
  ["the next two calls are too many", [{ ...api, effect: "rate-limit", times: 2 }], fine],
  [
    "creates stay too many",
    [{ ...create, effect: "rate-limit", times: "all" }],
    { exit: 5, code: "OKTA_RATE_LIMITED" },
  ],
  ["a token is too many", [{ ...token, effect: "rate-limit" }], fine],
  ["the token is over before the create", [{ ...create, effect: "expire-tokens" }], fine],
  ["the token is over before an assignment", [{ ...assign, effect: "expire-tokens" }], fine],
  ["the token is over before the secrets are read", [{ ...secrets, effect: "expire-tokens" }], fine],
  ["the token is refused once, for the create", [{ ...create, effect: "refuse-token" }], fine],
  [
    "the index is old when the reply to the create is lost",
    [
      { ...list, effect: "stale", milliseconds: 600_000, skip: 1 },
      { ...create, effect: "reset-after" },
    ],
    fine,
  ],
  [
    "the proof is answered 503",
    [{ ...proof, effect: "status-before", status: 503, times: "all" }],
    { exit: 7, code: "APPLY_PROOF_INCONCLUSIVE" },
  ],
  [
    "the proof is cut",
    [{ ...proof, effect: "reset-after", times: "all" }],
    { exit: 7, code: "APPLY_PROOF_INCONCLUSIVE" },
  ],
  [
    "some requests fail, now so, now so",
    [
      { ...api, effect: "reset-before", probability: 0.12, seed: 46 },
      { ...api, effect: "status-before", status: 503, probability: 0.12, seed: 317 },
      { ...api, effect: "delay", milliseconds: [0, 20], probability: 0.5, seed: 3 },
    ],
    fine,
  ],
];

describe("an apply at Okta goes through it, or stops and the next one goes on", () => {
  it.each(table)("%s", async (_name, rules, outcome) => {
    expect(await applyInFreshWorkspace(whiterabbit, rules)).toEqual(outcome);
  });

  it("meets every kind of fault that there is", () => {
    const met = new Set(table.flatMap(([, rules]) => rules.map(({ effect }) => effect)));
    expect([...met].sort()).toEqual([...faultEffects].sort());
  });
});
