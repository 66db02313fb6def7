import { createHash } from "node:crypto";
import type { Marker } from "./connection.ts";

const alphabet = "abcdefghijklmnopqrstuvwxyz234567";

/**
 * The client id we choose where the identity provider lets us: `tn` and 26 base-32 characters (130 bits) of
 * SHA-256 over workspace, environment and key. The same connection always asks for the same id, so a second create
 * collides instead of making a second client. Letters and digits only, because some servers do not undo the form
 * encoding that RFC 6749, section 2.3.1 asks of HTTP Basic.
 */
export function chosenClientId(marker: Marker): string {
  const hash = createHash("sha256")
    .update(["tenantry client id v1", marker.workspace, marker.environment, marker.key].join("\n"))
    .digest();
  let bits = 0;
  let value = 0;
  let text = "";
  for (const byte of hash) {
    value = (value << 8) | byte;
    bits += 8;
    while (bits >= 5 && text.length < 26) {
      bits -= 5;
      text += alphabet[(value >>> bits) & 31];
      value &= (1 << bits) - 1;
    }
  }
  return `tn${text}`;
}
