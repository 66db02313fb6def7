import type { ConnectionRecord } from "../../desired/connection.ts";
import { textsOf } from "../../desired/json.ts";

/** Settings of a record that only this kind has (src/desired/apps/auth0.ts). */
export interface Auth0Target {
  readonly name: string;
  readonly strategy: "oidc" | "okta";
  readonly channel: "back" | "front";
  readonly displayName: string;
  readonly showAsButton: boolean;
  readonly icon: string | null;
  /** As the file names them. */
  readonly clients: readonly string[];
  readonly homeRealm: boolean;
  readonly membership: boolean;
  readonly claimsFrom: "idToken" | "userinfo";
}

export function targetOf({ target }: Pick<ConnectionRecord, "target">): Auth0Target {
  return {
    name: String(target.name),
    strategy: target.strategy === "okta" ? "okta" : "oidc",
    channel: target.channel === "front" ? "front" : "back",
    displayName: String(target.displayName),
    showAsButton: target.showAsButton === true,
    icon: typeof target.icon === "string" ? target.icon : null,
    clients: textsOf(target.clients),
    homeRealm: target.homeRealm === true,
    membership: target.membership === true,
    claimsFrom: target.claimsFrom === "userinfo" ? "userinfo" : "idToken",
  };
}
