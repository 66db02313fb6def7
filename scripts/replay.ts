// Replays recorded exchanges of real Okta orgs and Auth0 tenants against the sandbox and says how many come out alike.
import { parseArgs } from "node:util";
import { NotARecording, readRecordings } from "./replay/recording.ts";
import { type Replayed, replay } from "./replay/replay.ts";
import { markdownOf, masksOf, missesOf, otherValuesOf, percent, sumOf, tableOf } from "./replay/report.ts";

const help = `usage: npm run -s replay -- [options] DIR...

Replays every recording (*.json) of the folders, each against a fresh sandbox, in order. Ids are translated as they
appear; status, keys and JSON types are compared.

  --only TEXT         recordings whose name contains TEXT
  --at-least PERCENT  exit 1 below this share (97)
  --values            also the answers that match and hold other values, with the paths
  --masks             also the known differences that do not count, with their reasons
  --markdown          the table as Markdown
  --json              everything as one JSON document
  --help

The last line is \`matched N of M\`. Exit 0, 1 below the share, 2 for what is no recording.
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: "string", default: "" },
    "at-least": { type: "string", default: "97" },
    values: { type: "boolean", default: false },
    masks: { type: "boolean", default: false },
    markdown: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

if (values.help || positionals.length === 0) {
  process.stdout.write(help);
  process.exitCode = values.help ? 0 : 2;
} else {
  try {
    await main();
  } catch (error) {
    if (!(error instanceof NotARecording)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 2;
  }
}

async function main(): Promise<void> {
  const results: Replayed[] = [];
  const recordings = positionals.flatMap(readRecordings).filter(({ name }) => name.includes(values.only));
  for (const recording of recordings) {
    results.push(await replay(recording));
    if (process.stderr.isTTY) process.stderr.write(`\r${results.length} of ${recordings.length}`);
  }
  if (process.stderr.isTTY) process.stderr.write("\r");
  const sum = sumOf(results);
  if (values.json) print(JSON.stringify({ version: 1, ...sum, recordings: results.map(plain) }, null, 2));
  else {
    print(values.markdown ? markdownOf(results) : tableOf(results));
    if (!values.markdown && results.some(({ misses }) => misses.length > 0)) print(`\nmisses\n${missesOf(results)}`);
    if (values.values) print(`\nother values\n${otherValuesOf(results)}`);
    if (values.masks) print(`\nknown differences that do not count\n${masksOf(results)}`);
    const exact = { matched: sum.matched - sum.withMask, total: sum.matched };
    const equal = { matched: sum.matched - sum.otherValues, total: sum.matched };
    print(`\nof the answers that match ${exact.matched} do so without a known difference (${percent(exact)}),`);
    print(`and ${equal.matched} hold the recorded values too (${percent(equal)})`);
    print(`matched ${sum.matched} of ${sum.total} (${percent(sum)})`);
  }
  if (sum.matched * 100 < sum.total * Number(values["at-least"])) process.exitCode = 1;
}

function plain({ outOfScope, masked, ...rest }: Replayed) {
  return {
    ...rest,
    outOfScope: Object.fromEntries(outOfScope),
    masked: [...masked].map(([{ reason }, count]) => ({ reason, count })),
  };
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
