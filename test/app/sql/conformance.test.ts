import type { DatabaseKind } from "../../support/postgres.ts";
import type { Place } from "../conformance/suite.ts";
import { conformanceSuite } from "../conformance/suite.ts";
import { key, tenant, workplaceOn, write } from "./workplace.ts";

function place(kind: DatabaseKind): () => Promise<Place> {
  return async () => {
    const { open, query } = await workplaceOn(kind, { bare: true });
    const state = async () => (await query("select key from sso_connection_active")).length > 0;
    return {
      adapter: () => open(),
      write: { ...write("a-secret-of-24-characters"), appTenant: tenant() },
      async foreign() {
        const one = await open();
        await one.writeTenant(tenant());
        await one.write(write("theirs"));
        await query("update sso_connection set managed_by = 'somebody/else'");
        const before = JSON.stringify(await query("select * from sso_connection"));
        return { unchanged: async () => JSON.stringify(await query("select * from sso_connection")) === before };
      },
      async addUnknown() {
        await query("alter table sso_connection add column colour text");
        await query(`update sso_connection set colour = 'red' where key = '${key}'`);
        return {
          isStillThere: async () => (await query("select colour from sso_connection"))[0]?.colour === "red",
        };
      },
      visitor: async () => ((await state()) ? "in" : "out"),
      close: async () => {},
    };
  };
}

for (const kind of ["sqlite", "postgres"] as const) conformanceSuite({ name: kind, open: place(kind) });
