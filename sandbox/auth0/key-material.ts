import { createHash, createPublicKey, type JsonWebKey, X509Certificate } from "node:crypto";
import { invalidBody } from "./problem.ts";

/** The RSA public key of a PEM, which holds it bare or in a certificate. Throws the 400 of Auth0 for anything else. */
export function publicKeyOf(pem: string): JsonWebKey {
  try {
    const key = pem.includes("CERTIFICATE") ? new X509Certificate(pem).publicKey : createPublicKey(pem);
    // A private key would also make a public one; Auth0 must never be sent it.
    if (key.asymmetricKeyType === "rsa" && !pem.includes("PRIVATE")) return key.export({ format: "jwk" });
  } catch {
    // Not a key at all: the same answer.
  }
  throw invalidBody(
    "'Object didn't pass validation for format pem: the key must be an RSA public key' on property pem",
  );
}

/** The certificate of a PEM. Throws the 400 of Auth0 for anything else. */
export function certificateOf(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw invalidBody(
      "'Object didn't pass validation for format pem: it must be an X.509 certificate' on property pem",
    );
  }
}

/** The thumbprint of an RSA key (RFC 7638), by which Auth0 names keys that were sent without a `kid`. */
export function thumbprint({ e, n }: JsonWebKey): string {
  return createHash("sha256")
    .update(JSON.stringify({ e, kty: "RSA", n }))
    .digest("base64url");
}

/** SHA-256 over the certificate. */
export function certificateThumbprint(certificate: X509Certificate): string {
  return createHash("sha256").update(certificate.raw).digest("base64url");
}
