import { beforeAll, describe, expect, test } from "vitest";
import { abridged, runDemo, stepsOf, transcriptIn, withTranscript } from "../../scripts/transcript.ts";
import { buildProgram } from "../../src/cli/program.ts";
import { makeRun } from "../../src/cli/run.ts";
import { plain } from "../../src/plan/paint.ts";
import { codeBlocks, pageAt } from "./pages.ts";

const readme = pageAt("README.md");

describe("the README", () => {
  test("has exactly two set-up commands, each in a block of its own", () => {
    const blocks = codeBlocks(readme).filter(({ text }) => /\b(npm|yarn|pnpm|apt|brew|docker|pip) /.test(text));
    expect(blocks.map(({ text }) => text)).toEqual(["npm ci && npm run demo", "npm ci && npm test"]);
  });

  test("lists every command, and no other", () => {
    const terminal = { out: () => undefined, err: () => undefined, paint: plain };
    const run = makeRun(terminal, { environment: {}, cwd: ".", pid: 1 });
    const commands = buildProgram(run, () => undefined).commands.map((command) => command.name());
    const table = readme.split("## Commands")[1]?.split("| Exit code |")[0] ?? "";
    expect([...table.matchAll(/^\| `([a-z]+)`/gm)].map(([, name]) => name)).toEqual(commands);
  });
});

describe("the transcript in the README", () => {
  let fresh = "";

  beforeAll(() => {
    fresh = runDemo();
  });

  test("has the commands, exit codes and checks of a fresh run", () => {
    const steps = stepsOf(transcriptIn(readme));
    expect(steps).toEqual(stepsOf(fresh));
    expect(steps.commands.length).toBeGreaterThan(8);
    expect(new Set(steps.exits)).toEqual(new Set([0, 3, 6]));
    expect(steps.checks.flat()).toContain("S2");
  });

  test("holds nothing that differs from run to run", () => {
    for (const text of [transcriptIn(readme), abridged(fresh)]) {
      expect(text).not.toMatch(/\d{4}-\d\d-\d\dT|[0-9a-f]{64}|\bocs\w{17}\b|\d requests|\d s$/m);
    }
  });

  test("is put where it was, and nothing else is changed", () => {
    expect(withTranscript(readme, transcriptIn(readme))).toBe(readme);
    expect(transcriptIn(withTranscript(readme, "$ tenantry other"))).toBe("$ tenantry other");
    expect(() => withTranscript("no markers", "")).toThrow("does not hold");
  });
});
