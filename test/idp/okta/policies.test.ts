import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { ConnectionKey } from "../../../src/desired/connection.ts";
import type { OktaAdapter } from "../../../src/idp/okta/adapter.ts";
import { registrationFields } from "../../../src/plan/fields.ts";
import { listingEngine } from "../../support/listing-engine.ts";
import { type Bench, startBench, wanted } from "./bench.ts";

const strict = wanted({ accessPolicy: "Phishing resistant" });
const depths = ["single", "fleet", "deep"] as const;

let bench: Bench;
let adapter: OktaAdapter;

beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.close());
beforeEach(async () => {
  adapter = await bench.adapter();
  const { okta, faults } = bench.sandbox;
  faults.clear();
  for (const app of okta.apps) if (!["Payroll", "Tenantry service"].includes(app.label)) okta.removeApp(app.id);
});

const policyOf = (reference: string) => {
  const id = bench.sandbox.okta.app(reference)?.accessPolicy;
  return bench.sandbox.okta.policies.find((policy) => policy.id === id)?.name;
};
const asked = async (work: () => Promise<unknown>): Promise<readonly string[]> => {
  const { requests } = bench.sandbox.okta;
  const before = requests.entries.length;
  await work();
  return requests.entries.slice(before).map(({ method, path }) => `${method} ${path.replace(/\w{20}/, "ID")}`);
};

describe("an access policy", () => {
  test.each(depths)("is assigned by name and seen by name (%s)", async (depth) => {
    const created = await adapter.create(strict);
    expect(created.fields).toEqual(registrationFields(strict));
    expect(policyOf(created.id)).toBe("Phishing resistant");
    const { found, problems } = await adapter.observe([strict], depth);
    expect([found.get(strict.key)?.fields.accessPolicy, problems]).toEqual(["Phishing resistant", []]);
  });

  test("is assigned before anybody is let in", async () => {
    await adapter.observe([strict], "single");
    const calls = await asked(() => adapter.create(strict));
    expect(calls.filter((call) => call.startsWith("PUT"))).toEqual([
      expect.stringMatching(/\/policies\//),
      expect.stringMatching(/\/groups\//),
    ]);
  });

  test("that somebody has changed shows as a hot difference, and an update puts it back", async () => {
    const engine = listingEngine(adapter);
    const created = await adapter.create(strict);
    bench.sandbox.okta.edit(created.id, (app) => {
      app.accessPolicy = bench.sandbox.okta.defaultPolicy.id;
    });
    const { changes } = await engine.plan([strict], "single");
    expect(changes).toMatchObject([
      {
        action: "update",
        paths: ["accessPolicy"],
        before: { accessPolicy: "Any two factors" },
        after: { accessPolicy: "Phishing resistant" },
        hot: ["assignment"],
      },
    ]);
    await engine.apply(strict);
    expect(policyOf(created.id)).toBe("Phishing resistant");
    expect((await engine.plan([strict], "deep")).changes).toEqual([]);
  });

  test("stays as it is when the file names none, and costs no call", async () => {
    const created = await adapter.create(strict);
    const plain = wanted();
    const calls = await asked(async () => {
      const { found } = await adapter.observe([plain], "single");
      expect(found.get(plain.key)?.fields).not.toHaveProperty("accessPolicy");
      await adapter.update(plain, created);
    });
    expect(calls.filter((call) => call.includes("policies"))).toEqual([]);
    expect(policyOf(created.id)).toBe("Phishing resistant");
  });

  test("of an app that nobody knows shows by its id", async () => {
    const created = await adapter.create(strict);
    bench.sandbox.okta.edit(created.id, (app) => {
      app.accessPolicy = "rstSomethingElse0000";
    });
    const { found } = await adapter.observe([strict], "fleet");
    expect(found.get(strict.key)?.fields.accessPolicy).toBe("rstSomethingElse0000");
  });

  test.each(depths)("is looked for over all pages, once for all (%s)", async (depth) => {
    for (let n = 0; n < 201; n++) bench.sandbox.okta.addPolicy(`policy ${depth} ${n}`);
    const last = wanted({ accessPolicy: `policy ${depth} 200` });
    const other = wanted({
      key: "whiterabbit/gateway" as ConnectionKey,
      accessPolicy: last.accessPolicy,
    });
    const run = await bench.adapter();
    const calls = await asked(async () => {
      expect((await run.observe([last, other], depth)).problems).toEqual([]);
      await run.observe([last, other], depth);
    });
    const pages = Math.ceil(bench.sandbox.okta.policies.length / 200);
    expect(calls.filter((call) => call === "GET /api/v1/policies")).toHaveLength(pages);
  });

  test("that is gone stops no switching off", async () => {
    const created = await adapter.create(strict);
    const off = wanted({ accessPolicy: "nobody's", state: "inactive" });
    expect((await adapter.observe([off], "single")).problems).toEqual([]);
    expect((await adapter.update(off, created)).active).toBe(false);
  });
});

describe("no such access policy", () => {
  const nobodys = wanted({ accessPolicy: "nobody's" });

  test.each(depths)("is a problem that names the field (%s), and nothing is made", async (depth) => {
    const { problems } = await adapter.observe([nobodys], depth);
    expect(problems).toMatchObject([
      { kind: "missing", field: "accessPolicy", code: "OKTA_POLICY_MISSING", subject: "nobody's" },
    ]);
    await expect(adapter.create(nobodys)).rejects.toMatchObject({ code: "OKTA_POLICY_MISSING", exit: 2 });
    expect(bench.sandbox.okta.apps).toHaveLength(2);
  });

  test("found once it is made, in the same run", async () => {
    await adapter.observe([wanted({ accessPolicy: "made later" })], "single");
    bench.sandbox.okta.addPolicy("made later");
    expect((await adapter.observe([wanted({ accessPolicy: "made later" })], "single")).problems).toEqual([]);
  });

  test.each([
    ["is switched off", "Contractors", "has switched off"],
    ["is Okta's own for accounts", "Okta Account Management Policy", "shows no access policy"],
    ["is there in another case", "phishing resistant", "shows no access policy"],
    ["is there twice", "Twins", "has 2 times an access policy"],
  ])("one that %s does not count", async (_how, name, message) => {
    if (name === "Contractors") bench.sandbox.okta.addPolicy(name).status = "INACTIVE";
    if (name === "Twins") for (const _twin of [1, 2]) bench.sandbox.okta.addPolicy(name);
    for (const _look of ["first", "with the list known"]) {
      const { problems } = await adapter.observe([wanted({ accessPolicy: name })], "single");
      expect(problems).toMatchObject([{ subject: name, message: expect.stringContaining(message) }]);
    }
  });
});
