// JSON of others that is read, changed in one place, and written back: numbers keep their very digits.

interface RawJson {
  rawJSON(text: string): unknown;
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
  ): unknown;
}

const raw = JSON as unknown as RawJson;

/** An object of JSON, its members in their order; undefined when the text is no object. */
export function parseExact(text: string): Record<string, unknown> | undefined {
  try {
    const value = raw.parse(text, (_key, member, { source }) =>
      typeof member === "number" && source !== undefined ? raw.rawJSON(source) : member,
    );
    return typeof value === "object" && value !== null && !Array.isArray(value) && !isRaw(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Characters that YAML or a terminal would not take as they are: C1, line separators, the byte order mark. */
const unprintable = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

/** The object as JSON on one line, without unprintable characters. Parses back equal. */
export function formatExact(value: Readonly<Record<string, unknown>> | readonly unknown[]): string {
  return JSON.stringify(value).replace(
    unprintable,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** A member's text, also of a number that was kept in its digits. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  return typeof value === "boolean" || typeof value === "number" || isRaw(value) ? JSON.stringify(value) : undefined;
}

function isRaw(value: unknown): boolean {
  return (JSON as unknown as { isRawJSON(value: unknown): boolean }).isRawJSON(value);
}
