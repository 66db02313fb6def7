import { join } from "node:path";
import { type Sandbox, startSandbox } from "../sandbox/sandbox.ts";
import { issuerSourceOf, sourceKey } from "../src/apply/issuer-source.ts";
import { member, observe } from "../src/apply/observe.ts";
import { openWorld } from "../src/apply/open.ts";
import { loadContext } from "../src/cli/context.ts";
import { runCommand } from "../src/cli/main.ts";
import { makeRun, openOptions } from "../src/cli/run.ts";
import type { Surroundings, Terminal } from "../src/cli/terminal.ts";
import type { Connection } from "../src/desired/connection.ts";
import { plain } from "../src/plan/paint.ts";

/** A sandbox in this process for the workspace in `root`. */
export function startFleetSandbox(root: string): Promise<Sandbox> {
  return startSandbox({ dir: join(root, ".tenantry", "sandbox"), port: 0 });
}

/** How many connections are seeded at a time. */
const atOnce = 8;

/**
 * Brings sandbox and app database to where an apply of the fleet would have brought them, by the same adapters, without
 * the proofs: those take most of an apply and leave nothing behind that a plan reads.
 */
export async function seedFleet(root: string): Promise<void> {
  const talk: string[] = [];
  const terminal: Terminal = { out: (text) => talk.push(text), err: (text) => talk.push(text), paint: plain };
  const surroundings: Surroundings = { environment: {}, cwd: root, pid: process.pid };
  const options = { workspace: root, env: "sandbox" };
  const migrated = await runCommand(
    ["migrate", "--yes", "--workspace", root, "--env", "sandbox"],
    terminal,
    surroundings,
  );
  if (migrated !== 0) throw new Error(talk.join(""));
  const run = makeRun({ ...terminal, err: () => {} }, surroundings);
  const context = loadContext(surroundings, options, run.now());
  const { connections } = context;
  const world = await openWorld(openOptions(run, context, { connections, access: "manage", whole: false }));
  try {
    const { discovery } = await observe(world, { connections, depth: "fleet", whole: false });
    const seedOne = async (connection: Connection): Promise<void> => {
      const engine = member(world.engines, connection.registration.idp);
      const app = member(world.apps, connection.app);
      const found = await engine.apply(connection.registration);
      const said = discovery.get(sourceKey(issuerSourceOf(connection.record)));
      if (found === undefined || said === undefined) throw new Error(`${connection.key} cannot be seeded`);
      const secret = await engine.secretOf(found);
      await app.writeTenant(connection.appTenant);
      await app.write({
        record: { ...connection.record, clientId: String(found.fields.clientId ?? connection.record.clientId) },
        discovery: said,
        specDigest: connection.specDigest,
        appTenant: connection.appTenant,
        routed: [],
        secret: secret === undefined ? undefined : { id: secret.id, value: secret.secret },
      });
      await app.activate(connection.key);
    };
    const waiting = [...connections];
    const worker = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await seedOne(next);
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
  } finally {
    await world.close();
  }
}
