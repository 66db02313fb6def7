import type { Issue } from "../errors/issue.ts";
import type { Tenant } from "../tenant/tenant.ts";
import { nearest } from "../workspace/nearest.ts";
import { isHere, type Rule } from "./rule.ts";

/**
 * Identity providers, apps, sign-ins and environments that a tenant names must exist. An environment may have identity
 * providers and apps of its own, so those are looked for only where the tenant is.
 */
export const namesExist: Rule = ({ workspace, environments, tenants }) =>
  tenants.flatMap((tenant) => [
    ...[...tenant.signIns.values()].flatMap((signIn) =>
      signIn.external !== undefined || signIn.inline !== undefined || !isHere(tenant, workspace)
        ? []
        : unknown(
            tenant,
            "RULE_IDP_UNKNOWN",
            ["signIns", signIn.name, "idp"],
            `identity provider \`${signIn.idp}\``,
            signIn.idp,
            [...workspace.identityProviders.keys()],
          ),
    ),
    ...tenant.connections.flatMap((entry, index) => [
      ...(isHere(tenant, workspace)
        ? unknown(tenant, "RULE_APP_UNKNOWN", ["connections", index, "app"], `app \`${entry.app}\``, entry.app, [
            ...workspace.apps.keys(),
          ])
        : []),
      ...unknown(
        tenant,
        "RULE_SIGN_IN_UNKNOWN",
        ["connections", index, "signIn"],
        `sign-in \`${entry.signIn}\``,
        entry.signIn,
        [...tenant.signIns.keys()],
      ),
    ]),
    ...(tenant.environments ?? []).flatMap((name, index) =>
      unknown(
        tenant,
        "RULE_ENVIRONMENT_UNKNOWN",
        ["environments", index],
        `environment \`${name}\``,
        name,
        environments,
      ),
    ),
  ]);

function unknown(
  tenant: Tenant,
  code: Issue["code"],
  path: readonly (string | number)[],
  what: string,
  name: string,
  known: readonly string[],
): readonly Issue[] {
  if (known.includes(name)) return [];
  const near = nearest(name, known);
  return [
    {
      code,
      ...tenant.positionOf(path),
      path,
      message: `there is no ${what}`,
      hint: near === undefined ? `known: ${known.join(", ") || "none"}` : `did you mean \`${near}\`?`,
    },
  ];
}
