import type { CustomerClient } from "./external/customer-client.ts";
import type { CustomerState } from "./external/customer-provider.ts";
import type { ProviderKey } from "./external/provider-key.ts";
import type { Person } from "./external/vendor.ts";
import type { IssuerMemory, Stored } from "./sign-in/memory.ts";
import { flag, listOf, mapOf, number, object, oneOf, optional, orNull, record, text } from "./world-shape.ts";

// What must be there for the sandbox to work with a thing. Settings that clients have sent are any JSON.

/** Of what an issuer remembers. */
export const issuerShape = record<IssuerMemory>({
  keys: listOf(object),
  cookieKey: text,
  innerSecret: text,
  stored: mapOf(record<Stored>({ payload: object, expires: orNull(number) })),
});

const providerKey = record<ProviderKey>({ privateKey: object, publicKey: object });

/** Of one customer's provider. */
export const customerShape = record<CustomerState>({
  clients: mapOf(
    record<CustomerClient>({
      clientId: text,
      method: oneOf("client_secret_basic", "client_secret_post", "private_key_jwt", "none"),
      redirectUris: listOf(text),
      postLogoutUris: listOf(text),
      secret: optional(text),
      keys: listOf(object),
      grants: optional(listOf(text)),
      secretExpires: optional(number),
      spaRedirectUris: optional(listOf(text)),
      idTokens: optional(flag),
    }),
    "clientId",
  ),
  people: mapOf(record<Person>({ login: text, claims: record<{ sub: string }>({ sub: text }) }), "login"),
  discovery: object,
  keys: listOf(providerKey),
  encryptionKey: orNull(providerKey),
  issuer: issuerShape,
});
