import { randomInt } from "node:crypto";

const lower = "abcdefghijklmnopqrstuvwxyz";
const digits = "0123456789";
const alphabets = {
  letters: lower + lower.toUpperCase(),
  lower: lower + digits,
  symbols: `${lower}${lower.toUpperCase()}${digits}_.-~`,
} as const;

/** So many random characters of an alphabet; `symbols` are the unreserved ones of RFC 3986. */
export function randomOf(alphabet: keyof typeof alphabets, length: number): string {
  const characters = alphabets[alphabet];
  return Array.from({ length }, () => characters.charAt(randomInt(characters.length))).join("");
}
