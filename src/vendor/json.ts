/** A JSON object as it came, unknown members included. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The member as an object; an empty one when it is none. */
export function objectIn(value: unknown, name: string): JsonObject {
  const member = isJsonObject(value) ? value[name] : undefined;
  return isJsonObject(member) ? member : {};
}

/** The member as text; undefined when it is none. */
export function textIn(value: unknown, name: string): string | undefined {
  const member = isJsonObject(value) ? value[name] : undefined;
  return typeof member === "string" ? member : undefined;
}

/** The member's texts; empty when it is no list. */
export function textsIn(value: unknown, name: string): readonly string[] {
  const member = isJsonObject(value) ? value[name] : undefined;
  return Array.isArray(member) ? member.filter((item) => typeof item === "string") : [];
}

/** The text as JSON; undefined when it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
