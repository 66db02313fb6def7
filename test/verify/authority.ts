import "reflect-metadata";
import type { webcrypto } from "node:crypto";
import { isIP } from "node:net";
import * as x509 from "@peculiar/x509";

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const day = 86_400_000;

/** A certificate and its key, both PEM. */
export interface Leaf {
  readonly cert: string;
  readonly key: string;
}

/** A certificate authority of a test's own. */
export interface Authority {
  readonly ca: string;
  issue(hosts: readonly string[], dates?: { readonly notBefore: Date; readonly notAfter: Date }): Promise<Leaf>;
  /** A leaf under an intermediate that the server does not send. */
  issueBehindGap(hosts: readonly string[]): Promise<Leaf>;
}

export async function createAuthority(): Promise<Authority> {
  const now = Date.now();
  const valid = { notBefore: new Date(now - day), notAfter: new Date(now + 30 * day) };
  const keys = await newKeys();
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: "01",
    name: `CN=Test authority ${crypto.randomUUID()}`,
    ...valid,
    keys,
    signingAlgorithm: algorithm,
    extensions: [new x509.BasicConstraintsExtension(true, 2, true)],
  });

  async function leaf(
    hosts: readonly string[],
    issuer: { readonly subject: string; readonly privateKey: webcrypto.CryptoKey },
    dates: { readonly notBefore: Date; readonly notAfter: Date },
  ): Promise<Leaf> {
    const own = await newKeys();
    const cert = await x509.X509CertificateGenerator.create({
      serialNumber: "03",
      subject: `CN=${hosts[0]}`,
      issuer: issuer.subject,
      ...dates,
      publicKey: own.publicKey,
      signingKey: issuer.privateKey,
      signingAlgorithm: algorithm,
      extensions: [
        new x509.SubjectAlternativeNameExtension(
          hosts.map((value) => ({ type: isIP(value) === 0 ? "dns" : "ip", value })),
        ),
      ],
    });
    const key = await crypto.subtle.exportKey("pkcs8", own.privateKey);
    return { cert: cert.toString("pem"), key: x509.PemConverter.encode(key, "PRIVATE KEY") };
  }

  return {
    ca: ca.toString("pem"),
    issue: (hosts, dates = valid) => leaf(hosts, { subject: ca.subject, privateKey: keys.privateKey }, dates),
    async issueBehindGap(hosts) {
      const middle = await newKeys();
      const intermediate = await x509.X509CertificateGenerator.create({
        serialNumber: "02",
        subject: "CN=Test intermediate",
        issuer: ca.subject,
        ...valid,
        publicKey: middle.publicKey,
        signingKey: keys.privateKey,
        signingAlgorithm: algorithm,
        extensions: [new x509.BasicConstraintsExtension(true, 1, true)],
      });
      return leaf(hosts, { subject: intermediate.subject, privateKey: middle.privateKey }, valid);
    },
  };
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]) as Promise<webcrypto.CryptoKeyPair>;
}
