import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Visitor } from "../../support/visitor.ts";
import { openTestWorkspace, type TestWorkspace } from "../../support/workspace.ts";

const gateway = "https://gateway.acme.example";
const orders = `${gateway}/whiterabbit/orders`;
const staff = "staff@whiterabbit.example";

/** What the app behind the gateway says that it was sent. */
interface Upstream {
  readonly app: string;
  readonly headers: Readonly<Record<string, string>>;
}

describe("a gateway from file to sign-in", () => {
  let workspace: TestWorkspace;
  // How far the sandbox is in the future; Tenantry's own clock stands at the present.
  let ahead = 0;
  beforeAll(async () => {
    workspace = await openTestWorkspace({ clock: () => Date.now() + ahead, migrate: false });
    workspace.edit(
      "tenantry.yaml",
      /^apps:\n[\s\S]*?(?=^\S)/m,
      `apps:
  gateway:
    kind: kong
    baseUrl: ${gateway}
    callback: /{tenant}/callback
    start: /{tenant}
    logout: /{tenant}/logout
    postLogout: [/goodbye]
    adminApi: { url: https://kong-admin.acme.example, token: env:KONG_ADMIN_TOKEN, propagation: 0s }
    config: { logout_methods: [GET, POST] }
`,
    );
    workspace.edit("tenantry.yaml", /^ {4}apps:\n( {6}.*\n)*/m, "");
    workspace.edit(
      "tenants/whiterabbit.yaml",
      /^connections:\n[\s\S]*$/m,
      "connections:\n  - app: gateway\n    kong: { route: api-whiterabbit }\n",
    );
    workspace.edit("tenants/whiterabbit.yaml", /^signIn:\n/m, "signIn:\n  session: { absolute: 8h, idle: 30m }\n");
  });
  afterAll(() => workspace.close());

  const apply = async (): Promise<string> => {
    ahead = 0;
    const applied = await workspace.tenantry("apply", "--yes");
    expect(applied.exit, applied.err + applied.out).toBe(0);
    return applied.out + applied.err;
  };

  // In the order of the proof plan of Kong's guide: blocked, allowed after a login, allowed at once again, refused after the session's time.
  test("before there is a record, the route is as the platform's team made it", async () => {
    const visitor = new Visitor(workspace.sandbox);
    expect((await visitor.ask(orders)).status).toBe(200);
    await visitor.close();
  });

  test("apply proves both halves, and shows no secret", async () => {
    const told = await apply();
    const [plugin] = workspace.sandbox.standIns.kong.state.plugins;
    const [secret] = (plugin?.config.client_secret ?? []) as readonly string[];
    expect(secret).toMatch(/.{20,}/);
    expect(told).not.toContain(secret);
    expect(plugin?.tags?.some((tag) => tag.startsWith("tenantry-state:"))).toBe(false);
    const verified = await workspace.tenantry("verify", "--json");
    expect(verified.exit, verified.out + verified.err).toBe(0);
    expect(verified.out).not.toContain(secret);
    const checks = JSON.stringify(verified.json());
    for (const id of ["A1", "A2", "A3", "A4"]) expect(checks).toContain(`"${id}"`);
  });

  test("unauthorised: sent to the issuer with everything that it is to be asked", async () => {
    const visitor = new Visitor(workspace.sandbox);
    const { status, headers } = await visitor.ask(orders);
    expect(status).toBe(302);
    const url = new URL(headers.get("location") ?? "");
    expect(url.host).toBe("acme.okta.com");
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      response_type: "code",
      redirect_uri: `${gateway}/whiterabbit/callback`,
      scope: "openid email profile",
      state: expect.stringMatching(/.{20,}/),
      nonce: expect.stringMatching(/.{20,}/),
      code_challenge_method: "S256",
    });
    await visitor.close();
  });

  test("allowed after a login, at once again, and refused after the session's time", async () => {
    const visitor = new Visitor(workspace.sandbox);
    const shown = await visitor.signIn(orders, staff);
    expect([shown.status, shown.url.href], shown.text).toEqual([200, orders]);
    const { headers } = JSON.parse(shown.text) as Upstream;
    expect(headers).toMatchObject({
      authorization: expect.stringMatching(/^Bearer .+/),
      "x-user-email": staff,
      "x-user-external-id": expect.any(String),
    });
    expect((await visitor.ask(orders)).status).toBe(200);
    ahead += 29 * 60_000;
    expect((await visitor.ask(orders)).status).toBe(200);
    ahead += 31 * 60_000;
    expect((await visitor.ask(orders)).status).toBe(302);
    await visitor.close();
  });

  test("the whole session is over at its absolute time, however often it is used", async () => {
    const visitor = new Visitor(workspace.sandbox);
    await visitor.signIn(orders, staff);
    const begin = ahead;
    while (ahead < begin + 8 * 3_600_000 - 20 * 60_000) {
      ahead += 20 * 60_000 - 1_000;
      expect((await visitor.ask(orders)).status).toBe(200);
    }
    ahead = begin + 8 * 3_600_000;
    expect((await visitor.ask(orders)).status).toBe(302);
    await visitor.close();
  });

  test("signed out at the gateway's own path, the session is gone", async () => {
    const visitor = new Visitor(workspace.sandbox);
    await visitor.signIn(orders, staff);
    const left = await visitor.ask(`${gateway}/whiterabbit/logout`);
    expect(new URL(left.headers.get("location") ?? "").pathname).toContain("logout");
    expect((await visitor.ask(orders)).status).toBe(302);
    await visitor.close();
  });

  test("suspended: 403 for everybody, those with a session included, and the plugin is kept", async () => {
    ahead = 0;
    const inside = new Visitor(workspace.sandbox);
    const outside = new Visitor(workspace.sandbox);
    await inside.signIn(orders, staff);
    workspace.edit("tenants/whiterabbit.yaml", "status: active", "status: suspended");
    await apply();
    expect((await inside.ask(orders)).status).toBe(403);
    expect((await outside.ask(orders)).status).toBe(403);
    const { plugins } = workspace.sandbox.standIns.kong.state;
    expect(plugins.map(({ name, enabled }) => [name, enabled]).sort()).toEqual([
      ["openid-connect", true],
      ["request-termination", true],
    ]);
    // Should somebody take away what closes the route, the plugin itself lets nobody in.
    const { plugins: store } = workspace.sandbox.standIns.kong.state.workspace("default");
    for (const [id, { name }] of store) if (name === "request-termination") store.delete(id);
    expect((await inside.ask(orders)).status).toBe(403);
    expect((await outside.ask(orders)).status).toBe(302);
    const planned = await workspace.tenantry("plan", "--exit-code");
    expect(planned.exit, planned.out + planned.err).toBe(3);
    await apply();
    expect((await outside.ask(orders)).status).toBe(403);
    await inside.close();
    await outside.close();
  });

  test("suspended and both plugins deleted by hand: the open route is seen and closed", async () => {
    workspace.sandbox.standIns.kong.state.workspace("default").plugins.clear();
    const visitor = new Visitor(workspace.sandbox);
    expect((await visitor.ask(orders)).status).toBe(200);
    const planned = await workspace.tenantry("plan", "--exit-code");
    expect(planned.exit, planned.out + planned.err).toBe(3);
    await apply();
    expect((await visitor.ask(orders)).status).toBe(403);
    await visitor.close();
  });

  test("active again: proven, then open", async () => {
    workspace.edit("tenants/whiterabbit.yaml", "status: suspended", "status: active");
    await apply();
    const visitor = new Visitor(workspace.sandbox);
    const shown = await visitor.signIn(orders, staff);
    expect([shown.status, shown.url.href], shown.text).toEqual([200, orders]);
    await visitor.close();
  });

  test("nothing is left to do after that", async () => {
    const planned = await workspace.tenantry("plan", "--exit-code");
    expect(planned.exit, planned.out + planned.err).toBe(0);
  });

  test("a route that is not there stops the connection, at its place in the file", async () => {
    const text = workspace.read("tenants/whiterabbit.yaml");
    workspace.edit("tenants/whiterabbit.yaml", "route: api-whiterabbit", "route: api-nobody");
    const planned = await workspace.tenantry("plan");
    expect(planned.exit).not.toBe(0);
    expect(planned.err + planned.out).toContain("Kong's workspace default has no route api-nobody");
    expect(planned.err + planned.out).toMatch(/whiterabbit\.yaml:\d+/);
    workspace.write("tenants/whiterabbit.yaml", text);
  });
});
