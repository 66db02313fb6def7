import type { ConnectionKey, Registration } from "../../desired/connection.ts";
import { registrationFields } from "../../plan/fields.ts";
import type { ObservedRegistration } from "../../plan/observed.ts";
import type { Secret } from "../../secret/secret.ts";
import type { Reference } from "../../workspace/reference.ts";
import { externalIdp } from "../../workspace/workspace.ts";
import type { IdentityProviderAdapter } from "../identity-provider.ts";

/**
 * The customers' own providers. Nothing there is ours to read or change: the client is what the file says, and the proof
 * shows whether that is true. So nothing ever differs, and the only thing that is fetched is the secret that the
 * customer handed over.
 *
 * @param resolve the secret behind a reference; asked only when a secret is handed over
 */
export function externalAdapter(resolve: (reference: Reference) => Secret | Promise<Secret>): IdentityProviderAdapter {
  const references = new Map<ConnectionKey, Reference | undefined>();
  const asWritten = (wanted: Registration): ObservedRegistration => {
    references.set(wanted.key, wanted.clientSecret);
    return {
      id: wanted.clientId,
      key: wanted.key,
      active: wanted.state === "active",
      fields: registrationFields(wanted),
      secretId: usesSecret(wanted.clientAuth) ? wanted.clientSecret?.text : undefined,
    };
  };
  return {
    name: externalIdp,

    async observe(wanted) {
      const there = wanted.filter((registration) => registration.state !== "absent" && registration.clientId !== "");
      return {
        found: new Map(there.map((registration) => [registration.key, asWritten(registration)])),
        parts: new Map(),
        undeclared: [],
        problems: [],
        coverage: [],
      };
    },

    settlePart: async () => {},
    create: async (wanted) => asWritten(wanted),
    update: async (wanted) => asWritten(wanted),
    remove: async () => {},

    async secretOf(found) {
      const reference = references.get(found.key);
      if (reference === undefined || !usesSecret(String(found.fields.clientAuth))) return undefined;
      return { id: reference.text, secret: await resolve(reference) };
    },

    budget: () => [],
    close: async () => {},
  };
}

function usesSecret(clientAuth: string): boolean {
  return clientAuth.startsWith("client_secret");
}
