import type { Issue, Position } from "../errors/issue.ts";
import type { DocumentPath } from "./document.ts";
import { nearest } from "./nearest.ts";
import type { WrittenWorkspace } from "./schema.ts";

/**
 * An app of kind `auth0` is the Auth0 tenant of an identity provider of this workspace.
 *
 * @param positionOf where a value stands, the environment's own where it has one
 */
export function appIdpIssues(
  { apps, identityProviders }: Pick<WrittenWorkspace, "apps" | "identityProviders">,
  positionOf: (path: DocumentPath) => Position,
): readonly Issue[] {
  return Object.entries(apps).flatMap(([name, app]): readonly Issue[] => {
    if (app.kind !== "auth0" || identityProviders[app.identityProvider]?.kind === "auth0") return [];
    const known = Object.entries(identityProviders).flatMap(([idp, { kind }]) => (kind === "auth0" ? [idp] : []));
    const path = ["apps", name, "identityProvider"];
    const near = nearest(app.identityProvider, known);
    return [
      {
        code: "WORKSPACE_APP_IDP",
        ...positionOf(path),
        path,
        message: `there is no identity provider \`${app.identityProvider}\` of kind auth0`,
        hint: near === undefined ? `of kind auth0 are: ${known.join(", ") || "none"}` : `did you mean \`${near}\`?`,
      },
    ];
  });
}
