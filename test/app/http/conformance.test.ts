import { randomBytes } from "node:crypto";
import { describe } from "vitest";
import { openHttpApp } from "../../../src/app/http/open.ts";
import type { ConnectionKey } from "../../../src/desired/connection.ts";
import { Secret } from "../../../src/secret/secret.ts";
import { createHostLimiters } from "../../../src/vendor/limiter.ts";
import type { Workspace } from "../../../src/workspace/workspace.ts";
import { conformanceSuite } from "../conformance/suite.ts";
import { billing, hmac, receiverPlace } from "./place.ts";

conformanceSuite({
  name: "http, at the stand-in",
  async open() {
    const place = await receiverPlace("stand-in");
    const tables = place.receiver?.tables("billing");
    return {
      adapter: () => place.adapter(),
      write: billing.write(),
      async foreign() {
        const app = await place.adapter();
        await app.writeTenant(billing.tenant);
        await app.write(billing.write());
        await app.close();
        const ours = tables?.records.get("whiterabbit/default");
        if (tables === undefined || ours === undefined) throw new Error("nothing was written");
        const theirs = { ...ours, managedBy: "acme/staging" };
        tables.records.set("whiterabbit/default", theirs);
        return { unchanged: async () => tables.records.get("whiterabbit/default") === theirs };
      },
      async visitor() {
        const record = tables?.records.get("whiterabbit/default");
        const tenant = tables?.tenants.get("whiterabbit");
        return record?.state === "active" && tenant?.status === "active" ? "in" : "out";
      },
      close: () => place.close(),
    };
  },
});

conformanceSuite({
  name: "http, at the reference receiver",
  async open() {
    const place = await receiverPlace("reference");
    return { adapter: () => place.adapter(), write: billing.write(), close: () => place.close() };
  },
});

const { TENANTRY_LIVE_RECEIVER: live, TENANTRY_LIVE_RECEIVER_KEY: liveKey = "" } = process.env;

// A team's own receiver: its address, and the key for signatures under the id `tenantry-1`, whose records are those of
// `acme/production`. Each test writes to an app of a random name.
describe.skipIf(live === undefined)("a receiver of one's own (TENANTRY_LIVE_RECEIVER)", () => {
  conformanceSuite({
    name: "http, live",
    async open() {
      const app = `test-${randomBytes(6).toString("hex")}`;
      const key = `whiterabbit/${app}` as ConnectionKey;
      const write = billing.write("s3cret-one", { key, app });
      const sleep = async (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));
      return {
        write: { ...write, appTenant: { ...write.appTenant, app } },
        adapter: () =>
          openHttpApp({
            app: {
              ...{ kind: "http", name: app, baseUrl: "https://billing.acme.example", callback: "/callback" },
              ...{ postLogout: [], clientAuth: ["client_secret_basic"], receiver: live ?? "", auth: hmac },
            },
            workspace: { name: "acme", environment: "production" } as Workspace,
            ...{ access: "manage", network: {}, clock: Date.now, sleep, know: () => {} },
            limiters: createHostLimiters({ clock: Date.now, sleep }),
            resolve: () => new Secret(liveKey),
          }),
        close: async () => {},
      };
    },
  });
});
