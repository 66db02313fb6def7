import { createHash } from "node:crypto";
import { canonicalJson } from "./json.ts";

/** A DNS record that shows that a domain is the tenant's: whoever runs the domain's DNS has put it there. */
export interface DomainChallenge {
  readonly name: string;
  readonly type: "TXT";
  readonly value: string;
}

/** What a challenge is bound to. Not the environment: one record proves the domain in all of them (decision 0036). */
export interface ChallengedDomain {
  readonly workspace: string;
  /** Public id of the tenant. */
  readonly id: string;
  /** Lower case, A-labels. */
  readonly domain: string;
}

/** What every value begins with, and other records at the name do not. */
export const challengePrefix = "tenantry-domain=";

/**
 * The record that proves a domain. Its value is no secret: it says nothing to whoever does not know what it is bound
 * to, and only who runs the DNS of the domain can set it. Letters and digits of one case (base 32, RFC 4648, section 6,
 * without padding), because consoles and people change case.
 */
export function domainChallenge({ workspace, id, domain }: ChallengedDomain): DomainChallenge {
  const bound = canonicalJson({ tenantry: "domain", version: 1, workspace, id, domain });
  const value = base32(createHash("sha256").update(bound).digest());
  return { name: `_tenantry.${domain}`, type: "TXT", value: `${challengePrefix}${value}` };
}

const alphabet = "abcdefghijklmnopqrstuvwxyz234567";

function base32(bytes: Uint8Array): string {
  let text = "";
  let held = 0;
  let bits = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += alphabet.charAt((held >> bits) & 31);
      held &= (1 << bits) - 1;
    }
  }
  return bits === 0 ? text : text + alphabet.charAt((held << (5 - bits)) & 31);
}
