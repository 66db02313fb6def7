import { createPrivateKey, type KeyObject } from "node:crypto";
import type { Secret } from "../../secret/secret.ts";
import { isJsonObject, parseJson } from "../json.ts";
import { OktaFailure } from "./failure.ts";

/** How Tenantry proves itself to an org: an administrator's API token, or a service app with a private key. */
export type OktaCredential =
  | { readonly apiToken: Secret }
  | {
      readonly clientId: string;
      /** RSA: PEM (PKCS#8 or PKCS#1) or JWK as JSON text. */
      readonly privateKey: Secret;
      readonly keyId?: string | undefined;
    };

/** What a run may do at the org: look only, or change apps and their assignments too. */
export type OktaAccess = "read" | "manage";

/**
 * Scopes that are asked for with a private key by every run. What only some files need (access policies, groups that
 * are made, custom authorization servers) is asked for by a token of its own when it is first needed, so that nobody
 * must grant it for nothing: one scope that is not granted makes Okta refuse the whole token.
 */
export const oktaScopes: Readonly<Record<OktaAccess, readonly string[]>> = {
  read: ["okta.apps.read", "okta.groups.read"],
  manage: ["okta.apps.manage", "okta.groups.read"],
};

/** Whether scopes allow what takes this one. A `manage` scope allows reading too. */
export function coversScope(granted: readonly string[], scope: string): boolean {
  return granted.includes(scope) || granted.includes(scope.replace(/\.read$/, ".manage"));
}

/**
 * Refuses a key that could not work before anything is sent. The SDK signs a proof of possession with every token
 * request, with RS256 only (8.1.0, src/dpop.js), so that elliptic-curve keys fail inside it.
 */
export function checkPrivateKey(text: string): void {
  const kind = keyOf(text)?.asymmetricKeyType;
  if (kind === "rsa") return;
  const found = kind === undefined ? "cannot be read" : `is of the kind ${kind}, not RSA`;
  throw new OktaFailure("OKTA_PRIVATE_KEY", `The private key of the Okta credentials ${found}`, { effect: "none" });
}

function keyOf(text: string): KeyObject | undefined {
  const jwk = parseJson(text);
  try {
    return isJsonObject(jwk) ? createPrivateKey({ key: { ...jwk }, format: "jwk" }) : createPrivateKey(text);
  } catch {
    // The reason is left out: OpenSSL's words say nothing that helps, and the input is a secret.
    return undefined;
  }
}
