import { visibleText } from "../../errors/visible.ts";
import type { Block, Inline, Line, Page, Section } from "./page.ts";

/** A page as CommonMark: no HTML and no tables, so that nothing in it means more than it says. */
export function markdownOf(page: Page): string {
  const parts = [
    `# ${words(page.title)}`,
    ...page.blocks.map(block),
    ...page.sections.flatMap((section) => sectionParts(section, 2)),
  ];
  return `${parts.join("\n\n")}\n`;
}

function sectionParts({ title, blocks, sections = [] }: Section, level: number): readonly string[] {
  return [
    `${"#".repeat(level)} ${lineText(title)}`,
    ...blocks.map(block),
    ...sections.flatMap((section) => sectionParts(section, level + 1)),
  ];
}

function block(of: Block): string {
  switch (of.kind) {
    case "text":
      return lineText(of.text);
    case "note":
      return `> ${lineText(of.text)}`;
    case "value": {
      const note = of.note === undefined ? "" : ` ${lineText(of.note)}`;
      return `**${words(of.label)}**${note}\n\n${fenced(of.value)}`;
    }
    case "facts":
      return of.rows.map(([label, text]) => `- ${labelText(label)}: ${lineText(text)}`).join("\n");
    case "list":
      return of.items.map((item) => `- ${lineText(item)}`).join("\n");
    case "steps":
      return of.items.map((item, index) => `${index + 1}. ${lineText(item)}`).join("\n");
    default:
      return of satisfies never;
  }
}

function labelText(label: Inline): string {
  return typeof label === "string" ? `**${words(label)}**` : inline(label);
}

function lineText(text: Line): string {
  return text.map(inline).join("");
}

function inline(piece: Inline): string {
  if (typeof piece === "string") return words(piece);
  return "code" in piece ? codeSpan(piece.code) : `**${words(piece.strong)}**`;
}

/** Plain words: every sign that Markdown or HTML could take for more is escaped (CommonMark, 2.4). */
function words(text: string): string {
  return visibleText(text).replaceAll(/[\\`*_{}[\]<>#|~&$]|!(?=\[)/g, "\\$&");
}

/** As it is, between more backticks than it holds in a row (CommonMark, 6.1). */
function codeSpan(text: string): string {
  const shown = visibleText(text);
  const fence = "`".repeat(longestRun(shown) + 1);
  const padding = /^`|`$|^ .* $/.test(shown) ? " " : "";
  return shown === "" ? "(empty)" : `${fence}${padding}${shown}${padding}${fence}`;
}

/** A block of its own, so that hosts of Markdown show a button that copies it. */
function fenced(text: string): string {
  const shown = text.split("\n").map(visibleText).join("\n");
  const fence = "`".repeat(Math.max(3, longestRun(shown) + 1));
  return `${fence}text\n${shown}\n${fence}`;
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}
