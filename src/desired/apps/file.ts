import type { FileApp } from "../../workspace/apps/file.ts";
import { fillSink } from "../../workspace/secret-sink.ts";
import type { AppKind, AppUse } from "../app-kind.ts";

/** Where the file of a connection is, relative to the workspace. */
function pathOf({ app, tenant, signIn, workspace, environment }: AppUse<FileApp>): string {
  return fillSink(app.path, { tenant: tenant.tenant, app: app.name, signIn: signIn.name, workspace, environment });
}

const own = { as: "applied", note: "a value of its own" } as const;

/** What an app of kind `file` can express: everything, because the file is made for it. */
export const fileKind: AppKind<"file"> = {
  kind: "file",
  gate: "atomic",
  tenantRow: true,
  callback: () => "computed",
  // The tenant's name and domains stand in the files of all its connections.
  lockScope: () => "tenant",
  secret: (app) => (app.secretSink === undefined ? "written" : "sink"),
  capability: {
    name: own,
    domains: { as: "applied", note: "those that are proven" },
    issuer: own,
    endpoints: own,
    clientId: own,
    clientSecret: { as: "applied", note: "in the sink, or in a file that git ignores" },
    clientAuth: own,
    redirectUri: own,
    scopes: own,
    pkce: own,
    responseMode: own,
    acrValues: own,
    extraParams: own,
    claims: own,
    roles: own,
    require: own,
    provision: own,
    endSession: own,
    session: own,
    suspended: { as: "applied", note: "`state`, and no client in the file" },
  },
  target: (use) => ({ path: pathOf(use), content: "as written" }),
  audit: () => [],
  manualSteps: () => [],
  // Files and sinks of all apps are compared together (`sinksAreTheirOwn`).
  unique: () => [],
};
