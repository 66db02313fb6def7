import "reflect-metadata";
import { createPrivateKey, webcrypto, X509Certificate } from "node:crypto";
import * as x509 from "@peculiar/x509";
import type { CertificateFault } from "./misbehave/certificate-fault.ts";

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const day = 24 * 60 * 60 * 1000;
/** Of a server's certificate: long enough for checks that warn a month before it ends. */
const lifetime = 90 * day;
/** Of an authority, which may be kept from start to start. */
const authorityLifetime = 3650 * day;

/** A certificate with its key, both PEM, as node:tls takes them. */
interface Leaf {
  readonly cert: string;
  readonly key: string;
}

/** Whom a certificate is for; the first DNS name is the common name. */
interface CertificateNames {
  readonly dns: readonly string[];
  readonly ip?: readonly string[];
}

/** A certificate authority as it is kept. Both PEM. */
export interface KeptAuthority {
  readonly certificate: string;
  /** PKCS#8. */
  readonly privateKey: string;
}

/** A certificate authority of its own. */
export interface Authority {
  /** PEM. */
  readonly certificate: string;
  /** With its key: written where a world is kept, and nowhere else. */
  readonly kept: KeptAuthority;
  /** A server certificate for these names, or one that is wrong in the given way. */
  issue(names: CertificateNames, fault?: CertificateFault): Promise<Leaf>;
}

/** Makes a new certificate authority (P-256). `now` is milliseconds since the epoch. */
export async function createAuthority(now: number): Promise<Authority> {
  x509.cryptoProvider.set(webcrypto);
  const keys = await generate();
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serial(),
    name: "CN=Tenantry sandbox CA",
    notBefore: new Date(now - day),
    notAfter: new Date(now + authorityLifetime),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  const privateKey = toPem("PRIVATE KEY", await webcrypto.subtle.exportKey("pkcs8", keys.privateKey));
  return authorityOf(root, keys.privateKey, { certificate: `${root.toString("pem")}\n`, privateKey }, now);
}

/** The authority that was kept. Throws when certificate and key are none, or do not belong together. */
export async function openAuthority(kept: KeptAuthority, now: number): Promise<Authority> {
  x509.cryptoProvider.set(webcrypto);
  if (!new X509Certificate(kept.certificate).checkPrivateKey(createPrivateKey(kept.privateKey))) {
    throw new Error("the key is not the certificate's");
  }
  const der = createPrivateKey(kept.privateKey).export({ type: "pkcs8", format: "der" });
  const signingKey = await webcrypto.subtle.importKey("pkcs8", Uint8Array.from(der), algorithm, false, ["sign"]);
  return authorityOf(new x509.X509Certificate(kept.certificate), signingKey, kept, now);
}

async function authorityOf(
  root: x509.X509Certificate,
  signingKey: webcrypto.CryptoKey,
  kept: KeptAuthority,
  now: number,
): Promise<Authority> {
  const leafKeys = await generate();
  const leafKey = toPem("PRIVATE KEY", await webcrypto.subtle.exportKey("pkcs8", leafKeys.privateKey));
  return {
    certificate: kept.certificate,
    kept,
    async issue({ dns, ip = [] }, fault) {
      const [notBefore, notAfter] = validity(now, fault);
      const subject = `CN=${dns[0] ?? "sandbox"}`;
      const signer = await signerOf(
        fault,
        { name: root.subject, publicKey: root.publicKey, signingKey },
        subject,
        leafKeys,
      );
      const leaf = await x509.X509CertificateGenerator.create({
        serialNumber: serial(),
        subject,
        issuer: signer.name,
        notBefore,
        notAfter,
        signingAlgorithm: algorithm,
        publicKey: leafKeys.publicKey,
        signingKey: signer.signingKey,
        extensions: [
          new x509.BasicConstraintsExtension(false),
          new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
          new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
          new x509.SubjectAlternativeNameExtension([
            ...dns.map((value) => ({ type: "dns" as const, value: fault === "wrong-host" ? `other.${value}` : value })),
            ...ip.map((value) => ({ type: "ip" as const, value })),
          ]),
          await x509.SubjectKeyIdentifierExtension.create(leafKeys.publicKey),
          await x509.AuthorityKeyIdentifierExtension.create(signer.publicKey),
        ],
      });
      return { cert: `${leaf.toString("pem")}\n`, key: leafKey };
    },
  };
}

/** From when to when a certificate is valid. */
function validity(now: number, fault: CertificateFault | undefined): readonly [notBefore: Date, notAfter: Date] {
  const span = (from: number, to: number) => [new Date(now + from * day), new Date(now + to * day)] as const;
  switch (fault) {
    case "expired":
      return span(-90, -1);
    case "not-yet-valid":
      return span(1, 90);
    case "soon-expiring":
      return span(-87, 3);
    default:
      return span(-1, lifetime / day);
  }
}

/** Who signs a certificate. */
interface Signer {
  readonly name: string;
  readonly publicKey: x509.PublicKeyType;
  readonly signingKey: webcrypto.CryptoKey;
}

/** The authority, the certificate's own key, or an authority in between whose certificate nobody is ever shown. */
async function signerOf(
  fault: CertificateFault | undefined,
  root: Signer,
  subject: string,
  leafKeys: webcrypto.CryptoKeyPair,
): Promise<Signer> {
  if (fault === "self-signed") {
    return { name: subject, publicKey: leafKeys.publicKey, signingKey: leafKeys.privateKey };
  }
  if (fault !== "incomplete-chain") return root;
  const between = await generate();
  return { name: "CN=Tenantry sandbox CA in between", publicKey: between.publicKey, signingKey: between.privateKey };
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
