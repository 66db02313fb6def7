import { objectIn, textIn } from "../json.ts";
import { required } from "./apps.ts";
import type { CallPurpose } from "./failure.ts";
import { readPages } from "./paging.ts";
import type { OktaTransport } from "./transport.ts";

/** An app sign-in policy: how people must authenticate for the apps that it is assigned to. */
export interface OktaPolicy {
  readonly id: string;
  readonly name: string;
  readonly active: boolean;
}

export interface OktaPolicies {
  /** The access policies that apps can be given. Takes the scope `okta.policies.read`. */
  access(): Promise<readonly OktaPolicy[]>;
}

export function oktaPolicies(transport: OktaTransport): OktaPolicies {
  const { host } = transport;
  return {
    async access() {
      const purpose: CallPurpose = { what: "list access policies", scope: "okta.policies.read", writes: false };
      const items = await readPages(transport, "/api/v1/policies?type=ACCESS_POLICY", purpose, (item) => ({
        // Okta's own policies for account management are in the list and can be given to no app.
        forApps: (textIn(objectIn(item, "_embedded"), "resourceType") ?? "APP") === "APP",
        id: required(host, purpose, item, "id"),
        name: required(host, purpose, item, "name"),
        active: required(host, purpose, item, "status") === "ACTIVE",
      }));
      return items.filter(({ forApps }) => forApps).map(({ id, name, active }) => ({ id, name, active }));
    },
  };
}
