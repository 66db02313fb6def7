import "reflect-metadata";
import { webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const day = 24 * 60 * 60 * 1000;
/** Long enough for checks that warn a month before a certificate ends. */
const lifetime = 90 * day;

/** A certificate with its key, both PEM, as node:tls takes them. */
interface Leaf {
  readonly cert: string;
  readonly key: string;
}

/** A certificate authority of its own, made at start and forgotten at the end. Its key never leaves the process. */
export interface Authority {
  /** PEM. */
  readonly certificate: string;
  /** A server certificate for these DNS names and IP addresses; the first DNS name is the common name. */
  issue(names: { readonly dns: readonly string[]; readonly ip?: readonly string[] }): Promise<Leaf>;
}

/** Makes a new certificate authority (P-256). `now` is milliseconds since the epoch. */
export async function createAuthority(now: number): Promise<Authority> {
  x509.cryptoProvider.set(webcrypto);
  const [authorityKeys, leafKeys] = await Promise.all([generate(), generate()]);
  const leafKey = toPem("PRIVATE KEY", await webcrypto.subtle.exportKey("pkcs8", leafKeys.privateKey));
  const notBefore = new Date(now - day);
  const notAfter = new Date(now + lifetime);
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serial(),
    name: "CN=Tenantry sandbox CA",
    notBefore,
    notAfter,
    signingAlgorithm: algorithm,
    keys: authorityKeys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(authorityKeys.publicKey),
    ],
  });
  return {
    certificate: `${root.toString("pem")}\n`,
    async issue({ dns, ip = [] }) {
      const leaf = await x509.X509CertificateGenerator.create({
        serialNumber: serial(),
        subject: `CN=${dns[0] ?? "sandbox"}`,
        issuer: root.subject,
        notBefore,
        notAfter,
        signingAlgorithm: algorithm,
        publicKey: leafKeys.publicKey,
        signingKey: authorityKeys.privateKey,
        extensions: [
          new x509.BasicConstraintsExtension(false),
          new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
          new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
          new x509.SubjectAlternativeNameExtension([
            ...dns.map((value) => ({ type: "dns" as const, value })),
            ...ip.map((value) => ({ type: "ip" as const, value })),
          ]),
          await x509.SubjectKeyIdentifierExtension.create(leafKeys.publicKey),
          await x509.AuthorityKeyIdentifierExtension.create(root),
        ],
      });
      return { cert: `${leaf.toString("pem")}\n`, key: leafKey };
    },
  };
}

async function generate(): Promise<webcrypto.CryptoKeyPair> {
  return (await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"])) as webcrypto.CryptoKeyPair;
}

/** 16 random bytes, positive and without a leading zero (RFC 5280, section 4.1.2.2). */
function serial(): string {
  const bytes = Buffer.from(webcrypto.getRandomValues(new Uint8Array(16)));
  bytes.writeUInt8((bytes.readUInt8(0) & 0x3f) | 0x40, 0);
  return bytes.toString("hex");
}

function toPem(label: string, der: ArrayBuffer): string {
  const lines =
    Buffer.from(der)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}
