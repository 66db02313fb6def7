// Dotenv files of others, changed line by line: what is not ours stays byte for byte.

/** One piece of a file: a line, or the lines of one assignment. Pieces in order are the file. */
export interface DotenvPiece {
  /** With its line end. */
  readonly text: string;
  /** Missing for comments, empty lines and what is no assignment. */
  readonly name?: string | undefined;
  readonly value?: string | undefined;
}

const assignment = /^[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_.]*)[ \t]*=[ \t]*/;

/** The pieces of a file. Values as `util.parseEnv`, `docker compose` and shells agree on them. */
export function dotenvPieces(text: string): readonly DotenvPiece[] {
  const pieces: DotenvPiece[] = [];
  let at = 0;
  while (at < text.length) {
    const lineEnd = endOfLine(text, at);
    const found = assignment.exec(text.slice(at, lineEnd));
    if (found === null) {
      pieces.push({ text: text.slice(at, lineEnd) });
      at = lineEnd;
      continue;
    }
    const start = at + found[0].length;
    const quote = text[start] ?? "";
    const close = /["'`]/.test(quote) ? closing(text, start + 1, quote) : -1;
    if (close < 0) {
      const value = text
        .slice(start, lineEnd)
        .replace(/(^|\s)#.*/s, "")
        .trim();
      pieces.push({ text: text.slice(at, lineEnd), name: found[1], value });
      at = lineEnd;
      continue;
    }
    const end = endOfLine(text, close);
    const inside = text.slice(start + 1, close);
    pieces.push({
      text: text.slice(at, end),
      name: found[1],
      value: quote === '"' ? inside.replaceAll("\\n", "\n") : inside,
    });
    at = end;
  }
  return pieces;
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end < 0 ? text.length : end + 1;
}

/** Where a quoted value ends; in double quotes a backslash takes the next character with it. */
function closing(text: string, from: number, quote: string): number {
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === "\\" && quote === '"') at += 1;
    else if (text[at] === quote) return at;
  }
  return -1;
}

/**
 * A value as every reader of such files takes it, shells among them; undefined when there is no such spelling: line breaks
 * and control characters, and an apostrophe together with `"`, `$`, a backtick or a backslash.
 */
export function dotenvValue(value: string): string | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  if (/[\u0000-\u001f\u007f]/.test(value)) return undefined;
  if (/^[A-Za-z0-9._~:/@%+,=-]*$/.test(value)) return value;
  if (!value.includes("'")) return `'${value}'`;
  return /["$`\\]/.test(value) ? undefined : `"${value}"`;
}
