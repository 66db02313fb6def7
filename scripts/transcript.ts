// Runs the demo's command line and puts what it printed into README.md, between the two markers. What differs from run
// to run (times, ids of secrets, digests, counts) is replaced by placeholders; sections are left out whole or not at all.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const begin = "<!-- transcript: written by `node scripts/transcript.ts` -->";
const end = "<!-- /transcript -->";

/** Beginnings of the headings of sections that the README leaves out. The demo itself prints them. */
const leftOut = [
  "What would be done for all of them.",
  "The plan shows the drift.",
  "Auth0: somebody rotates",
  "Their own provider: Northwind's",
  "They have paid.",
  "They have registered the client",
];

/** One `# …` section of the demo: its heading and the commands under it. */
interface Section {
  readonly heading: string;
  readonly text: string;
}

/** What can be told of a transcript without its volatile values. */
export interface Steps {
  /** `$ tenantry …` lines, in order. */
  readonly commands: readonly string[];
  /** The exit code of each command; 0 where the transcript names none. */
  readonly exits: readonly number[];
  /** Ids of the checks that each command showed. */
  readonly checks: readonly (readonly string[])[];
}

/** What the demo prints, without colours. Throws when it does not leave with 0. */
export function runDemo(): string {
  const entry = fileURLToPath(new URL("../bin/tenantry.js", import.meta.url));
  const run = spawnSync(process.execPath, [entry, "demo"], { encoding: "utf8", env: { NO_COLOR: "1" } });
  if (run.status !== 0) throw new Error(`the demo left with ${run.status ?? run.signal}:\n${run.stdout}${run.stderr}`);
  return run.stdout;
}

/** The transcript as the README shows it. */
export function abridged(output: string): string {
  const kept = sectionsOf(withPlaceholders(output)).map(({ heading, text }) => {
    if (!leftOut.some((beginning) => heading.startsWith(beginning))) return text;
    return `# ${heading}\n\n  (this section is left out here)`;
  });
  return kept.join("\n\n");
}

/** The steps of a transcript; of the demo's own output only those of sections that the README shows. */
export function stepsOf(transcript: string): Steps {
  const shown = sectionsOf(transcript).filter(
    ({ heading }) => !leftOut.some((beginning) => heading.startsWith(beginning)),
  );
  const calls = shown.flatMap(({ text }) => text.split(/^(?=\$ tenantry )/m).slice(1));
  return {
    commands: calls.map((call) => call.split("\n")[0] ?? ""),
    exits: calls.map((call) => Number(/^exit code (\d)$/m.exec(call)?.[1] ?? 0)),
    checks: calls.map((call) => [...call.matchAll(/^ {2}\S+ +([A-Z]\d+) /gm)].map(([, id = ""]) => id)),
  };
}

/** The transcript that stands in a page. */
export function transcriptIn(page: string): string {
  const block = page.split(begin)[1]?.split(end)[0] ?? "";
  const match = /```text\n([\s\S]*)\n```/.exec(block);
  if (match === null) throw new Error("the page has no transcript between its markers");
  return match[1] ?? "";
}

/** The page with another transcript in it. */
export function withTranscript(page: string, transcript: string): string {
  const [before, rest] = page.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error(`the page does not hold ${begin} … ${end}`);
  return `${before}${begin}\n\n\`\`\`text\n${transcript}\n\`\`\`\n\n${end}${after}`;
}

function sectionsOf(output: string): readonly Section[] {
  return output
    .trim()
    .split(/^(?=# )/m)
    .map((text) => ({ heading: (text.split("\n")[0] ?? "").replace(/^# /, ""), text: text.trim() }));
}

function withPlaceholders(output: string): string {
  const secrets = new Map<string, string>();
  const clients = new Map<string, string>();
  return (
    output
      .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, "(time)")
      .replaceAll(/\b\d{4}-\d\d-\d\d \d\d:\d\d\b/g, "(time)")
      .replaceAll(/ since \d{4}-\d\d-\d\d\b/g, " since (day)")
      .replaceAll(/ UTC, from \S+$/gm, " UTC, from (host)")
      .replaceAll(/\b[0-9a-f]{64}\b/g, "(digest)")
      // Auth0 gives client ids of 32 letters and digits.
      .replaceAll(/\b(?=[A-Za-z0-9]*[A-Z])[A-Za-z0-9]{32}\b/g, (id) => {
        const known = clients.get(id) ?? `(client id ${clients.size + 1})`;
        clients.set(id, known);
        return known;
      })
      // Ids and callbacks that WorkOS hands out.
      .replaceAll(/\b(org|conn)_[0-9A-Z]{20,}\b/g, "($1 id)")
      .replaceAll(/(\/sso\/oidc\/)\w+(\/callback)/g, "$1(id)$2")
      .replaceAll(/\bocs\w{17}\b/g, (id) => {
        const known = secrets.get(id) ?? `(secret id ${secrets.size + 1})`;
        secrets.set(id, known);
        return known;
      })
      .replaceAll(/\d+ requests, [\d.]+ s$/gm, "(count) requests, (seconds) s")
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const readme = new URL("../README.md", import.meta.url);
  writeFileSync(readme, withTranscript(readFileSync(readme, "utf8"), abridged(runDemo())));
  console.log("wrote the transcript into README.md");
}
