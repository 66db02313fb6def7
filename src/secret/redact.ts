import { isOwnWord } from "./own-words.ts";
import type { Secret } from "./secret.ts";

const mark = "[secret]";

/** Secrets below this length stand in ordinary text by chance: they are only masked as a whole word. */
const shortest = 4;

/**
 * A belt for texts that leave the program (output, logs, texts of inner errors): whatever of the known secrets is in
 * them is replaced by `[secret]`. It is no licence to put a secret into a text.
 */
export interface Redactor {
  /** From now on this secret is masked. */
  know(secret: Secret): void;
  redact(text: string): string;
}

/**
 * Masks each secret as it is, URL-encoded (RFC 3986 and form), JSON-escaped (once and twice), in base64 and base64url at
 * any offset, and inside `Basic` headers. Of a secret of several lines (a PEM key) each longer line is masked too, of a
 * JWK each private member. A secret that is a word of the
 * program's own (`secret`) is masked only where it is spelled in another way, and in `Basic` headers.
 */
export function createRedactor(secrets: readonly Secret[] = []): Redactor {
  const needles = new Set<string>();
  const words = new Set<string>();
  const passwords = new Set<string>();

  const know = (secret: Secret): void => {
    for (const spelling of spellingsOf(secret.reveal())) passwords.add(spelling);
    for (const part of partsOf(secret.reveal())) {
      if (part.length < shortest) {
        if (part !== "") words.add(part);
        continue;
      }
      for (const form of formsOf(part)) if (!isOwnWord(form)) needles.add(form);
    }
  };
  for (const secret of secrets) know(secret);

  return {
    know,
    redact(text) {
      if (needles.size === 0 && words.size === 0) return text;
      const ranges: Range[] = [];
      for (const needle of needles) collect(text, needle, ranges, () => true);
      for (const word of words) collect(text, word, ranges, (start, end) => isWholeWord(text, start, end));
      collectBasicHeaders(text, passwords, ranges);
      return mask(text, ranges);
    },
  };
}

type Range = readonly [start: number, end: number];

/** The secret, and what of it gives it away by itself. */
function partsOf(value: string): readonly string[] {
  const lines = value.split(/\r?\n/).filter((line) => line.length >= 16 && !line.startsWith("-----"));
  return [value, value.trim(), ...lines, ...privateMembers(value)];
}

/** Private members of a JWK (RFC 7518, section 6). */
function privateMembers(value: string): readonly string[] {
  if (!value.trimStart().startsWith("{")) return [];
  try {
    const jwk = JSON.parse(value) as Record<string, unknown>;
    return ["d", "p", "q", "dp", "dq", "qi", "k"]
      .map((name) => jwk[name])
      .filter((member) => typeof member === "string");
  } catch {
    return [];
  }
}

function formsOf(part: string): readonly string[] {
  const forms = [...spellingsOf(part), ...spellingsOf(part).flatMap(base64Forms)];
  return forms.filter((form) => form.length >= shortest);
}

/** The part as it is and as URLs, forms and JSON spell it. */
function spellingsOf(part: string): readonly string[] {
  const escaped = inner(part);
  const encoded = [encodeURIComponent(part.toWellFormed()), percentEncoded(part), formEncoded(part)];
  const lower = encoded.map((text) => text.replace(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase()));
  return [...new Set([part, escaped, inner(escaped), asciiEscaped(escaped), ...encoded, ...lower])];
}

function formEncoded(part: string): string {
  return new URLSearchParams([["", part]]).toString().slice(1);
}

function inner(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function asciiEscaped(text: string): string {
  return text.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** RFC 3986, section 2.3: all but the unreserved characters. */
function percentEncoded(part: string): string {
  return encodeURIComponent(part.toWellFormed()).replace(
    /[!'()*]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/**
 * The base64 characters that the text alone decides, for each of the three positions at which it can begin inside a
 * longer text. Below 6 characters they would stand in other texts by chance.
 */
function base64Forms(text: string): readonly string[] {
  const bytes = Buffer.from(text, "utf8");
  return [0, 1, 2].flatMap((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString("base64");
    const decided = encoded.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
    return decided.length < 6 ? [] : [decided, decided.replaceAll("+", "-").replaceAll("/", "_")];
  });
}

function collect(text: string, needle: string, into: Range[], fits: (start: number, end: number) => boolean): void {
  for (let at = text.indexOf(needle); at !== -1; at = text.indexOf(needle, at + 1)) {
    if (fits(at, at + needle.length)) into.push([at, at + needle.length]);
  }
}

function isWholeWord(text: string, start: number, end: number): boolean {
  const wordish = /[\p{L}\p{N}_-]/u;
  return !wordish.test(text.charAt(start - 1)) && !wordish.test(text.charAt(end));
}

/** RFC 7617 and, for the encoding of both halves, RFC 6749 section 2.3.1. */
function collectBasicHeaders(text: string, known: ReadonlySet<string>, into: Range[]): void {
  for (const match of text.matchAll(/\bBasic\s+([A-Za-z0-9+/_-]{4,}={0,2})/gi)) {
    const credentials = match[1] ?? "";
    const decoded = Buffer.from(credentials, "base64").toString("utf8");
    const password = decoded.slice(decoded.indexOf(":") + 1);
    if (known.has(password))
      into.push([match.index + match[0].length - credentials.length, match.index + match[0].length]);
  }
}

function mask(text: string, ranges: readonly Range[]): string {
  const kept: string[] = [];
  let from = 0;
  for (const [start, end] of merged([...marksIn(text), ...ranges])) {
    kept.push(text.slice(from, start), mark);
    from = end;
  }
  kept.push(text.slice(from));
  return kept.join("");
}

/** Marks that stand already are kept as one, so that masking twice is masking once. */
function marksIn(text: string): readonly Range[] {
  const marks: Range[] = [];
  collect(text, mark, marks, () => true);
  return marks;
}

function merged(ranges: readonly Range[]): readonly Range[] {
  const sorted = [...ranges].sort(([a], [b]) => a - b);
  const result: Range[] = [];
  for (const [start, end] of sorted) {
    const last = result.at(-1);
    if (last !== undefined && start < last[1]) result[result.length - 1] = [last[0], Math.max(last[1], end)];
    else result.push([start, end]);
  }
  return result;
}
