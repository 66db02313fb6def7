import { clientAuthOf, fieldsOfSource, type Source } from "../desired/capability.ts";
import type { Issue } from "../errors/issue.ts";
import type { SignIn } from "../tenant/tenant.ts";
import type { Rule, UsedSignIn } from "./rule.ts";

/** Fields that only another kind of identity provider can express are refused, never left out unsaid. */
export const fieldsFitTheKind: Rule = ({ signIns }) =>
  signIns.flatMap(({ tenant, signIn, source }) =>
    Object.entries(fieldsOfSource).flatMap(([kind, fields]) =>
      fields.flatMap((field): readonly Issue[] => {
        if (signIn[field] === undefined || fieldsOfSource[source.kind].includes(field)) return [];
        const key = keyOf(field, signIn);
        const path = ["signIns", signIn.name, key];
        return [
          {
            code: "RULE_FIELD_FOREIGN" as const,
            ...tenant.positionOf(path),
            path,
            message: `\`${key}\` is for identity providers of kind ${kind}, and ${named(signIn, source)}`,
            hint: `remove \`${key}\``,
          },
        ];
      }),
    ),
  );

/** Who may come in is said, never assumed. A draft may leave it open. */
export const somebodyMayComeIn: Rule = ({ signIns }) =>
  signIns.flatMap(({ tenant, signIn, source, draft }): readonly Issue[] => {
    if (draft) return [];
    const path = ["signIns", signIn.name];
    const issue = (message: string, hint: string): readonly Issue[] => [
      { code: "RULE_ASSIGNMENT_MISSING" as const, ...tenant.positionOf(path), path, message, hint },
    ];
    switch (source.kind) {
      case "okta":
        if (signIn.assignment !== undefined) return [];
        return issue(
          `nothing says who may come in by \`${signIn.idp}\``,
          "add `groups: [NAME]`, or `everyone: true` to let all people of the org in",
        );
      case "auth0":
        if (signIn.enabledConnections !== undefined) return [];
        return issue(
          `nothing says by which connections people come in at \`${signIn.idp}\``,
          "add `enabledConnections: [NAME]` with the customer's connection at Auth0",
        );
      case "external":
        return [];
      default:
        return source satisfies never;
    }
  });

/** What the customer hands over must be there before anything is made of it. Each missing value is named. */
export const handedOverIsThere: Rule = ({ signIns, uses }) => {
  const withSecret = new Set(
    uses.filter((use) => clientAuthOf(use)?.startsWith("client_secret") === true).map(({ signIn }) => signIn),
  );
  return signIns.flatMap((one) => {
    const { external } = one.signIn;
    if (external === undefined || one.draft) return [];
    return [
      ...(external.issuer === undefined ? [missing(one, "issuer", "the provider's issuer")] : []),
      ...(external.clientId === undefined ? [missing(one, "clientId", "the id of the client")] : []),
      ...(external.clientSecret === undefined && withSecret.has(one.signIn)
        ? [missing(one, "clientSecret", "a reference to the client's secret")]
        : []),
    ];
  });
};

function missing({ tenant, signIn }: UsedSignIn, key: string, what: string): Issue {
  const path = ["signIns", signIn.name, "external", key];
  return {
    code: "RULE_EXTERNAL_MISSING" as const,
    ...tenant.positionOf(path),
    path,
    message: `\`external.${key}\` is missing, and \`${tenant.tenant}\` is ${tenant.status}`,
    hint: `add \`${key}:\` with ${what}, or set \`status: draft\` until the customer has handed it over`,
  };
}

/** A name that Auth0 takes, and one display name for the one organization of a tenant. */
export const organizationHasOneName: Rule = ({ signIns }) => {
  const byOrganization = Map.groupBy(
    signIns.filter(({ source }) => source.kind === "auth0"),
    ({ tenant, signIn }) => `${tenant.tenant}\n${signIn.idp}`,
  );
  return [...byOrganization.values()].flatMap((all) => [
    ...all.slice(0, 1).flatMap(nameTooLong),
    ...twoDisplayNames(all.filter(({ signIn }) => signIn.organization?.displayName !== undefined)),
  ]);
};

/** Longest name of an organization (Auth0 Management API, "Create an organization"). */
const longestName = 50;

function nameTooLong({ tenant, signIn, source }: UsedSignIn): readonly Issue[] {
  if (source.kind !== "auth0") return [];
  const name = source.organizationName.replaceAll("{tenant}", tenant.tenant);
  if (name.length <= longestName) return [];
  return [
    {
      code: "RULE_ORGANIZATION_NAME",
      ...tenant.positionOf(["tenant"]),
      path: ["tenant"],
      message: `the organization \`${name}\` at \`${signIn.idp}\` has ${name.length} characters; Auth0 takes ${longestName}`,
      hint: `shorten \`organizationName\` of \`${signIn.idp}\` in tenantry.yaml, or the slug of a tenant that is not live yet`,
    },
  ];
}

function twoDisplayNames([first, ...others]: readonly UsedSignIn[]): readonly Issue[] {
  if (first === undefined) return [];
  const path = (signIn: SignIn) => ["signIns", signIn.name, "organization", "displayName"];
  return others
    .filter(({ signIn }) => signIn.organization?.displayName !== first.signIn.organization?.displayName)
    .map(({ tenant, signIn }) => ({
      code: "RULE_ORGANIZATION_NAME" as const,
      ...tenant.positionOf(path(signIn)),
      path: path(signIn),
      message: `\`${tenant.tenant}\` has one organization at \`${signIn.idp}\`, and two display names for it`,
      hint: "write the same display name, or only one of them",
      related: [{ ...tenant.positionOf(path(first.signIn)), message: "the other stands here" }],
    }));
}

/** The YAML key of a field. */
function keyOf(field: keyof SignIn, signIn: SignIn): string {
  if (field === "server") return "authorizationServer";
  if (field !== "assignment") return field;
  return signIn.assignment?.everyone === true ? "everyone" : "groups";
}

function named(signIn: SignIn, source: Source): string {
  return source.kind === "external" ? "this one is the customer's own" : `\`${signIn.idp}\` is ${source.kind}`;
}
