import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { domainChallenge } from "../../src/desired/domain-challenge.ts";
import { openTestWorkspace, type TestWorkspace } from "../support/workspace.ts";

/** As apps written before there were proofs find a tenant by an address. */
const routing =
  "select d.domain from sso_connection_active c join org_domain d on d.org_id = c.org_id where c.app = 'portal' order by d.domain";
const proofs = "select domain, verified_at is not null as dated, verification from org_domain order by domain";

const first = "whiterabbit.example";
const second = "wr-foods.example";
const challenge = (domain: string) => domainChallenge({ workspace: "acme", id: "7vk2m9qhx4rw8t3nbcd5", domain });

let workspace: TestWorkspace;

/** The days of an attestation that counts, whenever this runs. */
const dayAt = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
const days = `on: ${dayAt(-10)}, expires: ${dayAt(30)}`;

beforeEach(async () => {
  workspace = await openTestWorkspace();
});
afterEach(() => workspace.close());

const apply = async (...options: readonly string[]) => {
  const result = await workspace.tenantry("apply", "--yes", ...options);
  expect(result.exit, result.err + result.out).toBe(0);
  return result;
};
const setRecord = (domain: string) =>
  workspace.sandbox.dns.set(challenge(domain).name, { kind: "texts", texts: ["v=spf1 -all", challenge(domain).value] });
const removeRecord = (domain: string) => workspace.sandbox.dns.remove(challenge(domain).name);
const nameBoth = () =>
  workspace.edit("tenants/whiterabbit.yaml", `domains: [${first}]`, `domains: [${first}, ${second}]`);
const verified = async () => {
  const document = (await workspace.tenantry("verify", "--json")).json();
  return JSON.stringify(document);
};

describe("a domain whose DNS record is there", () => {
  it("is routed by the first apply, and how it was proven stands in its row", async () => {
    await apply();
    expect(workspace.portal(routing)).toEqual([{ domain: first }]);
    expect(workspace.portal(proofs)).toEqual([{ domain: first, dated: 1, verification: challenge(first).value }]);
  });

  it("stays routed when the record has gone, and verify warns of it", async () => {
    await apply();
    removeRecord(first);
    const before = workspace.portal("select * from org_domain");
    const result = await workspace.tenantry("verify");
    expect(result.exit, result.out).toBe(0);
    expect(await verified()).toContain("It goes on being routed, as it was proven at");
    workspace.edit("tenants/whiterabbit.yaml", "name: Whiterabbit Foods", "name: Whiterabbit Bakery");
    await apply();
    expect(workspace.portal("select * from org_domain")).toEqual(before);
  });
});

describe("a domain whose DNS record is not there", () => {
  beforeEach(() => {
    removeRecord(first);
  });

  it("keeps nobody from being switched on, and is not routed", async () => {
    const result = await apply();
    expect(result.out + result.err).toContain(`not proven: ${first}`);
    expect(workspace.portal("select key from sso_connection_active")).toHaveLength(1);
    expect(workspace.portal(routing)).toEqual([]);
  });

  it("is shown by the plan and by show, with the record to set", async () => {
    const { name, value } = challenge(first);
    const plan = await workspace.tenantry("plan");
    expect(plan.out).toContain("Not routed until proven by a DNS record");
    for (const text of [name, value]) {
      expect(plan.out).toContain(text);
      expect((await workspace.tenantry("plan", "--markdown")).out).toContain(text);
      expect((await workspace.tenantry("show", "whiterabbit")).out).toContain(text);
    }
    const { plan: document } = (await workspace.tenantry("plan", "--json")).json() as unknown as {
      plan: { unproven: unknown };
    };
    expect(document.unproven).toMatchObject([
      { tenant: "whiterabbit", domain: first, record: { name, type: "TXT", value } },
    ]);
    const shown = (await workspace.tenantry("show", "whiterabbit", "--json")).json() as unknown as {
      connections: readonly { domains: unknown }[];
    };
    expect(shown.connections[0]?.domains).toMatchObject([{ domain: first, routed: false, record: { name, value } }]);
  });

  it("is routed by the apply after the record was set, which the plan tells as a change", async () => {
    await apply();
    expect((await workspace.tenantry("plan", "--exit-code")).exit).toBe(0);
    setRecord(first);
    const plan = await workspace.tenantry("plan", "--exit-code");
    expect([plan.exit, plan.out]).toEqual([3, expect.stringContaining(`routed  (none) -> ${first}`)]);
    expect(plan.out).not.toContain("Not routed");
    await apply();
    expect(workspace.portal(routing)).toEqual([{ domain: first }]);
    expect((await workspace.tenantry("plan", "--exit-code")).exit).toBe(0);
  });

  it("is routed when a person stands for it, marked as such, and proven by DNS later on", async () => {
    const entry = `{ check: O1, by: it@acme.example, ${days}, reason: By contract. }`;
    workspace.edit("tenants/whiterabbit.yaml", /$/, `\nattest:\n  - ${entry}\n`);
    await apply();
    expect(workspace.portal(proofs)).toEqual([{ domain: first, dated: 1, verification: "attested" }]);
    expect((await workspace.tenantry("show", "whiterabbit")).out).toContain(`${first}: routed, attested`);
    setRecord(first);
    workspace.edit("tenants/whiterabbit.yaml", "name: Whiterabbit Foods", "name: Whiterabbit Bakery");
    await apply();
    expect(workspace.portal(proofs)).toEqual([{ domain: first, dated: 1, verification: challenge(first).value }]);
  });
});

describe("a domain that comes later", () => {
  it("is hot as ever, and routed only with its record", async () => {
    await apply();
    nameBoth();
    const stopped = await workspace.tenantry("plan");
    expect(stopped.out).toContain("acknowledge it with --ack app/portal/tenant/whiterabbit:domains");
    expect(stopped.out).toContain(challenge(second).value);
    await apply("--ack", "app/portal/tenant/whiterabbit:domains");
    expect(workspace.portal(routing)).toEqual([{ domain: first }]);
    expect(workspace.portal("select domain from org_domain_claim")).toEqual([{ domain: second }]);
    setRecord(second);
    await apply();
    expect(workspace.portal(routing)).toEqual([{ domain: first }, { domain: second }]);
  });

  it("moves to another tenant without the proof of the one before", async () => {
    workspace.addTenant("redqueen");
    nameBoth();
    setRecord(second);
    await apply();
    workspace.edit("tenants/whiterabbit.yaml", `, ${second}`, "");
    workspace.edit("tenants/redqueen.yaml", "redqueen.example", `redqueen.example, ${second}`);
    const acks = ["whiterabbit", "redqueen"].flatMap((slug) => ["--ack", `app/portal/tenant/${slug}:domains`]);
    await apply(...acks, "--ack", "plan:tenants");
    expect(workspace.portal("select domain from org_domain where domain like 'wr-%'")).toEqual([]);
    expect(workspace.portal("select domain from org_domain_claim")).toEqual([{ domain: second }]);
  });
});

describe("DNS that does not tell", () => {
  it.each([
    ["broken", "VERIFY_DNS_BROKEN"],
    ["refused", "VERIFY_DNS_UNCLEAR"],
  ] as const)("%s: nobody is kept out, nothing is routed, and verify says why", async (kind, code) => {
    workspace.sandbox.dns.set(challenge(first).name, { kind });
    await apply();
    expect(workspace.portal(routing)).toEqual([]);
    expect((await workspace.tenantry("verify")).exit).toBe(0);
    expect(await verified()).toContain(code);
  });

  it("is asked of the resolvers that the file names", async () => {
    workspace.edit("tenantry.yaml", "environments:", 'verify: { resolvers: ["127.0.0.1:9"] }\nenvironments:');
    await apply();
    expect(workspace.portal(routing)).toEqual([]);
  });
});

it("the example's domains are all proven in the sandbox", async () => {
  const whole = await openTestWorkspace({ whole: true });
  try {
    const applied = await whole.tenantry("apply", "--yes");
    expect(applied.exit, applied.err).toBe(0);
    expect(applied.out + applied.err).not.toContain("not proven");
    const document = JSON.stringify((await whole.tenantry("verify", "--json")).json());
    const results = document.match(/"id":"O1"[^}]*"verdict":"\w+"/g) ?? [];
    expect(results.length).toBeGreaterThan(8);
    expect(results.filter((result) => !result.endsWith('"verdict":"pass"'))).toEqual([]);
  } finally {
    await whole.close();
  }
});
