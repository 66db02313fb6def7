import { spawn } from "node:child_process";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { boundTo, createFetcher, type Fetcher, type FetcherOptions } from "../../src/verify/fetch/fetcher.ts";
import type { Answer, Outcome } from "../../src/verify/fetch/outcome.ts";
import { html, type Provider, type Reply, startProvider } from "./provider.ts";

const trusted = getCACertificates("default");
let provider: Provider;
beforeAll(async () => {
  provider = await startProvider();
  setDefaultCACertificates([...trusted, provider.authority.ca]);
});
afterAll(async () => {
  setDefaultCACertificates(trusted);
  await provider.close();
});

const opened: Fetcher[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((fetcher) => fetcher.close()));
});

async function open(options: Partial<FetcherOptions> = {}): Promise<Fetcher> {
  const fetcher = await createFetcher({ network: provider.network, allowPrivate: [], deadline: 5_000, ...options });
  opened.push(fetcher);
  return fetcher;
}

function answerOf(outcome: Outcome): Answer {
  if (outcome.kind !== "answer") throw new Error(`no answer: ${JSON.stringify(outcome)}`);
  return outcome;
}

const get = (fetcher: Fetcher, url: string): Promise<Outcome> => fetcher.send({ method: "GET", url });

/** Replies that wait until they are let go. */
function gate(): { readonly reply: Reply; readonly waiting: () => number; letGo(): void } {
  const held: (() => void)[] = [];
  let isOpen = false;
  return {
    reply: {
      raw: (response) => {
        const go = (): void => void response.writeHead(204).end();
        if (isOpen) go();
        else held.push(go);
      },
    },
    waiting: () => held.length,
    letGo() {
      isOpen = true;
      for (const go of held.splice(0)) go();
    },
  };
}

/** Waits for something that other parts of this process bring about. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

const silence: Reply = { raw: () => {} };
const reset: Reply = { raw: (response) => response.destroy() };

describe("an answer", () => {
  test("tells of the connection it came by, also of one that is used again", async () => {
    const sockets = new Set<unknown>();
    provider.behave({
      other: () => ({
        raw: (response) => {
          sockets.add(response.socket);
          response.end("x");
        },
      }),
    });
    const fetcher = await open();
    const before = Date.now();
    for (let round = 0; round < 3; round += 1) {
      const { tls, sentAt, answeredAt } = answerOf(await get(fetcher, "https://idp.example/x"));
      expect(tls?.protocol).toBe("TLSv1.3");
      expect(tls?.validFrom).toBeLessThan(before);
      expect(tls?.validTo).toBeGreaterThan(before);
      expect(sentAt).toBeGreaterThanOrEqual(before);
      expect(answeredAt).toBeGreaterThanOrEqual(sentAt);
    }
    expect(sockets.size).toBe(1);
  });

  test("gives all values of a header, and none for what was not sent", async () => {
    provider.behave({
      other: () => ({
        raw: (response) => {
          response.setHeader("set-cookie", ["a=1; Path=/", "b=2; Secure"]);
          response.end();
        },
      }),
    });
    const answer = answerOf(await get(await open(), "https://idp.example/x"));
    expect(answer.headers("set-cookie")).toEqual(["a=1; Path=/", "b=2; Secure"]);
    expect(answer.header("set-cookie")).toBe("a=1; Path=/");
    for (const name of ["x-absent", "constructor", "__proto__", "length"]) expect(answer.headers(name)).toEqual([]);
  });

  test("cookies are sent when they are given, and kept by nobody", async () => {
    provider.behave({ other: () => ({ status: 200, headers: { "set-cookie": "sid=1" } }) });
    const fetcher = await open();
    const url = "https://idp.example/x";
    await fetcher.send({ method: "GET", url, headers: { cookie: "mine=1" } });
    await fetcher.send({ method: "GET", url });
    expect(provider.seen.map(({ headers }) => headers.cookie)).toEqual(["mine=1", undefined]);
    expect(provider.seen[0]?.headers["accept-encoding"]).toBe("identity");
  });
});

describe("addresses", () => {
  const direct = (...addresses: readonly string[]): Partial<FetcherOptions> => ({
    network: {},
    allowPrivate: ["127.0.0.0/8", `idp.example:${provider.port}`],
    resolve: async () => addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
  });
  const url = (): string => `https://idp.example:${provider.port}/x`;
  beforeEach(() => provider.behave({ other: () => ({ status: 204 }) }));

  test("are listed, IPv4 first, and each is asked by itself", async () => {
    const fetcher = await open(direct("::1", "127.0.0.2", "127.0.0.1"));
    expect(await fetcher.addressesOf(url())).toEqual(["127.0.0.2", "127.0.0.1", "::1"]);
    expect(await fetcher.send({ method: "GET", url: url(), address: "127.0.0.1" })).toMatchObject({ status: 204 });
    expect(await fetcher.send({ method: "POST", url: url(), address: "127.0.0.2" })).toMatchObject({
      kind: "transport",
      detail: "ECONNREFUSED",
    });
    expect(provider.seen).toHaveLength(1);
  });

  test("are tried one after the other when a name has several", async () => {
    const fetcher = await open(direct("127.0.0.2", "127.0.0.3", "127.0.0.1"));
    expect(await get(fetcher, url())).toMatchObject({ kind: "answer", status: 204 });
  });

  test("are not listed for a URL that is refused, nor where others choose them", async () => {
    expect(await (await open(direct("127.0.0.1"))).addressesOf("http://idp.example/")).toEqual([]);
    expect(await (await open()).addressesOf("https://idp.example/")).toEqual([]);
    expect(
      await (await open({ network: {}, proxy: "http://127.0.0.1:9" })).addressesOf("https://idp.example/"),
    ).toEqual([]);
    expect(await (await open({ network: {} })).addressesOf("https://8.8.8.8/")).toEqual(["8.8.8.8"]);
  });

  test("a certificate must be for the host of the URL, not for the address", async () => {
    const fetcher = await open({ ...direct("127.0.0.1"), allowPrivate: [`stranger.example:${provider.port}`] });
    expect(await get(fetcher, `https://stranger.example:${provider.port}/x`)).toEqual({
      kind: "tls",
      detail: "ERR_TLS_CERT_ALTNAME_INVALID",
    });
    expect(provider.seen).toEqual([]);
  });
});

describe("load", () => {
  test("one host is asked four times at once at most, all hosts as often as is said", async () => {
    const door = gate();
    provider.behave({ other: () => door.reply });
    const fetcher = await open({ parallelism: 6 });
    const hosts = ["a", "a", "a", "a", "a", "a", "b", "b", "c"];
    const all = hosts.map((host) => get(fetcher, `https://${host}.idp.example/x`));
    await until(() => door.waiting() === 6);
    const by = Map.groupBy(provider.seen, ({ host }) => host);
    expect([...by].map(([host, seen]) => [host.charAt(0), seen.length]).sort()).toEqual([
      ["a", 4],
      ["b", 2],
    ]);
    door.letGo();
    expect((await Promise.all(all)).map(({ kind }) => kind)).toEqual(hosts.map(() => "answer"));
  });

  test("a host that does not answer holds up no other", async () => {
    provider.behave({ other: ({ host }) => (host.startsWith("slow") ? silence : { status: 204 }) });
    const fetcher = await open();
    const slow = Array.from({ length: 50 }, () => get(fetcher, "https://slow.idp.example/x"));
    const quick = Array.from({ length: 20 }, () => get(fetcher, "https://quick.idp.example/x"));
    expect((await Promise.all(quick)).map(({ kind }) => kind)).toEqual(quick.map(() => "answer"));
    await fetcher.close();
    expect(new Set((await Promise.all(slow)).map(({ kind }) => kind))).toEqual(new Set(["aborted"]));
  });

  test("the deadline counts from the turn on, not from the wait", async () => {
    const door = gate();
    provider.behave({ other: () => door.reply });
    const fetcher = await open({ parallelism: 1, deadline: 400 });
    const first = get(fetcher, "https://idp.example/first");
    const second = get(fetcher, "https://idp.example/second");
    expect(await first).toEqual({ kind: "timeout", detail: "deadline" });
    await until(() => provider.seen.some(({ path }) => path === "/second"));
    door.letGo();
    expect(await second).toMatchObject({ kind: "answer" });
  });

  test("when the time of the run is used up, nothing more is begun, and what was begun is ended", async () => {
    const door = gate();
    provider.behave({ other: () => door.reply });
    const fetcher = await open({ parallelism: 2, budget: 100 });
    const all = Array.from({ length: 5 }, (_, n) => get(fetcher, `https://idp.example/${n}`));
    const late = await Promise.all(all.slice(2));
    expect(late).toEqual([{ kind: "budget" }, { kind: "budget" }, { kind: "budget" }]);
    expect(await get(fetcher, "https://idp.example/later")).toEqual({ kind: "budget" });
    door.letGo();
    expect((await Promise.all(all.slice(0, 2))).map(({ kind }) => kind)).toEqual(["answer", "answer"]);
    expect(provider.seen).toHaveLength(2);
  });
});

describe("a second try", () => {
  const tries = async (reply: Reply, method: "GET" | "POST", options: Partial<FetcherOptions> = {}) => {
    provider.behave({ other: () => reply });
    const outcome = await (await open(options)).send({ method, url: "https://idp.example/x" });
    return [outcome.kind, provider.seen.length];
  };

  test("is for a GET whose connection broke", async () => {
    expect(await tries(reset, "GET")).toEqual(["transport", 2]);
    expect(await tries(reset, "POST")).toEqual(["transport", 1]);
  });

  test("is not for an answer that is wrong, late or compressed", async () => {
    expect(await tries(html(503, "no"), "GET")).toEqual(["answer", 1]);
    expect(await tries(silence, "GET", { deadline: 200 })).toEqual(["timeout", 1]);
    expect(await tries({ status: 200, headers: { "content-encoding": "br" } }, "GET")).toEqual(["encoded", 1]);
    const noHttp: Reply = { raw: (response) => void response.socket?.end("no http\r\n\r\n") };
    expect(await tries(noHttp, "GET")).toEqual(["malformed", 1]);
  });

  test("does not begin after the deadline, and shares it", async () => {
    let calls = 0;
    provider.behave({
      other: () => {
        calls += 1;
        return calls === 1 ? reset : silence;
      },
    });
    const fetcher = await open({ deadline: 300 });
    expect(await get(fetcher, "https://idp.example/x")).toEqual({ kind: "timeout", detail: "deadline" });
    expect(calls).toBe(2);
  });

  test("goes by a new connection", async () => {
    const sockets: unknown[] = [];
    provider.behave({
      other: ({ path }) => ({
        raw: (response) => {
          sockets.push(response.socket);
          if (path === "/break" && sockets.length === 2) response.destroy();
          else response.end();
        },
      }),
    });
    const fetcher = await open();
    await get(fetcher, "https://idp.example/x");
    expect(await get(fetcher, "https://idp.example/break")).toMatchObject({ kind: "answer" });
    expect([sockets[0] === sockets[1], sockets[1] === sockets[2]]).toEqual([true, false]);
  });

  test("a connection that the server has closed meanwhile carries nothing: a POST after it arrives", async () => {
    let gone = Promise.resolve();
    provider.behave({
      other: () => ({
        raw: (response) => {
          gone = new Promise((resolve) => response.socket?.once("close", () => resolve()));
          response.end();
          response.socket?.end();
        },
      }),
    });
    const fetcher = await open();
    for (let round = 0; round < 5; round += 1) {
      const outcome = await fetcher.send({ method: "POST", url: "https://idp.example/x", body: "a=1" });
      expect(outcome.kind).toBe("answer");
      await gone;
    }
  });
});

describe("an end before time", () => {
  test("a signal gives up what is under way and what waits, and the fetcher goes on", async () => {
    provider.behave({ other: ({ path }) => (path === "/held" ? silence : { status: 204 }) });
    const fetcher = await open({ parallelism: 2 });
    const stop = new AbortController();
    const bound = boundTo(fetcher, stop.signal);
    const all = Array.from({ length: 5 }, () => get(bound, "https://idp.example/held"));
    await until(() => provider.seen.length === 2);
    stop.abort(new Error("enough"));
    expect((await Promise.all(all)).map(({ kind }) => kind)).toEqual(all.map(() => "aborted"));
    expect(await get(bound, "https://idp.example/x")).toEqual({ kind: "aborted" });
    expect(await get(fetcher, "https://idp.example/x")).toMatchObject({ kind: "answer" });
    expect(provider.seen).toHaveLength(3);
  });

  test("closing ends what is under way", async () => {
    provider.behave({ other: () => silence });
    const fetcher = await open();
    const held = get(fetcher, "https://idp.example/x");
    await until(() => provider.seen.length === 1);
    await fetcher.close();
    expect(await held).toEqual({ kind: "aborted" });
    expect(await get(fetcher, "https://idp.example/x")).toEqual({ kind: "aborted" });
  });

  test.each(["answered", "held", "dialling", "resolving", "queued"])(
    "closing while something is %s leaves no handle: the process ends by itself",
    async (what) => {
      provider.behave({ other: ({ path }) => (path === "/held" ? silence : { status: 204 }) });
      const script = fileURLToPath(new URL("./bounds/closer.ts", import.meta.url));
      const child = spawn(process.execPath, [script, what, String(provider.port), provider.authority.ca]);
      const out: Buffer[] = [];
      child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
      child.stderr.on("data", (chunk: Buffer) => out.push(chunk));
      const exit = await new Promise((resolve) => child.once("close", resolve));
      expect([exit, Buffer.concat(out).toString()]).toEqual([0, what === "answered" ? "answer\n" : "aborted\n"]);
    },
  );
});

test("a thousand connections that name one host have it looked up once to judge it, and again to dial it", async () => {
  let lookups = 0;
  provider.behave({ other: () => ({ status: 204 }) });
  const fetcher = await open({
    network: {},
    allowPrivate: [`idp.example:${provider.port}`],
    resolve: async () => {
      lookups += 1;
      return [{ address: "127.0.0.1", family: 4 }];
    },
  });
  const url = `https://idp.example:${provider.port}/x`;
  const refusals = await Promise.all(Array.from({ length: 1_000 }, () => fetcher.refusal(url)));
  expect(new Set(refusals)).toEqual(new Set([undefined]));
  expect(lookups).toBe(1);
  await get(fetcher, url);
  expect(lookups).toBe(2);
});
