import { createECDH, createHash, createPrivateKey, type KeyObject } from "node:crypto";
import type { JsonObject } from "../json.ts";

/**
 * The key with which the example's portal signs client assertions (ES256). It is made from a sentence and so guards
 * nothing: its public half stands in the example's tenantry.yaml, which is the same at every start.
 */
export interface PortalKey {
  /** PKCS#8, PEM. */
  readonly privateKey: string;
  readonly publicKey: JsonObject;
}

export function portalKey(): PortalKey {
  const scalar = createHash("sha256").update("tenantry sandbox client key v1").digest();
  const curve = createECDH("prime256v1");
  curve.setPrivateKey(scalar);
  const point = curve.getPublicKey();
  const coordinates = {
    kty: "EC",
    crv: "P-256",
    x: point.subarray(1, 33).toString("base64url"),
    y: point.subarray(33).toString("base64url"),
  };
  const key: KeyObject = createPrivateKey({
    key: { ...coordinates, d: scalar.toString("base64url") },
    format: "jwk",
  });
  return {
    privateKey: key.export({ type: "pkcs8", format: "pem" }).toString(),
    publicKey: { ...coordinates, kid: "portal-1", use: "sig", alg: "ES256" },
  };
}
