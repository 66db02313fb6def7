import { afterEach, beforeEach, expect, test } from "vitest";
import { Visitor } from "../../support/visitor.ts";
import { openTestWorkspace, type TestWorkspace } from "../../support/workspace.ts";

const start = "https://billing.acme.example/sso/whiterabbit/start";

let workspace: TestWorkspace;
beforeEach(async () => {
  workspace = await openTestWorkspace();
  workspace.edit(
    "tenantry.yaml",
    "apps:\n",
    `apps:
  billing:
    kind: http
    baseUrl: https://billing.acme.example
    callback: /sso/{tenant}/callback
    start: /sso/{tenant}/start
    receiver: https://records.acme.example
    auth: { hmac: { keyId: tenantry-1, secret: env:BILLING_RECEIVER_KEY } }
`,
  );
  workspace.edit("tenants/whiterabbit.yaml", "  - app: portal\n", "  - app: billing\n");
});
afterEach(() => workspace.close());

const held = () => workspace.sandbox.standIns.receiver.receiver.tables("billing").records.get("whiterabbit/default");

async function comesIn(): Promise<boolean> {
  const visitor = new Visitor(workspace.sandbox);
  const shown = await visitor.signIn(start, "staff@whiterabbit.example");
  await visitor.close();
  return shown.status === 200 && shown.text.includes("Signed in as");
}

test("a file becomes a record at the receiver, both halves proven, and people sign in by it", async () => {
  const applied = await workspace.tenantry("apply", "--yes", "--json");
  expect(applied.exit, applied.err).toBe(0);
  for (const check of ["A1", "A2", "A8"]) expect(applied.out).toContain(`"${check}"`);
  expect(held()).toMatchObject({ state: "active", managedBy: "acme/sandbox", previous: null });
  expect(applied.out + applied.err).not.toContain(held()?.secret?.value);
  expect(await comesIn()).toBe(true);
  const again = await workspace.tenantry("plan", "--exit-code");
  expect(again.exit, again.out).toBe(0);
  const verified = await workspace.tenantry("verify", "whiterabbit");
  expect(verified.exit, verified.out).toBe(0);

  workspace.edit("tenants/whiterabbit.yaml", "status: active", "status: suspended");
  const suspended = await workspace.tenantry("apply", "--yes");
  expect(suspended.exit, suspended.err).toBe(0);
  expect(held()?.state).toBe("disabled");
  expect(await comesIn()).toBe(false);
});

test("a change that the app's half does not hold with is taken back, and people go on signing in", async () => {
  expect((await workspace.tenantry("apply", "--yes")).exit).toBe(0);
  const before = held();
  workspace.edit("tenants/whiterabbit.yaml", "scopes: [openid, email, profile]", "scopes: [openid, email]");
  workspace.sandbox.standIns.receiver.app.mistakes.add("start-500");
  const failed = await workspace.tenantry("apply", "--yes");
  expect(failed.exit).not.toBe(0);
  const { version: _old, ...old } = before ?? { version: 0 };
  const { version: _now, ...now } = held() ?? { version: 0 };
  expect(now).toEqual(old);
  workspace.sandbox.standIns.receiver.app.mistakes.clear();
  expect(await comesIn()).toBe(true);
});

test("a receiver that is away stops the connection, and the next apply goes on", async () => {
  workspace.sandbox.faults.add({
    host: "records.acme.example",
    effect: "status-before",
    status: 503,
    times: 99,
  } as never);
  const failed = await workspace.tenantry("apply", "--yes");
  expect([failed.exit, /HTTP_UNREACHABLE/.test(failed.err + failed.out)]).toEqual([5, true]);
  workspace.sandbox.faults.clear();
  expect((await workspace.tenantry("apply", "--yes")).exit).toBe(0);
  expect(await comesIn()).toBe(true);
});
