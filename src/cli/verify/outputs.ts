import { statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { TenantryError } from "../../errors/failure.ts";
import type { Terminal } from "../terminal.ts";
import { writeWhole } from "../write-file.ts";
import { jsonReport } from "./json-report.ts";
import { junitReport } from "./junit-report.ts";
import { markdownReport } from "./markdown-report.ts";
import type { ReportOptions } from "./options.ts";
import type { Placed, Report, RunFacts } from "./report.ts";
import { type RuleSource, sarifReport } from "./sarif-report.ts";

/** The reports that a run was asked for. */
export interface Outputs {
  /** Whether stdout is for one of them: then there is no text for people. */
  readonly machine: boolean;
  add(placed: Placed): void;
  /** Writes each file whole, or not at all. The others are written although one cannot be. */
  write(run: RunFacts): void;
}

/**
 * @throws TenantryError CLI_USAGE when two go to the same place, CLI_OUTPUT_UNWRITABLE when a folder is not there: before
 * anything is sent
 */
export function openOutputs(
  terminal: Pick<Terminal, "out">,
  cwd: string,
  options: ReportOptions & { readonly json?: boolean | undefined },
  specOf: RuleSource,
  uriOf: (file: string) => string,
): Outputs {
  const wanted: readonly (readonly [flag: string, path: string | undefined, make: () => Report])[] = [
    ["--json", options.json === true ? "-" : undefined, jsonReport],
    ["--junit", options.junit, junitReport],
    ["--sarif", options.sarif, () => sarifReport(specOf, uriOf)],
    ["--markdown", options.markdown, markdownReport],
  ];
  const taken = new Map<string, string>();
  const reports: { readonly path: string; readonly report: Report }[] = [];
  for (const [flag, path, make] of wanted) {
    if (path === undefined) continue;
    const place = path === "-" ? path : resolve(cwd, path);
    const other = taken.get(place);
    if (other !== undefined) {
      const where = path === "-" ? "stdout" : path;
      throw new TenantryError("CLI_USAGE", `${other} and ${flag} both go to ${where}`, {
        hint: "Give one of them a file of its own.",
      });
    }
    taken.set(place, flag);
    if (path !== "-") checkFolder(path, place);
    reports.push({ path, report: make() });
  }
  return {
    machine: taken.has("-"),
    add: (placed) => {
      for (const { report } of reports) report.add(placed);
    },
    write(run) {
      const failed: unknown[] = [];
      for (const { path, report } of reports) {
        if (path === "-") {
          for (const part of report.parts?.(run) ?? [report.text(run)]) terminal.out(part);
          continue;
        }
        try {
          writeWhole(cwd, path, report.text(run));
        } catch (error) {
          failed.push(error);
        }
      }
      if (failed.length > 0) throw failed[0];
    },
  };
}

/** A report whose folder is missing is told before the run, not after it. */
function checkFolder(path: string, place: string): void {
  const unwritable = (why: string): TenantryError =>
    new TenantryError("CLI_OUTPUT_UNWRITABLE", `${path} cannot be written (${why})`);
  if (path === "") throw unwritable("it has no name");
  const folder = statSync(dirname(place), { throwIfNoEntry: false });
  if (folder === undefined) throw unwritable("its folder is not there");
  if (!folder.isDirectory()) throw unwritable("what should be its folder is none");
  if (statSync(place, { throwIfNoEntry: false })?.isDirectory() === true) throw unwritable("it is a folder");
}
