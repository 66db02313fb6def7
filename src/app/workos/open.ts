import { connectionsOf } from "../../vendor/workos/connections.ts";
import { organizationsOf } from "../../vendor/workos/organizations.ts";
import { openTransport, workosHost } from "../../vendor/workos/transport.ts";
import type { WorkosApp } from "../../workspace/apps/workos.ts";
import type { AppAdapter } from "../app.ts";
import type { AppOpenOptions } from "../open-options.ts";
import { handOut } from "./hand-out.ts";
import { observeRecords } from "./observe.ts";
import { writeOrganization } from "./organization.ts";
import type { WorkosPlace } from "./place.ts";
import { activateRecord, disableRecord, removeRecord, restoreRecord, settleRecord } from "./record-state.ts";
import { writeRecord } from "./record-write.ts";

/** Calls at once; WorkOS allows 6,000 a minute for one address, so its limit is no matter. */
const concurrency = 4;

/**
 * The SSO connections of one WorkOS environment: an organization for each tenant, and in it one connection. What WorkOS
 * does not show again of a connection stands in the organization's metadata, so nothing is kept elsewhere.
 *
 * @see docs/apps/workos.md
 */
export async function openWorkosApp(options: AppOpenOptions<WorkosApp>): Promise<AppAdapter> {
  const { app, workspace, network, limiters, sleep, clock, resolve } = options;
  const transport = await openTransport({
    apiKey: () => resolve(app.apiKey, `the API key of the app ${app.name}`).reveal(),
    ...{ network, sleep },
    limiter: limiters.of(workosHost, { concurrency }),
  });
  const place: WorkosPlace = {
    app,
    owner: { workspace: workspace.name, environment: workspace.environment, app: app.name },
    organizations: organizationsOf(transport),
    connections: connectionsOf(transport),
    sleep,
    root: workspace.root,
  };
  const now = (): string => new Date(clock()).toISOString();
  return {
    name: app.name,
    gate: "atomic",
    showsSecret: false,
    observe: (wanted, others = true, tenants = []) => observeRecords(place, wanted, others, tenants),
    writeTenant: async (tenant, proven = new Map()) => {
      await writeOrganization(place, tenant, proven, now());
    },
    write: (write) => writeRecord(place, write),
    ...(app.callback === "" ? { handOut: (write) => handOut(place, write, now()) } : {}),
    activate: (key, unproven = false) => activateRecord(place, key, unproven),
    settle: (key) => settleRecord(place, key),
    restore: (key) => restoreRecord(place, key),
    disable: (key) => disableRecord(place, key),
    remove: (key) => removeRecord(place, key),
    secretOf: async () => undefined,
    close: () => transport.close(),
  };
}
