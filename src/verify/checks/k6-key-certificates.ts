import { createHash, X509Certificate } from "node:crypto";
import type { Check } from "../check.ts";
import type { Metadata } from "../documents.ts";
import { fail, notRun, pass, skipped } from "../finding.ts";
import { isSignatureKey, keyName, keyObjects, mostParsed, publicKeyOf } from "../key.ts";
import { specs } from "../specs.ts";

/** What is wrong with the certificate beside a key. */
type Flaw = "differs" | "thumbprint" | "expired";

const codes = {
  differs: ["VERIFY_KEYS_CERTIFICATE_DIFFERS", "has a certificate (x5c) that is unreadable or of another key"],
  thumbprint: ["VERIFY_KEYS_THUMBPRINT_DIFFERS", "has a thumbprint (x5t) that is not its certificate's"],
  expired: ["VERIFY_KEYS_CERTIFICATE_EXPIRED", "has a certificate (x5c) that has expired"],
} as const;

/**
 * The certificate beside a key is that of the key, its thumbprint is right, and it has not expired. OpenID Connect does
 * not look at these certificates, and openid-client does not either, but some apps do: so it warns. At most 200 are parsed.
 */
export const keyCertificates: Check = {
  id: "K6",
  title: "Certificates beside keys are theirs",
  spec: specs.rfc(7517, "4.7"),
  level: "policy",
  link: "keys",
  needs: ["D1", "D5"],
  async run(context) {
    const keys = await context.keys();
    if (keys === undefined) return notRun("K1");
    const certified = keyObjects(keys).flatMap((key, index) =>
      isSignatureKey(key) && key.x5c !== undefined ? [{ key, name: keyName(key, index) }] : [],
    );
    if (certified.length === 0) return skipped("Not looked at: no signature key has a certificate.");
    const looked = certified.slice(0, mostParsed);
    const now = context.clock();
    const flawed = looked.flatMap(({ key, name }) => {
      const flaw = flawOf(key, now);
      return flaw === undefined ? [] : [{ name, flaw }];
    });
    const facts = { certificates: certified.length };
    for (const flaw of ["differs", "thumbprint", "expired"] as const) {
      const names = flawed.filter((one) => one.flaw === flaw).map(({ name }) => name);
      if (names.length === 0) continue;
      const [code, text] = codes[flaw];
      const more = names.length > 1 ? `, and ${names.length - 1} more` : "";
      return fail(
        code,
        `${names[0]} ${text}${more}.`.replace(/^k/, "K"),
        { ...facts, flawed: names.length },
        {
          expected: "the key's own certificate, or none",
          actual: names.slice(0, 5).join(", "),
          hint: "Publish the key with its own, valid certificate and thumbprint, or without.",
        },
      );
    }
    const of = certified.length > looked.length ? ` of the first ${looked.length}` : "";
    return pass(`The certificates beside the keys${of} are theirs and valid.`, facts);
  },
};

function flawOf(key: Metadata, now: number): Flaw | undefined {
  const [leaf] = Array.isArray(key.x5c) ? key.x5c : [];
  if (typeof leaf !== "string") return "differs";
  const der = Buffer.from(leaf, "base64");
  const certificate = certificateOf(der);
  if (certificate === undefined || !isOf(certificate, key)) return "differs";
  if (!isThumbprint(key.x5t, der, "sha1") || !isThumbprint(key["x5t#S256"], der, "sha256")) return "thumbprint";
  return Date.parse(certificate.validTo) < now ? "expired" : undefined;
}

function certificateOf(der: Buffer): X509Certificate | undefined {
  try {
    return new X509Certificate(der);
  } catch {
    return undefined;
  }
}

/** A key that cannot be read is K3's matter. */
function isOf(certificate: X509Certificate, key: Metadata): boolean {
  try {
    const published = publicKeyOf(key);
    // Comparing keys of two kinds leaves an error behind in OpenSSL, which the next TLS connection would fail with.
    if (certificate.publicKey.asymmetricKeyType !== published.asymmetricKeyType) return false;
    return certificate.publicKey.equals(published);
  } catch {
    return true;
  }
}

/** Whether a thumbprint is absent or right. Some write it in base64 with padding, or in hexadecimal: that is no lie. */
function isThumbprint(value: unknown, der: Buffer, algorithm: "sha1" | "sha256"): boolean {
  if (value === undefined) return true;
  if (typeof value !== "string") return false;
  const digest = createHash(algorithm).update(der).digest();
  return (
    Buffer.from(value, "base64").equals(digest) || value.replaceAll(":", "").toLowerCase() === digest.toString("hex")
  );
}
