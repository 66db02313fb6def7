import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestSandbox, type TestSandbox } from "../support/sandbox.ts";
import { call } from "./okta-caller.ts";

const start = Date.UTC(2026, 10, 21, 9, 0, 0);
let now = start;
let at: TestSandbox;
beforeAll(async () => {
  at = await startTestSandbox({ clock: () => now });
  for (const [first, last, more] of [
    ["Ada", "Stone", { department: "Kitchen", title: "Chef (pastry)" }],
    ["Bob", "Stone", { department: "kitchen" }],
    ["Cleo", "Adams", { department: 'The "Bar"' }],
  ] as const) {
    now += 60_000;
    const login = `${first.toLowerCase()}@search.example`;
    await call(at, "POST", "/api/v1/users", {
      profile: { login, email: login, firstName: first, lastName: last, ...more },
    });
  }
  const dead = (await call(at, "GET", "/api/v1/users/cleo")).json;
  await call(at, "POST", `/api/v1/users/${dead.id}/lifecycle/deactivate`);
});
afterAll(() => at.close());

async function found(parameter: string, text: string, more = ""): Promise<string[] | string> {
  const { status, json } = await call(at, "GET", `/api/v1/users?${parameter}=${encodeURIComponent(text)}${more}`);
  return status === 200
    ? json.map((user: { profile: { firstName: string } }) => user.profile.firstName)
    : `${status} ${json.errorCode}`;
}

const minute = (count: number) => new Date(start + count * 60_000).toISOString();

describe("search", () => {
  test.each([
    ['profile.lastName eq "stone"', ["Ada", "Bob"]],
    ['profile.department eq "KITCHEN" and profile.firstName eq "Bob"', ["Bob"]],
    ['profile.firstName eq "Ada" or profile.firstName eq "Cleo"', ["Ada", "Cleo"]],
    ['profile.lastName eq "Stone" and (profile.firstName eq "Ada" or profile.firstName eq "Cleo")', ["Ada"]],
    ['profile.firstName eq "Cleo" or profile.lastName eq "Stone" and profile.firstName eq "Ada"', ["Ada", "Cleo"]],
    ['profile.department eq "The \\"Bar\\""', ["Cleo"]],
    ['profile.title co "(pastry)"', ["Ada"]],
    ['profile.email sw "bob@"', ["Bob"]],
    ['profile.email ew "@search.example"', ["Ada", "Bob", "Cleo"]],
    ["profile.title pr", ["Ada"]],
    ['profile.department pr and profile.department ne "kitchen"', ["Cleo"]],
    ['status eq "DEPROVISIONED"', ["Cleo"]],
    [`profile.department pr and created gt "${minute(1)}"`, ["Bob", "Cleo"]],
    [`profile.department pr and created ge "${minute(1)}" and created lt "${minute(2)}"`, ["Ada"]],
    // The same moment in another spelling.
    [`created eq "${minute(1)}" or created le "2026-11-21T10:01:00+01:00" and profile.department pr`, ["Ada"]],
  ])("%s", async (text, names) => {
    expect(await found("search", text)).toEqual(names);
  });

  test.each([
    "whatever",
    'profile.lastName eq "Stone',
    'profile.lastName eq "Stone" and',
    '(profile.lastName eq "Stone"',
    'profile.lastName is "Stone"',
    'nothing eq "Stone"',
    `${"(".repeat(60)}profile.lastName pr${")".repeat(60)}`,
    'constructor eq "x"',
  ])("%s is refused", async (text) => {
    expect(await found("search", text)).toBe("400 E0000031");
  });

  test("is sorted by what is asked, in pages", async () => {
    const search = encodeURIComponent("profile.department pr");
    const names: string[] = [];
    let path: string | undefined = `/api/v1/users?search=${search}&sortBy=profile.lastName&sortOrder=desc&limit=1`;
    while (path !== undefined) {
      const { json, headers } = await call(at, "GET", path);
      names.push(...json.map((user: { profile: { firstName: string } }) => user.profile.firstName));
      path = /<https:\/\/acme\.okta\.com([^>]+)>; rel="next"/.exec(headers.get("link") ?? "")?.[1];
    }
    expect(names).toEqual(["Ada", "Bob", "Cleo"]);
    expect(await found("search", "profile.department pr", "&sortBy=profile.firstName&sortOrder=desc")).toEqual([
      "Cleo",
      "Bob",
      "Ada",
    ]);
    expect(await found("search", "profile.department pr", "&sortBy=nothing")).toBe("400 E0000001");
  });
});

describe("filter and q", () => {
  test("a filter compares exactly, and knows fewer attributes", async () => {
    expect(await found("filter", 'profile.lastName eq "Stone"')).toEqual(["Ada", "Bob"]);
    expect(await found("filter", 'profile.lastName eq "stone"')).toEqual([]);
    expect(await found("filter", 'status eq "DEPROVISIONED"')).toEqual(["Cleo"]);
    expect(await found("filter", 'profile.department eq "Kitchen"')).toBe("400 E0000031");
    expect(await found("filter", 'profile.lastName co "Sto"')).toBe("400 E0000031");
  });

  test("q is how a name or address begins; the deactivated are left out", async () => {
    expect(await found("q", "sto")).toEqual(["Ada", "Bob"]);
    expect(await found("q", "BOB@")).toEqual(["Bob"]);
    expect(await found("q", "cleo")).toEqual([]);
    expect(await found("q", "tone")).toEqual([]);
  });

  test("a list shows each with the link to themselves only, and takes one way to ask", async () => {
    const { json } = await call(at, "GET", "/api/v1/users");
    expect(json.map((user: { profile: { firstName: string } }) => user.profile.firstName)).not.toContain("Cleo");
    expect(json[0]._links).toEqual({ self: { href: `https://acme.okta.com/api/v1/users/${json[0].id}` } });
    expect(await found("q", "ada", "&search=profile.title%20pr")).toBe("400 E0000001");
  });
});
