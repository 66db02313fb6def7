import { parseReference, type Reference } from "../workspace/reference.ts";
import type { Auth0IdentityProvider, OktaIdentityProvider } from "../workspace/workspace.ts";
import type { WrittenInlineAuth0, WrittenInlineOkta } from "./inline-schema.ts";

// A customer's own org or Auth0 tenant that gave us access to its API. It is an identity provider like those of
// tenantry.yaml, always carried by the engine `direct`, and its name is its domain: no slug holds a dot, so no name of
// tenantry.yaml can be the same, and all sign-ins at one org are at one identity provider.

/** The org of a sign-in's `okta:`. */
export function resolveInlineOkta(tenant: string, { credentials, ...rest }: WrittenInlineOkta): OktaIdentityProvider {
  return {
    ...{ ...rest, kind: "okta", name: rest.domain, engine: "direct", tenant },
    credentials:
      "apiToken" in credentials
        ? { apiToken: referenceOf(credentials.apiToken) }
        : { ...credentials, privateKey: referenceOf(credentials.privateKey) },
  };
}

/** The Auth0 tenant of a sign-in's `auth0:`. */
export function resolveInlineAuth0(
  tenant: string,
  { credentials, organizationName = "{tenant}", ...rest }: WrittenInlineAuth0,
): Auth0IdentityProvider {
  return {
    ...{ ...rest, organizationName, kind: "auth0", name: rest.domain, engine: "direct", tenant },
    credentials:
      "token" in credentials
        ? { token: referenceOf(credentials.token) }
        : { ...credentials, clientSecret: referenceOf(credentials.clientSecret) },
  };
}

function referenceOf(text: string): Reference {
  const reference = parseReference(text);
  if (reference === undefined) throw new TypeError("the schema has let a literal through");
  return reference;
}
