import { afterEach, beforeEach, expect, test } from "vitest";
import { Visitor } from "../../support/visitor.ts";
import { openTestWorkspace, type TestWorkspace } from "../../support/workspace.ts";

const login = "https://service.acme.example/oauth/v2/login";

let workspace: TestWorkspace;
beforeEach(async () => {
  workspace = await openTestWorkspace();
  workspace.edit(
    "tenantry.yaml",
    "apps:\n",
    `apps:
  service:
    kind: mendix
    baseUrl: https://service.acme.example
    carrier:
      deployApi: { appId: service, environment: Production, username: platform@acme.example, apiKey: env:MENDIX_API_KEY }
`,
  );
  workspace.edit(
    "tenants/whiterabbit.yaml",
    "  - app: portal\n",
    "  - app: service\n    mendix: { alias: Rabbit, tokenProcessing: Sso.CustomATP_Groups }\n",
  );
});
afterEach(() => workspace.close());

const played = () => workspace.sandbox.standIns.mendix;

/** The page that somebody sees in the end. */
async function signIn(): Promise<string> {
  const visitor = new Visitor(workspace.sandbox);
  const { text } = await visitor.signIn(login, "staff@whiterabbit.example");
  await visitor.close();
  return text;
}

test("the plan says that the app must be restarted; after it people sign in; suspended, the constants are blank (B6)", async () => {
  const plan = await workspace.tenantry("plan");
  expect(plan.exit, plan.err).toBe(0);
  expect(plan.out.replaceAll(/\s+/g, " ")).toContain(
    "By hand after the apply, for whiterabbit/service: restart the app service (environment Production) in the Mendix Portal",
  );
  expect(plan.out + plan.err).toContain("OIDC.ASU_OIDC_Startup");
  const applied = await workspace.tenantry("apply", "--yes");
  expect(applied.exit, applied.err + applied.out).toBe(0);
  const secret = played().production.constants.get("OIDC.ClientSecret")?.value ?? "";
  expect(secret).not.toBe("");
  expect(applied.out + applied.err).not.toContain(secret);
  expect(played().app.aliases).toEqual([]);
  played().restart();
  expect(played().app.aliases).toEqual(["Rabbit"]);
  // The parser is the app's own, which the played app does not have.
  expect(await signIn()).toContain("Authentication failed!");
  const again = await workspace.tenantry("plan", "--exit-code");
  expect(again.exit, again.out + again.err).toBe(0);

  workspace.edit("tenants/whiterabbit.yaml", ", tokenProcessing: Sso.CustomATP_Groups", "");
  workspace.edit(
    "tenants/whiterabbit.yaml",
    "map: { whiterabbit-admins: admin }, default: member",
    "map: {}, default: User",
  );
  const changed = await workspace.tenantry("apply", "--yes");
  expect(changed.exit, changed.err + changed.out).toBe(0);
  played().restart();
  expect(await signIn()).toMatch(/Signed in as.*\(User\) by Rabbit/s);
  const verified = await workspace.tenantry("verify", "whiterabbit");
  expect(verified.exit, verified.out + verified.err).toBe(0);

  workspace.edit("tenants/whiterabbit.yaml", "status: active", "status: suspended");
  const suspended = await workspace.tenantry("apply", "--yes");
  expect(suspended.exit, suspended.err).toBe(0);
  expect(played().production.constants.get("OIDC.ClientID")?.value).toBe("");
  played().restart();
  expect(played().app.aliases).toEqual([]);

  workspace.edit("tenants/whiterabbit.yaml", "status: suspended", "status: active");
  const resumed = await workspace.tenantry("apply", "--yes");
  expect(resumed.exit, resumed.err + resumed.out).toBe(0);
  played().restart();
  expect(await signIn()).toContain("by Rabbit");
});

test("two tenants on one set of constants are an issue that names both places (B1)", async () => {
  workspace.addTenant("northwind", (text) => text.replace("alias: Rabbit, ", ""));
  const { exit, err, out } = await workspace.tenantry("validate");
  expect(exit).toBe(2);
  expect(out + err).toContain("constant set OIDC of app `service` is taken by `northwind`");
  workspace.edit("tenants/northwind.yaml", "mendix: { ", 'mendix: { constants: "Sso.Northwind_{name}", ');
  expect((await workspace.tenantry("validate")).exit).toBe(0);
});

test("what the app cannot express is said with its place: explicit endpoints, required claims, a parser (B2)", async () => {
  workspace.edit("tenants/whiterabbit.yaml", ", tokenProcessing: Sso.CustomATP_Groups", "");
  workspace.edit("tenants/whiterabbit.yaml", "  clientAuth:", "  require: { hd: whiterabbit.example }\n  clientAuth:");
  const { exit, err, out } = await workspace.tenantry("validate");
  expect(exit).toBe(2);
  expect(out + err).toMatch(/tenants\/whiterabbit\.yaml:\d+:\d+.*`require`/);
  expect(out + err).toContain("roles come from a microflow of the app, and the connection names none");
});

test("constants that somebody else uses stop the connection, and nothing is changed", async () => {
  const { production } = played();
  const alias = production.constants.get("OIDC.ClientAlias");
  if (alias !== undefined) alias.value = "TheirOwn";
  const before = JSON.stringify(production.view());
  const { exit, err, out } = await workspace.tenantry("apply", "--yes");
  expect(exit).toBe(4);
  expect(out + err).toContain("The constant OIDC.ClientAlias is of the alias TheirOwn.");
  expect(JSON.stringify(production.view())).toBe(before);
});
