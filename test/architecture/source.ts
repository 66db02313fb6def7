import { posix } from "node:path";
import { parseSync } from "oxc-parser";

/** A node of the syntax tree: ESTree with TypeScript's own nodes. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly [property: string]: unknown;
}

/** One import, export-from, `import()` or `import("…")` type. */
export interface Import {
  /** As written; undefined when it is computed. */
  readonly specifier: string | undefined;
  /** The file's path when the specifier is relative. */
  readonly target: string | undefined;
  readonly kind: "static" | "dynamic" | "type";
  readonly names: readonly string[];
  readonly line: number;
}

/** One source file as the rules see it. `path` is relative to the repository, with `/`. */
export interface SourceFile {
  readonly path: string;
  readonly lines: number;
  readonly imports: readonly Import[];
  /** Every node with its parents, outermost first. */
  readonly nodes: readonly { readonly node: SyntaxNode; readonly parent: SyntaxNode | undefined }[];
  lineOf(node: SyntaxNode): number;
}

/** Parses one file. Throws when it is no TypeScript. */
export function readSource(path: string, text: string): SourceFile {
  const { program, errors } = parseSync(path, text, { lang: "ts", sourceType: "module" });
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]?.message}`);
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  const lineOf = ({ start }: SyntaxNode): number => starts.findLastIndex((begin) => begin <= start) + 1;
  const nodes: { node: SyntaxNode; parent: SyntaxNode | undefined }[] = [];
  collect(program as unknown as SyntaxNode, undefined, nodes);
  const imports = nodes.flatMap(({ node }) => importOf(path, node, lineOf));
  const lines = text.endsWith("\n") ? starts.length - 1 : starts.length;
  return { path, lines, imports, nodes, lineOf };
}

function collect(
  node: SyntaxNode,
  parent: SyntaxNode | undefined,
  into: { node: SyntaxNode; parent: SyntaxNode | undefined }[],
): void {
  into.push({ node, parent });
  for (const [name, member] of Object.entries(node)) {
    if (name === "parent") continue;
    for (const child of Array.isArray(member) ? member : [member]) if (isNode(child)) collect(child, node, into);
  }
}

export function isNode(value: unknown): value is SyntaxNode {
  return typeof value === "object" && value !== null && typeof (value as { type?: unknown }).type === "string";
}

function importOf(path: string, node: SyntaxNode, lineOf: (node: SyntaxNode) => number): readonly Import[] {
  const one = (source: unknown, kind: Import["kind"], names: readonly string[] = []): readonly Import[] => {
    const specifier = isNode(source) && typeof source.value === "string" ? source.value : undefined;
    const target = specifier?.startsWith(".") ? posix.join(posix.dirname(path), specifier) : undefined;
    return [{ specifier, target, kind, names, line: lineOf(node) }];
  };
  const specifiers = Array.isArray(node.specifiers) ? node.specifiers.filter(isNode) : [];
  const kindOf = (own: unknown, inner: "importKind" | "exportKind"): Import["kind"] =>
    own === "type" || (specifiers.length > 0 && specifiers.every((one) => one[inner] === "type")) ? "type" : "static";
  const names = specifiers.map(({ imported, local }) => nameOf(imported) ?? nameOf(local) ?? "*");
  switch (node.type) {
    case "ImportDeclaration":
      return one(node.source, kindOf(node.importKind, "importKind"), names);
    case "ExportNamedDeclaration":
    case "ExportAllDeclaration":
      return isNode(node.source) ? one(node.source, kindOf(node.exportKind, "exportKind"), names) : [];
    case "ImportExpression":
      return one(node.source, "dynamic");
    case "TSImportType":
      return one(literalOf(node.source ?? node.argument), "type");
    case "TSImportEqualsDeclaration":
    case "TSExternalModuleReference":
      return [{ specifier: undefined, target: undefined, kind: "static", names: [], line: lineOf(node) }];
    default:
      return [];
  }
}

function literalOf(value: unknown): unknown {
  return isNode(value) && value.type === "TSLiteralType" ? value.literal : value;
}

/** The name of an identifier node. */
export function nameOf(value: unknown): string | undefined {
  return isNode(value) && typeof value.name === "string" ? value.name : undefined;
}

/** What follows `src/`, or the top-level folder: `errors`, `idp`, `sandbox`, `scripts`, `stacks`. */
export function roomOf(path: string): string | undefined {
  const [top, room, ...rest] = path.split("/");
  if (top !== "src") return room === undefined ? undefined : top;
  return rest.length === 0 ? undefined : room;
}
