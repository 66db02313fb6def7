import { canonicalJson } from "../desired/json.ts";
import type { SignIn } from "../tenant/tenant.ts";
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

/** An authorization server that is named is looked up and made by us: an engine's program has no part in it. */
export const namedServerIsOurs: Rule = ({ signIns }) =>
  signIns.flatMap(({ tenant, signIn, source }) => {
    if (signIn.server === undefined || source.kind !== "okta" || source.engine === "direct") return [];
    const path = ["signIns", signIn.name, "authorizationServer"];
    return [
      {
        code: "RULE_SERVER_ENGINE" as const,
        ...tenant.positionOf(path),
        path,
        message: `\`${signIn.idp}\` is carried by ${source.engine}, which finds and makes no authorization server by its name`,
        hint: `write the server's id, or set \`engine: direct\` for \`${signIn.idp}\` in tenantry.yaml`,
      },
    ];
  });

/** One server is described alike wherever it is, and sends the groups that roles go by. */
export const namedServerIsOne: Rule = ({ signIns }) => {
  const described = signIns.flatMap((one) => (one.signIn.server?.audience === undefined ? [] : [one]));
  const byPlace = Map.groupBy(described, ({ signIn }) => `${signIn.idp}\n${signIn.server?.name}`);
  return [...byPlace.values()].flatMap(([first, ...others]) =>
    others
      .filter(({ signIn }) => likeness(signIn) !== (first === undefined ? "" : likeness(first.signIn)))
      .map(({ tenant, signIn }) => {
        const path = ["signIns", signIn.name, "authorizationServer"];
        return {
          code: "RULE_SERVER_TWICE" as const,
          ...tenant.positionOf(path),
          path,
          message: `the authorization server \`${signIn.server?.name}\` of \`${signIn.idp}\` is described in two ways`,
          hint: "describe it alike, or leave all but `name` out in the other place",
          related:
            first === undefined
              ? []
              : [
                  {
                    ...first.tenant.positionOf(["signIns", first.signIn.name, "authorizationServer"]),
                    message: "the other stands here",
                  },
                ],
        };
      }),
  );
};

/** A server that we make sends no groups unless the file says so. */
export const namedServerSendsGroups: Rule = ({ signIns }) =>
  signIns.flatMap(({ tenant, signIn }) => {
    const { server, roles } = signIn;
    if (server?.audience === undefined || roles?.claim !== "groups" || server.groupsClaim?.name === "groups") return [];
    const path = ["signIns", signIn.name, "roles", "claim"];
    return [
      {
        code: "RULE_GROUPS_CLAIM" as const,
        ...tenant.positionOf(path),
        path,
        message: `the authorization server \`${server.name}\` is made without a claim \`groups\`, so nobody would get a role`,
        hint: 'add `groupsClaim: { filter: "…" }` to it, a regular expression of the groups to send',
      },
    ];
  });

function likeness({ server }: SignIn): string {
  return canonicalJson(JSON.parse(JSON.stringify(server ?? null)));
}
