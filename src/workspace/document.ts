import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseDocument,
  visit,
  type YAMLMap,
} from "yaml";
import type { Issue, Position } from "../errors/issue.ts";
import { findHidden } from "../errors/visible.ts";
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
 * Reads one YAML file: UTF-8, at most `limit` bytes (checked before parsing), one document, no anchors, aliases, tags
 * or directives, no key twice, no hidden characters (written or escaped), no template code of an engine in any text.
 * All keys are texts. Either the document or every issue of its form; never throws for bad input.
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

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decode(path: string, bytes: Uint8Array): { readonly text: string } | { readonly issues: readonly Issue[] } {
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch {
    return failed(path, "FILE_NOT_UTF8", `${path} is not UTF-8 text`, "save the file as UTF-8");
  }
  const hidden = findHidden(text);
  if (hidden === undefined) return { text };
  const before = text.slice(0, hidden.index);
  const line = before.split("\n").length;
  const column = hidden.index - before.lastIndexOf("\n");
  const message = `${path} holds ${describeHidden(hidden.name)}`;
  const hint = `remove the invisible character at line ${line}, column ${column}`;
  return { issues: [{ code: "FILE_CONTROL_CHARACTER", file: path, line, column, path: [], message, hint }] };
}

function describeHidden(name: string): string {
  return `${name === "U+FEFF" ? "a byte order mark" : "a control character"} (${name})`;
}

function parse(
  file: string,
  text: string,
): { readonly document: YamlDocument } | { readonly issues: readonly Issue[] } {
  const document = parseDocument(text, yamlOptions);
  const at = positions(file, text);
  // The parser reports its own full stack as an error, once for each level.
  if (document.errors.some((error) => /call stack/.test(error.message))) return tooDeep(file);
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
  let value: unknown;
  try {
    issues.push(...formIssues(document, text, at));
    if (issues.length > 0) return { issues };
    value = document.toJS({ maxAliasCount: 0 });
  } catch (error) {
    if (error instanceof RangeError) return tooDeep(file);
    throw error;
  }
  if (value === null || value === undefined) {
    return failed(file, "FILE_EMPTY", `${file} has no content`, "write the file's fields, or delete the file");
  }
  return { document: { file, value, ...lazyPositions(file, text) } };
}

const yamlOptions = { prettyErrors: false, strict: true, stringKeys: true, version: "1.2" } as const;

/**
 * Positions from the text, parsed again when the first is asked for. Nearly every file of a fleet is in order and never
 * asked, and its parsed tree takes thirty times the room of its text.
 */
function lazyPositions(file: string, text: string): Pick<YamlDocument, "positionOf" | "positionOfKey"> {
  let finder: ((path: DocumentPath, key: boolean) => Position) | undefined;
  const find = (path: DocumentPath, key: boolean): Position => {
    if (finder === undefined) {
      const root = parseDocument(text, yamlOptions).contents;
      const at = positions(file, text);
      finder = (asked, ofKey) => at(offsetOf(root, asked, ofKey));
    }
    return finder(path, key);
  };
  return { positionOf: (path) => find(path, false), positionOfKey: (path) => find(path, true) };
}

/** Places by offset. The parser's own line counter goes astray in broken text. */
function positions(file: string, text: string): (offset: number) => Position {
  const starts = [0];
  for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", end + 1)) starts.push(end + 1);
  return (offset) => {
    const inside = Math.min(Math.max(offset, 0), text.length);
    let [low, high] = [0, starts.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? 0) <= inside) low = middle;
      else high = middle - 1;
    }
    return { file, line: low + 1, column: inside - (starts[low] ?? 0) + 1 };
  };
}

/** What YAML allows and a file of ours does not. */
function formIssues(document: Document, text: string, at: (offset: number) => Position): readonly Issue[] {
  const issues: Issue[] = [];
  const add = (code: Issue["code"], offset: number | undefined, message: string, hint: string): void => {
    issues.push({ code, ...at(offset ?? 0), path: [], message, hint });
  };
  const { directives } = document;
  if (directives !== undefined && (directives.yaml.explicit === true || Object.keys(directives.tags).length > 1)) {
    const message = "YAML directives are not allowed: they change what the rest of the file means";
    add("FILE_ALIAS", Math.max(text.search(/^%/m), 0), message, "remove the line that begins with `%`");
  }
  const plainNode = (node: Node): void => {
    const anchored = isAlias(node) || (node as { anchor?: string }).anchor !== undefined;
    if (!anchored && node.tag === undefined) return;
    const message = "anchors, aliases and tags are not allowed: a reviewer could not see what the file comes to";
    add("FILE_ALIAS", node.range?.[0], message, "write the value out where it is used");
  };
  visit(document, {
    Node: (_key, node) => plainNode(node),
    // A visitor of its own replaces that of all nodes.
    Scalar: (key, node) => {
      plainNode(node);
      if (typeof node.value !== "string") return;
      if (/\$\{|%\{/.test(node.value)) {
        const message = "a text holds `${` or `%{`, which Terraform, decK or CI would evaluate as template code";
        add("FILE_TEMPLATE", node.range?.[0], message, "remove the template characters");
      }
      const hidden = findHidden(node.value);
      if (hidden !== undefined) {
        const message = `a text holds ${describeHidden(hidden.name)}, written as an escape`;
        add("FILE_CONTROL_CHARACTER", node.range?.[0], message, "remove the escape sequence");
      }
      if (node.value === "__proto__" && key === "key") {
        add("FILE_YAML", node.range?.[0], "`__proto__` cannot be a key", "remove the key");
      }
    },
  });
  return issues;
}

/** The pairs of a map by key; made once for each map, because a file may have thousands of issues. */
const pairsOfMap = new WeakMap<YAMLMap, ReadonlyMap<unknown, Pair>>();

function pairOf(map: YAMLMap, key: string | number): Pair | undefined {
  let pairs = pairsOfMap.get(map);
  if (pairs === undefined) {
    pairs = new Map(map.items.map((pair) => [isScalar(pair.key) ? pair.key.value : undefined, pair]));
    pairsOfMap.set(map, pairs);
  }
  return pairs.get(String(key));
}

/** Where the value (or its key) at the path begins; the nearest parent's place when it is not there. */
function offsetOf(root: Node | null, path: DocumentPath, key: boolean): number {
  let node: unknown = root;
  let offset = root?.range?.[0] ?? 0;
  for (const [depth, step] of path.entries()) {
    const last = depth === path.length - 1;
    if (isMap(node)) {
      const pair = pairOf(node, step);
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

function tooDeep(file: string): { readonly issues: readonly Issue[] } {
  return failed(file, "FILE_YAML", `${file} is nested too deeply`, "write the fields of the model and nothing else");
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
