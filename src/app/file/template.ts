import { canonicalJson, type Json } from "../../desired/json.ts";
import { TenantryError } from "../../errors/failure.ts";
import { nearest } from "../../workspace/nearest.ts";
import { type FileFormat, FormatFault, type ParsedFile } from "./format.ts";
import { type Leaf, leavesOf, mapLeaves, type Tree, valueAt } from "./tree.ts";

/** What a template is filled with, by the names of its placeholders. */
export type Values = ReadonlyMap<string, Json>;

/** A template, taken apart: placeholders are only looked for in its values, and replaced there and nowhere else. */
export interface Template {
  readonly tree: Tree;
  readonly comments: ParsedFile["comments"];
  /** Values with a placeholder in them. */
  readonly filled: readonly FilledLeaf[];
}

/** A value of a template that has placeholders in it. */
export interface FilledLeaf {
  readonly path: Leaf["path"];
  readonly text: string;
  readonly names: readonly string[];
  /** The whole value is this one placeholder. */
  readonly alone?: string | undefined;
}

const placeholder = /\{\{\s*([A-Za-z]+)\s*\}\}/g;

/** What never changes with the record: it also stands in the file of a record that is off. */
export const identityNames = [
  ...["key", "app", "tenant", "id", "name", "signIn", "workspace", "environment", "state", "enabled"],
] as const;

/** What a record's values are called. */
export const fieldNames = [
  ...["issuer", "authorizationEndpoint", "tokenEndpoint", "userinfoEndpoint", "jwksUri", "endSessionEndpoint"],
  ...["clientId", "clientAuth", "pkce", "responseMode", "redirectUri", "scopes", "acrValues", "extraParams"],
  ...["claims", "roles", "require", "provision", "endSession", "session"],
] as const;

/** The values by which an app is known to the identity provider: a record that is off has none. */
const clientNames: ReadonlySet<string> = new Set(["clientId", "clientSecret", "clientSecretReference"]);

const known: ReadonlySet<string> = new Set([...identityNames, ...fieldNames, ...clientNames, "domains", "scope"]);

/**
 * Takes a template apart.
 *
 * @param shown the file, for messages
 * @throws TenantryError APPFILE_TEMPLATE_INVALID
 */
export function readTemplate(format: FileFormat, text: string, shown: string): Template {
  const invalid = (what: string, hint?: string): TenantryError =>
    new TenantryError("APPFILE_TEMPLATE_INVALID", `the template ${shown} ${what}`, hint === undefined ? {} : { hint });
  let parsed: ParsedFile;
  try {
    parsed = format.parse(text);
  } catch (error) {
    throw error instanceof FormatFault ? invalid(error.message) : error;
  }
  if (parsed.mark !== undefined) throw invalid("is a file that Tenantry has written");
  const filled = leavesOf(parsed.tree).flatMap(({ path, value }): readonly FilledLeaf[] => {
    if (typeof value !== "string") return [];
    const written = format.decode(path, value) ?? value;
    // In `data` of a manifest a placeholder may stand as it is: it is encoded once it is filled.
    const inner = value.includes("{{") ? value : written;
    const names = [...inner.matchAll(placeholder)].map(([, name = ""]) => name);
    if (names.length === 0) return [];
    const odd = names.find((name) => !known.has(name));
    if (odd !== undefined) {
      const near = nearest(odd, [...known]);
      throw invalid(
        `has the unknown placeholder {{${odd}}}`,
        near === undefined ? undefined : `Did you mean {{${near}}}?`,
      );
    }
    const alone = inner.trim().replace(placeholder, "") === "" && names.length === 1 ? names[0] : undefined;
    if (alone === undefined && names.includes("clientSecret")) {
      throw invalid("has {{clientSecret}} amid other text: it must be a value by itself");
    }
    return [{ path, text: inner, names, alone }];
  });
  return { tree: parsed.tree, comments: parsed.comments, filled };
}

/** The structure of a template with its values filled in, each where it stood: none can become anything else. */
export function fillTemplate(format: FileFormat, template: Template, values: Values): Tree {
  const byPath = new Map(template.filled.map((leaf) => [JSON.stringify(leaf.path), leaf]));
  return mapLeaves(template.tree, ({ path, value }) => {
    const leaf = byPath.get(JSON.stringify(path));
    return leaf === undefined ? value : filledLeaf(format, leaf, values);
  });
}

function filledLeaf(format: FileFormat, { path, text, names, alone }: FilledLeaf, values: Values): Json {
  // Without a client nothing that is made of one stands there.
  const isOff = names.some((name) => clientNames.has(name) && isNothing(values.get(name)));
  if (format.typed) {
    if (isOff) return null;
    return alone === undefined ? inText(text, values) : (values.get(alone) ?? null);
  }
  return format.encode(path, isOff ? "" : inText(text, values));
}

function inText(text: string, values: Values): string {
  return text.replace(placeholder, (_whole, name: string) => textOf(values.get(name)));
}

/** A value as text: a text as it is, nothing as nothing, anything else as JSON. */
function textOf(value: Json | undefined): string {
  if (isNothing(value)) return "";
  return typeof value === "string" ? value : canonicalJson(value);
}

function isNothing(value: Json | undefined): value is null | undefined {
  return value === undefined || value === null;
}

/**
 * The values that differ in a file from what was written into it, by name. A value of several placeholders that differs
 * is told for each of them, as the text that is there.
 */
export function changedValues(
  format: FileFormat,
  template: Template,
  tree: Tree,
  values: Values,
): ReadonlyMap<string, Json> {
  const changed = new Map<string, Json>();
  for (const leaf of template.filled) {
    if (leaf.names.includes("clientSecret")) continue;
    const wanted = filledLeaf(format, leaf, values);
    const there = valueAt(tree, leaf.path);
    if (there !== undefined && canonicalJson(there) === canonicalJson(wanted)) continue;
    const shown = typeof there === "string" ? (format.decode(leaf.path, there) ?? there) : there;
    for (const name of leaf.names) changed.set(name, shown ?? "missing");
  }
  return changed;
}

/** The text that a file has in the place of a value of its own; undefined: none, or nothing. */
export function shownText(format: FileFormat, template: Template, tree: Tree, name: string): string | undefined {
  const leaf = template.filled.find(({ alone }) => alone === name);
  const there = leaf === undefined ? undefined : valueAt(tree, leaf.path);
  if (leaf === undefined || typeof there !== "string" || there === "") return undefined;
  return format.decode(leaf.path, there);
}
