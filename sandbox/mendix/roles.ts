import type { JWTPayload } from "jose";
import type { Configuration } from "./configuration.ts";

/** A role of the played app, by the GUID of the model and by its name. */
const appRoles: Readonly<Record<string, string>> = {
  "c1c31b36-2779-4ddd-a6e7-eaff22ad382c": "Administrator",
  "a3f0de2b-5a54-4d8e-9a4c-6a1a2f2a7b11": "Planner",
  "0b4f6f2e-9f6c-4f0a-8f3e-6d8f1f1c2d33": "User",
};

/** The microflow of that name is not there, or is no token parser. */
export class ParserMissing extends Error {}

function known(texts: readonly string[]): readonly string[] {
  const names = Object.values(appRoles);
  return texts.flatMap((text) => appRoles[text.toLowerCase()] ?? (names.includes(text) ? text : []));
}

function textsOf(claim: unknown): readonly string[] {
  if (typeof claim === "string") return claim.split(" ");
  return Array.isArray(claim) ? claim.filter((each) => typeof each === "string") : [];
}

/** What the module's own token parsers make of a token; `custom` is what a microflow of the app's own would. */
export function rolesOf({ customAtp, defaultRole }: Configuration, token: JWTPayload): readonly string[] {
  // From version 4.0.0 on the default role is there besides.
  const also = defaultRole === "" ? [] : [defaultRole];
  const unique = (roles: readonly string[]): readonly string[] => [...new Set([...roles, ...also])];
  switch (customAtp) {
    case "":
      return unique([]);
    case "OIDC.Default_Azure_TokenProcessing_CustomATP":
      return unique(known(textsOf(token.roles)));
    case "OIDC.Default_SAM_TokenProcessing_CustomATP": {
      const claimed = textsOf(token["sws.samauth.role.name"]);
      const roles = known(claimed);
      return unique(roles.length > 0 ? roles : ["User"]);
    }
    case "OIDC.Default_OIDCProvider_TokenProcessing_CustomATP":
      return unique(known(textsOf(token.scope ?? token.scp)));
    default:
      throw new ParserMissing("Custom microflow implementation should be required to process Access_token roles");
  }
}
