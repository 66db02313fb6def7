import { isAlias, isMap, isNode, isPair, isScalar, isSeq, LineCounter, type Node, parseDocument, visit } from "yaml";
import type { Issue, Position } from "../errors/issue.ts";
import type { Files } from "./files.ts";

/** Keys and indices from the top of a document. */
export type DocumentPath = readonly (string | number)[];

/** A YAML file as plain data, with the position of everything in it. */
export interface YamlDocument {
  readonly file: string;
  readonly value: unknown;
  /** Position of the value at the path, or of the nearest parent that exists. */
  positionOf(path: DocumentPath): Position;
  /** Position of the key itself, for a member of a map; as `positionOf` otherwise. */
  positionOfKey(path: DocumentPath): Position;
}

/**
 * Reads one YAML file: UTF-8, at most `limit` bytes (checked before parsing), one document, no anchors, aliases or
 * tags, no key twice, no control characters, no template code of an engine in any text. Either the document or every
 * issue of its form; never throws for bad input.
 */
export function readDocument(
  files: Files,
  path: string,
  limit: number,
): { readonly document: YamlDocument } | { readonly issues: readonly Issue[] } {
  const read = files.read(path, limit + 1);
  if ("reason" in read) {
    return failed(path, "FILE_UNREADABLE", `${path} cannot be read (${read.reason})`, unreadableHint(read.reason));
  }
  if (read.size > limit) {
    const hint = "keep one customer per file and only the model's fields in it";
    return failed(path, "FILE_TOO_LARGE", `${path} has ${read.size} bytes; ${limit} are the most`, hint);
  }
  const decoded = decode(path, read.bytes);
  if ("issues" in decoded) return decoded;
  return parse(path, decoded.text);
}

function decode(path: string, bytes: Uint8Array): { readonly text: string } | { readonly issues: readonly Issue[] } {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return failed(path, "FILE_NOT_UTF8", `${path} is not UTF-8 text`, "save the file as UTF-8");
  }
  const control = findControlCharacter(text);
  if (control === undefined) return { text };
  const before = text.slice(0, control);
  const line = before.split("\n").length;
  const column = control - before.lastIndexOf("\n");
  const name = `U+${(text.codePointAt(control) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
  const what = name === "U+FEFF" ? "a byte order mark" : "a control character";
  const message = `${path} holds ${what} (${name})`;
  const hint = `remove the invisible character at line ${line}, column ${column}`;
  return { issues: [{ code: "FILE_CONTROL_CHARACTER", file: path, line, column, path: [], message, hint }] };
}

/** Index of the first character that has no place in such a file; tab, line feed and carriage return are allowed. */
function findControlCharacter(text: string): number | undefined {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    const allowed = code === 9 || code === 10 || code === 13;
    const control = code < 32 || (code >= 0x7f && code <= 0x9f);
    // Bidirectional overrides can show a reviewer another text than the one that is parsed.
    const invisible =
      code === 0xfeff || (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069) || code === 0x2028;
    if ((control && !allowed) || invisible) return index;
  }
  return undefined;
}

function parse(
  file: string,
  text: string,
): { readonly document: YamlDocument } | { readonly issues: readonly Issue[] } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, strict: true, version: "1.2" });
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const issues: Issue[] = document.errors.map((error) => {
    const several = error.code === "MULTIPLE_DOCS";
    return {
      code: several ? "FILE_SEVERAL_DOCUMENTS" : "FILE_YAML",
      ...at(error.pos[0]),
      path: [],
      message: several ? `${file} holds more than one YAML document` : `not YAML: ${sentence(error.message)}`,
      hint: several ? "keep one document per file" : yamlHint(error.code),
    };
  });
  if (issues.length > 0) return { issues };
  visit(document, {
    Node(_key, node: Node) {
      const anchored = isAlias(node) || (node as { anchor?: string }).anchor !== undefined;
      if (!anchored && node.tag === undefined) return;
      if (!anchored && !(node as { srcToken?: unknown }).srcToken && node.tag?.startsWith("tag:yaml.org,2002:")) return;
      issues.push({
        code: "FILE_ALIAS",
        ...at(node.range?.[0] ?? 0),
        path: [],
        message: "anchors, aliases and tags are not allowed: a reviewer could not see what the file comes to",
        hint: "write the value out where it is used",
      });
    },
    Scalar(_key, node) {
      if (typeof node.value !== "string" || !/\$\{|%\{/.test(node.value)) return;
      issues.push({
        code: "FILE_TEMPLATE",
        ...at(node.range?.[0] ?? 0),
        path: [],
        message: "a text holds `${` or `%{`, which Terraform, decK or CI would evaluate as template code",
        hint: "remove the template characters",
      });
    },
  });
  if (issues.length > 0) return { issues };
  const value: unknown = document.toJS({ maxAliasCount: 0 });
  if (value === null || value === undefined) {
    return failed(file, "FILE_EMPTY", `${file} has no content`, "write the file's fields, or delete the file");
  }
  const root = document.contents;
  return {
    document: {
      file,
      value,
      positionOf: (path) => at(offsetOf(root, path, false)),
      positionOfKey: (path) => at(offsetOf(root, path, true)),
    },
  };
}

/** Where the value (or its key) at the path begins; the nearest parent's place when it is not there. */
function offsetOf(root: Node | null, path: DocumentPath, key: boolean): number {
  let node: unknown = root;
  let offset = root?.range?.[0] ?? 0;
  for (const [depth, step] of path.entries()) {
    const last = depth === path.length - 1;
    if (isMap(node)) {
      const pair = node.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === step);
      if (pair === undefined) return offset;
      const keyStart = isNode(pair.key) ? pair.key.range?.[0] : undefined;
      const valueStart = isNode(pair.value) ? pair.value.range?.[0] : undefined;
      // A map or list begins on the next line: a reader looks for the key instead.
      const value = isMap(pair.value) || isSeq(pair.value) ? keyStart : valueStart;
      offset = (last && key ? keyStart : (value ?? keyStart)) ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      const item: unknown = node.items[Number(step)];
      if (!isNode(item)) return offset;
      offset = item.range?.[0] ?? offset;
      node = item;
    } else {
      return offset;
    }
  }
  return offset;
}

function failed(
  file: string,
  code: Issue["code"],
  message: string,
  hint: string,
): { readonly issues: readonly Issue[] } {
  return { issues: [{ code, file, line: 1, column: 1, path: [], message, hint }] };
}

function sentence(message: string): string {
  const first = message.split("\n")[0] ?? message;
  return first.charAt(0).toLowerCase() + first.slice(1);
}

function yamlHint(code: string): string {
  switch (code) {
    case "TAB_AS_INDENT":
      return "indent with spaces";
    case "DUPLICATE_KEY":
      return "keep one of the two keys";
    case "MISSING_CHAR":
      return "close the quote or bracket";
    default:
      return "mend the syntax at this position; quote texts that hold `: `, `#` or brackets";
  }
}

function unreadableHint(reason: string): string {
  return reason === "ENOENT" ? "check the path" : "check that it is a plain file that may be read";
}
