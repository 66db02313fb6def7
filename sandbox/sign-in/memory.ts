import { generateKeyPair } from "node:crypto";
import { promisify } from "node:util";
import type { AdapterPayload } from "oidc-provider";
import type { JsonObject } from "../json.ts";
import { randomToken } from "../random.ts";

/** A code, token, session or grant, and until when it lives. */
export interface Stored {
  readonly payload: AdapterPayload;
  /** Milliseconds since the epoch; null for ever. */
  readonly expires: number | null;
}

/**
 * What an issuer remembers besides its clients and people, so that after a restart what it gave out is still good.
 * Plain objects and maps, because it is written down.
 */
export interface IssuerMemory {
  /** Private JWKs, the first signs; none until the first is needed. */
  keys: readonly JsonObject[];
  /** Signs the cookies. */
  readonly cookieKey: string;
  /** The secret with which every authenticated client is handed on; never seen outside the process. */
  readonly innerSecret: string;
  /** By kind and id. */
  readonly stored: Map<string, Stored>;
}

/** Of an issuer that nobody has asked yet. */
export function newMemory(): IssuerMemory {
  return { keys: [], cookieKey: randomToken(32), innerSecret: randomToken(48), stored: new Map() };
}

/** The keys that the issuer signs with; as many as these key ids are made when it has none yet. */
export async function signingKeys(memory: IssuerMemory, kids: readonly string[]): Promise<readonly JsonObject[]> {
  if (memory.keys.length === 0) {
    const made = await Promise.all(kids.map(newSigningKey));
    // Somebody else may have been faster.
    if (memory.keys.length === 0) memory.keys = made;
  }
  return memory.keys;
}

/** A private JWK (RSA, 2048 bits, RS256) under this key id. */
async function newSigningKey(kid: string): Promise<JsonObject> {
  const { privateKey } = await promisify(generateKeyPair)("rsa", { modulusLength: 2048 });
  return { ...(privateKey.export({ format: "jwk" }) as JsonObject), kid, use: "sig", alg: "RS256" };
}
