// Terraform evaluates `${…}` and `%{…}` in every text, and cdktf puts the values of others in place of its own tokens
// (`${TfToken[…]}`, `#{TfToken[…]}`, `&{TfToken[…]}`), also where they were escaped. Whatever comes from a file or from
// the org is a text to both: here it is made one.

/** Breaks cdktf's tokens while they are in its hands. From the private use area, doubled where a text has it itself. */
const seam = "\uE000";

/** A text that Terraform and cdktf take as it stands. To be given to `unsealed` once cdktf is through with it. */
export function literal(text: string): string {
  return text
    .replaceAll(/\$\{|%\{/g, (opening) => `${opening[0]}${opening}`)
    .replaceAll(seam, `${seam}${seam}`)
    .replaceAll("TfToken[", `TfToken${seam}[`);
}

/** A text as a constant in an expression, quotes included. */
export function quoted(text: string): string {
  const json = JSON.stringify(text).replaceAll(/\\./g, (short) => foreign.get(short) ?? short);
  return literal(json);
}

/** What JSON abbreviates and Terraform's language does not. */
const foreign: ReadonlyMap<string, string> = new Map([
  ["\\b", "\\u0008"],
  ["\\f", "\\u000c"],
]);

/** What cdktf has made of a stack, with all texts as they were. */
export function unsealed(value: unknown): unknown {
  if (typeof value === "string") return value.replaceAll(/\uE000(\uE000?)/g, "$1");
  if (Array.isArray(value)) return value.map(unsealed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, unsealed(member)]));
}
