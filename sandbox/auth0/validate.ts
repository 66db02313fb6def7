import { isObject, type Json, type JsonObject, spelled } from "../json.ts";
import { invalidBody } from "./problem.ts";

/** Says in the words of Auth0's validator (z-schema) what is wrong with a value, or nothing when it is allowed. */
export type Check = (value: unknown) => string | undefined;

/** What kind of JSON value this is, as the validator names it. */
function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return Number.isInteger(value) ? "integer" : typeof value;
}

function expected(kind: string, value: unknown): string | undefined {
  const found = kindOf(value);
  return found === kind ? undefined : `'Expected type ${kind} but found type ${found}'`;
}

export const bool: Check = (value) => expected("boolean", value);
export const object: Check = (value) => expected("object", value);
export const integer: Check = (value) => expected("integer", value);

/** A whole number of a range. */
export function number(limits: { least?: number; most?: number } = {}): Check {
  return (value) => {
    if (!Number.isInteger(value)) return expected("integer", value);
    const { least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY } = limits;
    if (Number(value) < least) return `'Value ${String(value)} is less than minimum ${least}'`;
    if (Number(value) > most) return `'Value ${String(value)} is greater than maximum ${most}'`;
    return undefined;
  };
}

/** A text of a length and a pattern. */
export function text(limits: { least?: number; most?: number; pattern?: RegExp; format?: string } = {}): Check {
  return (value) => {
    if (typeof value !== "string") return expected("string", value);
    const { least = 0, most = Number.POSITIVE_INFINITY, pattern, format } = limits;
    if (value.length < least) return `'String is too short (${value.length} chars), minimum ${least}'`;
    if (value.length > most) return `'String is too long (${value.length} chars), maximum ${most}'`;
    if (pattern === undefined || pattern.test(value)) return undefined;
    return format === undefined
      ? `'String does not match pattern ${pattern.source}: ${value}'`
      : `'Object didn't pass validation for format ${format}: ${value}'`;
  };
}

export function oneOf(...values: readonly string[]): Check {
  return (value) =>
    typeof value === "string" && values.includes(value) ? undefined : `'No enum match for: ${spelled(value)}'`;
}

/** Also null, which takes the field away. */
export function orNull(check: Check): Check {
  return (value) => (value === null ? undefined : check(value));
}

export function list(item: Check, most = Number.POSITIVE_INFINITY, least = 0): Check {
  return (value) => {
    if (!Array.isArray(value)) return expected("array", value);
    if (value.length > most) return `'Array is too long (${value.length}), maximum ${most}'`;
    if (value.length < least) return `'Array is too short (${value.length}), minimum ${least}'`;
    return first(value.map((inner, index) => under(`[${index}]`, item(inner))));
  };
}

/** A list in which nothing is twice. */
export function set(item: Check, most = Number.POSITIVE_INFINITY, least = 0): Check {
  const inner = list(item, most, least);
  return (value) => inner(value) ?? twice(value as readonly unknown[]);
}

function twice(items: readonly unknown[]): string | undefined {
  const seen = new Map<string, number>();
  for (const [index, item] of items.entries()) {
    const key = JSON.stringify(item);
    const before = seen.get(key);
    if (before !== undefined) return `'Array items are not unique (indexes ${before} and ${index})'`;
    seen.set(key, index);
  }
  return undefined;
}

/** Says where in the body the finding is: `callbacks[0]`, `branding.colors.primary`. */
function under(name: string, what: string | undefined): string | undefined {
  if (what === undefined) return undefined;
  const mark = "' on property ";
  const split = what.lastIndexOf(mark);
  if (split < 0) return `${what} on property ${name}`;
  const rest = what.slice(split + mark.length);
  return `${what.slice(0, split)}${mark}${name}${rest.startsWith("[") ? "" : "."}${rest}`;
}

/** An object of exactly these fields. */
export function record(fields: Readonly<Record<string, Check>>, required: readonly string[] = []): Check {
  return (value) => {
    if (!isObject(value)) return expected("object", value);
    const missing = required.find((name) => value[name] === undefined);
    if (missing !== undefined) return `'Missing required property: ${missing}'`;
    const unknown = Object.keys(value).filter((name) => !Object.hasOwn(fields, name));
    if (unknown.length > 0) return `'Additional properties not allowed: ${unknown.join(",")}'`;
    return first(Object.entries(value).map(([name, inner]) => under(name, fields[name]?.(inner))));
  };
}

/** An object that may have more than these fields. */
export function open(fields: Readonly<Record<string, Check>>, required: readonly string[] = []): Check {
  return (value) => {
    if (!isObject(value)) return expected("object", value);
    const missing = required.find((name) => value[name] === undefined);
    if (missing !== undefined) return `'Missing required property: ${missing}'`;
    return first(Object.entries(value).map(([name, inner]) => under(name, fields[name]?.(inner))));
  };
}

/** Metadata: at most 10 keys, keys and texts of at most 255 characters. */
export function metadata(value: Check): Check {
  return (sent) => {
    if (!isObject(sent)) return expected("object", sent);
    const entries = Object.entries(sent);
    if (entries.length > 10) return `'Too many properties defined (${entries.length}), maximum 10'`;
    return first(entries.map(([key, inner]) => text({ most: 255 })(key) ?? under(key, value(inner))));
  };
}

/** The body when it passes. Throws the 400 of Auth0. */
export function checked(body: unknown, check: Check): JsonObject {
  const what = check(body);
  if (what !== undefined) throw invalidBody(what);
  return body as JsonObject;
}

/** A copy without the fields that are null. */
export function withoutNulls(value: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== null)) as Record<string, Json>;
}

function first(findings: readonly (string | undefined)[]): string | undefined {
  return findings.find((finding) => finding !== undefined);
}
