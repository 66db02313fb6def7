import type { OktaUser, UserProfile } from "./model.ts";
import { oktaId } from "./okta-id.ts";

/** A person as Okta makes one at this moment, in no group; without a place in the org yet. */
export function newUser(
  now: string,
  {
    profile,
    status,
    ...more
  }: Partial<OktaUser> & { readonly profile: UserProfile; readonly status: OktaUser["status"] },
): Omit<OktaUser, "sequence"> {
  const begun = status === "STAGED" ? null : now;
  return {
    id: oktaId("00u"),
    created: now,
    lastUpdated: now,
    status,
    activated: begun,
    statusChanged: begun,
    lastLogin: null,
    passwordChanged: null,
    profile,
    credentials: { password: undefined, question: undefined, provider: { type: "OKTA", name: "OKTA" } },
    realmId: undefined,
    risk: "NONE",
    groups: new Set(),
    ...more,
  };
}
