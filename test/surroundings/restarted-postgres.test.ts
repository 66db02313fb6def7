import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { handClock, passTime } from "../store/workplace.ts";
import { freshName, postgresQuery } from "../support/postgres.ts";
import { startPostgres } from "../support/postgres-server.ts";
import { type CommandResult, openTestWorkspace, ourApps, type TestWorkspace } from "../support/workspace.ts";
import { type Told, told } from "./told.ts";

// A server of its own, because it is stopped while others would use it.
let server: Awaited<ReturnType<typeof startPostgres>>;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

const everything = '["openid","email","profile"]';

type Where = "store" | "portal" | "both";

const seeThatItRuns =
  "See that PostgreSQL runs there, and that host and port of the address are right, then run the command again; it goes on from what is there.";
const goOn = "Run the command again; it looks at what is there and goes on.";

/** What is told of a server that has gone: a connection that was open broke, or another could not be opened. */
function gone(where: Where): readonly Told[] {
  const { answer } = server;
  const place = `postgres on 127.0.0.1:${"missing" in answer ? 0 : answer.port}`;
  const [room, name] = where === "portal" ? ["SQL", `The database ${place}`] : ["STORE", `The store ${place}`];
  return [
    { exit: 5, code: `${room}_CONNECTION_LOST`, message: `${name} broke the connection off.`, mend: goOn },
    {
      exit: 5,
      code: `${room}_UNREACHABLE`,
      message: `${name} cannot be reached: nothing answers at its host and port.`,
      mend: seeThatItRuns,
    },
  ];
}

describe("PostgreSQL that stops and starts again", () => {
  let workspace: TestWorkspace;
  let base: string;
  let urls: Record<string, string>;
  let run: TestWorkspace["tenantry"];
  beforeEach(async ({ skip }) => {
    const { answer } = server;
    if ("missing" in answer) return skip(answer.missing);
    base = `postgres://${answer.user}:${answer.password}@127.0.0.1:${answer.port}/postgres`;
    workspace = await openTestWorkspace({ migrate: false });
    urls = {};
    run = (...args) => workspace.tenantryWith(urls, ...args);
  });
  afterEach(() => workspace?.close());

  async function move(where: Where): Promise<void> {
    for (const name of where === "both" ? ["store", "portal"] : [where]) {
      const schema = freshName();
      await postgresQuery(base, `create schema ${schema}`);
      urls[name] = `${base}?options=-c%20search_path%3D${schema}`;
      urls[`TEST_${name.toUpperCase()}`] = urls[name];
      workspace.edit("tenantry.yaml", `sqlite:.tenantry/sandbox/${name}.db`, `env:TEST_${name.toUpperCase()}`);
    }
    expect((await run("migrate", "--yes")).exit).toBe(0);
  }

  async function records(): Promise<readonly unknown[]> {
    const rows = "select state, scopes from sso_connection";
    if (urls.portal === undefined) return workspace.portal(rows).map((row) => ({ ...row }));
    return (await postgresQuery(urls.portal, rows)).map((row) => ({ ...row }));
  }

  /** Runs an apply, and stops the server while the identity provider handles the first request that matches. */
  async function stoppedAt(request: { readonly method: string; readonly path: string }): Promise<CommandResult> {
    let stops = 0;
    workspace.sandbox.faults.add({
      ...request,
      effect: "delay",
      milliseconds: 0,
      onHit: () => {
        stops += 1;
        server.halt();
      },
    });
    try {
      return await run("apply", "--yes");
    } finally {
      workspace.sandbox.faults.clear();
      await server.resume();
      expect(stops).toBe(1);
    }
  }

  /** The locks of the run that lost the store could not be released: they keep others out until they lapse. */
  async function letLocksLapse(): Promise<void> {
    if (urls.store === undefined) return;
    expect(told(workspace, await run("apply", "--yes"))).toMatchObject({ exit: 4, code: "STORE_LOCKED" });
    await passTime(urls.store, handClock(), 61_000);
  }

  async function expectDone(scopes: string): Promise<void> {
    const again = await run("apply", "--yes");
    expect(again.exit, again.err + again.out).toBe(0);
    expect((await run("plan", "--exit-code")).exit).toBe(0);
    expect(await records()).toEqual([{ state: "active", scopes }]);
    expect(ourApps(workspace.sandbox)).toHaveLength(1);
  }

  const clientMade = { method: "POST", path: "^/api/v1/apps$" };
  const secretProven = { method: "POST", path: "^/oauth2/default/v1/token$" };

  it.each<[where: Where, what: string, moment: typeof clientMade, step: string]>([
    ["store", "a client is made", clientMade, "register"],
    ["store", "a secret is proven", secretProven, "prove-idp"],
    ["portal", "a client is made", clientMade, "hand-over"],
    ["portal", "a secret is proven", secretProven, "hand-over"],
    ["both", "a client is made", clientMade, "register"],
    ["both", "a secret is proven", secretProven, "prove-idp"],
  ])("under the %s, while %s: the same command goes on", async (where, _, moment, step) => {
    await move(where);
    const stopped = await stoppedAt(moment);
    expect(gone(where)).toContainEqual(told(workspace, stopped));
    expect(stopped.err).toContain(`whiterabbit/portal  ${step}  failed\n`);
    if (where !== "portal") expect(stopped.err).toMatch(/^STORE_\w+ {2}not all of this was recorded: The store /m);
    expect(await records()).toEqual([]);
    await letLocksLapse();
    await expectDone(everything);
  });

  it.each<Where>(["store", "portal", "both"])(
    "under the %s, in a change of who signs in: nobody is put out",
    async (where) => {
      await move(where);
      await expectDone(everything);
      workspace.edit("tenants/whiterabbit.yaml", "scopes: [openid, email, profile]", "scopes: [openid, email]");
      expect(gone(where)).toContainEqual(told(workspace, await stoppedAt(secretProven)));
      expect(await records()).toEqual([{ state: "active", scopes: everything }]);
      await letLocksLapse();
      await expectDone('["openid","email"]');
    },
  );

  it.each<Where>(["store", "portal", "both"])("under the %s, stopped before: nothing is begun", async (where) => {
    await move(where);
    server.halt();
    try {
      expect(told(workspace, await run("apply", "--yes"))).toEqual(gone(where)[1]);
      expect(told(workspace, await run("status"))).toEqual(gone(where)[1]);
    } finally {
      await server.resume();
    }
    expect(ourApps(workspace.sandbox)).toEqual([]);
    await expectDone(everything);
  });
});
