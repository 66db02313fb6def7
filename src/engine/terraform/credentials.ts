import { createPrivateKey } from "node:crypto";
import { TenantryError } from "../../errors/failure.ts";
import type { Secret } from "../../secret/secret.ts";
import { isJsonObject, objectIn, parseJson, textIn } from "../../vendor/json.ts";
import type { Reference } from "../../workspace/reference.ts";
import type { OktaIdentityProvider } from "../../workspace/workspace.ts";

// What the provider okta/okta proves itself with. It goes by the environment only: what stands in the program would
// stand in plan files and in the working folder too.

/**
 * The provider's credentials, and with a private key the scopes that this program takes and no others: one that is not
 * granted makes Okta refuse the whole token.
 *
 * @param program the text of `cdk.tf.json`
 * @throws TenantryError SECRET_… for a reference that does not resolve; OKTA_PRIVATE_KEY for a key that cannot be read
 */
export function providerEnvironment(
  { name, credentials }: OktaIdentityProvider,
  program: string,
  access: "read" | "manage",
  resolve: (reference: Reference, use: string) => Secret,
): Readonly<Record<string, string>> {
  const use = `a credential of the identity provider ${name}`;
  if ("apiToken" in credentials) return { OKTA_API_TOKEN: resolve(credentials.apiToken, use).reveal() };
  const { pem, keyId } = readKey(resolve(credentials.privateKey, use).reveal());
  const id = keyId ?? credentials.keyId;
  return {
    OKTA_API_CLIENT_ID: credentials.clientId,
    OKTA_API_PRIVATE_KEY: pem,
    ...(id === undefined ? {} : { OKTA_API_PRIVATE_KEY_ID: id }),
    OKTA_API_SCOPES: scopesOf(program, access).join(","),
  };
}

/**
 * The scopes that the provider needs for a program. Groups are looked up by name or made. Policies are looked up by
 * name; a version without `skip_authentication_policy` also looks for the org's default one whenever it makes an app.
 */
export function scopesOf(program: string, access: "read" | "manage"): readonly string[] {
  const parsed = parseJson(program);
  const [data, resources] = [objectIn(parsed, "data"), objectIn(parsed, "resource")];
  const apps = Object.values(objectIn(resources, "okta_app_oauth"));
  const asksForDefault = apps.some((app) => !isJsonObject(app) || app.skip_authentication_policy !== true);
  const makesGroups = "okta_group" in resources;
  const groups = makesGroups ? access : "okta_group" in data ? "read" : undefined;
  const policies = "okta_policy" in data || (asksForDefault && access === "manage");
  return [
    `okta.apps.${access}`,
    ...(groups === undefined ? [] : [`okta.groups.${groups}`]),
    ...(policies ? ["okta.policies.read"] : []),
  ];
}

/** The key as the provider reads it: PEM, PKCS#1 or PKCS#8. A JSON Web Key is written as one. */
function readKey(text: string): { readonly pem: string; readonly keyId?: string | undefined } {
  const jwk = parseJson(text);
  if (!isJsonObject(jwk)) return { pem: text };
  try {
    const pem = createPrivateKey({ key: { ...jwk }, format: "jwk" }).export({ type: "pkcs8", format: "pem" });
    return { pem: String(pem), keyId: textIn(jwk, "kid") };
  } catch {
    // The reason is left out: OpenSSL's words say nothing that helps, and the input is a secret.
    throw new TenantryError("OKTA_PRIVATE_KEY", "The private key of the Okta credentials cannot be read");
  }
}
