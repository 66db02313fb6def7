import {
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  type JsonWebKey,
  type KeyObject,
  type webcrypto,
} from "node:crypto";
import { promisify } from "node:util";
import type { PublicKey } from "../workspace/workspace.ts";
import { type Finding, fail, inconclusive, plain } from "./finding.ts";
import type { VerifySubject } from "./subject.ts";

// The key with which a client signs its assertions (RFC 7523; OpenID Connect Core 1.0, section 9, private_key_jwt).

/** A private key that is ready to sign. Never shown. */
export interface SigningKey {
  readonly key: KeyObject;
  readonly kid: string;
  readonly alg: string;
}

/** A key that fits what is registered, or what is to be said of it. */
type ReadKey = { readonly ok: true; readonly value: SigningKey } | { readonly ok: false; readonly finding: Finding };

const curveOf: Readonly<Record<string, string>> = { ES256: "P-256", ES384: "P-384", ES512: "P-521" };

/**
 * Reads the app's private key and sees that it belongs to the public half that is registered. PEM (PKCS#8, PKCS#1,
 * SEC1) or a JSON Web Key as text; a PEM whose line breaks are written as `\n` is read too.
 */
export function readSigningKey(clientKey: VerifySubject["clientKey"]): ReadKey {
  if (clientKey === undefined) {
    return no(
      inconclusive(
        "VERIFY_CLIENT_KEY_MISSING",
        "Not sent: the app's private key could not be had where this runs.",
        {},
        {
          expected: "the private key of the app's clientKey",
          actual: "nothing",
          hint: "Give the app a clientKey in tenantry.yaml, and make the reference under clientKey.privateKey readable where this runs.",
        },
      ),
    );
  }
  const { kid, alg } = clientKey.publicKey;
  const name = `${plain(kid)} (${alg})`;
  const key = parsePrivateKey(clientKey.privateKey.reveal());
  if (key === undefined) {
    return no(
      fail(
        "VERIFY_CLIENT_KEY_UNREADABLE",
        "Not sent: what clientKey.privateKey leads to cannot be read as a private key.",
        {},
        {
          expected: "a private key as PEM (PKCS#8, PKCS#1 or SEC1, not encrypted) or as a JSON Web Key",
          hint: "Write the key out again without a passphrase, such as by `openssl pkcs8 -topk8 -nocrypt`, whole and with its first and last line.",
        },
      ),
    );
  }
  const wanted = parsePublicKey(clientKey.publicKey);
  if (wanted === undefined || !createPublicKey(key).equals(wanted)) {
    return no(
      fail(
        "VERIFY_CLIENT_KEY_DIFFERS",
        `Not sent: the private key does not belong to the public key ${name} of the app's clientKey.`,
        { kid: plain(kid) },
        {
          expected: `the private half of ${name}`,
          actual: wanted === undefined ? "a public key that is malformed" : "the private half of another key",
          hint: "Put the private key of this pair behind clientKey.privateKey, or, when the app has a new pair, its public half under clientKey.publicKey; then plan and apply.",
        },
      ),
    );
  }
  const misfit = misfitOf(key, alg);
  if (misfit !== undefined) {
    return no(
      fail(
        "VERIFY_CLIENT_KEY_UNFIT",
        `Not sent: the app's key ${name} ${misfit}.`,
        { kid: plain(kid) },
        { expected: "RSA of at least 2048 bits, or the elliptic curve of the algorithm" },
      ),
    );
  }
  return { ok: true, value: { key, kid, alg } };
}

/** What is wrong with the app's key, as far as it is read at all: a proof with it could only fail. */
export function wrongSigningKey(clientKey: NonNullable<VerifySubject["clientKey"]>): Finding | undefined {
  const read = readSigningKey(clientKey);
  return read.ok ? undefined : read.finding;
}

/** A key of the same kind that nobody has registered, under the same name. */
export async function strangersKey({ key, kid, alg }: SigningKey): Promise<SigningKey> {
  const generate = promisify(generateKeyPair);
  const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {};
  const pair =
    key.asymmetricKeyType === "rsa"
      ? await generate("rsa", { modulusLength: modulusLength ?? 2048 })
      : await generate("ec", { namedCurve: namedCurve ?? "prime256v1" });
  return { key: pair.privateKey, kid, alg };
}

/** The key in the form that openid-client signs with. */
export function cryptoKeyOf({ key, alg }: SigningKey): webcrypto.CryptoKey {
  return key.toCryptoKey(algorithmOf(alg), false, ["sign"]);
}

function algorithmOf(alg: string): Parameters<KeyObject["toCryptoKey"]>[0] {
  const namedCurve = curveOf[alg];
  if (namedCurve !== undefined) return { name: "ECDSA", namedCurve };
  return { name: alg.startsWith("PS") ? "RSA-PSS" : "RSASSA-PKCS1-v1_5", hash: `SHA-${alg.slice(2)}` };
}

/** Why a key cannot sign by an algorithm. */
function misfitOf(key: KeyObject, alg: string): string | undefined {
  const { modulusLength } = key.asymmetricKeyDetails ?? {};
  if (/^[RP]S(?:256|384|512)$/.test(alg)) {
    if (key.asymmetricKeyType !== "rsa") return "is no RSA key";
    return (modulusLength ?? 0) < 2048 ? `has ${modulusLength ?? "unknown"} bits` : undefined;
  }
  const curve = curveOf[alg];
  if (curve === undefined) return "names an algorithm that is not known here";
  return key.asymmetricKeyType === "ec" && key.export({ format: "jwk" }).crv === curve
    ? undefined
    : `is not on the curve ${curve}`;
}

// Why a key cannot be read is left out: OpenSSL's words say nothing that helps, and the input is a secret.

function parsePrivateKey(text: string): KeyObject | undefined {
  try {
    const jwk: unknown = text.trimStart().startsWith("{") ? JSON.parse(text) : undefined;
    if (jwk !== undefined) return createPrivateKey({ key: jwk as JsonWebKey, format: "jwk" });
    return createPrivateKey(text.includes("\n") ? text : text.replaceAll("\\n", "\n"));
  } catch {
    return undefined;
  }
}

function parsePublicKey({ kty, n, e, crv, x, y }: PublicKey): KeyObject | undefined {
  try {
    const key = kty === "RSA" ? { kty, n, e } : { kty, crv, x, y };
    return createPublicKey({ key: key as JsonWebKey, format: "jwk" });
  } catch {
    return undefined;
  }
}

function no(finding: Finding): ReadKey {
  return { ok: false, finding };
}
