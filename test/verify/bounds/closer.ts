// A process of its own that closes its fetcher while something is under way, and must then end by itself.

import { subscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { createServer } from "node:net";
import { createFetcher } from "../../../src/verify/fetch/fetcher.ts";

const [, , what, port, ca = ""] = process.argv;
/** Settled when the request is as far as it shall come. */
const begun = Promise.withResolvers<void>();
subscribe("undici:client:sendHeaders", () => begun.resolve());
const hour = 3_600_000;
// Never answers, and keeps nobody from ending.
const mute = createServer((socket) => void socket.on("error", () => {}).unref());
await new Promise<void>((resolve) => mute.listen(0, "127.0.0.1", resolve));
void once(mute, "connection").then(() => begun.resolve());
const mutePort = (mute.address() as { port: number }).port;
const connect = { host: "127.0.0.1", port: what === "dialling" ? mutePort : Number(port), ca };
const fetcher = await createFetcher({
  network: what === "resolving" ? {} : { connect },
  allowPrivate: [],
  deadline: hour,
  budget: hour,
  parallelism: what === "queued" ? 1 : 32,
  resolve: () => {
    begun.resolve();
    return new Promise(() => {});
  },
});
const url = `https://idp.example/${what === "answered" ? "x" : "held"}`;
const first = fetcher.send({ method: "GET", url });
const outcome = what === "queued" ? fetcher.send({ method: "GET", url }) : first;
if (what === "answered") await outcome;
else await begun.promise;
await fetcher.close();
mute.unref();
/** What would keep this process from ending, but for its own output. */
const left = (): readonly string[] =>
  process.getActiveResourcesInfo().filter((name) => /^(TCP|TLS|Timeout|GetAddrInfo)/.test(name));
for (let turn = 0; turn < 1_000 && left().length > 0; turn += 1) await new Promise((resolve) => setImmediate(resolve));
process.stdout.write(`${[(await outcome).kind, ...left()].join(" ")}\n`);
