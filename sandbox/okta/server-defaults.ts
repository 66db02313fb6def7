import type { OktaClaim, OktaScope } from "./server-model.ts";

type ScopeSeed = Pick<OktaScope, "name" | "displayName" | "description">;

/** The scopes that every new authorization server has, in Okta's words. */
export const systemScopes: readonly ScopeSeed[] = [
  { name: "openid", displayName: "openid", description: "Signals that a request is an OpenID request." },
  {
    name: "profile",
    displayName: "View your profile information.",
    description:
      "The exact data varies based on what profile information you have provided, such as: name, time zone, picture, or birthday.",
  },
  {
    name: "email",
    displayName: "View your email address.",
    description: "This allows the app to view your email address.",
  },
  {
    name: "address",
    displayName: "View your address.",
    description: "This allows the app to view your address, such as: street address, city, state, and zip code.",
  },
  {
    name: "phone",
    displayName: "View your phone number.",
    description: "This allows the app to view your phone number.",
  },
  {
    name: "offline_access",
    displayName: "Keep you signed in to the app.",
    description: "This keeps you signed in to the app, even when you are not using it.",
  },
  {
    name: "device_sso",
    displayName: "Request device secret.",
    description: "This allows you to single sign on between native client applications on your device.",
  },
];

type ClaimSeed = Pick<OktaClaim, "name" | "claimType" | "valueType" | "value" | "scopes" | "alwaysIncludeInToken">;

function standard(name: string, scope = "profile", alwaysIncludeInToken = false): ClaimSeed {
  return { name, claimType: "IDENTITY", valueType: "SYSTEM", value: undefined, scopes: [scope], alwaysIncludeInToken };
}

/** The claims that every new authorization server has, in the order in which Okta lists them. */
export const systemClaims: readonly ClaimSeed[] = [
  standard("middle_name"),
  standard("zoneinfo"),
  standard("website"),
  standard("updated_at"),
  standard("profile"),
  standard("preferred_username", "profile", true),
  standard("picture"),
  standard("phone_number", "phone"),
  standard("nickname"),
  standard("name", "profile", true),
  {
    name: "sub",
    claimType: "RESOURCE",
    valueType: "EXPRESSION",
    value: "(appuser != null) ? appuser.userName : app.clientId",
    scopes: [],
    alwaysIncludeInToken: true,
  },
  standard("locale"),
  standard("given_name"),
  standard("gender"),
  standard("family_name"),
  standard("email_verified", "email"),
  standard("email", "email", true),
  standard("birthdate"),
  standard("address", "address"),
];
