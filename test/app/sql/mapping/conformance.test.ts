import { onEachDatabase } from "../../../support/postgres.ts";
import { conformanceSuite } from "../../conformance/suite.ts";
import { mappedPlace, mappedWrite } from "./place.ts";

onEachDatabase((kind) => {
  conformanceSuite({
    name: `sql, in the workshop's table on ${kind}`,
    async open() {
      const place = await mappedPlace(kind);
      const write = { ...mappedWrite(), routed: ["whiterabbit.example"] };
      return {
        adapter: () => place.open(),
        write,
        async addUnknown() {
          await place.query('alter table "Org" add column extra text');
          await place.query(`update "Org" set extra = 'theirs'`);
          return {
            isStillThere: async () =>
              (await place.query('select extra from "Org"')).every(({ extra }) => extra === "theirs"),
          };
        },
        async visitor() {
          const rows = await place.query(`select issuer, client_id from "Org" where issuer <> ''`);
          return rows.length > 0 ? "in" : "out";
        },
        close: async () => {},
      };
    },
  });
});
