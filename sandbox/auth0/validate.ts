import { isObject, type Json, type JsonObject } from "../json.ts";
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
    typeof value === "string" && values.includes(value) ? undefined : `'No enum match for: ${String(value)}'`;
}

/** Also null, which takes the field away. */
export function orNull(check: Check): Check {
  return (value) => (value === null ? undefined : check(value));
}

export function list(item: Check, most = Number.POSITIVE_INFINITY): Check {
  return (value) => {
    if (!Array.isArray(value)) return expected("array", value);
    if (value.length > most) return `'Array is too long (${value.length}), maximum ${most}'`;
    return first(value.map(item));
  };
}

/** An object of exactly these fields. */
export function record(fields: Readonly<Record<string, Check>>, required: readonly string[] = []): Check {
  return (value) => {
    if (!isObject(value)) return expected("object", value);
    const missing = required.find((name) => value[name] === undefined);
    if (missing !== undefined) return `'Missing required property: ${missing}'`;
    const unknown = Object.keys(value).filter((name) => !Object.hasOwn(fields, name));
    if (unknown.length > 0) return `'Additional properties not allowed: ${unknown.join(",")}'`;
    return first(
      Object.entries(value).map(([name, inner]) => {
        const what = fields[name]?.(inner);
        return what === undefined || what.includes("' on property ") ? what : `${what} on property ${name}`;
      }),
    );
  };
}

/** Metadata: at most 10 keys, keys and texts of at most 255 characters. */
export function metadata(value: Check): Check {
  return (sent) => {
    if (!isObject(sent)) return expected("object", sent);
    const entries = Object.entries(sent);
    if (entries.length > 10) return `'Too many properties defined (${entries.length}), maximum 10'`;
    return first(entries.map(([key, inner]) => text({ most: 255 })(key) ?? value(inner)));
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
