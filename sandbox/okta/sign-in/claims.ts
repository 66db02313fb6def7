import { isObject, type Json, type JsonObject } from "../../json.ts";
import type { OktaApp, OktaGroup, OktaUser } from "../model.ts";
import type { OktaOrg } from "../org.ts";
import { systemClaims } from "../server-defaults.ts";
import type { GroupFilterType, OktaClaim } from "../server-model.ts";
import { ExpressionProblem, evaluate } from "./expression.ts";
import type { ExpressionContext } from "./expression-context.ts";
import type { Issuer } from "./issuer.ts";
import { refusal } from "./refusals.ts";
import { standardClaim } from "./standard-claims.ts";

/** For whom and what a token is. */
export interface ClaimSubject {
  readonly app: OktaApp;
  /** Undefined when a client asks for itself. */
  readonly user: OktaUser | undefined;
  readonly scopes: readonly string[];
}

/**
 * Where the claims go: an access token, an ID token on its own, an ID token that comes with an access token and leaves
 * the rest to userinfo, or userinfo.
 */
export type ClaimPlace = "access" | "identity" | "thin identity" | "userinfo";

/** Most groups that a groups claim may hold. */
const mostGroups = 100;

type Rule = Omit<OktaClaim, "id" | "sequence">;

/**
 * The claims of the issuer that fit the place and the scopes, without those that come to nothing. Throws Okta's refusal
 * when a groups claim matches more than a hundred groups.
 */
export function claimsFor(org: OktaOrg, issuer: Issuer, subject: ClaimSubject, place: ClaimPlace): JsonObject {
  const { app, scopes } = subject;
  const wanted = place === "access" ? "RESOURCE" : "IDENTITY";
  const claims: JsonObject = {};
  for (const rule of issuer.server === undefined ? orgClaims(app) : issuer.server.claims.values()) {
    if (rule.status !== "ACTIVE" || rule.claimType !== wanted) continue;
    if (place === "thin identity" && !rule.alwaysIncludeInToken) continue;
    if (rule.scopes.length > 0 && !rule.scopes.some((scope) => scopes.includes(scope))) continue;
    const value = claimValue(org, subject, rule);
    if (value !== null) claims[rule.name] = value;
  }
  return claims;
}

/** The org's own server has Okta's claims, and the groups claim of the app for the scope `groups`. */
function orgClaims(app: OktaApp): readonly Rule[] {
  const own = systemClaims.map(
    (claim): Rule => ({ ...claim, status: "ACTIVE", groupFilterType: undefined, system: true }),
  );
  const { name, valueType, groupFilterType, value } = app.idToken;
  if (typeof name !== "string" || typeof value !== "string") return own;
  return [
    ...own,
    {
      name,
      claimType: "IDENTITY",
      valueType: valueType === "GROUPS" ? "GROUPS" : "EXPRESSION",
      value,
      groupFilterType: (groupFilterType ?? "STARTS_WITH") as GroupFilterType,
      scopes: ["groups"],
      status: "ACTIVE",
      system: false,
      alwaysIncludeInToken: true,
    },
  ];
}

/** null when there is nothing to tell. What cannot be worked out is noted in the sandbox's log. */
function claimValue(org: OktaOrg, subject: ClaimSubject, rule: Rule): Json {
  const { user } = subject;
  const note = (why: string): null => {
    org.requests.note(`claim ${rule.name} (${rule.value ?? ""}) comes to nothing: ${why}`);
    return null;
  };
  switch (rule.valueType) {
    case "SYSTEM":
      return user === undefined ? null : standardClaim(user, rule.name);
    case "GROUPS": {
      if (user === undefined) return null;
      const test = groupTest(rule.groupFilterType ?? "EQUALS", rule.value ?? "");
      if (test === undefined) return note("the regular expression cannot be read");
      const names = groupsOf(org, user).map((group) => group.profile.name);
      const shown = names.filter(test);
      if (shown.length > mostGroups) throw refusal("too_many_groups_in_groups_claim");
      return shown.length === 0 ? null : shown;
    }
    case "EXPRESSION":
      try {
        return evaluate(rule.value ?? "", contextOf(org, subject));
      } catch (error) {
        if (error instanceof ExpressionProblem) return note(error.message);
        throw error;
      }
  }
}

/** The person's groups with Everyone, oldest first. */
function groupsOf(org: OktaOrg, user: OktaUser): readonly OktaGroup[] {
  return org.groups.filter((group) => group.type === "BUILT_IN" || user.groups.has(group.id));
}

function groupTest(type: GroupFilterType, value: string): ((name: string) => boolean) | undefined {
  const wanted = value.toLowerCase();
  switch (type) {
    case "STARTS_WITH":
      return (name) => name.toLowerCase().startsWith(wanted);
    case "EQUALS":
      return (name) => name.toLowerCase() === wanted;
    case "CONTAINS":
      return (name) => name.toLowerCase().includes(wanted);
    case "REGEX":
      try {
        const pattern = new RegExp(`^(?:${value})$`, "s");
        return (name) => pattern.test(name);
      } catch {
        return undefined;
      }
  }
}

function contextOf(org: OktaOrg, { app, user, scopes }: ClaimSubject): ExpressionContext {
  const groups = user === undefined ? [] : groupsOf(org, user);
  const [subDomain = ""] = org.host.split(".");
  const appUser = user === undefined ? undefined : app.users.get(user.id);
  return {
    variables: {
      user: user === undefined ? null : { ...user.profile, id: user.id, status: user.status, profile: user.profile },
      appuser:
        user === undefined
          ? null
          : {
              ...(isObject(appUser?.profile) ? appUser.profile : {}),
              userName: appUser?.userName ?? user.profile.login,
            },
      app: { id: app.id, clientId: app.clientId, name: app.name, label: app.label, profile: app.profile ?? {} },
      access: { scope: [...scopes] },
      org: { name: subDomain, subDomain },
    },
    groups: groups.map(({ id, type, profile }) => ({ id, type, name: profile.name })),
  };
}
