import type { AppAdapter } from "../app/app.ts";
import { checkPlainSecret } from "../app/plain-secret.ts";
import { withSecretSink } from "../app/secret-sink.ts";
import { gitSight } from "../engine/git-ignored.ts";
import { openFileSecrets } from "../secret/file-manager.ts";
import { SecretFault } from "../secret/remote.ts";
import type { SecretManager } from "../secret/sink.ts";
import type { RemoteReference } from "../workspace/reference.ts";
import type { App } from "../workspace/workspace.ts";
import type { OpenOptions } from "./open-options.ts";

/** The app with its secrets in the sink that it names. Asks nothing yet. */
export function withSinkOf(app: App, template: string, adapter: AppAdapter, options: OpenOptions): AppAdapter {
  const { workspace, redactor } = options;
  return withSecretSink(adapter, {
    template,
    workspace: workspace.name,
    environment: workspace.environment,
    manager: () => managerOf(app, template, options),
    know: (secret) => redactor.know(secret),
  });
}

async function managerOf(app: App, template: string, options: OpenOptions): Promise<SecretManager> {
  if (template.startsWith("file:")) {
    const environment = options.tools?.environment ?? {};
    return openFileSecrets({
      root: options.workspace.root,
      check: (path, shown) =>
        checkPlainSecret({ app: app.name, path, shown, isIgnored: (at) => gitSight(at, environment) }),
    });
  }
  const { managers } = options;
  if (managers === undefined) throw new SecretFault("SECRET_MANAGER_UNNAMED", "no secret manager is asked in this run");
  return managers.of(template.slice(0, template.indexOf(":")) as RemoteReference["scheme"]);
}
