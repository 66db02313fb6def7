import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { openTestWorkspace, ourApps, type TestWorkspace } from "../support/workspace.ts";

const child = fileURLToPath(new URL("./crash-child.ts", import.meta.url));
const entry = fileURLToPath(new URL("../../bin/tenantry.js", import.meta.url));

/** Runs a Node program until it ends; gives the signal that ended it, or its exit code. */
async function end(args: readonly string[], started?: (pid: number) => void): Promise<string | number> {
  const running = spawn(process.execPath, [...args], { stdio: "ignore", env: {} });
  if (running.pid !== undefined) started?.(running.pid);
  const [code, signal] = (await once(running, "exit")) as [number | null, string | null];
  return signal ?? code ?? -1;
}

async function expectConverges(workspace: TestWorkspace): Promise<void> {
  const again = await workspace.tenantry("apply", "--yes");
  expect(again, again.out + again.err).toMatchObject({ exit: 0 });
  if (!again.out.startsWith("Nothing to do")) expect(again.err).toMatch(/did not end; its last step was [a-z-]+ \(/);
  const apps = ourApps(workspace.sandbox);
  expect(apps).toHaveLength(1);
  expect(apps[0]?.status).toBe("ACTIVE");
  expect(apps[0]?.assignments.size).toBe(1);
  expect(workspace.portal("select key, state from sso_connection")).toEqual([
    { key: "whiterabbit/portal", state: "active" },
  ]);
  expect(workspace.portal("select * from sso_connection_previous")).toEqual([]);
  expect((await workspace.tenantry("verify")).exit).toBe(0);
  expect((await workspace.tenantry("plan", "--exit-code")).exit).toBe(0);
}

const steps = ["register", "prove-idp", "hand-over", "prove-app", "activate"] as const;

describe("apply, killed with -9, then run again: one client, one active record", () => {
  it.concurrent.each(steps.flatMap((step) => [[step, "started"] as const, [step, "done"] as const]))(
    "killed when %s is %s",
    async (step, state) => {
      const workspace = await openTestWorkspace();
      try {
        expect(await end([child, workspace.root, step, state])).toBe("SIGKILL");
        const live = workspace.portal("select * from sso_connection_active");
        expect(live).toHaveLength(step === "activate" && state === "done" ? 1 : 0);
        await expectConverges(workspace);
      } finally {
        await workspace.close();
      }
    },
  );

  it.concurrent.each([
    ["POST", "^/api/v1/apps$", "reset-after"],
    ["POST", "^/api/v1/apps$", "reset-before"],
    ["PUT", "^/api/v1/apps/[^/]+/groups/", "reset-after"],
    ["GET", "^/api/v1/apps/[^/]+/credentials/secrets", "reset-after"],
    ["POST", "^/oauth2/default/v1/token$", "reset-after"],
  ] as const)("killed while %s %s is under way (%s)", async (method, path, effect) => {
    const workspace = await openTestWorkspace();
    try {
      let pid = 0;
      workspace.sandbox.faults.add({ method, path, effect, times: 1, onHit: () => process.kill(pid, "SIGKILL") });
      const args = [entry, "apply", "--yes", "--workspace", workspace.root, "--env", "sandbox"];
      const ended = await end(args, (started) => {
        pid = started;
      });
      expect(ended).toBe("SIGKILL");
      expect(workspace.portal("select * from sso_connection_active")).toEqual([]);
      await expectConverges(workspace);
    } finally {
      await workspace.close();
    }
  });
});

describe("a change of a live tenant, killed with -9: the sign-in goes on, the next run finishes it", () => {
  it.concurrent.each(
    [...steps, "tidy" as const].flatMap((step) => [[step, "started"] as const, [step, "done"] as const]),
  )("killed when %s is %s", async (step, state) => {
    const workspace = await openTestWorkspace();
    try {
      expect((await workspace.tenantry("apply", "--yes")).exit).toBe(0);
      workspace.edit("tenantry.yaml", "/openid/callback/{id}", "/sso/{id}");
      expect(await end([child, workspace.root, step, state])).toBe("SIGKILL");
      // Whatever the record says now, the client at the org still works with it.
      const [live] = workspace.portal("select redirect_uri from sso_connection_active");
      expect(ourApps(workspace.sandbox)[0]?.oauth.redirect_uris).toContain(live?.redirect_uri);
      expect((await workspace.tenantry("verify")).exit).toBe(0);

      const acknowledged = ["idp/workforce/client", "app/portal/record"].flatMap((place) => [
        "--ack",
        `${place}/whiterabbit/portal:redirectUris`,
      ]);
      const again = await workspace.tenantry("apply", "--yes", ...acknowledged);
      expect(again, again.out + again.err).toMatchObject({ exit: 0 });
      expect(ourApps(workspace.sandbox)).toHaveLength(1);
      const wanted = "https://portal.acme.example/sso/7vk2m9qhx4rw8t3nbcd5";
      expect(ourApps(workspace.sandbox)[0]?.oauth.redirect_uris).toEqual([wanted]);
      expect(workspace.portal("select redirect_uri from sso_connection_active")).toEqual([{ redirect_uri: wanted }]);
      expect(workspace.portal("select * from sso_connection_previous")).toEqual([]);
      expect((await workspace.tenantry("plan", "--exit-code")).exit).toBe(0);
    } finally {
      await workspace.close();
    }
  });
});

describe("two changes, the first of them killed", () => {
  it("keeps the values that were proven last working when the second one fails", async () => {
    const workspace = await openTestWorkspace();
    try {
      expect((await workspace.tenantry("apply", "--yes")).exit).toBe(0);
      workspace.edit("tenantry.yaml", "/openid/callback/{id}", "/second/{id}");
      expect(await end([child, workspace.root, "prove-app", "started"])).toBe("SIGKILL");
      workspace.edit("tenantry.yaml", "/second/{id}", "/third/{id}");
      // Somebody's trigger spoils the third values, so that the first ones have to come back.
      workspace.changePortal(
        "create trigger spoil after update of redirect_uri on sso_connection when new.redirect_uri like '%third%' " +
          "begin update sso_connection set scopes = '[\"openid\"]' where key = new.key; end",
      );
      const acknowledged = ["idp/workforce/client", "app/portal/record"].flatMap((place) => [
        "--ack",
        `${place}/whiterabbit/portal:redirectUris`,
      ]);
      const failed = await workspace.tenantry("apply", "--yes", ...acknowledged);
      expect(failed.out).toContain("APPLY_RECORD_DIFFERS");
      const first = "https://portal.acme.example/openid/callback/7vk2m9qhx4rw8t3nbcd5";
      expect(workspace.portal("select redirect_uri from sso_connection_active")).toEqual([{ redirect_uri: first }]);
      expect(ourApps(workspace.sandbox)[0]?.oauth.redirect_uris).toContain(first);
      expect((await workspace.tenantry("verify")).exit).toBe(0);
    } finally {
      await workspace.close();
    }
  });
});
