import { describe, expect, test } from "vitest";
import type { Json } from "../../sandbox/json.ts";
import { ExpressionProblem, evaluate } from "../../sandbox/okta/sign-in/expression.ts";
import type { ExpressionContext } from "../../sandbox/okta/sign-in/expression-context.ts";

const context: ExpressionContext = {
  variables: {
    user: {
      login: "ada@acme.example",
      firstName: "Ada",
      roles: ["a", "b"],
      profile: { firstName: "Ada", age: 36 },
      nothing: null,
    },
    appuser: null,
    app: { clientId: "0oa1", profile: { tier: "gold" } },
    access: { scope: ["openid"] },
  },
  groups: [
    { id: "00g1", type: "BUILT_IN", name: "Everyone" },
    { id: "00g2", type: "OKTA_GROUP", name: "acme-admins" },
    { id: "00g3", type: "APP_GROUP", name: "ad-people" },
  ],
};

describe("an expression comes to its value", () => {
  test.each<[string, Json]>([
    ["'text'", "text"],
    ['"it\\"s"', 'it"s'],
    ["12", 12],
    ["-1.5", -1.5],
    ["true", true],
    ["null", null],
    ["{'a', 1, {2}}", ["a", 1, [2]]],
    ["{}", []],
    ["user.login", "ada@acme.example"],
    ["user.profile.firstName", "Ada"],
    ["user['firstName']", "Ada"],
    ["user.roles[1]", "b"],
    ["user.roles[9]", null],
    ["user.shoeSize", null],
    ["user.shoeSize.left", null],
    ["user.constructor", null],
    ["nosuch", null],
    ["appuser.userName", null],
    ["(appuser != null) ? appuser.userName : app.clientId", "0oa1"],
    ["user.nothing ?: 'x'", "x"],
    ["user.profile.age > 30 && user.firstName == 'Ada' ? 'yes' : 'no'", "yes"],
    ["user.profile.age <= 30 OR !(1 == 1)", false],
    ["NOT false AND 'a' < 'b'", true],
    ["user.firstName == \"Ada\" ? 'a' : user.firstName == \"Bob\" ? 'b' : 'c'", "a"],
    ["user.firstName + '/' + 1", "Ada/1"],
    ["3 - 1 + 2", 4],
    ["user.login.toUpperCase()", "ADA@ACME.EXAMPLE"],
    ["user.login.substring(0, 3).length()", 3],
    ["user.nothing.toUpperCase()", null],
    ["user.roles.contains('b')", true],
    ["String.append(user.firstName, '!')", "Ada!"],
    ["String.join(',', 'a', 'b')", "a,b"],
    ["String.len(' ab')", 3],
    ["String.removeSpaces('a b c')", "abc"],
    ["String.replace('a.a', 'a', '$&')", "$&.$&"],
    ["String.replaceFirst('aa', 'a', 'b')", "ba"],
    ["String.startsWith(user.login, 'ada')", true],
    ["String.stringContains(user.login, '@')", true],
    ["String.stringSwitch(user.login, 'none', 'acme', 'ours', 'x', 'theirs')", "ours"],
    ["String.substring('abcdef', 1, 3)", "bc"],
    ["String.substringAfter(user.login, '@')", "acme.example"],
    ["String.substringBefore(user.login, '@')", "ada"],
    ["String.toLowerCase('ABC')", "abc"],
    ["Convert.toInt('12.4')", 12],
    ["Arrays.add(user.roles, 'c')", ["a", "b", "c"]],
    ["Arrays.remove(user.roles, 'a')", ["b"]],
    ["Arrays.get(user.roles, 0)", "a"],
    ["Arrays.flatten({1, {2, {3}}}, 4)", [1, 2, 3, 4]],
    ["Arrays.contains(user.roles, 'z')", false],
    ["Arrays.size(user.roles)", 2],
    ["Arrays.isEmpty({})", true],
    ["Arrays.toCsvString(user.roles)", "a,b"],
    ["Groups.startsWith('OKTA', 'acme', 100)", ["acme-admins"]],
    ["Groups.contains('OKTA', 'e', 1)", ["Everyone"]],
    ["Groups.endsWith('active_directory', 'people', 10)", ["ad-people"]],
    ["getFilteredGroups({'00g2', '00g9'}, 'group.name', 10)", ["acme-admins"]],
    ["isMemberOfGroup('00g2')", true],
    ["isMemberOfAnyGroup('00g8', '00g9')", false],
    ["isMemberOfGroupName('Everyone') ? 'in' : 'out'", "in"],
    ["isMemberOfGroupNameStartsWith('acme')", true],
    ["isMemberOfGroupNameContains('zzz')", false],
    ["isMemberOfGroupNameRegex('a.*admins')", true],
    // The part that is not taken need not be played.
    ["true ? 1 : Time.now()", 1],
  ])("%s", (text, value) => {
    expect(evaluate(text, context)).toEqual(value);
  });
});

describe("an expression that cannot be read or is not played is told", () => {
  test.each([
    ["", "it ends too early"],
    ["user.", "it ends too early"],
    ["user.(", "unexpected ("],
    ["'open", "it cannot be read from character 1 on"],
    ["1 2", "unexpected 2"],
    ["(1", ") is missing"],
    ["a ? b", ": is missing"],
    ["user.login #", "it cannot be read from character 11 on"],
    ["Time.now()", "the sandbox does not play Time.now()"],
    ["constructor()", "the sandbox does not play constructor()"],
    ["user.login.split('@')", "the sandbox does not play .split()"],
    ["user.login.constructor()", "the sandbox does not play .constructor()"],
    ["'a' - 1", "only numbers can be subtracted"],
    ["String.substring('a', 'x')", "a number is needed"],
    ["isMemberOfGroupNameRegex('(')", "the regular expression cannot be read"],
  ])("%s", (text, problem) => {
    expect(() => evaluate(text, context)).toThrow(new ExpressionProblem(problem));
  });
});
