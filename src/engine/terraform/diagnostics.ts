import { stripVTControlCharacters } from "node:util";
import { isJsonObject, type JsonObject, objectIn, parseJson, textIn } from "../../vendor/json.ts";

/** One thing that Terraform or OpenTofu says about its work. */
export interface Diagnostic {
  readonly severity: "error" | "warning";
  readonly summary: string;
  readonly detail: string;
  /** The resource that it is about. */
  readonly address?: string | undefined;
}

/** One line that a command with `-json` prints; undefined when it is none. */
export function readLine(line: string): JsonObject | undefined {
  const read = line.startsWith("{") ? parseJson(line) : undefined;
  return isJsonObject(read) ? read : undefined;
}

/** The diagnostic in such a line; undefined when it holds none. */
export function diagnosticIn(line: JsonObject): Diagnostic | undefined {
  if (textIn(line, "type") !== "diagnostic") return undefined;
  const read = objectIn(line, "diagnostic");
  return {
    severity: textIn(read, "severity") === "warning" ? "warning" : "error",
    summary: textIn(read, "summary") ?? "",
    detail: textIn(read, "detail") ?? "",
    address: textIn(read, "address"),
  };
}

/**
 * The diagnostics in what a command without `-json` prints for people, frames and colours or not. What stands before the
 * first one belongs to none.
 */
export function diagnosticsInText(text: string): readonly Diagnostic[] {
  const blocks = unframed(text).split(/^(?=(?:Error|Warning): )/m);
  return blocks.flatMap((block): readonly Diagnostic[] => {
    const head = /^(Error|Warning): (.*)/.exec(block);
    if (head === null) return [];
    const detail = block.slice(head[0].length).trim();
    return [{ severity: head[1] === "Warning" ? "warning" : "error", summary: (head[2] ?? "").trim(), detail }];
  });
}

/** A tool's words without colours and without the frame that it draws around them. */
export function unframed(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/^[╷╵]\s*$/gm, "")
    .replace(/^│ ?/gm, "");
}

/** The errors as people read them, one below the other; a summary that is said twice is said once. */
export function wordsOf(diagnostics: readonly Diagnostic[]): string {
  const said = diagnostics.map(({ severity, summary, detail, address }) => {
    const head = `${severity === "error" ? "Error" : "Warning"}: ${summary}`;
    const where = address === undefined ? "" : ` (${address})`;
    return detail === "" ? `${head}${where}` : `${head}${where}\n\n${detail}`;
  });
  return [...new Set(said)].join("\n\n");
}
