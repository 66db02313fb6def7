import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { lookUpTexts } from "../../src/verify/domain/lookup.ts";
import { cname, type NameServer, rcodes, startNameServer, txt } from "./name-server.ts";

const name = "_tenantry.acme.example";
let server: NameServer;

beforeAll(async () => {
  server = await startNameServer();
});
afterEach(() => server.respond(() => ({ rcode: rcodes.noSuchName })));
afterAll(() => server.close());

const look = (settings: { readonly patience?: number; readonly deadline?: number } = {}) =>
  lookUpTexts(name, { resolvers: [server.address], ...settings });

describe("what is there", () => {
  test("several answers, each of several strings, are given joined", async () => {
    server.respond(() => ({ answers: [txt(name, "v=spf1 -all"), txt(name, "tenantry-", "domain=", "abc")] }));
    expect(await look()).toEqual({ kind: "texts", texts: ["v=spf1 -all", "tenantry-domain=abc"], aliases: [] });
  });

  test("an alias that the resolver has followed is followed", async () => {
    server.respond(() => ({ answers: [cname(name, "proof.host.example"), txt("proof.host.example", "abc")] }));
    expect(await look()).toMatchObject({ kind: "texts", texts: ["abc"] });
  });

  test("an alias that the resolver gives alone is followed here", async () => {
    server.respond((question) =>
      question.name === name
        ? { answers: [cname(name, "Proof.Host.example")] }
        : { answers: question.type === "TXT" ? [txt(question.name, "abc")] : [] },
    );
    expect(await look()).toEqual({ kind: "texts", texts: ["abc"], aliases: ["proof.host.example"] });
  });

  test("aliases in a circle end", async () => {
    server.respond(({ name: asked }) => ({
      answers: [cname(asked, asked === name ? "other.example" : name)],
    }));
    expect(await look()).toMatchObject({ kind: "unclear" });
  });

  test("an answer that is cut off for UDP is asked for by TCP", async () => {
    const texts = Array.from({ length: 200 }, (_, index) => `${index}${"x".repeat(200)}`);
    server.respond(({ over }) =>
      over === "udp" ? { truncated: true } : { answers: texts.map((text) => txt(name, text)) },
    );
    expect(await look()).toEqual({ kind: "texts", texts, aliases: [] });
    expect(server.questions).toContain(`tcp TXT ${name}`);
  });
});

describe("nothing is there", () => {
  test("no such name", async () => {
    expect(await look()).toEqual({ kind: "none", aliases: [] });
  });

  test("the name has records, and no TXT among them", async () => {
    server.respond(() => ({ answers: [] }));
    expect(await look()).toEqual({ kind: "none", aliases: [] });
  });

  test("an alias to a name that does not exist", async () => {
    server.respond((question) =>
      question.name === name ? { answers: [cname(name, "gone.example")] } : { rcode: rcodes.noSuchName },
    );
    expect(await look()).toMatchObject({ kind: "none" });
  });
});

describe("nobody can tell", () => {
  test("SERVFAIL, as resolvers answer where DNSSEC signatures do not fit", async () => {
    server.respond(() => ({ rcode: rcodes.serverFailure }));
    expect(await look()).toEqual({ kind: "broken" });
  });

  test.each([
    ["REFUSED", { rcode: rcodes.refused }],
    ["NOTIMP", { rcode: rcodes.notImplemented }],
    ["FORMERR", { rcode: rcodes.formatError }],
  ])("%s", async (_code, reply) => {
    server.respond(() => reply);
    expect(await look()).toMatchObject({ kind: "unclear" });
  });

  test("an answer of another question, or no DNS at all", async () => {
    server.respond(() => Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n"));
    expect((await look({ patience: 100, deadline: 600 })).kind).toMatch(/^(unclear|timeout)$/);
  });

  test("no answer: tried again once, then given up within the deadline", async () => {
    const before = server.questions.length;
    server.respond(() => undefined);
    expect(await look({ patience: 100, deadline: 5_000 })).toEqual({ kind: "timeout" });
    expect(server.questions.length - before).toBe(2);
  });

  test("the deadline is over all tries and aliases", async () => {
    server.respond(() => undefined);
    const began = Date.now();
    expect(await look({ patience: 5_000, deadline: 200 })).toEqual({ kind: "timeout" });
    expect(Date.now() - began).toBeLessThan(2_000);
  });

  test("nobody listens", async () => {
    const closed = await startNameServer();
    await closed.close();
    const answer = await lookUpTexts(name, { resolvers: [closed.address], patience: 200 });
    expect(answer.kind).toMatch(/^(unreachable|timeout)$/);
  });

  test("a name that is too long for DNS is not asked for", async () => {
    const before = server.questions.length;
    expect(await lookUpTexts(`_tenantry.${"a".repeat(60)}.`.repeat(4), { resolvers: [server.address] })).toMatchObject({
      kind: "unclear",
    });
    expect(server.questions.length).toBe(before);
  });
});
