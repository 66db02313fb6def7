// Texts as YAML 1.2 writes them. What one reader could take for anything but a text (`no`, `1e3`, `2027-01-31`, `12:30`)
// is quoted, also where only YAML 1.1 would: other tools read these files too.

/** Begins with a letter or digit; then nothing that means something to YAML, inside or outside of brackets. */
const plainText = /^[\p{L}\p{N}][\p{L}\p{M}\p{N} _./@=+&$()'!;-]*$/u;

/** As above, with the colons of references and addresses: never before a space, never at the end. */
const plainAddress = /^[a-z][a-z0-9+-]*:[A-Za-z0-9_./@=+&?~%-]+$/;

/** Words that YAML 1.1 or 1.2 takes for a truth value or for nothing. */
const word = /^(y|n|yes|no|on|off|true|false|null|nan|inf)$/i;

/** Digits first, and then only what numbers, dates and times are made of. */
const numberLike = /^\p{N}[\p{N}a-fA-FxXoO_.,:eETtZz+ -]*$/u;

/** One text on one line: as it is where that is safe, else in double quotes with JSON's escapes, which YAML shares. */
export function yamlText(text: string): string {
  const plain = plainText.test(text) || plainAddress.test(text);
  if (!plain || text.endsWith(" ") || word.test(text) || numberLike.test(text)) return JSON.stringify(text);
  return text;
}

/** `[a, b]` */
export function yamlList(items: readonly string[]): string {
  return `[${items.map(yamlText).join(", ")}]`;
}

/** `{ a: b }`; the values are YAML already. Members without a value are left out. */
export function yamlMap(entries: Readonly<Record<string, string | undefined>>): string {
  const members = Object.entries(entries)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${yamlText(key)}: ${value}`);
  return members.length === 0 ? "{}" : `{ ${members.join(", ")} }`;
}

/**
 * A value as JSON has them, in one line: texts as above, members without a value left out.
 *
 * @throws TypeError for what JSON does not have
 */
export function yamlValue(value: unknown): string {
  if (typeof value === "string") return yamlText(value);
  if (value === null || typeof value === "boolean" || Number.isFinite(value)) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(yamlValue).join(", ")}]`;
  if (typeof value !== "object") throw new TypeError("a file cannot hold such a value");
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return yamlMap(Object.fromEntries(members.map(([key, member]) => [key, yamlValue(member)])));
}

/** A text of several lines: a block where YAML gives it back letter for letter, else quoted. */
export function yamlBlock(text: string, indent: string): string {
  const lines = text.split("\n");
  const ends = text.endsWith("\n") && !text.endsWith("\n\n");
  const body = ends ? lines.slice(0, -1) : lines;
  // A first line that begins with a space would set the indentation; other white space at the ends is too easily lost.
  const safe = body.length > 1 && body.every((line) => /^\S(.*\S)?$/u.test(line) && !line.includes("\t"));
  if (!safe) return yamlText(text);
  return `${ends ? "|" : "|-"}\n${body.map((line) => `${indent}${line}`).join("\n")}`;
}
