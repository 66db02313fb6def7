// What most people have in place of a verification: openid-client's discovery, once per connection, and nothing else.
// `node bench/verify-discovery.ts PORT CA COUNT ISSUERS`. It proves that the document is there and names its issuer; it
// asks for no key, no callback and no secret.
import { readFileSync } from "node:fs";
import { type CustomFetch, customFetch, discovery } from "openid-client";
import { Agent, fetch } from "undici";
import { clientIdOf, hostOf } from "./verify-tenants.ts";

const [port = "", ca = "", count = "", issuers = ""] = process.argv.slice(2);
/** Every name is at the providers' process. */
const lookup = (_name: string, _options: object, done: (error: null, found: readonly object[]) => void): void =>
  done(null, [{ address: "127.0.0.1", family: 4 }]);
const dispatcher = new Agent({ connections: 4, connect: { ca: readFileSync(ca, "utf8"), lookup: lookup as never } });
const send = ((url: string, options: object) => {
  const target = new URL(url);
  target.port = port;
  return fetch(target, { ...options, dispatcher });
}) as unknown as CustomFetch;

const waiting = Array.from({ length: Number(count) }, (_, index) => index);
const worker = async (): Promise<void> => {
  for (let index = waiting.shift(); index !== undefined; index = waiting.shift()) {
    const issuer = new URL(`https://${hostOf(index % Number(issuers))}`);
    await discovery(issuer, clientIdOf(index), undefined, undefined, { [customFetch]: send });
  }
};
await Promise.all(Array.from({ length: 32 }, worker));
await dispatcher.close();
