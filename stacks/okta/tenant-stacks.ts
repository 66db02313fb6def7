import { join, relative, resolve } from "node:path";
import type { Connection, ConnectionKey, Registration } from "../../src/desired/connection.ts";
import { compareText } from "../../src/errors/issue.ts";
import { backendOf } from "../../src/workspace/backend-name.ts";
import type { OktaIdentityProvider, TerraformBackend, Workspace } from "../../src/workspace/workspace.ts";
import type { OktaStackInput } from "./okta-stack.ts";

/** One tenant's stack at one org, as it stands in a folder of stacks. */
export interface TenantStack {
  /** The tenant; with the identity provider behind a dot where the workspace has several Okta orgs. */
  readonly name: string;
  readonly tenant: string;
  readonly idp: string;
  readonly connections: readonly ConnectionKey[];
  readonly input: OktaStackInput;
}

/** Where the stacks are below the folder that is written, as cdktf has it. */
export const stacksFolder = "stacks";

/** The name of the file that a stack is. */
export const stackFile = "cdk.tf.json";

/**
 * The stacks of all tenants that have clients at an Okta org, whatever carries them out: active ones and those that are
 * switched off and kept. Sorted by name.
 *
 * @param out absolute folder that the stacks are written to: a state on disk is named from there
 */
export function tenantStacks(
  workspace: Workspace,
  connections: readonly Connection[],
  out: string,
): readonly TenantStack[] {
  const orgs = [...workspace.identityProviders.values()]
    .filter((idp) => idp.kind === "okta")
    // An org of a customer's own is never carried by an engine that keeps a state.
    .filter(({ tenant }) => tenant === undefined);
  return orgs
    .flatMap((idp) => {
      const clients = Map.groupBy(
        connections.filter(({ registration }) => registration.idp === idp.name && registration.state !== "absent"),
        ({ tenant }) => tenant,
      );
      return [...clients].map(([tenant, of]): TenantStack => {
        const name = orgs.length === 1 ? tenant : `${tenant}.${idp.name}`;
        return {
          name,
          tenant,
          idp: idp.name,
          connections: of.map(({ key }) => key),
          input: inputOf(
            workspace,
            idp,
            tenant,
            of.map(({ registration }) => registration),
            join(out, stacksFolder, name),
          ),
        };
      });
    })
    .sort((a, b) => compareText(a.name, b.name));
}

function inputOf(
  workspace: Workspace,
  idp: OktaIdentityProvider,
  tenant: string,
  registrations: readonly Registration[],
  folder: string,
): OktaStackInput {
  const { backend, providerVersion } = workspace.engines.terraform;
  const owner = { tenant, idp: idp.name, workspace: workspace.name, environment: workspace.environment };
  return {
    provider: { domain: idp.domain, version: providerVersion, share: idp.limits.share },
    backend:
      backend === undefined
        ? { kind: "local", settings: { path: "terraform.tfstate" } }
        : seenFrom(folder, workspace.root, backendOf(backend, owner)),
    registrations,
  };
}

/** Terraform reads a path from the stack's folder; in the workspace's file it is meant from there. */
function seenFrom(folder: string, root: string, backend: TerraformBackend): TerraformBackend {
  const { path } = backend.settings;
  if (backend.kind !== "local" || typeof path !== "string" || resolve("/", path) === path) return backend;
  return { kind: "local", settings: { ...backend.settings, path: relative(folder, resolve(root, path)) } };
}
