import type { Address, ConnectionKey } from "../desired/connection.ts";
import type { Fields } from "./observed.ts";

/** A field whose change can put people out or let strangers in: acknowledged by name (design, section 5). */
export type HotField =
  | "issuer"
  | "endpointHost"
  | "clientId"
  | "redirectUris"
  | "domains"
  | "clientAuth"
  | "secret"
  | "assignment"
  | "roles"
  | "claims"
  | "require"
  | "acrValues"
  | "provision"
  /** Settings of the app's kind that open or close something, such as the route of a gateway. */
  | "target";

interface ChangeOf {
  readonly address: Address;
  readonly tenant: string;
  /** The connection it belongs to; a tenant's row belongs to none. */
  readonly key?: ConnectionKey | undefined;
}

/** One effect of a plan. Secret-free. What stays as it is gets counted, never listed. */
export type Change =
  | (ChangeOf & { readonly action: "create"; readonly after: Fields; readonly knownAfter: readonly string[] })
  | (ChangeOf & {
      readonly action: "update";
      readonly before: Fields;
      readonly after: Fields;
      /** Names of the fields that differ. */
      readonly paths: readonly string[];
      readonly hot: readonly HotField[];
      readonly knownAfter: readonly string[];
    })
  | (ChangeOf & {
      readonly action: "replace";
      readonly before: Fields;
      readonly after: Fields;
      readonly because: readonly string[];
      readonly hot: readonly HotField[];
    })
  | (ChangeOf & { readonly action: "delete"; readonly before: Fields })
  /** Pending to active, only after proof. */
  | (ChangeOf & { readonly action: "activate" });
