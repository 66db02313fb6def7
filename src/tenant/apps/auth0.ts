import { z } from "zod";
import { clientList } from "../../workspace/apps/auth0.ts";
import { endpointUrl, line } from "../../workspace/scalars.ts";

/** What a connection on an app of kind `auth0` may say of itself. */
export interface Auth0Entry {
  /** Name of the enterprise connection; what `connectionName` of the app makes of the key when absent. Never changes. */
  readonly name?: string | undefined;
  /** Instead of the app's. */
  readonly strategy?: "oidc" | "okta" | undefined;
  /** `back`: Auth0 redeems a code with the secret. `front`: an ID token comes by a posted form, without a secret. */
  readonly channel?: "back" | "front" | undefined;
  /** Names or client ids of applications; instead of the app's. */
  readonly clients?: readonly string[] | undefined;
  /** On the button; the tenant's name when absent. */
  readonly displayName?: string | undefined;
  readonly showAsButton?: boolean | undefined;
  /** Picture on the button. */
  readonly icon?: string | undefined;
  /** Whether an e-mail address of the tenant's domains leads here; the tenant's first connection at the app when absent. */
  readonly homeRealm?: boolean | undefined;
  readonly membership?: boolean | undefined;
  /** Where claims are read: in the ID token, or in what the userinfo endpoint says. */
  readonly claimsFrom?: "idToken" | "userinfo" | undefined;
}

export const auth0Entry = z.strictObject({
  name: line(128)
    .regex(/^[a-zA-Z0-9](-[a-zA-Z0-9]|[a-zA-Z0-9])*$/, {
      error: "must be letters and digits with single hyphens between: Auth0 takes no other name",
    })
    .optional(),
  strategy: z.enum(["oidc", "okta"]).optional(),
  channel: z.enum(["back", "front"]).optional(),
  clients: clientList.optional(),
  displayName: line(128).optional(),
  showAsButton: z.boolean().optional(),
  icon: endpointUrl.optional(),
  homeRealm: z.boolean().optional(),
  membership: z.boolean().optional(),
  claimsFrom: z.enum(["idToken", "userinfo"]).optional(),
});
