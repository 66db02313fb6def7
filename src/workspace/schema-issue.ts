import { z } from "zod";
import type { Code } from "../errors/codes/index.ts";
import type { Issue, Position } from "../errors/issue.ts";
import type { DocumentPath } from "./document.ts";
import { isRaw } from "./environment.ts";
import { nearest } from "./nearest.ts";
import { literalSecretMessage } from "./scalars.ts";

/** Which codes the issues of one kind of file get, and where its values stand. */
export interface IssueFrame {
  readonly codes: {
    readonly unknownKey: Code;
    readonly missingKey: Code;
    readonly wrongValue: Code;
    readonly literalSecret: Code;
  };
  readonly schema: z.ZodType;
  readonly positionOf: (path: DocumentPath) => Position;
  readonly positionOfKey: (path: DocumentPath) => Position;
}

/**
 * zod's issues as ours: with position, stable code, the nearest known key, and no value of the file in any text
 * but host names and issuers that only need another spelling.
 */
export function schemaIssues(error: z.ZodError, frame: IssueFrame): readonly Issue[] {
  const issues = error.issues.flatMap((issue) => translate(issue, [], frame));
  // A text that fails one test fails others too: the first says what is wrong with it.
  const texts = new Set(
    error.issues.filter(({ input }) => typeof input === "string").map(({ path }) => JSON.stringify(path)),
  );
  const said = new Set<string>();
  return issues.filter((issue) => {
    const place = JSON.stringify(issue.path);
    if (!texts.has(place)) return true;
    const first = !said.has(place);
    said.add(place);
    return first;
  });
}

function translate(issue: z.core.$ZodIssue, prefix: DocumentPath, frame: IssueFrame): readonly Issue[] {
  const path = [...prefix, ...issue.path.map((step) => (typeof step === "symbol" ? String(step) : step))];
  switch (issue.code) {
    case "unrecognized_keys": {
      const known = knownKeys(frame.schema, path, issue.input);
      return issue.keys.map((key) => unknownKey(key, path, known, frame));
    }
    case "invalid_union":
      return union(issue, path, frame);
    case "invalid_type":
      if (issue.input === undefined && path.length > 0) return [missingKey(path, issue.expected, frame)];
      return [wrong(path, `must be ${typeName(issue.expected)}`, frame)];
    case "invalid_value": {
      if (issue.input === undefined) return [missingKey(path, `one of ${choices(issue.values)}`, frame)];
      const near = typeof issue.input === "string" ? nearest(issue.input, issue.values.map(String)) : undefined;
      const hint = near === undefined ? undefined : `did you mean \`${near}\`?`;
      const known = `must be ${issue.values.length === 1 ? "" : "one of "}${choices(issue.values)}`;
      return [wrong(path, issue.message.startsWith("must ") ? issue.message : known, frame, hint)];
    }
    case "invalid_key":
      return [wrong(path, issue.issues[0]?.message ?? "is not a name that is allowed here", frame, undefined, true)];
    case "too_small":
    case "too_big":
      return [wrong(path, sizeMessage(issue), frame)];
    case "custom":
      return [wrong(path, sentence(issue.message), frame, hintOf(issue))];
    case "not_multiple_of":
    case "invalid_format":
    case "invalid_element":
      return [wrong(path, sentence(issue.message), frame)];
    default:
      return issue satisfies never;
  }
}

function union(issue: z.core.$ZodIssueInvalidUnion, path: DocumentPath, frame: IssueFrame): readonly Issue[] {
  if (issue.discriminator !== undefined) {
    const { discriminator, input } = issue;
    const parent = path.at(-1) === discriminator ? path.slice(0, -1) : path;
    const kinds = nodesAt(frame.schema, parent)
      .flatMap((node) => node.properties?.[discriminator]?.const ?? [])
      .map(String);
    const text = `${kinds.length > 1 ? "one of " : ""}${choices(kinds)}`;
    if (typeof input === "object" && input !== null && !(discriminator in input)) {
      return [missingKey([...parent, discriminator], text, frame)];
    }
    return [wrong([...parent, discriminator], `must be ${text}`, frame)];
  }
  // The branch that got furthest is the one that was meant: its issues are the helpful ones.
  const branches = issue.errors.filter((branch) => branch.length > 0);
  const meant = branches.sort((a, b) => weight(a) - weight(b))[0];
  const isMeant = typeof issue.input === "object" && meant !== undefined && weight(meant) < otherType;
  if (!isMeant) {
    return issue.input === undefined
      ? [missingKey(path, "a value", frame)]
      : [wrong(path, sentence(issue.message), frame)];
  }
  return meant.flatMap((inner) => translate(inner, path, frame));
}

/** The mend that a check of ours has worked out from what was written. */
function hintOf(issue: z.core.$ZodIssueCustom): string | undefined {
  const hint: unknown = issue.params?.hint;
  return typeof hint === "string" ? hint : undefined;
}

/** The weight of a branch that takes another type altogether. */
const otherType = 1_000;

/** How far a branch is from what was written: another type altogether is furthest. */
function weight(issues: readonly z.core.$ZodIssue[]): number {
  const weightOf = (issue: z.core.$ZodIssue): number => {
    if (issue.code === "unrecognized_keys") return issue.keys.length * 2;
    return issue.path.length === 0 && issue.code === "invalid_type" ? otherType : 1;
  };
  return issues.reduce((sum, issue) => sum + weightOf(issue), 0);
}

function unknownKey(key: string, path: DocumentPath, known: readonly string[], frame: IssueFrame): Issue {
  const near = nearest(key, known);
  return {
    code: frame.codes.unknownKey,
    ...frame.positionOfKey([...path, key]),
    path: [...path, key],
    message: `unknown key \`${key}\`${path.length === 0 ? "" : ` in \`${pathText(path)}\``}`,
    hint: near === undefined ? misplaced(key, path, frame.schema, known) : `did you mean \`${near}\`?`,
  };
}

/** A key that is at home elsewhere was indented wrongly, or is remembered from there. */
function misplaced(key: string, path: DocumentPath, schema: z.ZodType, known: readonly string[]): string {
  const home = homesOf(schema).get(key);
  const here = `known here: ${known.join(", ")}`;
  if (nodesAt(schema, path).some(({ properties }) => properties?.[key] !== undefined)) {
    return `\`${key}\` is for another kind; ${here}`;
  }
  if (home === undefined) return here;
  return `\`${key}\` belongs ${home === "" ? "at the top level of the file" : `in \`${home}\``}`;
}

function missingKey(path: DocumentPath, expected: string, frame: IssueFrame): Issue {
  const parent = path.slice(0, -1);
  return {
    code: frame.codes.missingKey,
    ...frame.positionOfKey(parent),
    path,
    message: `\`${pathText(path)}\` is missing`,
    hint: `add \`${String(path.at(-1))}:\` with ${typeName(expected)}`,
  };
}

function wrong(path: DocumentPath, message: string, frame: IssueFrame, hint?: string, key = false): Issue {
  const secret = message === literalSecretMessage;
  return {
    code: secret ? frame.codes.literalSecret : frame.codes.wrongValue,
    ...(key ? frame.positionOfKey(path) : frame.positionOf(path)),
    path,
    message: path.length === 0 ? `the file ${message}` : `\`${pathText(path)}\` ${message}`,
    hint:
      hint ??
      (secret ? "write `env:NAME`, `file:PATH` or another reference of docs/secrets.md" : "write it in that form"),
  };
}

/** `signIns.default.scopes[0]` */
function pathText(path: DocumentPath): string {
  return path.map((step, index) => (typeof step === "number" ? `[${step}]` : index === 0 ? step : `.${step}`)).join("");
}

/** The keys that the schema knows at a path, over all branches that lead there and are of the kind that is written. */
function knownKeys(schema: z.ZodType, path: DocumentPath, holder: unknown): readonly string[] {
  const written = isRaw(holder) ? holder : {};
  const fits = ({ properties = {} }: JsonSchema): boolean =>
    Object.entries(properties).every(
      ([name, { const: kind }]) => kind === undefined || written[name] === undefined || written[name] === kind,
    );
  const nodes = nodesAt(schema, path);
  const fitting = nodes.filter(fits);
  const known = (list: readonly JsonSchema[]) => list.flatMap((node) => Object.keys(node.properties ?? {}));
  return [...new Set(known(fitting).length === 0 ? known(nodes) : known(fitting))].sort();
}

/** Making a JSON Schema takes a millisecond, and a file may have thousands of unknown keys. */
const madeSchemas = new WeakMap<z.ZodType, JsonSchema>();

function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  const made =
    madeSchemas.get(schema) ?? (z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as JsonSchema);
  madeSchemas.set(schema, made);
  return made;
}

const madeHomes = new WeakMap<z.ZodType, ReadonlyMap<string, string>>();

/**
 * Where each key is at home: the shortest way to a map that may have it, `<name>` for the names that users choose.
 * Empty for the top of the file.
 */
function homesOf(schema: z.ZodType): ReadonlyMap<string, string> {
  const made = madeHomes.get(schema);
  if (made !== undefined) return made;
  const homes = new Map<string, string>();
  let level: readonly (readonly [home: string, node: JsonSchema])[] = [["", jsonSchemaOf(schema)]];
  while (level.length > 0) {
    level = level.flatMap(([home, top]) =>
      branches(top).flatMap((node): (readonly [string, JsonSchema])[] => {
        const inside = (step: string) => (home === "" ? step : `${home}.${step}`);
        const members = Object.entries(node.properties ?? {});
        for (const [name] of members) if (!homes.has(name)) homes.set(name, home);
        return [
          ...members.map(([name, member]): [string, JsonSchema] => [inside(name), member]),
          ...(typeof node.additionalProperties === "object"
            ? [[inside("<name>"), node.additionalProperties] as const]
            : []),
          ...(node.items === undefined ? [] : [[`${home}[]`, node.items] as const]),
        ];
      }),
    );
  }
  madeHomes.set(schema, homes);
  return homes;
}

/** The schema's nodes at a path, all branches of its unions included. */
function nodesAt(schema: z.ZodType, path: DocumentPath): readonly JsonSchema[] {
  let nodes: JsonSchema[] = [jsonSchemaOf(schema)];
  for (const step of path) {
    nodes = nodes.flatMap(branches).flatMap((node) => {
      if (typeof step === "number") return node.items === undefined ? [] : [node.items];
      const member = node.properties?.[step];
      if (member !== undefined) return [member];
      return typeof node.additionalProperties === "object" ? [node.additionalProperties] : [];
    });
  }
  return nodes.flatMap(branches);
}

interface JsonSchema {
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
}

function branches(node: JsonSchema): readonly JsonSchema[] {
  return [node, ...[...(node.anyOf ?? []), ...(node.oneOf ?? []), ...(node.allOf ?? [])].flatMap(branches)];
}

/** Our own messages stay; zod's own become a sentence of ours. */
function sizeMessage(issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig): string {
  if (issue.message.startsWith("must ")) return issue.message;
  const small = issue.code === "too_small";
  const bound = String(small ? issue.minimum : issue.maximum);
  if (small && bound === "1" && (issue.origin === "string" || issue.origin === "array")) return "must not be empty";
  if (issue.origin === "string") return `must have ${small ? "at least" : "at most"} ${bound} characters`;
  if (issue.origin === "array") return `must have ${small ? "at least" : "at most"} ${bound} entries`;
  if (issue.inclusive === true) return `must be ${small ? "at least" : "at most"} ${bound}`;
  return `must be ${small ? "more" : "less"} than ${bound}`;
}

function choices(values: readonly unknown[]): string {
  return values.map((value) => `\`${String(value)}\``).join(", ");
}

function typeName(expected: string): string {
  switch (expected) {
    case "string":
      return "a text";
    case "number":
      return "a number";
    case "int":
      return "a whole number";
    case "boolean":
      return "`true` or `false`";
    case "array":
      return "a list";
    case "object":
    case "record":
      return "a map of keys and values";
    default:
      return expected;
  }
}

function sentence(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1);
}
