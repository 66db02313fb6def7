import type { Issue, Position } from "../errors/issue.ts";
import type { DocumentPath } from "./document.ts";
import type { WrittenWorkspace } from "./schema.ts";

/**
 * An org, or an Auth0 tenant, is one identity provider: of two, each would take the other's clients, which carry the
 * same workspace and environment in their marker, for such that no file declares.
 *
 * @param positionOf where a value stands, the environment's own where it has one
 */
export function idpTwice(
  { identityProviders }: Pick<WrittenWorkspace, "identityProviders">,
  positionOf: (path: DocumentPath) => Position,
): readonly Issue[] {
  const byDomain = Map.groupBy(Object.entries(identityProviders), ([, idp]) => idp.domain);
  const pathOf = (name: string): DocumentPath => ["identityProviders", name, "domain"];
  return [...byDomain.values()].flatMap(([first, ...others]) => {
    if (first === undefined) return [];
    const [name, { domain }] = first;
    return others.map(([other]) => ({
      code: "WORKSPACE_IDP_TWICE" as const,
      ...positionOf(pathOf(other)),
      path: pathOf(other),
      message: `\`${name}\` is \`${domain}\` already`,
      hint: `let all tenants name \`${name}\`; what differs between them, such as the authorization server, a sign-in can say`,
      related: [{ ...positionOf(pathOf(name)), message: `\`${domain}\` stands here first` }],
    }));
  });
}
