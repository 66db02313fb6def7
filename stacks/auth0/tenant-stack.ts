import type { Registration } from "../../src/desired/connection.ts";
import { readConnections } from "../workspace-files.ts";
import { projectName, type StackName, scopeOf, stackName } from "./names.ts";

/** Why the files of a folder are not what a stack holds: in words for whoever called Pulumi. */
export class OtherStack extends Error {}

/**
 * The registrations that a stack holds, by its name, as the files of a workspace have them.
 *
 * @param root the workspace's folder
 * @param today ISO date (UTC)
 * @throws OtherStack for a project or stack that the workspace does not have
 * @throws TenantryError CLI_FILES_INVALID with every issue
 */
export function registrationsOf(root: string, { project, stack }: StackName, today: string): readonly Registration[] {
  const scope = scopeOf(stack);
  if (scope === undefined) {
    throw new OtherStack(`the stack ${JSON.stringify(stack)} is not named <environment>.<identity provider>.<tenant>`);
  }
  const { environment, idp, tenant } = scope;
  const { workspace, connections } = readConnections(root, environment, today);
  if (project !== projectName(workspace.name)) {
    throw new OtherStack(`Pulumi's project is ${project}; that of this workspace is ${projectName(workspace.name)}`);
  }
  const kind = workspace.identityProviders.get(idp)?.kind;
  if (kind !== "auth0") {
    const auth0 = [...workspace.identityProviders.values()].filter((each) => each.kind === "auth0");
    const names = auth0.map(({ name }) => stackName({ ...scope, idp: name })).join(" or ") || "none";
    throw new OtherStack(`${idp} is ${kind ?? "no identity provider"}; a stack of this tenant would be ${names}`);
  }
  const own = connections.filter((connection) => connection.tenant === tenant && connection.registration.idp === idp);
  // Without one, whatever the stack holds would be deleted.
  if (own.length === 0) throw new OtherStack(`no file says anything of ${tenant} at ${idp} in ${environment}`);
  return own.map(({ registration }) => registration);
}
