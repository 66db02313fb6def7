import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of the repository. */
export const root = fileURLToPath(new URL("../../", import.meta.url));

/** One Markdown page of the repository. */
export interface Page {
  /** Relative to the repository. */
  readonly path: string;
  readonly text: string;
}

/** Every Markdown page at the top level and below `docs/`. */
export function pages(): readonly Page[] {
  const top = readdirSync(root).filter((name) => name.endsWith(".md"));
  const below = readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => join("docs", name));
  return [...top, ...below].sort().map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));
}

/** One page by its path. */
export function pageAt(path: string): string {
  return readFileSync(join(root, path), "utf8");
}

/** A fenced block of code: its language and its text. */
export interface CodeBlock {
  readonly language: string;
  readonly text: string;
}

export function codeBlocks(text: string): readonly CodeBlock[] {
  return [...text.matchAll(/^( *)```(\w*)\n([\s\S]*?)^\1```$/gm)].map(([, , language = "", body = ""]) => ({
    language,
    text: body.trim(),
  }));
}

/** Targets of links, code left out. */
export function linksOf(text: string): readonly string[] {
  const prose = text
    .replaceAll(/^ *```[\s\S]*?^ *```$/gm, "")
    .replaceAll(/`[^`\n]*`/g, (code) => "x".repeat(code.length));
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target);
}

/** Why a link of a page leads nowhere; undefined when it leads somewhere. Addresses of other hosts are not asked. */
export function brokenLink(page: Page, target: string): string | undefined {
  if (/^https:\/\//.test(target)) return undefined;
  const [file = "", anchor] = target.split("#");
  const path = file === "" ? page.path : relative(root, join(root, dirname(page.path), file));
  if (path.startsWith("..")) return `${target} leads out of the repository`;
  if (!existsSync(join(root, path))) return `${target}: there is no ${path}`;
  if (anchor === undefined) return undefined;
  return anchorsOf(pageAt(path)).has(anchor) ? undefined : `${target}: ${path} has no heading #${anchor}`;
}

/** Anchors that a host makes of headings. */
function anchorsOf(text: string): ReadonlySet<string> {
  const headings = [...text.replaceAll(/^```[\s\S]*?^```$/gm, "").matchAll(/^#{1,6} (.+)$/gm)];
  return new Set(
    headings.map(([, heading = ""]) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );
}
