import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { edit } from "../store/workplace.ts";
import { type Companies, openCompanies } from "../support/companies.ts";
import { onEachDatabase } from "../support/postgres.ts";
import { openTestWorkspace, ourApps, type TestWorkspace } from "../support/workspace.ts";

// Two runners that apply the same folder at the same time, whatever of it each comes to first.

const entry = fileURLToPath(new URL("../../bin/tenantry.js", import.meta.url));

interface Ended {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
}

async function program(
  workspace: TestWorkspace,
  environment: Readonly<Record<string, string>>,
  ...args: readonly string[]
): Promise<Ended> {
  const child = spawn(process.execPath, [entry, ...args, "--workspace", workspace.root, "--env", "sandbox"], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...environment },
  });
  const [out, err, [exit]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
  return { exit: exit as number, out, err };
}

/** Keys of the clients of both vendors, by our markers. */
function clients(workspace: TestWorkspace): readonly string[] {
  const { okta, auth0 } = workspace.sandbox;
  const markers = [
    ...okta.apps.map(({ profile }) => profile),
    ...[...auth0.clients.values()].map(({ settings }) => settings.client_metadata),
  ];
  return markers.flatMap((marker) => (typeof marker?.tenantryKey === "string" ? [marker.tenantryKey] : [])).sort();
}

const ours = ["fernhill/orders", "fernhill/portal", "whiterabbit/portal"];
const live = [
  "alder-voss/portal",
  "bluefin-studios/portal",
  "fernhill/portal",
  "northwind-rail/portal",
  "tannberg/portal",
  "whiterabbit/portal",
];

onEachDatabase((kind) => {
  describe("two runners on one folder and one store", () => {
    let companies: Companies;
    afterEach(() => companies.close());

    async function converge(both: readonly Ended[]): Promise<void> {
      const said = both.map(({ exit, out, err }) => `${exit}\n${out}${err}`).join("\n----\n");
      expect(
        both.every(({ exit }) => exit === 0 || exit === 4),
        said,
      ).toBe(true);
      expect(said).not.toContain("CLI_BUG");
      for (const { exit, out, err } of both) {
        if (exit === 4) expect(out + err).toMatch(/STORE_LOCKED|PLAN_STALE/);
      }
      expect(clients(companies.workspace), said).toEqual(ours);
      const again = await companies.tenantry("apply", "--yes");
      expect(again.exit, again.out + again.err).toBe(0);
      expect(clients(companies.workspace)).toEqual(ours);
      const rows = await companies.rows("portal", "select key from sso_connection_active order by key");
      expect(rows.map(({ key }) => key)).toEqual(live);
      expect(await companies.rows("portal", "select * from sso_connection_previous")).toEqual([]);
      const verified = await companies.tenantry("verify");
      expect(verified.exit, verified.out).toBe(0);
      expect((await companies.tenantry("plan", "--exit-code", "--deep")).exit).toBe(0);
      expect((await companies.tenantry("status", "--locks")).out).toBe("no locks are held\n");
    }

    it("make one client for each connection, in one process", async () => {
      companies = await openCompanies(kind);
      await converge(await Promise.all([1, 2].map(() => companies.tenantry("apply", "--yes"))));
    });

    it("make one client for each connection, as two programs", async () => {
      companies = await openCompanies(kind);
      const { workspace, environment } = companies;
      await converge(await Promise.all([1, 2].map(() => program(workspace, environment, "apply", "--yes"))));
    });

    it("lose no change: what one has written the other does not undo", async () => {
      companies = await openCompanies(kind);
      expect((await companies.tenantry("apply", "--yes")).exit).toBe(0);
      companies.workspace.edit("tenants/whiterabbit.yaml", "displayName: name", "displayName: nickname");
      companies.workspace.edit("tenants/fernhill.yaml", "name: Fernhill Media\nstatus", "name: Fernhill\nstatus");
      await converge(
        await Promise.all([1, 2].map(() => companies.tenantry("apply", "--yes", "--ack", "plan:tenants"))),
      );
      const [record] = await companies.rows("portal", "select claims from sso_connection where key like 'white%'");
      expect(record?.claims).toContain("nickname");
    });

    it("the one that comes second says who is at work, and leaves with 4", async () => {
      companies = await openCompanies(kind);
      const { faults } = companies.workspace.sandbox;
      const met = Promise.withResolvers<void>();
      faults.add({
        path: "/default/v1/token",
        effect: "delay",
        milliseconds: 3_000,
        times: 1,
        onHit: () => met.resolve(),
      });
      const first = companies.tenantry("apply", "--yes", "--only", "whiterabbit");
      await met.promise;
      const locks = await companies.tenantry("status", "--locks", "--json");
      expect(locks.json()).toMatchObject({
        locks: expect.arrayContaining([
          expect.objectContaining({
            address: "app/portal/record/whiterabbit/portal",
            holder: expect.objectContaining({ pid: process.pid }),
            state: "alive",
          }),
        ]),
      });
      const shown = await companies.tenantry("status", "--locks");
      expect(shown.out).toMatch(
        /app\/portal\/record\/whiterabbit\/portal\n {2}held by \S+ on \S+ \(pid \d+\)\n {2}since \S+ \S+, last sign of life \S+ \S+ \(UTC\)\n {2}alive: nobody else can take it\n/,
      );
      const second = await companies.tenantry("apply", "--yes", "--only", "whiterabbit");
      expect(second.exit, second.out + second.err).toBe(4);
      expect(second.out).toMatch(
        /STORE_LOCKED\n {2}\S+whiterabbit\S* is locked by \S+ on \S+ \(pid \d+\) since \S+Z\./,
      );
      const won = await first;
      expect(won.exit, won.out + won.err).toBe(0);
      expect(ourApps(companies.workspace.sandbox)).toHaveLength(1);
    });

    it("the one that was killed is shown as such, and taken over: its journal is read", async () => {
      companies = await openCompanies(kind);
      const { workspace, environment, tenantry } = companies;
      const met = Promise.withResolvers<void>();
      workspace.sandbox.faults.add({
        path: "/default/v1/token",
        effect: "delay",
        milliseconds: 5_000,
        times: 1,
        onHit: () => met.resolve(),
      });
      const args = [
        entry,
        "apply",
        "--yes",
        "--only",
        "whiterabbit",
        "--workspace",
        workspace.root,
        "--env",
        "sandbox",
      ];
      const child = spawn(process.execPath, args, { stdio: "ignore", env: { ...environment } });
      const ended = once(child, "exit");
      await met.promise;
      child.kill("SIGKILL");
      await ended;
      if (kind === "sqlite") {
        expect((await tenantry("status", "--locks")).out).toContain(
          "dead: its process has ended; the next apply takes it over",
        );
      } else {
        expect((await tenantry("status", "--locks")).out).toContain("alive: nobody else can take it");
        const early = await tenantry("apply", "--yes", "--only", "whiterabbit");
        expect([early.exit, early.out]).toEqual([4, expect.stringContaining("STORE_LOCKED")]);
        const before = `to_char(clock_timestamp() at time zone 'UTC' - interval '61 seconds', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
        await edit(companies.urlOf("store"), `update tenantry_lock set heartbeat_at = ${before}`);
        expect((await tenantry("status", "--locks")).out).toContain(
          "lapsed: no sign of life for 60 seconds; the next apply takes it over",
        );
      }
      const again = await tenantry("apply", "--yes", "--only", "whiterabbit");
      expect(again.exit, again.out + again.err).toBe(0);
      expect(again.err).toMatch(
        /whiterabbit\/portal {2}the run of \S+ on \S+ \(pid \d+\) did not end; its last step was prove-idp \(started\)/,
      );
      expect(ourApps(workspace.sandbox)).toHaveLength(1);
    });
  });
});

describe("two runners on one folder that were given different stores", () => {
  let workspace: TestWorkspace;
  afterEach(() => workspace.close());

  it("make never a second client at Okta: its client id is ours and collides", async () => {
    workspace = await openTestWorkspace();
    workspace.edit("tenantry.yaml", "sqlite:.tenantry/sandbox/store.db", "env:STORE_OF_THIS_RUNNER");
    const stores = ["one", "other"].map((name) => ({ STORE_OF_THIS_RUNNER: `sqlite:.tenantry/sandbox/${name}.db` }));
    const both = await Promise.all(stores.map((store) => workspace.tenantryWith(store, "apply", "--yes")));
    expect(ourApps(workspace.sandbox), both.map(({ out, err }) => out + err).join("\n---\n")).toHaveLength(1);
    for (const store of stores) {
      const again = await workspace.tenantryWith(store, "apply", "--yes");
      expect(again.exit, again.out + again.err).toBe(0);
    }
    expect(ourApps(workspace.sandbox)).toHaveLength(1);
    expect((await workspace.tenantryWith(stores[0] ?? {}, "verify")).exit).toBe(0);
  });

  // Auth0 gives the client ids itself and has nothing that could collide: what keeps two runners apart is the store.
  describe("at Auth0", () => {
    const only = ["--only", "fernhill"];
    const open = async () => {
      workspace = await openTestWorkspace({ whole: true });
      workspace.edit("tenantry.yaml", "sqlite:.tenantry/sandbox/store.db", "env:STORE_OF_THIS_RUNNER");
      const runners = ["one", "other"].map((name) => {
        const store = { STORE_OF_THIS_RUNNER: `sqlite:.tenantry/sandbox/${name}.db` };
        return (...args: readonly string[]) => workspace.tenantryWith(store, ...args);
      });
      const [one, other] = runners;
      if (one === undefined || other === undefined) throw new Error("two runners are missing");
      return [one, other] as const;
    };

    it("make no second client when one comes after the other: what is there is found by its marker", async () => {
      const [one, other] = await open();
      expect((await one("apply", "--yes", ...only)).exit).toBe(0);
      const again = await other("apply", "--yes", ...only);
      expect([again.exit, again.out]).toEqual([0, expect.stringContaining("Nothing to do")]);
      expect(clients(workspace)).toEqual(["fernhill/orders", "fernhill/portal"]);
    });

    it("are not kept apart at the same moment, but it never goes unseen: the next plan of all stops", async () => {
      const [one, other] = await open();
      await Promise.all([one("apply", "--yes", ...only), other("apply", "--yes", ...only)]);
      const doubled = clients(workspace).length > 2;
      const plan = await one("plan");
      expect([plan.exit, plan.err]).toEqual(doubled ? [4, expect.stringContaining("AUTH0_DUPLICATE")] : [0, plan.err]);
    });
  });
});
