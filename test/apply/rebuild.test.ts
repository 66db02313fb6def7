import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { openStore } from "../../src/store/open.ts";
import { edit } from "../store/workplace.ts";
import { type Companies, openCompanies } from "../support/companies.ts";
import { type DatabaseKind, onEachDatabase } from "../support/postgres.ts";
import { ourApps } from "../support/workspace.ts";

const tables = ["journal", "run", "meta", "id", "evidence", "audit", "lock", "kept"];

interface Status {
  readonly connections: readonly {
    readonly key: string;
    readonly registrationId: string | null;
    readonly proof: { readonly verdict: string } | null;
  }[];
}

onEachDatabase((kind: DatabaseKind) => {
  describe("a store that was lost", () => {
    let companies: Companies;
    afterEach(() => companies.close());

    /** Eight companies at Okta, at Auth0 and at their own providers, let in; then the store is gone. */
    async function lost(): Promise<{ readonly before: Status }> {
      companies = await openCompanies(kind);
      const applied = await companies.tenantry("apply", "--yes");
      expect(applied.exit, applied.out + applied.err).toBe(0);
      const before = await status();
      if (kind === "sqlite") {
        for (const end of ["", "-wal", "-shm"]) {
          rmSync(join(companies.workspace.root, `.tenantry/sandbox/store.db${end}`), { force: true });
        }
      } else {
        for (const table of tables) await edit(companies.urlOf("store"), `drop table tenantry_${table} cascade`);
      }
      return { before };
    }
    const status = async (): Promise<Status> =>
      (await companies.tenantry("status", "--json")).json() as unknown as Status;
    const idsOf = ({ connections }: Status) => connections.map(({ key, registrationId }) => [key, registrationId]);

    /** Everything outside the store that a command could change. */
    async function outside(): Promise<string> {
      const { okta, auth0 } = companies.workspace.sandbox;
      return JSON.stringify([
        okta.apps,
        okta.apps.map((app) => [...app.assignments.keys()]),
        okta.groups,
        [...auth0.clients.values()],
        [...auth0.organizations.values()].map((each) => [each, [...each.connections]]),
        [...auth0.connections.values()].map((each) => [each.id, [...each.clients]]),
        await companies.rows("portal", "select * from sso_connection order by key"),
        await companies.rows("portal", "select * from org order by id"),
        await companies.rows("orders", "select * from sso_connection order by key"),
      ]);
    }

    it("takes no control with it: nothing is to do, and an apply goes on without a rebuild", async () => {
      await lost();
      const plan = await companies.tenantry("plan", "--exit-code", "--deep");
      expect([plan.exit, plan.out]).toEqual([0, expect.stringContaining("nothing to do")]);
      const whiterabbit = ourApps(companies.workspace.sandbox)[0]?.id;
      companies.workspace.edit("tenants/whiterabbit.yaml", "name: Whiterabbit Foods", "name: Whiterabbit Food");
      const applied = await companies.tenantry("apply", "--yes");
      expect(applied.exit, applied.out + applied.err).toBe(0);
      expect(ourApps(companies.workspace.sandbox).map(({ id }) => id)).toEqual([whiterabbit]);
    });

    it("is filled again from the markers, and nothing else is changed", async () => {
      const { before } = await lost();
      expect(idsOf(await status()).every(([, id]) => id === null)).toBe(true);
      const world = await outside();
      companies.workspace.sandbox.okta.requests.clear();
      const rebuilt = await companies.tenantry("status", "--rebuild");
      expect(rebuilt.exit, rebuilt.err).toBe(0);
      const asked = companies.workspace.sandbox.okta.requests.entries;
      expect(asked.filter(({ method, path }) => method !== "GET" && !path.endsWith("/token"))).toEqual([]);
      expect(await outside()).toBe(world);

      const clientOf = new Map(idsOf(before).map(([key, id]) => [key, id]));
      const line = (key: string) => rebuilt.out.split("\n").find((each) => each.startsWith(key));
      for (const key of ["whiterabbit/portal", "fernhill/orders", "northwind-rail/portal"]) {
        expect(line(key)).toMatch(new RegExp(` active +none +${clientOf.get(key)}$`));
      }
      expect(line("ostrava-steel/portal")).toMatch(/ none +none +none$/);
      const notes = rebuilt.out.split("\n\n")[1] ?? "";
      expect(notes.replaceAll("\n  ", " ")).toBe(
        "The ids of 7 clients of 9 connections are in the store, found by their markers.\n" +
          "History, evidence and locks stand nowhere else: what was lost of them stays lost.\n" +
          "`tenantry verify` makes new evidence.\n",
      );
      expect(notes.split("\n").filter((each) => each.length > 80)).toEqual([]);

      const after = await status();
      expect(idsOf(after)).toEqual(idsOf(before));
      expect(after.connections.every(({ proof }) => proof === null)).toBe(true);
      const verified = await companies.tenantry("verify");
      expect(verified.exit, verified.out).toBe(0);
      expect((await status()).connections.filter(({ proof }) => proof?.verdict === "pass")).toHaveLength(7);
      expect((await companies.tenantry("status", "--rebuild")).out).not.toContain("makes new evidence");
    });

    it("is written into its own audit log as rebuilt", async () => {
      await lost();
      expect((await companies.tenantry("status", "--rebuild", "--json")).exit).toBe(0);
      const store = await openStore({ url: companies.urlOf("store"), clock: Date.now });
      try {
        expect(await store.auditLog(10)).toMatchObject([
          { event: "store.rebuilt", detail: { connections: 9, clients: 7, records: 7, undeclared: 0 } },
        ]);
      } finally {
        await store.close();
      }
    });

    it("says what is unclear: two with one marker, one that nobody declares, a record of somebody else", async () => {
      await lost();
      const { okta } = companies.workspace.sandbox;
      const ours = ourApps(companies.workspace.sandbox)[0];
      okta.edit("Payroll", (app) => {
        app.profile = ours?.profile;
      });
      const { auth0 } = companies.workspace.sandbox;
      auth0.edit("Billing", ({ settings }) => {
        settings.client_metadata = {
          tenantryWorkspace: "acme",
          tenantryEnvironment: "sandbox",
          tenantryKey: "gone/portal",
        };
      });
      await edit(
        companies.urlOf("portal"),
        "update sso_connection set managed_by = 'else/where' where key like 'tann%'",
      );
      const rebuilt = await companies.tenantry("status", "--rebuild");
      expect(rebuilt.exit).toBe(0);
      expect(rebuilt.out).toMatch(/^whiterabbit\/portal .+ unclear, see below$/m);
      const flat = rebuilt.out.replaceAll("\n  ", " ");
      const both = [okta.app("Payroll")?.id, ours?.id].join(", ");
      expect(flat).toContain(`two apps with the marker of whiterabbit/portal: ${both}`);
      expect(flat).toContain(`customers has the client ${auth0.client("Billing")?.clientId} of gone/portal`);
      expect(rebuilt.out).toMatch(/^tannberg\/portal .+ foreign /m);
      expect(idsOf(await status()).find(([key]) => key === "whiterabbit/portal")).toEqual(["whiterabbit/portal", null]);
    });

    it("is mended where its ids are wrong or lead nowhere", async () => {
      companies = await openCompanies(kind);
      expect((await companies.tenantry("apply", "--yes", "--only", "whiterabbit", "--only", "fernhill")).exit).toBe(0);
      const before = idsOf(await status());
      await edit(companies.urlOf("store"), "update tenantry_id set id = 'wrong'");
      const { auth0 } = companies.workspace.sandbox;
      for (const { clientId, settings } of auth0.clients.values()) {
        if (settings.name.startsWith("fernhill/orders")) auth0.removeClient(clientId);
      }
      expect((await companies.tenantry("status", "--rebuild")).exit).toBe(0);
      const expected = before.map(([key, id]) => [key, key === "fernhill/orders" ? null : id]);
      const wasThere = new Set(["whiterabbit/portal", "fernhill/portal", "fernhill/orders"]);
      const after = idsOf(await status());
      expect(after.filter(([key]) => wasThere.has(String(key)))).toEqual(
        expected.filter(([key]) => wasThere.has(String(key))),
      );
    });
  });
});
