import { createHash } from "node:crypto";
import type { Position } from "../../errors/issue.ts";
import type { CheckResult } from "../../store/evidence.ts";
import { isOpen, notRun } from "../proof-text.ts";
import { version } from "../version.ts";
import type { Report } from "./report.ts";

/** What a rule says besides its results, by id of the check. */
export type RuleSource = (id: string) => { readonly name: string; readonly url: string } | undefined;

/** For connections that could not be looked at; no check says that. */
const unprovenRule = "unproven";

/**
 * SARIF 2.1.0 for code scanning: a result for each check that somebody has to look at, at the place in the tenant's file
 * that it is about; a rule per check.
 *
 * @param specOf the rule behind a check
 * @param uriOf the name of a file as the reader of the report knows it
 * @see https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 */
export function sarifReport(specOf: RuleSource, uriOf: (file: string) => string): Report {
  const rules = new Map<string, object>();
  const results: object[] = [];
  const indexOf = (id: string, rule: () => object): number => {
    if (!rules.has(id)) rules.set(id, rule());
    return [...rules.keys()].indexOf(id);
  };
  return {
    add(placed) {
      const { proof } = placed;
      if ("evidence" in proof) {
        for (const check of proof.evidence.checks) {
          const level = levelOf(check);
          if (level === undefined) continue;
          const ruleIndex = indexOf(check.id, () => ruleOf(check, specOf(check.id)));
          results.push({
            ruleId: check.id,
            ruleIndex,
            level,
            message: { text: messageOf(proof.key, check) },
            locations: locationsOf(proof.key, placed.placeOf(check), uriOf),
            partialFingerprints: {
              "tenantryCheck/v1": fingerprint(proof.key, check.id, domainOf(check), check.code ?? check.verdict),
            },
            properties: {
              connection: proof.key,
              verdict: check.verdict,
              ...(check.code === undefined ? {} : { code: check.code }),
            },
          });
        }
      } else if (proof.verdict === "inconclusive") {
        const ruleIndex = indexOf(unprovenRule, unproven);
        const { code } = proof;
        results.push({
          ruleId: unprovenRule,
          ruleIndex,
          level: "warning",
          message: { text: `${proof.key} was not proven: ${proof.because}` },
          locations: locationsOf(proof.key, placed.at, uriOf),
          partialFingerprints: { "tenantryCheck/v1": fingerprint(proof.key, unprovenRule, code ?? "") },
          properties: { connection: proof.key, verdict: proof.verdict, ...(code === undefined ? {} : { code }) },
        });
      }
    },
    text({ environment, startedAt, endedAt, exit, stopped }) {
      const run = {
        tool: {
          driver: { name: "Tenantry", version, semanticVersion: version, rules: [...rules.values()] },
        },
        automationDetails: { id: `tenantry-verify/${environment ?? "client"}/` },
        invocations: [{ executionSuccessful: !stopped, exitCode: exit, startTimeUtc: startedAt, endTimeUtc: endedAt }],
        columnKind: "utf16CodeUnits",
        results,
      };
      const document = { $schema: "https://json.schemastore.org/sarif-2.1.0.json", version: "2.1.0", runs: [run] };
      return `${JSON.stringify(document, null, 2)}\n`;
    },
  };
}

/** Undefined for what nobody has to know. */
function levelOf(check: CheckResult): "error" | "warning" | "note" | undefined {
  if (check.attested !== undefined) return "note";
  // What could not run says nothing that the check it waits for does not say.
  if (!isOpen(check) || check.code === notRun) return undefined;
  if (check.level === "policy") return "note";
  return check.level === "must" && check.verdict === "fail" ? "error" : "warning";
}

function ruleOf({ id, title, level, link }: CheckResult, spec: ReturnType<RuleSource>): object {
  const help = `What it proves, what it cannot and how to mend it: docs/verify.md, section ${id}.`;
  return {
    id,
    name: nameOf(title),
    shortDescription: { text: title },
    fullDescription: { text: `${title} (${level}; ${link}).` },
    help:
      spec === undefined
        ? { text: help, markdown: help }
        : { text: `${help} Rule: ${spec.name}.`, markdown: `${help} Rule: [${spec.name}](${spec.url}).` },
    ...(spec === undefined ? {} : { helpUri: spec.url }),
    defaultConfiguration: { level: level === "must" ? "error" : level === "should" ? "warning" : "note" },
    properties: { tags: ["oidc", link], precision: "very-high" },
  };
}

function unproven(): object {
  const title = "The connection could be looked at";
  return {
    id: unprovenRule,
    name: nameOf(title),
    shortDescription: { text: title },
    fullDescription: { text: `${title}; otherwise nothing is known of it.` },
    help: { text: "Mend what the message names, then verify again." },
    defaultConfiguration: { level: "warning" },
    properties: { tags: ["oidc"] },
  };
}

function messageOf(key: string, { message, code, expected, actual, note, attested, hint }: CheckResult): string {
  const said = [
    `${key}: ${message}`,
    ...(expected === undefined ? [] : [`Expected: ${expected}`]),
    ...(actual === undefined ? [] : [`Actual: ${actual}`]),
    ...(note === undefined ? [] : [`Note: ${note}`]),
    ...(attested === undefined ? [] : [`Attested by ${attested.by} on ${attested.on}, until ${attested.expires}.`]),
    ...(hint === undefined ? [] : [`Mend: ${hint}`]),
    ...(code === undefined ? [] : [`Code: ${code}`]),
  ];
  return said.join("\n").toWellFormed();
}

function locationsOf(key: string, place: Position | undefined, uriOf: (file: string) => string): readonly object[] {
  const logicalLocations = [{ fullyQualifiedName: key, kind: "resource" }];
  if (place === undefined) return [{ logicalLocations }];
  const physicalLocation = {
    artifactLocation: { uri: encodeURI(uriOf(place.file)), uriBaseId: "%SRCROOT%" },
    region: { startLine: place.line, startColumn: place.column },
  };
  return [{ physicalLocation, logicalLocations }];
}

function domainOf({ evidence }: CheckResult): string {
  return typeof evidence.domain === "string" ? evidence.domain : "";
}

/** The same for the same trouble in the next run, wherever the file has moved it. */
function fingerprint(...parts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

/** `The issuer is a plain https URL` as a name: `TheIssuerIsAPlainHttpsUrl`. */
function nameOf(title: string): string {
  return title
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("");
}
