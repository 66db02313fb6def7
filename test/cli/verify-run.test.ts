import { readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ConnectionProof } from "../../src/apply/connection-proof.ts";
import { openRecordingWorld } from "../../src/apply/open.ts";
import { type VerifyRequest, verifyConnections } from "../../src/apply/verify-connections.ts";
import { loadContext } from "../../src/cli/context.ts";
import { runCommand } from "../../src/cli/main.ts";
import { makeRun, recordingOptions } from "../../src/cli/run.ts";
import { verifySchema } from "../../src/cli/verify/json-schema.ts";
import { plain } from "../../src/plan/paint.ts";
import { openTestWorkspace, type TestWorkspace } from "../support/workspace.ts";
import { parseXml } from "./xml.ts";

// `tenantry verify` over the example with all its companies.

const live = [
  "alder-voss/portal",
  "bluefin-studios/portal",
  "fernhill/orders",
  "fernhill/portal",
  "northwind-rail/portal",
  "tannberg/portal",
  "whiterabbit/portal",
];

let workspace: TestWorkspace;
let requests = 0;
beforeAll(async () => {
  workspace = await openTestWorkspace({
    whole: true,
    onRequest: () => {
      requests += 1;
    },
  });
  expect((await workspace.tenantry("apply", "--yes")).exit).toBe(0);
});
afterAll(() => workspace.close());

interface Verified {
  readonly stopped: boolean;
  readonly proofs: readonly (ConnectionProof & { readonly position: { readonly file: string } })[];
}

async function json(...args: readonly string[]): Promise<Verified & { readonly exit: number }> {
  const result = await workspace.tenantry("verify", "--json", ...args);
  return { exit: result.exit, ...(result.json() as unknown as Verified) };
}

const verdicts = (proofs: readonly ConnectionProof[]) =>
  Object.fromEntries(proofs.map((one) => [one.key, one.verdict]));

function check(proof: ConnectionProof | undefined, id: string) {
  if (proof === undefined || !("evidence" in proof)) throw new Error("nothing was looked at");
  return proof.evidence.checks.find((one) => one.id === id);
}

/** Proves in this process, and does something as soon as the first has ended. */
async function proving(request: Partial<VerifyRequest>, first: () => void = () => undefined) {
  const surroundings = { environment: {}, cwd: workspace.root, pid: process.pid };
  const run = makeRun({ out: () => undefined, err: () => undefined, paint: plain }, surroundings);
  const context = loadContext(surroundings, { workspace: workspace.root, env: "sandbox" }, Date.now());
  const { connections } = context;
  const world = await openRecordingWorld(recordingOptions(run, context, { connections, access: "read", whole: false }));
  const proofs: ConnectionProof[] = [];
  let underWay = 0;
  let most = 0;
  try {
    const all = verifyConnections(world, {
      connections,
      secretProbe: true,
      wrongSecretControl: "unlessSeen",
      begun: () => {
        underWay += 1;
        most = Math.max(most, underWay);
      },
      ended: () => {
        underWay -= 1;
        first();
      },
      ...request,
    });
    for await (const proof of all) proofs.push(proof);
  } finally {
    await world.close();
  }
  return { proofs, most, keys: connections.map(({ key }) => key as string) };
}

describe("reports", () => {
  test("on real connections: the document fits its schema, XML is XML, SARIF leads to the tenant's file", async () => {
    const northwind = workspace.sandbox.providers["northwind-rail"];
    const id = northwind.clients[0]?.clientId ?? "";
    const before = northwind.clients[0]?.secret ?? "";
    const after = northwind.replaceSecret(id);
    const files = ["--junit", "a.xml", "--sarif", "a.sarif", "--markdown", "a.md"];
    const { exit, ...document } = await json(...files);
    expect(exit).toBe(6);
    const validate = new Ajv2020({
      strict: true,
      strictRequired: false,
      formats: { date: true, "date-time": true },
    }).compile(verifySchema);
    validate(document);
    expect(validate.errors ?? []).toEqual([]);
    expect(verdicts(document.proofs)).toMatchObject({ "northwind-rail/portal": "fail", "whiterabbit/portal": "pass" });

    const read = (name: string) => readFileSync(join(workspace.root, name), "utf8");
    expect(parseXml(read("a.xml")).attributes).toMatchObject({ failures: "1" });
    const [result] = JSON.parse(read("a.sarif")).runs[0].results.filter(
      ({ level }: { level: string }) => level === "error",
    );
    const { artifactLocation, region } = result.locations[0].physicalLocation;
    expect(artifactLocation.uri).toBe("tenants/northwind-rail.yaml");
    expect(read(artifactLocation.uri).split("\n")[region.startLine - 1]).toMatch(/clientSecret:/);
    expect(read("a.md")).toContain("**northwind-rail/portal**: FAIL");
    for (const text of [JSON.stringify(document), read("a.xml"), read("a.sarif"), read("a.md")]) {
      expect(text).not.toContain(before);
      expect(text).not.toContain(after);
    }
    workspace.edit(".tenantry/sandbox/env", before, after);
    const handedOver = ["--only", "northwind-rail", "--hand-over", "northwind-rail"];
    expect((await workspace.tenantry("apply", "--yes", ...handedOver)).exit).toBe(0);
  });

  test("a tenant that is not there: its name, and the one that was meant", async () => {
    const { exit, err } = await workspace.tenantry("verify", "whiterabit");
    expect([exit, err]).toEqual([
      2,
      expect.stringMatching(/^PLAN_UNKNOWN_TENANT {2}.*\n {2}mend: did you mean `whiterabbit`\?/),
    ]);
  });
});

describe("--since", () => {
  test("skips what is proven and says when; nothing is sent for it", async () => {
    expect((await workspace.tenantry("verify")).exit).toBe(0);
    const seen = requests;
    expect(seen).toBeGreaterThan(0);
    const { exit, proofs } = await json("--since", "24h");
    expect(exit).toBe(0);
    for (const proof of proofs.filter(({ key }) => live.includes(key))) {
      expect(proof).toMatchObject({ verdict: "skipped", because: expect.stringMatching(/^proven \d+ s ago$/) });
    }
    expect(requests).toBe(seen);
    expect((await workspace.tenantry("verify", "--since", "24h", "whiterabbit")).out).toMatch(
      /^whiterabbit\/portal: skipped: proven \d+ s ago$/m,
    );
  });

  test("looks again at what has changed since: the file, the record, and what did not pass", async () => {
    const file = "tenants/whiterabbit.yaml";
    const before = workspace.read(file);
    workspace.edit(file, /clientAuth: \w+/, "clientAuth: client_secret_post");
    expect((await json("whiterabbit", "--since", "24h")).proofs[0]?.verdict).not.toBe("skipped");
    workspace.write(file, before);
    expect((await json("whiterabbit")).proofs[0]?.verdict).toBe("pass");
    expect((await json("whiterabbit", "--since", "24h")).proofs[0]?.verdict).toBe("skipped");
    const where = "where key = 'whiterabbit/portal'";
    const [row] = workspace.portal(`select client_id from sso_connection ${where}`);
    workspace.changePortal(`update sso_connection set client_id = 'another' ${where}`);
    expect((await json("whiterabbit", "--since", "24h")).proofs[0]?.verdict).toBe("fail");
    workspace.changePortal(`update sso_connection set client_id = '${String(row?.client_id)}' ${where}`);
    // The newest proof is the one that failed.
    expect((await json("whiterabbit", "--since", "24h")).proofs[0]?.verdict).toBe("pass");
  });
});

describe("the wrong-secret control", () => {
  const control = async (...args: readonly string[]) => check((await json("northwind-rail", ...args)).proofs[0], "S2");

  test("is not sent again where it was seen, is with the flag, and is not without", async () => {
    expect(await control()).toMatchObject({ verdict: "skipped", message: expect.stringMatching(/^Not sent again: /) });
    expect(await control("--wrong-secret-control")).toMatchObject({ verdict: "pass" });
    expect(await control("--no-wrong-secret-control")).toMatchObject({ verdict: "skipped" });
  });

  test("that a tenant's file switches off stays off, whatever the flag says", async () => {
    const file = "tenants/northwind-rail.yaml";
    const before = workspace.read(file);
    workspace.write(file, `${before}\nverify: { wrongSecretControl: false }\n`);
    expect(await control("--wrong-secret-control")).toMatchObject({ verdict: "skipped" });
    workspace.write(file, before);
  });
});

describe("a run that ends before its time", () => {
  test("by a signal: what is proven is told and stored, the rest is interrupted, and it leaves with 7", async () => {
    const out: string[] = [];
    const exit = await runCommand(
      ["verify", "--json", "--concurrency", "1", "--workspace", workspace.root, "--env", "sandbox"],
      {
        out: (text) => out.push(text),
        err: (text) => {
          if (text.includes("looked at 1 of")) process.emit("SIGTERM", "SIGTERM");
        },
        paint: plain,
      },
      { environment: {}, cwd: workspace.root, pid: process.pid },
    );
    const { stopped, proofs } = JSON.parse(out.join("")) as Verified;
    expect([exit, stopped]).toEqual([7, true]);
    expect(proofs[0]?.verdict).toBe("pass");
    for (const proof of proofs.slice(1))
      expect(proof).toMatchObject({ verdict: "inconclusive", code: "VERIFY_INTERRUPTED" });
    expect(proofs).toHaveLength(9);
    expect(process.listenerCount("SIGTERM")).toBe(0);
  });

  test("by the budget: the rest says so", async () => {
    const { proofs } = await proving({ budget: 1, concurrency: 1 });
    expect(proofs.at(-1)).toMatchObject({ verdict: "inconclusive", code: "VERIFY_BUDGET_SPENT" });
  });

  test("by whoever takes the proofs: nothing is begun any more", async () => {
    const stop = new AbortController();
    const { proofs } = await proving({ signal: stop.signal, concurrency: 2 }, () => stop.abort());
    expect(proofs.filter(({ verdict }) => verdict === "inconclusive").length).toBeGreaterThan(4);
  });
});

describe("order and load", () => {
  test("proofs come in the order of the connections, and no more are under way than allowed", async () => {
    const { proofs, most, keys } = await proving({ concurrency: 3 });
    expect(proofs.map(({ key }) => key)).toEqual(keys);
    expect(most).toBe(3);
  });
});

describe("an app that cannot be asked", () => {
  test("makes its own connections unclear, with its code and exit; the others are proven", async () => {
    const orders = join(workspace.root, ".tenantry/sandbox/orders.db");
    renameSync(orders, `${orders}.away`);
    const { exit, proofs } = await json();
    renameSync(`${orders}.away`, orders);
    const broken = proofs.find(({ key }) => key === "fernhill/orders");
    expect(broken).toMatchObject({ verdict: "inconclusive", code: expect.stringMatching(/^SQL_/) });
    expect(exit).toBe(5);
    expect(verdicts(proofs)).toMatchObject({ "fernhill/portal": "pass", "whiterabbit/portal": "pass" });
  });
});
