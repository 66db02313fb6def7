import { type FileFormat, FormatFault } from "./format.ts";
import { isObject } from "./tree.ts";

/** Begins the comment that says whose the file is. */
const start = "# tenantry: ";

/**
 * Lines `NAME=VALUE` as a POSIX shell reads them (XCU, sections 2.2 and 2.10.2), with our mark as a comment. Values are
 * quoted so that parsers of dotenv files read most of them alike: only a single quote together with `"`, `$`, a
 * backslash or a backtick needs the shell's own way.
 */
export const dotenvFormat: FileFormat = {
  typed: false,
  parse(text) {
    const members = new Map<string, string>();
    const comments: string[] = [];
    let mark: string | undefined;
    let at = 0;
    const fault = (what: string): FormatFault =>
      new FormatFault(`has ${what} in line ${text.slice(0, at).split("\n").length}`);
    while (at < text.length) {
      const [blank = ""] = /^[ \t\r\n]*/.exec(text.slice(at)) ?? [];
      at += blank.length;
      if (at >= text.length) break;
      if (text[at] === "#") {
        const end = endOfLine(text, at);
        const comment = text.slice(at, end).replace(/\r$/, "");
        if (comment.startsWith(start)) mark = comment.slice(start.length);
        else comments.push(comment);
        at = end;
        continue;
      }
      const name = /^(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)=/.exec(text.slice(at, at + 300));
      if (name === null) throw fault("no `NAME=VALUE`");
      at += name[0].length;
      const word = readWord(text, at);
      if (word === undefined) throw fault("a quote that does not end, or something that a shell would run");
      members.set(name[1] ?? "", word.value);
      at = word.end;
    }
    return { tree: Object.fromEntries(members), mark, comments };
  },

  print({ tree, mark, comments }) {
    const members = Object.entries(isObject(tree) ? tree : {});
    return [
      ...(mark === undefined ? [] : [start + mark]),
      ...comments,
      ...members.map(([name, value]) => `${name}=${quoted(typeof value === "string" ? value : JSON.stringify(value))}`),
      "",
    ].join("\n");
  },

  encode: (_path, text) => text,
  decode: (_path, text) => text,
};

function quoted(text: string): string {
  if (!text.includes("'")) return `'${text}'`;
  return /["$\\`!]/.test(text) ? `'${text.replaceAll("'", "'\\''")}'` : `"${text}"`;
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end === -1 ? text.length : end;
}

/** One word of a shell, quotes taken away; undefined when it does not end, or would run or fill in something. */
function readWord(text: string, from: number): { readonly value: string; readonly end: number } | undefined {
  let value = "";
  let at = from;
  while (at < text.length) {
    const sign = text[at] ?? "";
    if (/[ \t\r\n]/.test(sign)) return restIsEmpty(text, at) ? { value, end: at } : undefined;
    if (sign === "'") {
      const end = text.indexOf("'", at + 1);
      if (end === -1) return undefined;
      value += text.slice(at + 1, end);
      at = end + 1;
    } else if (sign === '"') {
      const inner = readDouble(text, at + 1);
      if (inner === undefined) return undefined;
      value += inner.value;
      at = inner.end;
    } else if (sign === "\\") {
      if (at + 1 >= text.length) return undefined;
      value += text[at + 1] === "\n" ? "" : text[at + 1];
      at += 2;
    } else if (/[$`|&;<>()]/.test(sign)) return undefined;
    else {
      value += sign;
      at += 1;
    }
  }
  return { value, end: at };
}

function readDouble(text: string, from: number): { readonly value: string; readonly end: number } | undefined {
  let value = "";
  for (let at = from; at < text.length; at += 1) {
    const sign = text[at] ?? "";
    if (sign === '"') return { value, end: at + 1 };
    if (sign === "$" || sign === "`") return undefined;
    const next = text[at + 1] ?? "";
    if (sign === "\\" && /["$`\\\n]/.test(next)) {
      value += next === "\n" ? "" : next;
      at += 1;
    } else value += sign;
  }
  return undefined;
}

/** Behind a value only a comment may stand: a further word would be a command. */
function restIsEmpty(text: string, from: number): boolean {
  return /^[ \t\r]*(#.*)?$/.test(text.slice(from, endOfLine(text, from)));
}
