// Writes what is generated from the code: schema/*.json, docs/codes.md, docs/presets.md, docs/capabilities.md and the table of checks in docs/verify.md. With --check it only looks and leaves with 1
// when something is not current.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { verifySchema } from "../src/cli/verify/json-schema.ts";
import { codes } from "../src/errors/codes/index.ts";
import { jsonSchemas } from "../src/tenant/json-schema.ts";
import { capabilitiesPage } from "./capabilities-page.ts";
import { withChecksTable } from "./checks-table.ts";
import { withClientAuthTable } from "./client-auth-table.ts";
import { kongFieldsModule } from "./kong-fields.ts";
import { mistakesPage } from "./mistakes-page.ts";
import { presetsPage } from "./presets-page.ts";

const check = process.argv.includes("--check");
const root = new URL("../", import.meta.url);
const wanted = new Map<string, string>();
for (const [name, schema] of Object.entries({ ...jsonSchemas(), verify: verifySchema })) {
  wanted.set(`schema/${name}.schema.json`, `${JSON.stringify(schema, null, 2)}\n`);
}
wanted.set("docs/codes.md", codesPage());
wanted.set("docs/mistakes.md", mistakesPage(root));
wanted.set("docs/presets.md", presetsPage());
wanted.set("src/workspace/apps/kong-field-table.ts", kongFieldsModule(root));
wanted.set("docs/capabilities.md", capabilitiesPage());
wanted.set("docs/verify.md", withChecksTable(readFileSync(new URL("docs/verify.md", root), "utf8")));
wanted.set("docs/sources.md", withClientAuthTable(readFileSync(new URL("docs/sources.md", root), "utf8")));

const stale: string[] = [];
for (const [path, text] of wanted) {
  const file = new URL(path, root);
  if (existsSync(file) && readFileSync(file, "utf8") === text) continue;
  stale.push(path);
  if (!check) writeFileSync(file, text);
}
if (check && stale.length > 0) {
  console.error(`not current: ${stale.join(", ")}; run \`npm run generate\``);
  process.exitCode = 1;
} else {
  console.log(stale.length === 0 ? "generated files are current" : `wrote ${stale.join(", ")}`);
}

/** One row per code, by room. */
function codesPage(): string {
  const lines = [
    "# Codes",
    "",
    "Generated from `src/errors/codes/` by `npm run generate`. Every issue and every failure carries one of these.",
    "Codes are stable: scripts may depend on them. The exit code is the command's when nothing worse happened.",
    "",
  ];
  const rooms = Map.groupBy(Object.entries(codes), ([code]) => code.slice(0, code.indexOf("_")));
  for (const [room, entries] of rooms) {
    lines.push(`## ${room}`, "", "| Code | Exit | Cause | Mend |", "| --- | --- | --- | --- |");
    for (const [code, { cause, mend, exit }] of entries) {
      lines.push(`| \`${code}\` | ${exit} | ${cell(cause)} | ${cell(mend)} |`);
    }
    lines.push("");
  }
  return `${lines.join("\n").trimEnd()}\n`;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll("\n", " ");
}
