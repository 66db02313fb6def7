// What most people have in place of a verification: openid-client's discovery, once per connection, and nothing else.
// `node bench/verify-discovery.ts PORT CA COUNT ISSUERS`. It proves that the document is there and names its issuer; it
// asks for no key, no callback and no secret.
import { readFileSync } from "node:fs";
import { type CustomFetch, customFetch, discovery } from "openid-client";
import { Agent, fetch } from "undici";
import { clientIdOf, hostOf } from "./verify-tenants.ts";

const [port = "", ca = "", count = "", issuers = ""] = process.argv.slice(2);
const authority = readFileSync(ca, "utf8");
const dispatchers = new Map<string, Agent>();
const send = ((url: string, options: object) => {
  const { hostname } = new URL(url);
  let dispatcher = dispatchers.get(hostname);
  if (dispatcher === undefined) {
    dispatcher = new Agent({ connections: 4, connect: { ca: authority, servername: hostname } });
    dispatchers.set(hostname, dispatcher);
  }
  const here = url.replace(`https://${hostname}`, `https://127.0.0.1:${port}`);
  return fetch(here, {
    ...options,
    dispatcher,
    headers: { ...(options as RequestInit).headers, host: hostname } as never,
  });
}) as unknown as CustomFetch;

const waiting = Array.from({ length: Number(count) }, (_, index) => index);
const worker = async (): Promise<void> => {
  for (let index = waiting.shift(); index !== undefined; index = waiting.shift()) {
    const issuer = new URL(`https://${hostOf(index % Number(issuers))}`);
    await discovery(issuer, clientIdOf(index), undefined, undefined, { [customFetch]: send });
  }
};
await Promise.all(Array.from({ length: 32 }, worker));
await Promise.all([...dispatchers.values()].map((dispatcher) => dispatcher.close()));
