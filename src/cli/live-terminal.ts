import type { Terminal } from "./terminal.ts";

type Write = (text: string) => void;

/** Back to the first column, and the line emptied (ECMA-48: CR, EL). */
const clearLine = "\r\u001b[2K";

/**
 * Puts a status line under what is written: it is taken away before each write, so that nothing of it stays in the
 * result, and cut at the terminal's width, so that it is always one line.
 *
 * @param columns width of the terminal now
 */
export function withStatusLine(
  out: Write,
  err: Write,
  columns: () => number,
): Pick<Terminal, "out" | "err" | "status"> {
  let shown = false;
  const clear = (): void => {
    if (shown) err(clearLine);
    shown = false;
  };
  return {
    out(text) {
      clear();
      out(text);
    },
    err(text) {
      clear();
      err(text);
    },
    status(text) {
      clear();
      if (text === undefined) return;
      err(text.replaceAll(/[\r\n]+/g, " ").slice(0, Math.max(1, columns() - 1)));
      shown = true;
    },
  };
}
