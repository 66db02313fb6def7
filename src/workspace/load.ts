import type { Issue } from "../errors/issue.ts";
import { appIdpIssues } from "./app-fit.ts";
import { resolveApp } from "./app-schema.ts";
import { referenceOf, referenceOrText } from "./apps/common.ts";
import { type DocumentPath, readDocument, type YamlDocument } from "./document.ts";
import { parseDuration } from "./duration.ts";
import { engineIssues, stateOfTwoEnvironments } from "./engine-fit.ts";
import { environmentKeys, isRaw, layOver } from "./environment.ts";
import type { Files } from "./files.ts";
import { idpTwice } from "./idp-twice.ts";
import { nearest } from "./nearest.ts";
import { baseSchema, environmentSchema, type WrittenWorkspace } from "./schema.ts";
import { schemaIssues } from "./schema-issue.ts";
import { resolveSecretSettings } from "./secrets.ts";
import type { App, EngineSettings, IdentityProvider, TerraformBackend, Workspace } from "./workspace.ts";

/** The workspace's own file. */
export const workspaceFile = "tenantry.yaml";

const largest = 256 * 1024;

const codes = {
  unknownKey: "WORKSPACE_UNKNOWN_KEY",
  missingKey: "WORKSPACE_MISSING_KEY",
  wrongValue: "WORKSPACE_WRONG_VALUE",
  literalSecret: "WORKSPACE_LITERAL_SECRET",
} as const;

/** The workspace in one environment; or every issue of its file, those of other environments included. */
export type LoadedWorkspace =
  | {
      readonly workspace: Workspace;
      /** All environments that the file knows. */
      readonly environments: readonly string[];
      readonly document: YamlDocument;
      readonly issues: readonly [];
    }
  | { readonly workspace?: undefined; readonly issues: readonly Issue[] };

/**
 * Reads `tenantry.yaml`, lays every environment over it and validates each, then gives the one asked for (the file's
 * own `environment:` when none is).
 *
 * @param root absolute folder of the workspace, for `Workspace.root` only
 */
export function loadWorkspace(files: Files, root: string, environment: string | undefined): LoadedWorkspace {
  const read = readDocument(files, workspaceFile, largest);
  if ("issues" in read) return { issues: read.issues };
  const { document } = read;
  const base = baseSchema.safeParse(document.value, { reportInput: true });
  const overrides = isRaw(document.value) && isRaw(document.value.environments) ? document.value.environments : {};
  const issues: Issue[] = [];
  if (!base.success) issues.push(...schemaIssues(base.error, { codes, schema: baseSchema, ...document }));
  const clashes = base.success ? clashesOf(base.data, document.positionOf) : [];
  issues.push(...clashes);
  const valid = new Map<string, WrittenWorkspace>();
  for (const [name, override] of Object.entries(overrides)) {
    const result = validateEnvironment(document, name, override, base.success);
    if ("issues" in result) issues.push(...result.issues);
    else {
      valid.set(name, result.written);
      // What is wrong in the base is said once, by the base.
      const said = new Set(clashes.map(({ path }) => path.join("/")));
      issues.push(...clashesIn(document, name, result.written).filter(({ path }) => !said.has(path.join("/"))));
    }
  }
  if (base.success) {
    const all = new Map([[base.data.environment, base.data as WrittenWorkspace], ...valid]);
    issues.push(
      ...stateOfTwoEnvironments(all, (name, path) => {
        const place = placeIn(document, name, path);
        return { path: place, position: document.positionOf(place) };
      }),
    );
  }
  if (!base.success || issues.length > 0) return { issues };

  const own = base.data.environment;
  const environments = [...new Set([own, ...Object.keys(overrides)])];
  const wanted = environment ?? own;
  if (!environments.includes(wanted)) {
    const near = nearest(wanted, environments);
    return {
      issues: [
        {
          code: "WORKSPACE_UNKNOWN_ENVIRONMENT",
          ...document.positionOfKey(["environments"]),
          path: ["environments"],
          message: `the workspace has no environment \`${wanted}\``,
          hint: near === undefined ? `name one of: ${environments.join(", ")}` : `did you mean \`${near}\`?`,
        },
      ],
    };
  }
  const { environments: _environments, ...written } = base.data;
  return {
    workspace: resolve(valid.get(wanted) ?? written, root, wanted),
    environments,
    document,
    issues: [],
  };
}

function validateEnvironment(
  document: YamlDocument,
  name: string,
  override: unknown,
  baseIsValid: boolean,
): { readonly written: WrittenWorkspace } | { readonly issues: readonly Issue[] } {
  const at: DocumentPath = ["environments", name];
  if (!isRaw(override)) {
    return {
      issues: [
        {
          code: "WORKSPACE_WRONG_VALUE",
          ...document.positionOf(at),
          path: at,
          message: `\`environments.${name}\` must be a map of keys and values`,
          hint: "write the keys that differ in this environment, or remove it",
        },
      ],
    };
  }
  const misplaced = Object.keys(override).filter((key) => !(environmentKeys as readonly string[]).includes(key));
  const issues: Issue[] = misplaced.map((key) => {
    const near = nearest(key, environmentKeys);
    return {
      code: "WORKSPACE_UNKNOWN_KEY",
      ...document.positionOfKey([...at, key]),
      path: [...at, key],
      message: `unknown key \`${key}\` in \`environments.${name}\``,
      hint: near === undefined ? `an environment can have: ${environmentKeys.join(", ")}` : `did you mean \`${near}\`?`,
    };
  });
  const base = isRaw(document.value) ? document.value : {};
  const merged = environmentSchema.safeParse(layOver(base, override), { reportInput: true });
  if (merged.success && issues.length === 0) return { written: merged.data };
  if (!merged.success) {
    const found = schemaIssues(merged.error, {
      codes,
      schema: environmentSchema,
      positionOf: (path) => (isIn(override, path) ? document.positionOf([...at, ...path]) : document.positionOf(path)),
      positionOfKey: (path) =>
        isIn(override, path) ? document.positionOfKey([...at, ...path]) : document.positionOfKey(path),
    });
    // What is wrong in the base is said once, by the base.
    for (const issue of found) {
      const own = isIn(override, issue.path);
      const said = issue.path.length === 1 && misplaced.includes(String(issue.path[0]));
      if ((baseIsValid || own) && !said) issues.push(own ? { ...issue, path: [...at, ...issue.path] } : issue);
    }
  }
  return { issues };
}

/** Values that are right by themselves and do not go together. */
function clashesOf(written: WrittenWorkspace, positionOf: YamlDocument["positionOf"]): readonly Issue[] {
  return [...idpTwice(written, positionOf), ...appIdpIssues(written, positionOf), ...engineIssues(written, positionOf)];
}

/** Those in an environment, each told of where the environment or the base has it. */
function clashesIn(document: YamlDocument, name: string, written: WrittenWorkspace): readonly Issue[] {
  const placeOf = (path: DocumentPath) => placeIn(document, name, path);
  return clashesOf(written, (path) => document.positionOf(placeOf(path))).map((issue) => ({
    ...issue,
    path: placeOf(issue.path),
    message: `${issue.message} (in the environment \`${name}\`)`,
  }));
}

/** Where a value of an environment stands: in its overrides, or in the base. */
function placeIn({ value }: YamlDocument, name: string, path: DocumentPath): DocumentPath {
  const own: DocumentPath = ["environments", name, ...path];
  return isIn(value, own) ? own : path;
}

function isIn(override: unknown, path: DocumentPath): boolean {
  let value = override;
  for (const step of path) {
    if (Array.isArray(value)) value = value[Number(step)];
    else if (isRaw(value)) value = value[String(step)];
    else return false;
    if (value === undefined) return false;
  }
  return path.length > 0;
}

function resolve(written: WrittenWorkspace, root: string, environment: string): Workspace {
  return {
    name: written.workspace,
    environment,
    root,
    references: written.references,
    store: written.store === undefined ? undefined : { url: referenceOrText(written.store.url) },
    identityProviders: new Map(
      Object.entries(written.identityProviders).map(([name, idp]): [string, IdentityProvider] => {
        return [name, resolveIdentityProvider(name, idp)];
      }),
    ),
    apps: new Map(
      Object.entries(written.apps).map(([name, app]): [string, App] => [
        name,
        resolveApp(name, app, (idp) => signInHostOf(written.identityProviders[idp])),
      ]),
    ),
    engines: resolveEngines(written.engines),
    secrets: resolveSecretSettings(written.secrets),
    verify: {
      allowPrivate: written.verify.allowPrivate,
      resolvers: written.verify.resolvers,
      deadline: milliseconds(written.verify.deadline),
      budget: written.verify.budget === undefined ? undefined : milliseconds(written.verify.budget),
      parallelism: written.verify.parallelism,
      proxy: written.verify.proxy,
      maxAge: milliseconds(written.verify.maxAge),
      wrongSecretControl: written.verify.wrongSecretControl,
    },
    guards: written.guards,
    connect: written.connect === undefined ? undefined : resolveConnect(written.connect),
    envFile: written.envFile,
  };
}

function resolveIdentityProvider(name: string, idp: WrittenWorkspace["identityProviders"][string]): IdentityProvider {
  switch (idp.kind) {
    case "okta": {
      const { credentials } = idp;
      const resolved =
        "apiToken" in credentials
          ? { apiToken: referenceOf(credentials.apiToken) }
          : { ...credentials, privateKey: referenceOf(credentials.privateKey) };
      return { ...idp, name, credentials: resolved };
    }
    case "auth0": {
      const { credentials } = idp;
      const resolved =
        "token" in credentials
          ? { token: referenceOf(credentials.token) }
          : { ...credentials, clientSecret: referenceOf(credentials.clientSecret) };
      return { ...idp, name, credentials: resolved };
    }
    default:
      return idp satisfies never;
  }
}

/** Where people sign in at an identity provider; empty for none. */
function signInHostOf(idp: WrittenWorkspace["identityProviders"][string] | undefined): string {
  if (idp === undefined) return "";
  return (idp.kind === "auth0" ? idp.customDomain : undefined) ?? idp.domain;
}

function resolveEngines({ terraform, pulumi }: WrittenWorkspace["engines"]): EngineSettings {
  // The schema has let only known kinds through, and one of them.
  const [backend] = Object.entries(terraform.backend ?? {}) as [
    TerraformBackend["kind"],
    TerraformBackend["settings"],
  ][];
  return {
    terraform: {
      ...terraform,
      backend: backend && { kind: backend[0], settings: backend[1] },
      encryption: terraform.encryption && { passphrase: referenceOf(terraform.encryption.passphrase) },
      lockTimeout: milliseconds(terraform.lockTimeout),
    },
    pulumi: { ...pulumi, passphrase: pulumi.passphrase === undefined ? undefined : referenceOf(pulumi.passphrase) },
  };
}

function resolveConnect(written: { readonly to: string; readonly ca: string }): Workspace["connect"] {
  const colon = written.to.lastIndexOf(":");
  const host = written.to.slice(0, colon).replace(/^\[|\]$/g, "");
  return { host, port: Number(written.to.slice(colon + 1)), ca: referenceOf(written.ca) };
}

function milliseconds(text: string): number {
  return parseDuration(text) ?? 0;
}
