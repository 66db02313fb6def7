import { randomBytes } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { AppAdapter } from "../../src/app/app.ts";
import { openWorkosApp } from "../../src/app/workos/open.ts";
import { Secret } from "../../src/secret/secret.ts";
import { createHostLimiters } from "../../src/vendor/limiter.ts";
import { openTransport, workosHost } from "../../src/vendor/workos/transport.ts";
import type { Workspace } from "../../src/workspace/workspace.ts";
import { crewRecord, crewWrite, key, tenant, workosApp } from "../app/workos/place.ts";

// `TENANTRY_LIVE_WORKOS=NAME` names the variable that holds the secret key of a WorkOS environment for tests. An
// organization is made there and deleted again.

const variable = process.env.TENANTRY_LIVE_WORKOS;
const apiKey = variable === undefined ? "" : (process.env[variable] ?? "");

describe.skipIf(variable === undefined)("a real WorkOS environment (needs TENANTRY_LIVE_WORKOS)", () => {
  const run = randomBytes(4).toString("hex");
  const sleep = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));
  const limiters = createHostLimiters({ clock: Date.now, sleep });
  const appTenant = tenant({ name: `Tenantry test ${run}`, domains: [`tenantry-${run}.example`] });
  let app: AppAdapter;

  beforeAll(async () => {
    app = await openWorkosApp({
      app: { ...workosApp, organization: `tenantry-${run}-{tenant}` },
      workspace: { name: "tenantry-live", environment: run, root: mkdtempSync(join(tmpdir(), "live-")) } as Workspace,
      ...{ access: "manage", network: {}, limiters, clock: Date.now, sleep, know: () => {} },
      resolve: () => new Secret(apiKey),
    });
  });

  afterAll(async () => {
    await app.close();
    const transport = await openTransport({
      apiKey: () => apiKey,
      network: {},
      limiter: limiters.of(workosHost),
      sleep,
    });
    const purpose = { what: "clean up", writes: true };
    const path = `/organizations/external_id/tenantry-${run}-whiterabbit`;
    const { id } = (await transport.send({ method: "GET", path, purpose })) as { readonly id: string };
    await transport.send({ method: "DELETE", path: `/organizations/${id}`, purpose });
    await transport.close();
  });

  test("an organization is made once, and read back with its domain", async () => {
    await app.writeTenant(appTenant);
    await app.writeTenant(appTenant);
    const { tenants, records } = await app.observe([crewRecord()], false);
    expect(tenants.get("whiterabbit")?.fields).toMatchObject({ name: appTenant.name, domains: appTenant.domains });
    expect(records.size).toBe(0);
  });

  test("a connection is made, or waits for a person with the steps", async () => {
    const handed = await app.handOut?.({ ...crewWrite(), appTenant });
    if (handed !== undefined && "waiting" in handed) {
      expect(handed.waiting[0]?.command).toContain("portal/generate_link");
      return;
    }
    expect(handed?.redirectUri).toMatch(/^https:\/\/(auth|api)\.workos\.com\/sso\/oidc\//);
    await app.disable(key);
    expect((await app.observe([crewRecord()], false)).records.get(key)?.state).toBe("disabled");
  });
});
