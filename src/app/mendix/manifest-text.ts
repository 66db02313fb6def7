import { type Document, isMap, isScalar, type Node, parseAllDocuments, type Scalar, type YAMLMap } from "yaml";
import { canonicalJson } from "../../desired/json.ts";
import { formatExact, parseExact } from "./exact-json.ts";
import { noteOf, type OwnerNote } from "./owner-note.ts";

// A MendixApp custom resource in a YAML file, changed at two places: the constants, which are a JSON text inside a JSON
// text, and the annotation that says whose they are. Everything else stays byte for byte, comments included.

/** What a manifest holds of ours, and where. */
export interface Manifest {
  /** The whole of `MicroflowConstants`, also constants of others. */
  readonly constants: Readonly<Record<string, unknown>>;
  readonly notes: readonly OwnerNote[];
}

interface Found extends Manifest {
  readonly configuration: Record<string, unknown>;
  readonly scalar: Scalar<string>;
  readonly metadata: YAMLMap;
  readonly annotation: Scalar<string> | undefined;
  readonly annotations: YAMLMap | undefined;
}

/** Why a text is no manifest that can be worked with; ends a sentence that begins with the file's name. */
export class ManifestFault extends Error {}

/** Name of the annotation: without a prefix, which Kubernetes keeps for its users. */
const annotationName = "tenantry";

const members = ["spec", "runtime", "customConfiguration"] as const;

/** @throws ManifestFault */
export function readManifest(text: string, name: string | undefined): Manifest {
  return find(text, name);
}

/** The text with these constants and notes in it. @throws ManifestFault */
export function writeManifest(
  text: string,
  name: string | undefined,
  constants: Readonly<Record<string, unknown>>,
  notes: readonly OwnerNote[],
): string {
  const found = find(text, name);
  const configuration = { ...found.configuration, MicroflowConstants: formatExact(constants) };
  const edits = [
    replacement(text, found.scalar, quoted(formatExact(configuration))),
    ...annotationEdit(text, found, quoted(formatExact(notes))),
  ].sort((a, b) => b.from - a.from);
  const written = edits.reduce((before, { from, to, with: by }) => before.slice(0, from) + by + before.slice(to), text);
  const read = find(written, name);
  const same =
    canonicalJson(JSON.parse(formatExact(read.constants))) === canonicalJson(JSON.parse(formatExact(constants))) &&
    canonicalJson(JSON.parse(formatExact(read.notes))) === canonicalJson(JSON.parse(formatExact(notes)));
  if (!same) throw new TypeError("a manifest was not read back as it was written");
  return written;
}

interface TextEdit {
  readonly from: number;
  readonly to: number;
  readonly with: string;
}

function find(text: string, name: string | undefined): Found {
  const documents = parseAllDocuments(text, { strict: true, version: "1.2", prettyErrors: false });
  if (!Array.isArray(documents)) throw new ManifestFault("holds no MendixApp");
  const wrong = documents.find((document) => document.errors.length > 0);
  if (wrong !== undefined) throw new ManifestFault("is not YAML");
  const apps = (documents as readonly Document.Parsed[]).filter(
    (document) =>
      isMap(document.contents) &&
      document.get("kind") === "MendixApp" &&
      (name === undefined || document.getIn(["metadata", "name"]) === name),
  );
  const [app] = apps;
  const which = name === undefined ? "MendixApp" : `MendixApp ${name}`;
  if (app === undefined) throw new ManifestFault(`holds no ${which}`);
  if (apps.length > 1) throw new ManifestFault(`holds ${apps.length} of ${which}: say which by \`name\``);
  const scalar = app.getIn([...members], true);
  if (!isText(scalar)) throw new ManifestFault(`has no text at ${members.join(".")} of its ${which}`);
  const configuration = parseExact(scalar.value);
  if (configuration === undefined) throw new ManifestFault(`has no JSON object at ${members.join(".")}`);
  const constants = constantsOf(configuration);
  const metadata = app.get("metadata", true);
  if (!isMap(metadata) || metadata.items.length === 0) throw new ManifestFault("has a MendixApp without metadata");
  const annotations = metadata.get("annotations", true);
  if (annotations !== undefined && !isMap(annotations)) throw new ManifestFault("has annotations that are no map");
  const annotation = annotations?.get(annotationName, true);
  if (annotation !== undefined && !isText(annotation))
    throw new ManifestFault("has an annotation of ours that is no text");
  return {
    ...{ configuration, constants, scalar, metadata, annotations, annotation },
    notes: notesOf(annotation?.value),
  };
}

/**
 * The constants that are set already. The runtime takes what stands there in place of all defaults of the model, so where
 * nothing stands, writing ours alone would take the app's other constants away.
 */
function constantsOf(configuration: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { MicroflowConstants: text } = configuration;
  const found = typeof text === "string" ? parseExact(text) : undefined;
  if (found !== undefined) return found;
  if (text !== undefined) throw new ManifestFault("has MicroflowConstants that are no JSON object in a text");
  throw new ManifestFault(
    "has no MicroflowConstants, which would take the place of every other constant of the app: write those there first, or `{}` where there are none",
  );
}

function notesOf(text: string | undefined): readonly OwnerNote[] {
  if (text === undefined || text === "") return [];
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    list = undefined;
  }
  const notes = Array.isArray(list) ? list.map(noteOf) : [undefined];
  if (notes.includes(undefined)) throw new ManifestFault(`has an annotation ${annotationName} that nobody can read`);
  return notes as readonly OwnerNote[];
}

function isText(node: unknown): node is Scalar<string> {
  return isScalar(node) && typeof node.value === "string";
}

function rangeOf(node: Node): readonly [from: number, to: number] {
  const range = node.range;
  if (range === undefined || range === null) throw new TypeError("a parsed node has no place");
  return [range[0], range[1]];
}

function replacement(text: string, node: Scalar<string>, by: string): TextEdit {
  const [from, end] = rangeOf(node);
  // A block scalar ends with its last line's end, which belongs to the document.
  const to = end - (/(\r?\n)*$/.exec(text.slice(from, end))?.[0].length ?? 0);
  return { from, to, with: by };
}

function annotationEdit(text: string, { annotation, annotations, metadata }: Found, value: string): TextEdit[] {
  if (annotation !== undefined) return [replacement(text, annotation, value)];
  if (annotations !== undefined && annotations.items.length > 0) {
    return [
      insertion(text, annotations, (indent) => `${annotationName}: ${value}${indent}`, `${annotationName}: ${value}`),
    ];
  }
  if (annotations !== undefined) {
    const [from, to] = rangeOf(annotations);
    return [{ from, to, with: `{ ${annotationName}: ${value} }` }];
  }
  const inFlow = `annotations: { ${annotationName}: ${value} }`;
  return [insertion(text, metadata, (indent) => `annotations:${indent}  ${annotationName}: ${value}${indent}`, inFlow)];
}

/** A member before the first of a map. `indent` is a line end with the map's indentation. */
function insertion(text: string, map: YAMLMap, block: (indent: string) => string, flow: string): TextEdit {
  const first = map.items[0]?.key as Node;
  const [from] = rangeOf(first);
  if (map.flow === true) return { from, to: from, with: `${flow}, ` };
  const line = text.lastIndexOf("\n", from - 1) + 1;
  const before = text.slice(line, from);
  if (!/^ *$/.test(before)) throw new ManifestFault("writes a map on the line of its name, where nothing can be added");
  return { from, to: from, with: block(`\n${before}`) };
}

/** A text on one line, without unprintable characters, as YAML; quotes are the only characters that mean something there. */
function quoted(line: string): string {
  return `'${line.replaceAll("'", "''")}'`;
}
