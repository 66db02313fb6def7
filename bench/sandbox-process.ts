// The sandbox of bench/sandbox.ts, in a process of its own: `node bench/sandbox-process.ts FOLDER TENANTS SEED [DATA]`.
// Half of the tenants are at Okta, half at Auth0. Says by IPC how long it took, and on "used" what it has used so far.
import { startSandbox } from "../sandbox/sandbox.ts";
import { fleetMembers } from "../src/cli/fleet-world.ts";
import { keepHeapSmall } from "../src/cli/heap.ts";

// As the command does.
keepHeapSmall();

const [dir = "", tenants = "", seed = "", data] = process.argv.slice(2);
const fleet = { count: Number(tenants), seed: Number(seed), kinds: "half" } as const;
const begun = performance.now();
const sandbox = await startSandbox({ dir, port: 0, data, fleet: () => fleetMembers(fleet) });
const milliseconds = performance.now() - begun;
const { okta, auth0, env, port, ca } = sandbox;
process.on("message", (asked) => {
  if (asked === "used") {
    const { rss, heapUsed } = process.memoryUsage();
    const { user, system } = process.cpuUsage();
    process.send?.({ rss, heapUsed, peak: process.resourceUsage().maxRSS * 1024, cpu: (user + system) / 1000 });
  } else void sandbox.close().then(() => process.disconnect());
});
process.send?.({
  port,
  ca,
  milliseconds,
  oktaToken: env.OKTA_API_TOKEN,
  auth0Token: env.AUTH0_API_TOKEN,
  apps: okta.state.apps.size,
  groups: okta.state.groups.size,
  clients: auth0.clients.size,
  organizations: auth0.organizations.size,
});
