// The table of checks in docs/verify.md, made from the checks themselves.
import { appChecks } from "../src/verify/app/checks.ts";
import { checks } from "../src/verify/checks/checks.ts";

const begin = "<!-- checks: written by `npm run generate` -->";
const end = "<!-- /checks -->";

/** `docs/verify.md` with its table of checks as the code has them now; the rest of the page stays as it is. */
export function withChecksTable(page: string): string {
  const [before, rest] = page.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error(`the page does not hold ${begin} … ${end}`);
  return `${before}${begin}\n\n${table()}\n\n${end}${after}`;
}

function table(): string {
  const rows = [...checks, ...appChecks].map(({ id, title, level, link, spec, needs }) => {
    const after = needs.length === 0 ? "–" : needs.join(", ");
    return `| [${id}](#${id.toLowerCase()}) | ${title} | ${level} | ${link} | [${spec.name}](${spec.url}) | ${after} |`;
  });
  return ["| Id | Title | Level | Link | Rule | Needs |", "| --- | --- | --- | --- | --- | --- |", ...rows].join("\n");
}
