import { generateKeyPair } from "node:crypto";
import { promisify } from "node:util";
import type { JsonObject } from "../json.ts";
import { randomToken } from "../random.ts";

/** An RSA key (2048 bits). Both halves are JWKs under one `kid`. */
export interface ProviderKey {
  readonly privateKey: JsonObject;
  readonly publicKey: JsonObject;
}

/** A new key that signs ID tokens with RS256, or one to encrypt for the provider. */
export async function createKey(use: "sig" | "enc"): Promise<ProviderKey> {
  const { privateKey, publicKey } = await promisify(generateKeyPair)("rsa", { modulusLength: 2048 });
  const about = { kid: randomToken(20), use, alg: use === "sig" ? "RS256" : "RSA-OAEP" };
  return {
    privateKey: { ...(privateKey.export({ format: "jwk" }) as JsonObject), ...about },
    publicKey: { ...(publicKey.export({ format: "jwk" }) as JsonObject), ...about },
  };
}
