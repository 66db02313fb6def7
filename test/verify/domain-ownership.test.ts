import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { domainChallenge } from "../../src/desired/domain-challenge.ts";
import type { TxtAnswer } from "../../src/verify/domain/lookup.ts";
import { domainResult } from "../../src/verify/domain/o1-domain.ts";
import { judgeDomain } from "../../src/verify/domain/ownership.ts";
import { openDomainProver } from "../../src/verify/domain/prover.ts";
import { type NameServer, rcodes, startNameServer, txt } from "./name-server.ts";

const acme = { workspace: "hq", id: "7vk2m9qhx4rw8t3nbcd5", domain: "acme.example" };
const { name, value } = domainChallenge(acme);
const texts = (...given: readonly string[]): TxtAnswer => ({ kind: "texts", texts: given, aliases: [] });

describe("what counts as the record", () => {
  test("its value, among whatever else is there", () => {
    expect(judgeDomain(acme, texts("v=spf1 -all", value)).proven).toBe(true);
  });

  test.each([
    ["in capitals", value.toUpperCase()],
    ["with spaces round it", ` ${value} `],
    ["with the quotes of a console", `"${value}"`],
  ])("%s", (_how, text) => {
    expect(judgeDomain(acme, texts(text)).proven).toBe(true);
  });

  test.each([
    ["cut off", value.slice(0, -1)],
    ["with something behind it", `${value}x`],
    ["without what it begins with", value.slice("tenantry-domain=".length)],
    ["of another domain", domainChallenge({ ...acme, domain: "other.example" }).value],
    ["of another tenant", domainChallenge({ ...acme, id: "aaaaaaaaaaaaaaaaaaaa" }).value],
    ["of another workspace", domainChallenge({ ...acme, workspace: "other" }).value],
  ])("not %s", (_how, text) => {
    expect(judgeDomain(acme, texts(text)).proven).toBe(false);
  });
});

describe("what is said", () => {
  const check = (answer: TxtAnswer) => domainResult(judgeDomain(acme, answer).finding);

  test("a domain without the record is told the exact record to set, and keeps nobody from being switched on", () => {
    const result = check({ kind: "none", aliases: [] });
    expect(result).toMatchObject({
      ...{ id: "O1", link: "domain", level: "policy", verdict: "fail", code: "VERIFY_DOMAIN_UNPROVEN" },
      ...{ expected: `${name} TXT ${value}`, actual: "no TXT record", evidence: { domain: "acme.example" } },
    });
    expect(result.hint).toContain(`sets the TXT record ${name} to ${value}`);
  });

  test("the value of another is told apart from a record that is missing", () => {
    const other = domainChallenge({ ...acme, workspace: "other" }).value;
    expect(check(texts("v=spf1 -all", other))).toMatchObject({ actual: `"${other}"` });
    expect(check(texts("v=spf1 -all", "x"))).toMatchObject({ actual: "2 other TXT records" });
  });

  test.each([
    ["a zone that is broken", { kind: "broken" }, "VERIFY_DNS_BROKEN"],
    ["a resolver that refuses", { kind: "unclear", because: "the resolver refuses" }, "VERIFY_DNS_UNCLEAR"],
    ["no answer in time", { kind: "timeout" }, "VERIFY_TIMEOUT"],
    ["no resolver at all", { kind: "unreachable" }, "VERIFY_UNREACHABLE"],
  ] as const)("%s leaves it open", (_what, answer, code) => {
    const result = check(answer);
    expect(result).toMatchObject({ verdict: "inconclusive", level: "policy", code, expected: `${name} TXT ${value}` });
    expect(result.hint).toBeDefined();
  });

  test("what stands in DNS cannot steer a terminal", () => {
    const result = check(texts("tenantry-domain=\u001b[31m\u202e"));
    expect(result.actual).toBe('"tenantry-domain=\\u001b[31m\\u202e"');
  });
});

describe("a run", () => {
  let server: NameServer;
  beforeAll(async () => {
    server = await startNameServer();
  });
  afterAll(() => server.close());

  test("looks each domain up once, whoever asks", async () => {
    server.respond(({ name: asked }) => ({ answers: asked === name ? [txt(name, value)] : [] }));
    const prover = openDomainProver({ resolvers: [server.address] });
    const [one, two, other] = await Promise.all([
      prover.prove(acme),
      prover.prove(acme),
      prover.prove({ ...acme, id: "aaaaaaaaaaaaaaaaaaaa" }),
    ]);
    expect([one.proven, two.proven, other.proven]).toEqual([true, true, false]);
    expect(server.questions.filter((question) => question.includes("TXT"))).toEqual([`udp TXT ${name}`]);
  });

  test("has at most eight look-ups under way", async () => {
    let underWay = 0;
    let most = 0;
    const prover = openDomainProver({}, async () => {
      underWay += 1;
      most = Math.max(most, underWay);
      await new Promise((resolve) => setImmediate(resolve));
      underWay -= 1;
      return { kind: "none", aliases: [] };
    });
    await Promise.all(Array.from({ length: 40 }, (_, index) => prover.prove({ ...acme, domain: `d${index}.example` })));
    expect(most).toBe(8);
  });

  test("stops asking a resolver that never answers", async () => {
    let asked = 0;
    const prover = openDomainProver({}, async () => {
      asked += 1;
      return { kind: "timeout" };
    });
    for (let index = 0; index < 50; index++) await prover.prove({ ...acme, domain: `d${index}.example` });
    expect(asked).toBe(3);
    expect((await prover.prove(acme)).finding.code).toBe("VERIFY_UNREACHABLE");
  });

  test("goes on where one zone is broken", async () => {
    server.respond(({ name: asked }) =>
      asked === name ? { answers: [txt(name, value)] } : { rcode: rcodes.serverFailure },
    );
    const prover = openDomainProver({ resolvers: [server.address] });
    for (const domain of ["a.example", "b.example", "c.example", "d.example"]) {
      expect((await prover.prove({ ...acme, domain })).finding.code).toBe("VERIFY_DNS_BROKEN");
    }
    expect((await prover.prove(acme)).proven).toBe(true);
  });
});
