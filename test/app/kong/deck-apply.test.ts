import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestWorkspace, type TestWorkspace } from "../../support/workspace.ts";

describe("a decK file from a tenant's file", () => {
  let workspace: TestWorkspace;
  beforeAll(async () => {
    workspace = await openTestWorkspace({ migrate: false });
    workspace.edit(
      "tenantry.yaml",
      /^apps:\n[\s\S]*?(?=^\S)/m,
      `apps:
  gateway:
    kind: kong
    baseUrl: https://gateway.acme.example
    callback: /{tenant}/callback
    deck: { file: kong/sso.yaml, selectTags: [sso] }
    secretReference: { vault: "env/sso-{tenant}" }
`,
    );
    workspace.edit("tenantry.yaml", /^ {4}apps:\n( {6}.*\n)*/m, "");
    workspace.edit(
      "tenants/whiterabbit.yaml",
      /^connections:\n[\s\S]*$/m,
      "connections:\n  - app: gateway\n    kong: { route: api-whiterabbit }\n",
    );
  });
  afterAll(() => workspace.close());

  test("a plan names the steps that a person does", async () => {
    const { exit, out, err } = await workspace.tenantry("plan");
    expect(exit, err).toBe(0);
    expect(out).toContain("{vault://env/sso-whiterabbit}");
    expect(out).toContain("deck gateway sync kong/sso.yaml");
  });

  test("an apply writes it, with the secret by reference alone, and the next has nothing to do", async () => {
    const { exit, out, err } = await workspace.tenantry("apply", "--yes");
    expect(exit, out + err).toBe(0);
    const text = workspace.read("kong/sso.yaml");
    expect(text).toContain('"{vault://env/sso-whiterabbit}"');
    const planned = await workspace.tenantry("plan", "--exit-code");
    expect(planned.exit, planned.out + planned.err).toBe(0);
  });

  test("what decK or Kong would run, or does not know, is refused before anything is read, at its place", async () => {
    const good = workspace.read("tenants/whiterabbit.yaml");
    const wrong = async (from: string, to: string): Promise<string> => {
      workspace.edit("tenants/whiterabbit.yaml", from, to);
      const { exit, out, err } = await workspace.tenantry("validate");
      workspace.write("tenants/whiterabbit.yaml", good);
      expect(exit).toBe(2);
      return out + err;
    };
    const template = await wrong("signIn:\n", `signIn:\n  extraParams: { a: '\${{ env "DECK_X" }}' }\n`);
    expect(template).toMatch(/whiterabbit\.yaml:9:21 +FILE_TEMPLATE/);
    const vault = await wrong("signIn:\n", 'signIn:\n  extraParams: { a: "{vault://env/x}" }\n');
    expect(vault).toMatch(/whiterabbit\.yaml:9:21 +RULE_APP_CANNOT/);
    const typo = await wrong("route: api-whiterabbit", "route: api-whiterabbit, config: { login_acton: redirect }");
    expect(typo).toMatch(/whiterabbit\.yaml:17:60/);
    expect(typo).toContain("did you mean `login_action`?");
  });
});
