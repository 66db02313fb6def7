import type { Rule } from "./rule.ts";

/**
 * A groups claim cannot be set up on Okta's org authorization server with OAuth credentials: the internal endpoint for
 * it takes an API token only (facts on okta_app_oauth `groups_claim`; okta/terraform-provider-okta#2745).
 */
export const oktaGroupsClaim: Rule = ({ signIns }) =>
  signIns.flatMap(({ tenant, signIn, source }) => {
    if (source.kind !== "okta" || "apiToken" in source.credentials) return [];
    if (signIn.server !== undefined) return [];
    if ((signIn.authorizationServer ?? source.authorizationServer) !== "org") return [];
    if (signIn.roles?.claim !== "groups") return [];
    return [
      {
        code: "RULE_GROUPS_CLAIM" as const,
        ...tenant.positionOf(["signIns", signIn.name, "roles", "claim"]),
        path: ["signIns", signIn.name, "roles", "claim"],
        message: `\`${signIn.idp}\` uses Okta's org authorization server, which will send no \`groups\` claim`,
        hint: `set \`authorizationServer: default\` for \`${signIn.idp}\` in tenantry.yaml, or give it an API token`,
      },
    ];
  });
