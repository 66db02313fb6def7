import "reflect-metadata";
import { webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";
import type { ConnectionKey } from "./model.ts";

/** Algorithms that a connection can sign with, by what makes a key for each. */
const algorithms: Readonly<Record<string, webcrypto.RsaHashedKeyGenParams | webcrypto.EcKeyGenParams>> = {
  RS256: rsa("RSASSA-PKCS1-v1_5", "SHA-256"),
  RS384: rsa("RSASSA-PKCS1-v1_5", "SHA-384"),
  RS512: rsa("RSASSA-PKCS1-v1_5", "SHA-512"),
  PS256: rsa("RSA-PSS", "SHA-256"),
  PS384: rsa("RSA-PSS", "SHA-384"),
  ES256: { name: "ECDSA", namedCurve: "P-256" },
  ES384: { name: "ECDSA", namedCurve: "P-384" },
};

export const keyAlgorithms = Object.keys(algorithms);

const tenYears = 3653 * 24 * 60 * 60 * 1000;

/** Makes a key for a connection of this name, with a certificate that it signs itself. */
export async function newConnectionKey(
  name: string,
  algorithm: string,
  now: number,
): Promise<Omit<ConnectionKey, "role" | "currentSince">> {
  x509.cryptoProvider.set(webcrypto);
  const parameters = algorithms[algorithm] ?? rsa("RSASSA-PKCS1-v1_5", "SHA-256");
  const keys = (await webcrypto.subtle.generateKey(parameters, true, ["sign", "verify"])) as webcrypto.CryptoKeyPair;
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [name.slice(0, 64)] }],
    notBefore: new Date(now),
    notAfter: new Date(now + tenYears),
    signingAlgorithm: { ...parameters, hash: "hash" in parameters ? parameters.hash : `SHA-${algorithm.slice(2)}` },
    keys,
  });
  const thumbprint = Buffer.from(await certificate.getThumbprint("SHA-1"))
    .toString("hex")
    .toUpperCase();
  const publicKey = await webcrypto.subtle.exportKey("spki", keys.publicKey);
  return {
    kid: Buffer.from(await webcrypto.subtle.digest("SHA-256", publicKey)).toString("base64url"),
    algorithm,
    certificate: pem("CERTIFICATE", certificate.rawData),
    pkcs: pem("PKCS7", new x509.X509Certificates(certificate).export("raw")),
    thumbprint,
  };
}

function rsa(name: string, hash: string): webcrypto.RsaHashedKeyGenParams {
  return { name, hash, modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) };
}

/** With the line ends of Auth0. */
function pem(label: string, der: ArrayBuffer): string {
  const lines = Buffer.from(der)
    .toString("base64")
    .match(/.{1,64}/g);
  return [`-----BEGIN ${label}-----`, ...(lines ?? []), `-----END ${label}-----`, ""].join("\r\n");
}
