import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { Secret } from "../../src/secret/secret.ts";
import type { VerifySubject } from "../../src/verify/subject.ts";
import type { PublicKey } from "../../src/workspace/workspace.ts";

/** A key pair of an app, as `clientKey` of tenantry.yaml has it. */
export interface ClientPair {
  readonly publicKey: PublicKey;
  readonly privateKey: KeyObject;
}

const curves: Readonly<Record<string, string>> = { ES256: "P-256", ES384: "P-384", ES512: "P-521" };

export function newPair(alg: string, kid = "portal-1"): ClientPair {
  const namedCurve = curves[alg];
  const pair =
    namedCurve === undefined
      ? generateKeyPairSync("rsa", { modulusLength: 2048 })
      : generateKeyPairSync("ec", { namedCurve });
  const publicKey = { ...pair.publicKey.export({ format: "jwk" }), kid, alg } as PublicKey;
  return { publicKey, privateKey: pair.privateKey };
}

/** The spellings in which a private key may be handed over. */
export function spellingsOf({ privateKey }: ClientPair): Readonly<Record<string, string>> {
  const type = privateKey.asymmetricKeyType === "rsa" ? "pkcs1" : "sec1";
  const pkcs8 = String(privateKey.export({ format: "pem", type: "pkcs8" }));
  return {
    "PEM, PKCS#8": pkcs8,
    [`PEM, ${type}`]: String(privateKey.export({ format: "pem", type })),
    "PEM on one line": pkcs8.trim().replaceAll("\n", "\\n"),
    JWK: JSON.stringify(privateKey.export({ format: "jwk" })),
    "JWK, indented": ` ${JSON.stringify(privateKey.export({ format: "jwk" }), null, 2)}\n`,
  };
}

/** A client that signs with a pair. */
export function signsWith(pair: ClientPair, text = spellingsOf(pair).JWK ?? ""): Partial<VerifySubject> {
  return {
    clientAuth: "private_key_jwt",
    secret: undefined,
    clientKey: { publicKey: pair.publicKey, privateKey: new Secret(text) },
  };
}
