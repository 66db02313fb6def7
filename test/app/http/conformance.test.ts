import { conformanceSuite } from "../conformance/suite.ts";
import { billing, receiverPlace } from "./place.ts";

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
