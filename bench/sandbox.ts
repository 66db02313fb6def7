// How the sandbox bears a large org: its memory with thousands of apps, clients and organizations, and how long a
// client waits for lists, their last pages, single reads, searches and creates, over TLS on loopback with one
// connection that is kept. Then how long it takes to start, empty and with a world that was kept.
// `node bench/sandbox.ts [--tenants 20000] [--requests 300] [--starts 7] [--seed 1]`: half of the tenants are at Okta.
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Agent, buildConnector, fetch } from "undici";
import { createSeeded } from "../sandbox/seeded.ts";
import { machineLines } from "./measured-call.ts";

const { values: flags } = parseArgs({
  options: {
    tenants: { type: "string", default: "20000" },
    requests: { type: "string", default: "300" },
    starts: { type: "string", default: "7" },
    seed: { type: "string", default: "1" },
  },
});
const requests = Number(flags.requests);

interface Begun {
  readonly port: number;
  readonly ca: string;
  readonly milliseconds: number;
  readonly oktaToken: string;
  readonly auth0Token: string;
  readonly apps: number;
  readonly groups: number;
  readonly clients: number;
  readonly organizations: number;
}

interface Asked {
  readonly host: "acme.okta.com" | "acme.eu.auth0.com";
  readonly path: string;
  readonly body?: unknown;
}

interface Answered {
  readonly link: string | null;
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into freely.
  readonly json: any;
}

console.log(`${machineLines()}, ${requests} requests each; seed ${flags.seed}\n`);

const folder = mkdtempSync(join(tmpdir(), "tenantry-bench-"));
try {
  await measureLoad();
  await measureStarts();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const load = loadavg().map((each) => each.toFixed(1));
console.log(`load of the machine at the end: ${load.join(" ")}`);

async function measureLoad(): Promise<void> {
  const { child, begun } = await start("load", Number(flags.tenants));
  const seconds = (begun.milliseconds / 1000).toFixed(1);
  console.log(
    `${begun.apps} apps, ${begun.groups} groups, ${begun.clients} clients, ${begun.organizations} organizations, made in ${seconds} s`,
  );
  console.log(await memoryOf(child));
  const ask = askerOf(begun);
  const okta = (path: string, body?: unknown): Asked => ({ host: "acme.okta.com", path: `/api/v1${path}`, body });
  const auth0 = (path: string, body?: unknown): Asked => ({ host: "acme.eu.auth0.com", path: `/api/v2${path}`, body });

  const { pages, last, ids, labels } = await walkApps(ask, okta("/apps?limit=200"));
  const organizations = await walkOrganizations(ask, auth0("/organizations?take=100"));
  console.log(`all lists read to their ends: ${pages} pages of apps, ${organizations.pages} of organizations\n`);
  const random = createSeeded(Number(flags.seed));
  const one = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
  const clientIds = (await ask(auth0("/clients?per_page=100&page=9"))).json.map(
    (each: { client_id: string }) => each.client_id,
  );
  const slug = (): string => one(organizations.names);
  let made = 0;
  const next = (): string => {
    made += 1;
    return `made-${made}`;
  };

  const head = ["median", "p95", "best", "CPU", "kB"].map((column) => column.padStart(8));
  console.log(`${"milliseconds".padEnd(48)}${head.join("")}`);
  const cases: readonly (readonly [what: string, asked: () => Asked])[] = [
    ["Okta: apps, first page of 200", () => okta("/apps?limit=200")],
    ["Okta: apps, last page", () => okta(last)],
    ["Okta: groups, first page of 200", () => okta("/groups?limit=200")],
    ["Okta: one app", () => okta(`/apps/${one(ids)}`)],
    ["Okta: groups of one app", () => okta(`/apps/${one(ids)}/groups`)],
    ["Okta: apps by q= (the beginning of a label)", () => okta(`/apps?q=${one(labels)}`)],
    ["Okta: a group by q=", () => okta(`/groups?q=${one(labels)}`)],
    [
      "Okta: a group by search=",
      () => okta(`/groups?search=${encodeURIComponent(`profile.name eq "${one(labels)}-staff"`)}`),
    ],
    ["Okta: create an app", () => okta("/apps", newApp(next()))],
    ["Okta: create a group", () => okta("/groups", { profile: { name: next() } })],
    ["Auth0: clients, first page of 100", () => auth0("/clients?per_page=100&page=0&include_totals=true")],
    ["Auth0: clients, last page that offsets reach", () => auth0("/clients?per_page=100&page=9&include_totals=true")],
    ["Auth0: organizations, first page of 100", () => auth0("/organizations?take=100")],
    ["Auth0: organizations, last page (checkpoint)", () => auth0(organizations.last)],
    ["Auth0: one client", () => auth0(`/clients/${one(clientIds)}`)],
    ["Auth0: one organization", () => auth0(`/organizations/${one(organizations.ids)}`)],
    ["Auth0: an organization by name", () => auth0(`/organizations/name/${slug()}`)],
    ["Auth0: its enabled connections", () => auth0(`/organizations/${one(organizations.ids)}/enabled_connections`)],
    ["Auth0: create a client", () => auth0("/clients", { name: next(), app_type: "regular_web" })],
    ["Auth0: create an organization", () => auth0("/organizations", { name: next() })],
  ];
  for (const [what, asked] of cases) await report(what, ask, asked, child);
  console.log(`\n${await memoryOf(child)}\n`);
  await ask.close();
  await end(child);
}

/** On a busy machine the best time, and what the sandbox's process used of the processors, tell more than the median. */
async function report(what: string, ask: Asker, asked: () => Asked, child: ChildProcess): Promise<void> {
  const times: number[] = [];
  let bytes = 0;
  let cpu = 0;
  for (let count = -10; count < requests; count += 1) {
    const one = asked();
    if (count === 0) cpu = (await usedBy(child)).cpu;
    const begun = performance.now();
    const { length } = await ask(one);
    if (count >= 0) times.push(performance.now() - begun);
    bytes = length;
  }
  cpu = ((await usedBy(child)).cpu - cpu) / requests;
  times.sort((a, b) => a - b);
  const at = (share: number): string => (times[Math.floor(times.length * share)] ?? 0).toFixed(2);
  const size = (bytes / 1024).toFixed(1);
  const columns = [at(0.5), at(0.95), at(0), cpu.toFixed(2), size].map((column) => column.padStart(8));
  console.log(`${what.padEnd(48)}${columns.join("")}`);
}

async function measureStarts(): Promise<void> {
  const median = (times: number[]): string =>
    (times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0).toFixed(0);
  const times = async (name: string, tenants: number, kept: boolean): Promise<number[]> => {
    const all: number[] = [];
    const data = kept ? join(folder, `${name}-data`) : undefined;
    for (let count = kept ? -1 : 0; count < Number(flags.starts); count += 1) {
      const { child, begun } = await start(name, tenants, data);
      if (count >= 0) all.push(begun.milliseconds);
      await end(child);
    }
    return all;
  };
  console.log(`start of a new world: ${median(await times("new", 0, false))} ms`);
  console.log(`start of a kept one: ${median(await times("kept", 0, true))} ms`);
  const size = Number(flags.tenants);
  const large = median(await times("large", size, true));
  const megabytes = (statSync(join(folder, "large-data", "world.json")).size / 2 ** 20).toFixed(0);
  console.log(`start of a kept one with ${size} tenants (${megabytes} MiB): ${large} ms`);
}

async function start(name: string, tenants: number, data?: string): Promise<{ child: ChildProcess; begun: Begun }> {
  const program = fileURLToPath(new URL("sandbox-process.ts", import.meta.url));
  const args = [join(folder, name), String(tenants), flags.seed, ...(data === undefined ? [] : [data])];
  const child = fork(program, args);
  const gone = once(child, "exit").then(() => Promise.reject(new Error("the sandbox did not start")));
  const [begun] = (await Promise.race([once(child, "message"), gone])) as [Begun];
  gone.catch(() => {});
  return { child, begun };
}

async function end(child: ChildProcess): Promise<void> {
  child.send("end");
  await once(child, "exit");
}

interface Used {
  /** Bytes. */
  readonly rss: number;
  readonly heapUsed: number;
  readonly peak: number;
  /** Milliseconds, of all threads. */
  readonly cpu: number;
}

async function usedBy(child: ChildProcess): Promise<Used> {
  child.send("used");
  const [used] = (await once(child, "message")) as [Used];
  return used;
}

async function memoryOf(child: ChildProcess): Promise<string> {
  const { rss, heapUsed, peak } = await usedBy(child);
  const mega = (bytes: number): string => (bytes / 1e6).toFixed(0);
  return `memory: ${mega(rss)} MB resident, ${mega(heapUsed)} MB of it on the heap; ${mega(peak)} MB at the most`;
}

type Asker = ((asked: Asked) => Promise<Answered & { length: number }>) & { close(): Promise<void> };

/** Asks over one TLS connection per host. */
function askerOf({ port, ca, oktaToken, auth0Token }: Begun): Asker {
  const connector = buildConnector({ ca });
  const agent = new Agent({
    connections: 1,
    connect: (target, done) =>
      connector({ ...target, hostname: "127.0.0.1", port: String(port), servername: target.hostname }, done),
  });
  const ask = async ({ host, path, body }: Asked) => {
    const response = await fetch(`https://${host}${path}`, {
      dispatcher: agent,
      method: body === undefined ? "GET" : "POST",
      headers: {
        authorization: host === "acme.okta.com" ? `SSWS ${oktaToken}` : `Bearer ${auth0Token}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path} was answered with ${response.status}: ${text}`);
    return { link: response.headers.get("link"), json: JSON.parse(text), length: text.length };
  };
  return Object.assign(ask, { close: () => agent.close() });
}

async function walkApps(ask: Asker, first: Asked) {
  const ids: string[] = [];
  const labels: string[] = [];
  let path: string | undefined = first.path;
  let last = path;
  let pages = 0;
  while (path !== undefined) {
    const { link, json }: Answered = await ask({ ...first, path });
    for (const { id, label } of json) {
      ids.push(id);
      // A label of the fleet begins with the tenant's slug.
      const slug = /^customer-\d+/.exec(label)?.[0];
      if (slug !== undefined) labels.push(slug);
    }
    last = path;
    pages += 1;
    const next: string | undefined = /<([^>]+)>; rel="next"/.exec(link ?? "")?.[1];
    path = next === undefined ? undefined : next.slice(`https://${first.host}`.length);
  }
  return { pages, last: last.slice("/api/v1".length), ids, labels };
}

async function walkOrganizations(ask: Asker, first: Asked) {
  const ids: string[] = [];
  const names: string[] = [];
  let from: string | undefined;
  let last = first.path;
  let pages = 0;
  do {
    last = from === undefined ? first.path : `${first.path}&from=${encodeURIComponent(from)}`;
    const { json } = await ask({ ...first, path: last });
    for (const { id, name } of json.organizations) {
      ids.push(id);
      names.push(name);
    }
    pages += 1;
    from = json.next;
  } while (from !== undefined);
  return { pages, last: last.slice("/api/v2".length), ids, names };
}

function newApp(label: string): unknown {
  return {
    name: "oidc_client",
    label,
    signOnMode: "OPENID_CONNECT",
    credentials: { oauthClient: { token_endpoint_auth_method: "client_secret_basic" } },
    settings: {
      oauthClient: {
        application_type: "web",
        redirect_uris: ["https://portal.acme.example/callback"],
        response_types: ["code"],
        grant_types: ["authorization_code"],
      },
    },
  };
}
