import { compareText, type Issue } from "../errors/issue.ts";
import { readDocument, type YamlDocument } from "../workspace/document.ts";
import { parseDuration } from "../workspace/duration.ts";
import type { Files } from "../workspace/files.ts";
import { parseReference } from "../workspace/reference.ts";
import { schemaIssues } from "../workspace/schema-issue.ts";
import { externalIdp } from "../workspace/workspace.ts";
import { resolveInlineAuth0, resolveInlineOkta } from "./inline.ts";
import { tenantSchema, type WrittenTenant } from "./schema.ts";
import type { Assignment, ExternalClient, SignIn, Tenant } from "./tenant.ts";

/** The folder of tenant files. */
export const tenantsFolder = "tenants";

const largest = 256 * 1024;

const codes = {
  unknownKey: "TENANT_UNKNOWN_KEY",
  missingKey: "TENANT_MISSING_KEY",
  wrongValue: "TENANT_WRONG_VALUE",
  literalSecret: "TENANT_LITERAL_SECRET",
} as const;

/** Every tenant that could be read, and every issue of every file. */
export interface LoadedTenants {
  readonly tenants: readonly Tenant[];
  readonly issues: readonly Issue[];
}

/**
 * Reads all of `tenants/*.yaml`, sorted by name. Names that begin with a dot and files with other endings are left
 * alone; a folder is an issue, because the tenants in it would be left out unsaid.
 */
export function loadTenants(files: Files): LoadedTenants {
  const listed = listTenants(files);
  const tenants: Tenant[] = [];
  const issues: Issue[] = [...listed.issues];
  for (const file of listed.files) {
    const loaded = loadTenant(files, file);
    if (loaded.tenant !== undefined) tenants.push(loaded.tenant);
    issues.push(...loaded.issues);
  }
  if (tenants.length === 0 && issues.length === 0) {
    issues.push(whole(tenantsFolder, "TENANT_NONE", `${tenantsFolder}/ holds no tenant file`));
  }
  return { tenants, issues };
}

/** The paths of all tenant files, sorted, and an issue for whatever else lies where one should be. Reads none of them. */
export function listTenants(files: Files): { readonly files: readonly string[]; readonly issues: readonly Issue[] } {
  const entries = files.list(tenantsFolder);
  if ("reason" in entries) {
    if (entries.reason === "ENOENT") return { files: [], issues: [] };
    const message = `${tenantsFolder}/ cannot be read (${entries.reason})`;
    return { files: [], issues: [whole(tenantsFolder, "FILE_UNREADABLE", message)] };
  }
  const found: string[] = [];
  const issues: Issue[] = [];
  for (const { name, kind } of [...entries].sort((a, b) => compareText(a.name, b.name))) {
    if (name.startsWith(".") || (kind !== "folder" && !/\.ya?ml$/i.test(name))) continue;
    const file = `${tenantsFolder}/${name}`;
    if (kind === "file" && name.endsWith(".yaml")) found.push(file);
    else issues.push(notAFile(file, kind));
  }
  return { files: found, issues };
}

/** The path of a tenant's file. */
export function tenantFile(slug: string): string {
  return `${tenantsFolder}/${slug}.yaml`;
}

/** The text of a tenant file, unchecked; undefined when it cannot be read or is larger than one may be. */
export function textOfTenant(files: Files, file: string): string | undefined {
  const read = files.read(file, largest + 1);
  return "reason" in read || read.size > largest ? undefined : decoder.decode(read.bytes);
}

const decoder = new TextDecoder();

/** One tenant file; every issue of it when there are some. */
export function loadTenant(
  files: Files,
  file: string,
): { readonly tenant?: Tenant; readonly issues: readonly Issue[] } {
  const read = readDocument(files, file, largest);
  if ("issues" in read) return { issues: read.issues };
  const { document } = read;
  const result = tenantSchema.safeParse(document.value, { reportInput: true });
  if (!result.success) {
    return { issues: schemaIssues(result.error, { codes, schema: tenantSchema, ...document }) };
  }
  const issues: Issue[] = [];
  const expected = tenantFile(result.data.tenant);
  if (expected !== file) {
    issues.push({
      code: "TENANT_FILE_NAME",
      ...document.positionOf(["tenant"]),
      path: ["tenant"],
      message: `the file declares the tenant \`${result.data.tenant}\` but is not named ${expected}`,
      hint: `rename the file to ${expected}, or correct the slug if this tenant is not live yet`,
    });
  }
  return { tenant: resolve(result.data, document), issues };
}

function resolve(written: WrittenTenant, document: YamlDocument): Tenant {
  const { signIn, signIns, connections, ...rest } = written;
  const all = signIns ?? (signIn === undefined ? {} : { default: signIn });
  return {
    ...rest,
    signIns: new Map(Object.entries(all).map(([name, value]) => [name, resolveSignIn(rest.tenant, name, value)])),
    connections: connections.map((entry, index) => ({
      ...entry,
      // Looked up when asked for: most never are.
      get position() {
        return document.positionOf(["connections", index]);
      },
    })),
    positionOf: (path) => document.positionOf(signIns === undefined ? shorthand(path) : path),
  };
}

/** `signIns.default.…` of a file that wrote `signIn: …`. */
function shorthand(path: readonly (string | number)[]): readonly (string | number)[] {
  return path[0] === "signIns" && path[1] === "default" ? ["signIn", ...path.slice(2)] : path;
}

type WrittenSignIn = NonNullable<WrittenTenant["signIn"]>;

function resolveSignIn(tenant: string, name: string, written: WrittenSignIn): SignIn {
  const { idp, external, okta, auth0, groups, everyone, session, authorizationServer, ...rest } = written;
  const inline =
    okta !== undefined
      ? resolveInlineOkta(tenant, okta)
      : auth0 === undefined
        ? undefined
        : resolveInlineAuth0(tenant, auth0);
  return {
    ...rest,
    name,
    idp: idp ?? inline?.name ?? externalIdp,
    ...(inline === undefined ? {} : { inline }),
    ...(typeof authorizationServer === "object" ? { server: authorizationServer } : { authorizationServer }),
    external: external === undefined ? undefined : resolveExternal(external),
    assignment: resolveAssignment(groups, everyone),
    session:
      session === undefined
        ? undefined
        : { absolute: milliseconds(session.absolute), idle: milliseconds(session.idle) },
  };
}

function resolveExternal({ clientSecret, ...rest }: NonNullable<WrittenSignIn["external"]>): ExternalClient {
  return { ...rest, clientSecret: clientSecret === undefined ? undefined : parseReference(clientSecret) };
}

function resolveAssignment(
  groups: WrittenSignIn["groups"],
  everyone: WrittenSignIn["everyone"],
): Assignment | undefined {
  if (everyone === true) return { everyone: true };
  if (groups === undefined) return undefined;
  const create = groups.flatMap((group) => (typeof group === "string" ? [] : [group.name]));
  return {
    everyone: false,
    groups: groups.map((group) => (typeof group === "string" ? group : group.name)),
    ...(create.length === 0 ? {} : { create }),
  };
}

function milliseconds(text: string | undefined): number | undefined {
  return text === undefined ? undefined : parseDuration(text);
}

function notAFile(file: string, kind: string): Issue {
  const what =
    kind === "file" ? "does not end in .yaml" : `is ${kind === "folder" ? "a folder" : "a link or special file"}`;
  return {
    ...whole(file, "TENANT_NOT_A_FILE", `${file} ${what}; a tenant is a plain .yaml file`),
    hint: kind === "file" ? "rename it to end in .yaml" : "put the tenant's own file there, or take it away",
  };
}

function whole(file: string, code: Issue["code"], message: string): Issue {
  return {
    code,
    file,
    line: 1,
    column: 1,
    path: [],
    message,
    hint: "check that you are in the right folder and branch",
  };
}
