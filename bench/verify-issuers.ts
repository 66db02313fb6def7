// The providers of bench/verify.ts, in a process of their own: `node bench/verify-issuers.ts FOLDER ISSUERS CLIENTS
// LATENCY`. Writes ca.pem and env into the folder, then says its port by IPC. From "slow" on each answer takes LATENCY
// milliseconds more than it needs, as over a network. On "count" it says what was asked since the last time, and for how
// many requests at once a host has been asked at most.
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createAuthority } from "../sandbox/authority.ts";
import { CustomerProvider } from "../sandbox/external/customer-provider.ts";
import { createExternalSite } from "../sandbox/external/external-site.ts";
import { oidcProvider } from "../sandbox/external/vendors/oidc-provider.ts";
import { Faults } from "../sandbox/faults.ts";
import { listen } from "../sandbox/server.ts";
import { clientIdOf, hostOf, redirectUriOf, secretReference } from "./verify-tenants.ts";

const [dir = "", issuers = "", clients = "", latency = "0"] = process.argv.slice(2);
const authority = await createAuthority(Date.now());
const providers = Array.from(
  { length: Number(issuers) },
  (_, index) => new CustomerProvider(oidcProvider(hostOf(index))),
);
const env: string[] = [];
for (let index = 0; index < Number(clients); index += 1) {
  const client = providers[index % providers.length]?.register({
    clientId: clientIdOf(index),
    method: "client_secret_basic",
    redirectUris: [redirectUriOf(index)],
    postLogoutUris: ["https://portal.acme.example/"],
  });
  env.push(`${secretReference(index)}=${client?.secret}`);
}
// Keys are made when they are first needed, which is not what is measured.
for (const provider of providers) await provider.keys();

const under = new Map<string, number>();
const paths = new Map<string, number>();
let requests = 0;
let highest = 0;
const faults = new Faults();
const server = await listen({
  port: 0,
  authority,
  sites: providers.map((provider) => createExternalSite(provider, Date.now)),
  faults,
  clock: Date.now,
  onMoment: ({ when, host, path }) => {
    const now = (under.get(host) ?? 0) + (when === "before" ? 1 : -1);
    under.set(host, now);
    if (when === "after") return;
    requests += 1;
    highest = Math.max(highest, now);
    paths.set(path, (paths.get(path) ?? 0) + 1);
  },
  onRequest: () => {},
});
writeFileSync(join(dir, "ca.pem"), authority.certificate);
writeFileSync(
  join(dir, "env"),
  `${[...env, `PORTAL_SEALING_KEY=${randomBytes(32).toString("base64")}`].join("\n")}\n`,
  { mode: 0o600 },
);
process.on("message", (asked) => {
  if (asked === "count") {
    process.send?.({ requests, highest, paths: Object.fromEntries(paths) });
    requests = 0;
    highest = 0;
    paths.clear();
  } else if (asked === "slow") {
    if (Number(latency) > 0) faults.add({ effect: "delay", milliseconds: Number(latency), times: "all" });
  } else void server.close().then(() => process.disconnect());
});
// Not left behind when the one who asks is gone.
process.once("disconnect", () => process.exit());
process.send?.({ port: server.port, ca: authority.certificate });
