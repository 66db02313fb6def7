import { fork } from "node:child_process";
import { createServer, type Server, type Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Giant, giants } from "./bounds/giants.ts";
import type { BoundResult, BoundsOrder } from "./bounds/prober.ts";
import { type Provider, type Reply, type Seen, startProvider } from "./provider.ts";

// What a provider may send is bounded by the reader, in bytes and in time, whatever it sends.

/** Milliseconds of one exchange. */
const deadline = 1_500;
/** What a busy machine may need to notice that the deadline has passed. */
const margin = 5_000;
const mostGrowth = 200 * 1024 * 1024;

let provider: Provider;
let mute: Server;
const muted = new Set<Socket>();
const results = new Map<string, BoundResult>();

const issuerOf = (index: number): string => `https://case-${index}.idp.example`;

beforeAll(async () => {
  provider = await startProvider();
  const all = Object.values(giants);
  /** Each case is an issuer of its own; what is not huge about it is sound. */
  const giantAt = (at: Giant["at"], seen: Seen | undefined): Reply | undefined => {
    const giant = all[Number(/^case-(\d+)\./.exec(seen?.host ?? "")?.[1])];
    return giant?.at === at ? giant.reply() : undefined;
  };
  provider.behave({
    discovery: (document, seen) =>
      giantAt("discovery", seen) ??
      (JSON.parse(
        JSON.stringify(document).replaceAll("https://idp.example", `https://${seen?.host}`),
      ) as typeof document),
    jwks: (set, seen) => giantAt("keys", seen) ?? set,
    authorize: (seen, usual) => giantAt("authorize", seen) ?? usual(),
    token: (seen, usual) => giantAt("token", seen) ?? usual(),
  });
  // Takes the connection, and says nothing: the handshake never ends.
  mute = createServer((socket) => muted.add(socket.on("error", () => {})));
  await new Promise<void>((resolve) => mute.listen(0, "127.0.0.1", resolve));
  const mutePort = (mute.address() as { port: number }).port;
  const order: BoundsOrder = {
    ca: provider.authority.ca,
    deadline,
    cases: [
      { name: "a sound provider", issuer: issuerOf(all.length), port: provider.port },
      { name: "a handshake that never ends", issuer: "https://idp.example", port: mutePort },
      ...Object.keys(giants).map((name, index) => ({ name, issuer: issuerOf(index), port: provider.port })),
    ],
  };
  const child = fork(fileURLToPath(new URL("./bounds/prober.ts", import.meta.url)), [], {
    execArgv: [],
  });
  const left = new Promise((resolve) => child.once("close", resolve));
  child.on("message", (message) => {
    const result = message as BoundResult;
    results.set(result.name, result);
  });
  child.send(order);
  await left;
}, 300_000);

afterAll(async () => {
  for (const socket of muted) socket.destroy();
  await new Promise((resolve) => mute.close(resolve));
  await provider.close();
});

function resultOf(name: string): BoundResult {
  const result = results.get(name);
  if (result === undefined) throw new Error(`the prober said nothing of ${name}: it has died`);
  return result;
}

test("a sound provider is none the worse for it", () => {
  expect(resultOf("a sound provider")).toMatchObject({ verdict: "pass" });
});

test("a handshake that never ends is given up at the deadline", () => {
  const result = resultOf("a handshake that never ends");
  expect(result.codes.D1).toBe("VERIFY_TIMEOUT");
  expect(result.slowest).toBeLessThan(deadline + margin);
});

test.each(Object.entries(giants))("%s takes no more memory and time than it may", (name, { said: [check, code] }) => {
  const result = resultOf(name);
  expect(result.crashed).toBeUndefined();
  expect(result.verdict).not.toBe("pass");
  expect([check, result.codes[check]]).toEqual([check, code ?? expect.stringMatching(/^VERIFY_/)]);
  expect(result.slowest).toBeLessThan(deadline + margin);
  expect(result.thinking).toBeLessThan(deadline + margin);
  expect(result.grown).toBeLessThan(mostGrowth);
});
