import { afterEach, describe, expect, it } from "vitest";
import { edit } from "../store/workplace.ts";
import { type Companies, openCompanies } from "../support/companies.ts";
import { type DatabaseKind, onEachDatabase } from "../support/postgres.ts";

let companies: Companies;
afterEach(() => companies.close());

/** Has somebody else take the record's lock over as soon as the step is done. */
function takeOverAfter(kind: DatabaseKind, step: string): Promise<void> {
  const taken = `update tenantry_lock set token = 'taken over', holder_name = 'somebody else'
    where address = 'app/portal/record/whiterabbit/portal'`;
  const when = `for each row when (new.step = '${step}' and new.state = 'done')`;
  return edit(
    companies.urlOf("store"),
    kind === "sqlite"
      ? `create trigger steal after insert on tenantry_journal ${when} begin ${taken}; end`
      : `create function steal() returns trigger language plpgsql as $$ begin ${taken}; return new; end $$;
         create trigger steal after insert on tenantry_journal ${when} execute function steal()`,
  );
}

onEachDatabase((kind) => {
  describe("a run whose lock was taken over by somebody else", () => {
    it.each(["register", "prove-app"])("while %s went on begins no other step, and leaves their lock", async (step) => {
      companies = await openCompanies(kind);
      const { rows, tenantry } = companies;
      // Makes the store, too.
      expect((await tenantry("apply", "--yes", "--only", "fernhill")).exit).toBe(0);
      await takeOverAfter(kind, step);
      const stopped = await tenantry("apply", "--yes", "--only", "whiterabbit");
      expect(stopped.exit, stopped.out + stopped.err).toBe(5);
      expect(stopped.out).toContain("STORE_LOCK_LOST");
      expect(stopped.err.trimEnd().split("\n").at(-1)).toBe(`whiterabbit/portal  ${step}  done`);
      expect(await rows("portal", "select 1 from sso_connection_active where key = 'whiterabbit/portal'")).toEqual([]);
      expect((await tenantry("status", "--locks")).out).toContain("somebody else");
      const refused = await tenantry("apply", "--yes", "--only", "whiterabbit");
      expect([refused.exit, refused.out]).toEqual([4, expect.stringContaining("STORE_LOCKED")]);
      await edit(companies.urlOf("store"), "delete from tenantry_lock");
      await edit(companies.urlOf("store"), `drop trigger steal${kind === "sqlite" ? "" : " on tenantry_journal"}`);
      expect((await tenantry("apply", "--yes", "--only", "whiterabbit")).exit).toBe(0);
    });
  });
});
