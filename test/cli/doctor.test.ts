import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runCommand } from "../../src/cli/main.ts";
import { checkIds } from "../../src/desired/check-id.ts";
import { plain } from "../../src/plan/paint.ts";
import type { CheckResult } from "../../src/store/evidence.ts";
import { besides, diagnose } from "../../src/verify/diagnose.ts";
import { symptoms } from "../../src/verify/symptoms.ts";
import { openTestWorkspace, ourApps, type TestWorkspace } from "../support/workspace.ts";

describe("the table of symptoms", () => {
  test("has names of its own, checks that exist and a remedy for each cause", () => {
    expect(new Set(symptoms.map(({ name }) => name)).size).toBe(symptoms.length);
    for (const { name, causes } of symptoms) {
      expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
      expect(causes.length).toBeGreaterThan(0);
      for (const { text, checks, remedy } of causes) {
        expect(checks.filter((id) => !checkIds.includes(id))).toEqual([]);
        expect(remedy).toMatch(/^[A-Z`].+\.$/);
        expect(text).not.toMatch(/\.$/);
      }
    }
  });

  test("has every symptom of the research, and both kinds of causes", () => {
    expect(symptoms.length).toBeGreaterThanOrEqual(11);
    const causes = symptoms.flatMap((symptom) => symptom.causes);
    expect(causes.filter(({ checks }) => checks.length === 0).length).toBeGreaterThan(5);
  });
});

describe("what the checks say of a cause", () => {
  const result = (id: string, verdict: CheckResult["verdict"], code?: string): CheckResult => ({
    ...{ id, verdict, code, link: "secret", title: "", level: "must", message: "", evidence: {} },
  });
  const symptom = {
    name: "x",
    text: "x",
    causes: [
      { text: "secret", checks: ["S1"], codes: ["VERIFY_SECRET_REFUSED"], remedy: "r" },
      { text: "method", checks: ["S1", "D9"], codes: ["VERIFY_CLIENT_AUTH_METHOD"], remedy: "r" },
      { text: "person", checks: [], remedy: "r" },
    ],
  } as const;
  const judged = (...checks: readonly CheckResult[]) =>
    Object.fromEntries(diagnose(symptom, checks).map(({ cause, judgement }) => [cause.text, judgement]));

  test("a failure with a code of the cause proves it; with another code it does not, and does not rule it out", () => {
    expect(judged(result("S1", "fail", "VERIFY_SECRET_REFUSED"), result("D9", "pass"))).toEqual({
      ...{ secret: "proven", method: "possible", person: "unseen" },
    });
  });

  test("only passes of all its checks rule a cause out; what was skipped, unclear or not run does not", () => {
    expect(judged(result("S1", "pass"), result("D9", "pass"))).toMatchObject({
      secret: "ruledOut",
      method: "ruledOut",
    });
    expect(judged(result("S1", "pass"), result("D9", "skipped"))).toMatchObject({ method: "possible" });
    expect(judged(result("S1", "pass"))).toMatchObject({ secret: "ruledOut", method: "possible" });
    expect(judged()).toMatchObject({ secret: "possible", person: "unseen" });
  });

  describe("in the table of symptoms", () => {
    const provenBy = (...checks: readonly CheckResult[]): readonly string[] =>
      symptoms.flatMap((each) =>
        diagnose(each, checks)
          .filter(({ judgement }) => judgement === "proven")
          .map(({ cause }) => `${each.name}: ${cause.text.split(/[:,]/)[0]}`),
      );
    const issuer = (actual: string): CheckResult => ({ ...result("D3", "fail", "VERIFY_ISSUER_DIFFERS"), actual });

    test.each<[string, CheckResult, readonly string[]]>([
      [
        "a slash at the issuer is not Entra ID's `common`",
        issuer("https://idp.example/"),
        [
          "issuer: the issuer is not the document's",
          "token-refused: the token's issuer is not the one that the app was given",
        ],
      ],
      [
        "a redirect URI that is not registered is no scope, no address of the app and no missing right",
        result("P1", "fail", "VERIFY_CALLBACK_REFUSED"),
        ["redirect-uri: the redirect URI is not registered at the provider"],
      ],
      [
        "a refused scope is no redirect URI",
        result("P1", "fail", "VERIFY_AUTHORIZATION_REFUSED"),
        ["access-denied: the client may not use this flow or this scope"],
      ],
      [
        "a clock is no lost state and no missing callback",
        result("A7", "fail", "VERIFY_APP_CLOCK_DIFFERS"),
        ["token-refused: clocks differ"],
      ],
    ])("%s", (_, check, causes) => {
      expect(provenBy(check)).toEqual(causes);
    });

    test("an issuer without the placeholder of `common` rules that cause out", () => {
      const of = symptoms.find(({ name }) => name === "issuer");
      const judged = of === undefined ? [] : diagnose(of, [issuer("https://idp.example/")]);
      expect(judged.find(({ cause }) => cause.actual !== undefined)?.judgement).toBe("ruledOut");
    });

    test("`common` is told by the placeholder that its document names", () => {
      expect(provenBy(issuer("https://login.microsoftonline.com/{tenantid}/v2.0"))).toContain(
        "issuer: the issuer is Entra ID's `common` or `organizations`",
      );
    });
  });

  describe("what stands behind no proven cause", () => {
    const others = (all: boolean, ...checks: readonly CheckResult[]): readonly string[] =>
      besides(diagnose(symptom, checks), checks, { all }).map(({ id }) => id);
    const warned: CheckResult = { ...result("D10", "fail", "VERIFY_PKCE_UNLISTED"), level: "policy" };

    test("is told: failures and what is unclear, not what waits for another check nor what is proven", () => {
      const proven = result("S1", "fail", "VERIFY_SECRET_REFUSED");
      const waits = result("R3", "inconclusive", "VERIFY_NOT_RUN");
      const checks = [proven, waits, result("K2", "fail"), result("P1", "inconclusive"), result("K1", "pass"), warned];
      expect(others(false, ...checks)).toEqual(["K2", "P1"]);
      expect(others(true, ...checks)).toEqual(["K2", "P1", "D10"]);
    });
  });

  test("what is proven comes first", () => {
    const [first] = diagnose(symptom, [result("S1", "fail", "VERIFY_CLIENT_AUTH_METHOD")]);
    expect(first).toMatchObject({ judgement: "proven", cause: { text: "method" } });
  });
});

describe("tenantry doctor", () => {
  let workspace: TestWorkspace;
  beforeAll(async () => {
    workspace = await openTestWorkspace();
    expect((await workspace.tenantry("apply", "--yes")).exit).toBe(0);
  });
  afterAll(() => workspace.close());

  test("lists the symptoms without looking at anything", async () => {
    const { exit, out, err } = await workspace.tenantry("doctor", "--list");
    expect([exit, err]).toEqual([0, ""]);
    for (const { name } of symptoms) expect(out).toContain(name);
    expect(out.split("\n").filter((line) => line.length > 80)).toEqual([]);
  });

  test.each<[string, readonly string[], RegExp]>([
    ["nobody is named", [], /^CLI_USAGE {2}doctor was not told whom to look at/],
    ["an unknown symptom", ["whiterabbit", "--symptom", "login-lop"], /mend: Did you mean `login-loop`\?/],
    ["an unknown tenant", ["whiterabit"], /^PLAN_UNKNOWN_TENANT/],
  ])("%s: 2, and what to do", async (_, args, words) => {
    const { exit, err } = await workspace.tenantry("doctor", ...args);
    expect([exit, err]).toEqual([2, expect.stringMatching(words)]);
  });

  test("of a connection that holds: nothing is wrong, and what no check can see", async () => {
    const { exit, out } = await workspace.tenantry("doctor", "whiterabbit");
    expect(exit).toBe(0);
    expect(out).toContain("Nothing that a check can see is wrong.");
    expect(out).toMatch(/Still possible, and seen by no check:\n[\s\S]*not assigned/);
    expect(out.split("\n").filter((line) => line.length > 80)).toEqual([]);
  });

  describe("of a connection whose secret was rotated by somebody", () => {
    beforeAll(() => {
      const [app] = ourApps(workspace.sandbox);
      workspace.sandbox.okta.replaceSecret(String(app?.id));
    });

    test("tells what people will see, with the check that proves it", async () => {
      const { exit, out } = await workspace.tenantry("doctor", "whiterabbit");
      expect(exit).toBe(6);
      expect(out).toMatch(/People see: .*\n[\s\S]*PROVEN/);
    });

    test("from the symptom: the same in JSON, every cause judged", async () => {
      const { exit, json } = await workspace.tenantry("doctor", "whiterabbit", "--symptom", "invalid-client", "--json");
      expect(exit).toBe(6);
      const { symptom, connections } = json() as unknown as {
        symptom: string;
        connections: readonly {
          readonly symptoms: readonly { readonly causes: readonly { readonly judgement: string }[] }[];
        }[];
      };
      expect(symptom).toBe("invalid-client");
      const causes = connections[0]?.symptoms[0]?.causes ?? [];
      expect(causes).toHaveLength(symptoms.find(({ name }) => name === "invalid-client")?.causes.length ?? -1);
      expect(causes[0]?.judgement).toBe("proven");
    });
  });

  test("what failed is told though no symptom of the list comes of it, and beside a symptom of another kind", async () => {
    workspace.sandbox.misbehaviours.add("acme.okta.com", "jwks-private-key");
    try {
      const { exit, out } = await workspace.tenantry("doctor", "whiterabbit");
      expect(exit).toBe(6);
      expect(out).not.toContain("Nothing that a check can see is wrong.");
      expect(out).toMatch(/FAIL {7}K2: /);
      const named = await workspace.tenantry("doctor", "whiterabbit", "--symptom", "logout");
      expect(named.out).toMatch(/What else must hold and does not:\n[\s\S]*FAIL {7}K2: /);
      const { json } = await workspace.tenantry("doctor", "whiterabbit", "--symptom", "logout", "--json");
      const { connections } = json() as unknown as { connections: readonly { besides: readonly { id: string }[] }[] };
      expect(connections[0]?.besides.map(({ id }) => id)).toContain("K2");
    } finally {
      workspace.sandbox.misbehaviours.clear();
    }
  });

  test("asks at a terminal; a wrong answer is asked again, Enter looks at everything", async () => {
    const ask = async (...answers: readonly string[]): Promise<{ asked: number; out: string; err: string }> => {
      const out: string[] = [];
      const err: string[] = [];
      let asked = 0;
      await runCommand(
        ["doctor", "whiterabbit", "--workspace", workspace.root, "--env", "sandbox"],
        {
          out: (text) => out.push(text),
          err: (text) => err.push(text),
          paint: plain,
          converse: async () => ({ question: async () => answers[asked++], close: () => undefined }),
        },
        { environment: {}, cwd: workspace.root, pid: process.pid },
      );
      return { asked, out: out.join(""), err: err.join("") };
    };
    const index = symptoms.findIndex(({ name }) => name === "login-loop") + 1;
    const picked = await ask("nothing", String(index));
    expect(picked.asked).toBe(2);
    expect(picked.err).toContain("That is none of them.");
    expect(picked.out).toContain("Symptom: after signing in");
    expect((await ask("")).out).toContain("Still possible, and seen by no check:");
    const left = await ask();
    expect([left.out, left.err]).toEqual(["", expect.stringContaining("CLI_USAGE  no symptom was named")]);
  });
});
