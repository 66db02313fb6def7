import { SecretFault } from "../secret/remote.ts";
import { isJsonObject, type JsonObject, parseJson } from "./json.ts";

// Secrets that are one text: a field of it is a member of a JSON object.

/**
 * The field of a secret's text, or the whole text where no field is named; undefined when the object has no such member.
 *
 * @throws SecretFault SECRET_UNRESOLVED when it is no JSON object, or the member is no text
 */
export function memberOf(text: string, field: string | undefined, where: string): string | undefined {
  if (field === undefined) return text;
  const value = objectOf(text, where)[field];
  if (value === undefined || typeof value === "string") return value;
  throw new SecretFault("SECRET_UNRESOLVED", `the member ${field} of ${where} is no text`);
}

/** The text with a field set, or taken away; without a field the value is the whole text. */
export function withMember(
  text: string | undefined,
  field: string | undefined,
  value: string | undefined,
  where: string,
): string | undefined {
  if (field === undefined) return value;
  const { [field]: _old, ...rest } = text === undefined ? {} : objectOf(text, where);
  const members = value === undefined ? rest : { ...rest, [field]: value };
  return Object.keys(members).length === 0 ? undefined : JSON.stringify(members);
}

function objectOf(text: string, where: string): JsonObject {
  const parsed = parseJson(text);
  if (isJsonObject(parsed)) return parsed;
  throw new SecretFault("SECRET_UNRESOLVED", `${where} is no JSON object, and the reference names a member of it`);
}
