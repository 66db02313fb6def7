import { z } from "zod";
import type { CustomerClient } from "./external/customer-client.ts";
import type { CustomerState } from "./external/customer-provider.ts";
import type { ProviderKey } from "./external/provider-key.ts";
import type { Person } from "./external/vendor.ts";
import type { IssuerMemory, Stored } from "./sign-in/memory.ts";
import { mapOf, object, record } from "./world-shape.ts";

// What must be there for the sandbox to work with a thing. Settings that clients have sent are any JSON.

/** Of what an issuer remembers. */
export const issuerShape = record<IssuerMemory>({
  keys: z.array(object),
  cookieKey: z.string(),
  innerSecret: z.string(),
  stored: mapOf(record<Stored>({ payload: object, expires: z.int().nullable() })),
});

const providerKey = record<ProviderKey>({ privateKey: object, publicKey: object });

/** Of one customer's provider. */
export const customerShape = record<CustomerState>({
  clients: mapOf(
    record<CustomerClient>({
      clientId: z.string(),
      method: z.enum(["client_secret_basic", "client_secret_post", "private_key_jwt", "none"]),
      redirectUris: z.array(z.string()),
      postLogoutUris: z.array(z.string()),
      secret: z.string().optional(),
      keys: z.array(object),
      grants: z.array(z.string()).optional(),
      secretExpires: z.int().optional(),
      spaRedirectUris: z.array(z.string()).optional(),
      idTokens: z.boolean().optional(),
    }),
    "clientId",
  ),
  people: mapOf(record<Person>({ login: z.string(), claims: record<{ sub: string }>({ sub: z.string() }) }), "login"),
  discovery: object,
  keys: z.array(providerKey),
  encryptionKey: providerKey.nullable(),
  issuer: issuerShape,
});
