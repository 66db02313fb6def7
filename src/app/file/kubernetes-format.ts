import { parseDocument } from "yaml";
import type { Json } from "../../desired/json.ts";
import { type FileFormat, FormatFault } from "./format.ts";
import { isObject, type Leaf, laidOver, type Tree, valueAt, without } from "./tree.ts";

/** The annotation that says whose the manifest is. */
const annotation: Leaf["path"] = ["metadata", "annotations", "tenantry/record"];

/** The manifest of one Kubernetes Secret (v1), as YAML, with our mark as an annotation. */
export const kubernetesFormat: FileFormat = {
  typed: false,
  parse(text) {
    const document = parseDocument(text, { uniqueKeys: true, merge: false, stringKeys: true });
    if (document.errors.length > 0) throw new FormatFault("is no YAML");
    let tree: Json;
    try {
      // Aliases could make a small file large.
      tree = document.toJS({ maxAliasCount: 0 }) as Json;
    } catch {
      throw new FormatFault("holds aliases, which are not taken");
    }
    if (!isObject(tree) || tree.kind !== "Secret" || tree.apiVersion !== "v1") {
      throw new FormatFault("is no manifest of a Secret of `apiVersion: v1`");
    }
    const mark = valueAt(tree, annotation);
    return { tree: without(tree, [annotation]), mark: typeof mark === "string" ? mark : undefined, comments: [] };
  },

  print({ tree, mark }) {
    const marked =
      mark === undefined ? tree : laidOver(tree, { metadata: { annotations: { "tenantry/record": mark } } });
    return `${yamlOf(marked, "")}\n`;
  },

  encode: (path, text) => (path[0] === "data" ? Buffer.from(text, "utf8").toString("base64") : text),

  decode(path, text) {
    if (path[0] !== "data") return text;
    const bytes = Buffer.from(text, "base64");
    return bytes.toString("base64") === text ? bytes.toString("utf8") : undefined;
  },
};

/**
 * A structure in YAML's block style. Every text stands in double quotes with whatever is no plain printable character
 * escaped, so that parsers of YAML 1.1 and 1.2 read the same.
 */
function yamlOf(tree: Tree, indent: string): string {
  if (Array.isArray(tree)) {
    if (tree.length === 0) return "[]";
    return tree.map((item: Json) => `${indent}- ${inlineOrBelow(item, `${indent}  `).trimStart()}`).join("\n");
  }
  if (isObject(tree)) {
    const members = Object.entries(tree);
    if (members.length === 0) return "{}";
    return members
      .map(([name, member]) => `${indent}${keyOf(name)}:${inlineOrBelow(member, `${indent}  `)}`)
      .join("\n");
  }
  return typeof tree === "string" ? quoted(tree) : JSON.stringify(tree);
}

function inlineOrBelow(tree: Tree, indent: string): string {
  const isBelow = typeof tree === "object" && tree !== null && Object.keys(tree).length > 0;
  return isBelow ? `\n${yamlOf(tree, indent)}` : ` ${yamlOf(tree, indent)}`;
}

function keyOf(name: string): string {
  return /^[A-Za-z][A-Za-z0-9_./-]*$/.test(name) && !/^(y|n|yes|no|on|off|true|false|null)$/i.test(name)
    ? name
    : quoted(name);
}

function quoted(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
