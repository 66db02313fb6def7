import { type Json, textOf } from "../../json.ts";
import type { OktaUser } from "../model.ts";

/** The attribute of a profile that a claim of OpenID Connect is taken from. */
const attributes: Readonly<Record<string, string>> = {
  given_name: "firstName",
  family_name: "lastName",
  middle_name: "middleName",
  nickname: "nickName",
  preferred_username: "login",
  profile: "profileUrl",
  picture: "picture",
  website: "website",
  gender: "gender",
  birthdate: "birthdate",
  zoneinfo: "timezone",
  locale: "locale",
  email: "email",
};

/** Parts of an address, by the attribute that each is taken from. */
const addressParts = [
  ["street_address", "streetAddress"],
  ["locality", "city"],
  ["region", "state"],
  ["postal_code", "zipCode"],
  ["country", "countryCode"],
] as const;

/**
 * A claim of OpenID Connect about somebody, from their profile; null when it says nothing.
 * @see https://openid.net/specs/openid-connect-core-1_0.html#StandardClaims
 */
export function standardClaim({ profile, lastUpdated }: OktaUser, name: string): Json {
  switch (name) {
    case "name":
      return textOf(profile.displayName) ?? `${profile.firstName} ${profile.lastName}`.trim();
    case "email_verified":
      return true;
    case "updated_at":
      return Math.floor(Date.parse(lastUpdated) / 1000);
    case "phone_number":
      return textOf(profile.primaryPhone) ?? textOf(profile.mobilePhone) ?? null;
    case "address": {
      const parts = addressParts.flatMap(([part, attribute]) => {
        const value = textOf(profile[attribute]);
        return value === undefined ? [] : [[part, value] as const];
      });
      return parts.length === 0 ? null : Object.fromEntries(parts);
    }
    default:
      return textOf(profile[attributes[name] ?? ""]) ?? null;
  }
}
