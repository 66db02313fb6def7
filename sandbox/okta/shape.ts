import { isObject, type Json, type JsonObject } from "../json.ts";
import { invalid, OktaProblem } from "./problem.ts";

/**
 * What a field of a body may be: a text whose null is kept, a text that is never null, true or false, one of some
 * words, a list, an object. Fields that are not named are left as they are.
 */
type Shape = "text" | "some text" | "flag" | readonly string[] | { readonly list: Shape } | { readonly fields: Fields };
export type Fields = Readonly<Record<string, Shape>>;

/**
 * The object with its named fields looked at: null stands for what is not sent, except in a `text`. Throws Okta's 400 for
 * a field of another type (which its parser refuses before anything else), and for a word that is none of those allowed.
 */
export function fitted(value: JsonObject, fields: Fields): JsonObject {
  const result = { ...value };
  for (const [name, shape] of Object.entries(fields)) {
    const field = Object.hasOwn(value, name) ? value[name] : undefined;
    if (field === undefined) continue;
    if (field === null) {
      if (shape !== "text") delete result[name];
    } else result[name] = fittedField(name, field, shape);
  }
  return result;
}

function fittedField(name: string, value: Json, shape: Shape): Json {
  if (shape === "text" || shape === "some text") return typeof value === "string" ? value : malformed();
  if (shape === "flag") return typeof value === "boolean" ? value : malformed();
  if (isWords(shape)) {
    if (typeof value !== "string") return malformed();
    if (shape.includes(value)) return value;
    throw invalid(name, [`${name}: '${value}' is not a valid value. Valid values: [${shape.join(", ")}].`]);
  }
  if ("list" in shape) {
    return Array.isArray(value)
      ? (value as readonly Json[]).map((each) => fittedField(name, each, shape.list))
      : malformed();
  }
  return isObject(value) ? fitted(value, shape.fields) : malformed();
}

function isWords(shape: Shape): shape is readonly string[] {
  return Array.isArray(shape);
}

function malformed(): never {
  throw new OktaProblem(400, "E0000003", "The request body was not well-formed.");
}
