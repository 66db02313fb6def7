import { randomBytes, randomInt } from "node:crypto";

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** So many random letters and digits. */
export function randomText(length: number): string {
  let text = "";
  for (let index = 0; index < length; index += 1) text += alphabet.charAt(randomInt(alphabet.length));
  return text;
}

/** So many random bytes in URL-safe base64, without padding. */
export function randomToken(bytes: number): string {
  return randomBytes(bytes).toString("base64url");
}
