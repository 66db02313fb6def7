import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { jsonReport } from "../../src/cli/verify/json-report.ts";
import { verifySchema } from "../../src/cli/verify/json-schema.ts";
import { junitReport } from "../../src/cli/verify/junit-report.ts";
import { markdownReport } from "../../src/cli/verify/markdown-report.ts";
import { proofStream } from "../../src/cli/verify/proof-stream.ts";
import type { Placed, Report } from "../../src/cli/verify/report.ts";
import { sarifReport } from "../../src/cli/verify/sarif-report.ts";
import { plain } from "../../src/plan/paint.ts";
import { facts, hostile, placed } from "./proofs.ts";
import { type Element, parseXml } from "./xml.ts";

function written(report: Report, proofs: readonly Placed[] = placed): string {
  for (const one of proofs) report.add(one);
  return report.text(facts);
}

const spec = () => ({ name: "RFC 6749, section 5.2", url: "https://www.rfc-editor.org/rfc/rfc6749.html#section-5.2" });
const sarif = (): Report => sarifReport(spec, (file) => `sso/${file}`);

function shown(proofs: readonly Placed[], all = false): string {
  const out: string[] = [];
  const keys = proofs.map(({ proof }) => proof.key);
  const stream = proofStream((text) => out.push(text), plain, { keys, links: ["app", "domain"], all });
  for (const one of proofs) stream.add(one);
  stream.end();
  return out.join("");
}

/** The proofs of as many tenants, made from one. */
function fleetOf(count: number, from: Placed): readonly Placed[] {
  return Array.from({ length: count }, (_, index) => {
    const key = `tenant-${index}/portal`;
    const proof = {
      ...from.proof,
      key,
      ...("evidence" in from.proof ? { evidence: { ...from.proof.evidence, key } } : {}),
    };
    return { ...from, proof: proof as Placed["proof"] };
  });
}

const [passing, failing] = placed;
if (passing === undefined || failing === undefined) throw new Error("no proofs");

describe("for people", () => {
  test("is this text", () => expect(shown(placed)).toMatchFileSnapshot("golden/verify-people.txt"));

  test("with --all is this text", () =>
    expect(shown(placed, true)).toMatchFileSnapshot("golden/verify-people-all.txt"));

  test("has lines of at most 80 columns, but for what is to be copied", () => {
    const long = shown(placed, true)
      .split("\n")
      .filter((line) => line.length > 80);
    expect(long.filter((line) => !/^ +(expected|actual) /.test(line))).toEqual([]);
  });

  test("of a thousand that pass is a line each; of two that fail alike one block", () => {
    const fleet = [...fleetOf(998, passing), ...fleetOf(2, failing)];
    const text = shown(fleet);
    expect(text.match(/^tenant-\d+\/portal +pass/gm)).toHaveLength(1_000);
    expect(text.match(/VERIFY_SECRET_REFUSED/g)).toHaveLength(1);
    expect(text).toContain("1000 connections: 2 fail, 998 pass.");
    expect(text.split("\n").length).toBeLessThan(1_040);
  });

  test("of a fleet puts connections of a tenant that pass into one line", () => {
    const fleet = [1, 2, 3].flatMap((app) =>
      fleetOf(20, passing).map((one) => ({
        ...one,
        proof: { ...one.proof, key: `${one.proof.key}/${app}` } as Placed["proof"],
      })),
    );
    const sorted = fleet.toSorted((a, b) => (a.proof.key < b.proof.key ? -1 : 1));
    expect(shown(sorted).match(/^tenant-\d+ \(3\) +pass +pass +pass +pass +pass +- +- +pass$/gm)).toHaveLength(20);
  });

  test("with names that leave no room puts them on lines of their own", () => {
    const key = `${"long-".repeat(10)}name/portal`;
    const text = shown([{ ...passing, proof: { ...passing.proof, key } as Placed["proof"] }]);
    expect(text).toMatch(new RegExp(`^${key}\n  pass +pass`, "m"));
  });
});

describe("JSON", () => {
  const document = written(jsonReport());
  const validate = new Ajv2020({
    strict: true,
    strictRequired: false,
    formats: { date: true, "date-time": true },
  }).compile(verifySchema);

  test("is this document", () => expect(document).toMatchFileSnapshot("golden/verify-json.txt"));

  test("fits its schema, and is indented as one", () => {
    const value: unknown = JSON.parse(document);
    validate(value);
    expect(validate.errors ?? []).toEqual([]);
    expect(`${JSON.stringify(value, null, 2)}\n`).toBe(document);
    expect(value).toMatchObject({
      version: 1,
      summary: { pass: 1, attested: 1, fail: 1, inconclusive: 1, skipped: 1 },
    });
  });

  test("of nothing fits too; a field that the schema does not know does not", () => {
    expect(validate(JSON.parse(written(jsonReport(), [])))).toBe(true);
    expect(validate({ ...JSON.parse(document), more: 1 })).toBe(false);
  });
});

describe("JUnit", () => {
  const root = parseXml(written(junitReport()));
  const under = (element: Element, name: string): readonly Element[] =>
    element.children.flatMap((child) => [...(child.name === name ? [child] : []), ...under(child, name)]);

  test("is this document", () => expect(written(junitReport())).toMatchFileSnapshot("golden/verify-junit.xml"));

  test("counts what is in it", () => {
    expect(root.name).toBe("testsuites");
    const count = (name: string) => String(under(root, name).length);
    expect(root.attributes).toMatchObject({
      ...{ tests: count("testcase"), failures: count("failure"), errors: count("error"), skipped: count("skipped") },
      ...{ failures: "1", errors: "1", skipped: "3", time: "4.500" },
    });
    expect(under(root, "testsuite").map(({ attributes }) => attributes.name)).toEqual(
      placed.map(({ proof }) => proof.key),
    );
  });

  test("keeps the words of others as words", () => {
    const [failure] = under(root, "failure");
    expect(failure?.attributes.message).toContain(hostile);
    expect(failure?.text).toContain(hostile);
  });

  test("holds no character that XML cannot hold", () => {
    const proof = { ...passing.proof, key: "a\u0000b\u001b\ud800/portal" } as Placed["proof"];
    expect(() => parseXml(written(junitReport(), [{ ...passing, proof }]))).not.toThrow();
  });
});

describe("SARIF", () => {
  const text = written(sarif());
  const document = JSON.parse(text);

  test("is this document", () =>
    expect(text.replaceAll(/"(semanticV|v)ersion": "0[^"]*"/g, '"$1ersion": "(version)"')).toMatchFileSnapshot(
      "golden/verify-sarif.txt",
    ));

  test("has the structure of 2.1.0", () => expect(() => checkSarif(document)).not.toThrow());

  test("tells what failed, what warns and what is attested, at its place", () => {
    const [run] = document.runs;
    expect(
      run.results.map((result: SarifResult) => [
        result.ruleId,
        result.level,
        result.locations[0]?.physicalLocation?.artifactLocation.uri,
        result.locations[0]?.physicalLocation?.region.startLine,
      ]),
    ).toEqual([
      ["S1", "error", "sso/tenants/bluefin.yaml", 9],
      ["P1", "note", "sso/tenants/cobalt.yaml", 7],
      ["P2", "warning", "sso/tenants/cobalt.yaml", 7],
      ["unproven", "warning", "sso/tenants/delta.yaml", 3],
    ]);
  });

  test("knows a trouble again that has moved in its file", () => {
    const moved = placed.map((one) => ({ ...one, placeOf: () => ({ file: "tenants/x.yaml", line: 99, column: 1 }) }));
    const prints = (of: { readonly runs: readonly { readonly results: readonly SarifResult[] }[] }) =>
      of.runs[0]?.results.map(({ partialFingerprints }) => partialFingerprints["tenantryCheck/v1"]);
    expect(prints(JSON.parse(written(sarif(), moved)))).toEqual(prints(document));
    expect(new Set(prints(document)).size).toBe(4);
  });
});

interface SarifResult {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly kind?: string;
  readonly message: { readonly text: string };
  readonly locations: readonly {
    readonly physicalLocation?: {
      readonly artifactLocation: { readonly uri: string; readonly uriBaseId?: string };
      readonly region: { readonly startLine: number; readonly startColumn: number };
    };
    readonly logicalLocations?: readonly { readonly fullyQualifiedName: string }[];
  }[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
}

/** What the specification and code scanning ask of a log, as far as ours uses it (SARIF 2.1.0, sections 3.13 to 3.52). */
function checkSarif(log: {
  readonly $schema: string;
  readonly version: string;
  readonly runs: readonly {
    readonly tool: {
      readonly driver: {
        readonly name: string;
        readonly semanticVersion: string;
        readonly rules: readonly Record<string, unknown>[];
      };
    };
    readonly automationDetails: { readonly id: string };
    readonly invocations: readonly { readonly executionSuccessful: unknown; readonly startTimeUtc: string }[];
    readonly columnKind: string;
    readonly results: readonly SarifResult[];
  }[];
}): void {
  const only = (object: object, names: readonly string[]): void => {
    const odd = Object.keys(object).filter((name) => !names.includes(name));
    expect(odd).toEqual([]);
  };
  only(log, ["$schema", "version", "runs"]);
  expect(log.version).toBe("2.1.0");
  expect(log.runs).toHaveLength(1);
  for (const run of log.runs) {
    only(run, ["tool", "automationDetails", "invocations", "columnKind", "results"]);
    const { driver } = run.tool;
    only(driver, ["name", "version", "semanticVersion", "rules"]);
    expect(driver.semanticVersion).toMatch(/^\d+\.\d+\.\d+/);
    expect(run.automationDetails.id).toMatch(/^[^/]+\/[^/]+\/$/);
    expect(["utf16CodeUnits", "unicodeCodePoints"]).toContain(run.columnKind);
    for (const { executionSuccessful, startTimeUtc } of run.invocations) {
      expect(executionSuccessful).toBeTypeOf("boolean");
      expect(startTimeUtc).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
    }
    const ids = driver.rules.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const rule of driver.rules) {
      only(rule, [
        "id",
        "name",
        "shortDescription",
        "fullDescription",
        "help",
        "helpUri",
        "defaultConfiguration",
        "properties",
      ]);
      for (const name of ["shortDescription", "fullDescription", "help"]) {
        expect((rule[name] as { readonly text: string }).text).toMatch(/\S\.?$/);
      }
      if (rule.helpUri !== undefined) expect(URL.canParse(String(rule.helpUri))).toBe(true);
    }
    for (const result of run.results) {
      only(result, ["ruleId", "ruleIndex", "level", "message", "locations", "partialFingerprints", "properties"]);
      expect(ids[result.ruleIndex]).toBe(result.ruleId);
      expect(["error", "warning", "note"]).toContain(result.level);
      expect(result.message.text).not.toBe("");
      for (const { physicalLocation } of result.locations) {
        if (physicalLocation === undefined) continue;
        expect(physicalLocation.artifactLocation.uri).toMatch(/^[^/:\\][^:\\ ]*$/);
        expect(physicalLocation.region.startLine).toBeGreaterThan(0);
        expect(physicalLocation.region.startColumn).toBeGreaterThan(0);
      }
      for (const value of Object.values(result.partialFingerprints)) expect(value).toMatch(/^[0-9a-f]{64}$/);
    }
  }
}

describe("a link that only checks of the level policy are about", () => {
  const cell = (...verdicts: readonly ("pass" | "fail" | "inconclusive" | "skipped")[]): string | undefined => {
    const one = passing.proof;
    if (!("evidence" in one)) throw new Error("no evidence");
    const [check] = one.evidence.checks;
    if (check === undefined) throw new Error("no check");
    const checks = verdicts.map(
      (verdict) => ({ ...check, id: "O1", link: "domain", level: "policy", verdict }) as const,
    );
    const evidence = { ...one.evidence, checks: [...one.evidence.checks, ...checks] };
    const [, line = ""] = shown([{ ...passing, proof: { ...one, evidence } }]).split("\n");
    return line.trimEnd().split(/ +/).at(-2);
  };

  test.each([
    ["pass", ["pass", "pass"]],
    ["?", ["pass", "inconclusive"]],
    ["?", ["inconclusive"]],
    ["warn", ["inconclusive", "fail"]],
    ["-", ["skipped"]],
  ] as const)("is %s for %j", (word, verdicts) => expect(cell(...verdicts)).toBe(word));
});

describe("Markdown", () => {
  const text = written(markdownReport());

  test("is this text", () => expect(text).toMatchFileSnapshot("golden/verify-markdown.md"));

  test("says what was not covered of these, as people are told", () => {
    expect(text).toContain("Not covered is what the app itself does for cobalt/portal: its pages were not asked.");
    expect(text).toContain("Not proven but attested is P1 of cobalt/portal");
  });

  test("makes no table, HTML, mention or code of the words of others", () => {
    expect(text).not.toContain("<script>");
    expect(text).not.toContain("@team");
    expect(text).not.toContain("`x`");
    expect(text).toContain("&#60;script&#62;");
  });

  test("fits into a comment however much failed, and says what it leaves out", () => {
    const long = written(markdownReport(), fleetOf(2_000, failing));
    expect(long.length).toBeLessThan(65_536);
    expect(long).toMatch(/- and \d+ more: see the JSON report/);
  });
});
