import { describe, expect, it } from "vitest";
import type { LocalFaultRule } from "../../sandbox/faults.ts";
import { applyInFreshWorkspace, fernhill, type Outcome } from "./faulty.ts";

const create = { method: "POST", path: "^/api/v2/clients$" };
const organize = { method: "POST", path: "^/api/v2/organizations$" };
const enable = { method: "PATCH", path: "/connections/[^/]+/clients$" };
const token = { method: "POST", path: "^/oauth/token$" };
const read = { method: "GET", path: "^/api/v2/" };
const api = { path: "^/api/v2/" };
const fine: Outcome = { exit: 0 };
/** Clients cannot be searched for: whether one was made shows only later. */
const unclear: Outcome = { exit: 7, code: "AUTH0_CREATE_UNCLEAR" };

const table: readonly (readonly [name: string, rules: readonly LocalFaultRule[], outcome: Outcome])[] = [
  ["everything is late", [{ effect: "delay", milliseconds: [2, 16], times: "all", seed: 11 }], fine],
  ["the create is cut before its effect", [{ ...create, effect: "reset-before" }], unclear],
  ["the create is cut after its effect", [{ ...create, effect: "reset-after" }], fine],
  ["the create is answered 503 before its effect", [{ ...create, effect: "status-before", status: 503 }], unclear],
  ["the create is answered 500 after its effect", [{ ...create, effect: "status-after", status: 500 }], fine],
  ["the create is answered 502 after its effect", [{ ...create, effect: "status-after", status: 502 }], fine],
  ["the reply to the create is cut short", [{ ...create, effect: "truncate" }], fine],
  ["the reply to the create drips", [{ ...create, effect: "drip", bytes: 200, milliseconds: 5 }], fine],
  ["the organization is made, but the reply is lost", [{ ...organize, effect: "reset-after" }], fine],
  ["a connection is enabled, but the reply is cut short", [{ ...enable, effect: "truncate" }], fine],
  ["reads are cut short", [{ ...read, effect: "truncate", times: 2 }], fine],
  ["the access token is cut short", [{ ...token, effect: "truncate" }], fine],
  ["the next two calls are too many", [{ ...api, effect: "rate-limit", times: 2 }], fine],
  ["the token is over before the client is made", [{ ...create, effect: "expire-tokens" }], fine],
  ["the token is over before the organization is made", [{ ...organize, effect: "expire-tokens" }], fine],
  ["the token is refused once, when a connection is enabled", [{ ...enable, effect: "refuse-token" }], fine],
  [
    "reads are old once the organization is made",
    [{ ...organize, effect: "stale", milliseconds: 600_000 }],
    { exit: 5, code: "AUTH0_NOT_FOUND" },
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

describe("an apply at Auth0 goes through it, or stops and the next one goes on", () => {
  it.each(table)("%s", async (_name, rules, outcome) => {
    expect(await applyInFreshWorkspace(fernhill, rules, { whole: true })).toEqual(outcome);
  });
});
