import { domainToASCII } from "node:url";
import { TenantryError } from "../../errors/failure.ts";
import type { Assignment, Contact } from "../../tenant/tenant.ts";
import { type ClientAuth, externalIdp, type Workspace } from "../../workspace/workspace.ts";
import type { WorkspaceOptions } from "../context.ts";
import { type Answers, kindOf, needsSecret, proposeSecret, sharedClientAuth } from "./answers.ts";
import { type Blocks, openFields, readSets } from "./blocks.ts";

export interface NewOptions extends WorkspaceOptions {
  readonly name?: string | undefined;
  readonly domain?: readonly string[] | undefined;
  readonly idp?: string | undefined;
  readonly external?: boolean | undefined;
  readonly app?: readonly string[] | undefined;
  readonly group?: readonly string[] | undefined;
  readonly everyone?: boolean | undefined;
  readonly createGroups?: boolean | undefined;
  readonly connection?: readonly string[] | undefined;
  readonly set?: readonly string[] | undefined;
  readonly issuer?: string | undefined;
  readonly clientId?: string | undefined;
  readonly clientSecretRef?: string | undefined;
  readonly clientAuth?: ClientAuth | undefined;
  readonly status?: "draft" | "active" | undefined;
  readonly contact?: readonly string[] | undefined;
  readonly dryRun?: boolean | undefined;
}

/** What the flags say; the rest is asked, or missing. */
export interface Given {
  readonly slug?: string | undefined;
  readonly name?: string | undefined;
  readonly status?: "draft" | "active" | undefined;
  readonly domains?: readonly string[] | undefined;
  readonly contacts: readonly Contact[];
  readonly idp?: string | undefined;
  readonly assignment?: Assignment | undefined;
  readonly enabledConnections?: readonly string[] | undefined;
  readonly issuer?: string | undefined;
  readonly clientId?: string | undefined;
  readonly clientSecret?: string | undefined;
  readonly apps?: readonly string[] | undefined;
  readonly blocks?: Blocks | undefined;
  readonly clientAuth?: ClientAuth | undefined;
}

/**
 * The flags as answers. What contradicts itself, or belongs to another kind of identity provider, is wrong usage; every
 * such flag is named at once.
 *
 * @throws TenantryError CLI_USAGE
 */
export function readFlags(slug: string | undefined, options: NewOptions, workspace: Workspace): Given {
  const idp = options.idp ?? (options.external === true ? externalIdp : undefined);
  const wrong = [...contradictions(options), ...foreignFlags(idp, options, workspace)];
  const contacts = (options.contact ?? []).map((text): Contact => {
    const cut = text.indexOf("=");
    if (cut < 1) wrong.push(`--contact takes ROLE=EMAIL, such as it=identity@acme.example`);
    return { role: text.slice(0, cut), email: text.slice(cut + 1) };
  });
  const sets = readSets(options.set ?? [], options.app ?? [], workspace);
  wrong.push(...sets.wrong);
  if (wrong.length > 0) throw new TenantryError("CLI_USAGE", wrong.join("; "));
  return {
    slug,
    name: options.name,
    status: options.status,
    domains: options.domain,
    contacts,
    idp,
    assignment: assignmentOf(options),
    enabledConnections: options.connection,
    issuer: options.issuer,
    clientId: options.clientId,
    clientSecret: options.clientSecretRef,
    apps: options.app,
    blocks: sets.blocks,
    clientAuth: options.clientAuth,
  };
}

function assignmentOf({ everyone, group, createGroups }: NewOptions): Assignment | undefined {
  if (everyone === true) return { everyone: true };
  return group === undefined ? undefined : groupsOf(group, createGroups === true);
}

/** Who may come in by groups; all of them made when missing, or none. */
export function groupsOf(groups: readonly string[], create: boolean): Assignment {
  return { everyone: false, groups, ...(create ? { create: groups } : {}) };
}

function contradictions(options: NewOptions): string[] {
  const { idp, external, everyone, group, createGroups, app } = options;
  return [
    ...(external === true && idp !== undefined && idp !== externalIdp
      ? ["--idp and --external exclude each other"]
      : []),
    ...(everyone === true && group !== undefined ? ["--everyone and --group exclude each other"] : []),
    ...((external === true || idp === externalIdp) && (app?.length ?? 0) > 1
      ? ["a customer's own provider has one client for each app: give one --app, and a sign-in for each other later"]
      : []),
    ...(createGroups === true && group === undefined ? ["--create-groups needs --group"] : []),
  ];
}

/** Flags that mean something to one kind only. */
const kindsOfFlag = [
  ["group", "okta", "--group"],
  ["everyone", "okta", "--everyone"],
  ["connection", "auth0", "--connection"],
  ["issuer", "external", "--issuer"],
  ["clientId", "external", "--client-id"],
  ["clientSecretRef", "external", "--client-secret-ref"],
] as const;

function foreignFlags(idp: string | undefined, options: NewOptions, workspace: Workspace): readonly string[] {
  const kind = idp === undefined ? undefined : kindOf(idp, workspace);
  if (kind === undefined) return [];
  return kindsOfFlag
    .filter(([option, owner]) => options[option] !== undefined && owner !== kind)
    .map(([, owner, flag]) => `${flag} is for kind \`${owner}\`, and ${String(idp)} is ${kind}`);
}

/** Every flag that is still needed, as it would be typed. */
export function missingFlags(given: Given, workspace: Workspace): readonly string[] {
  const kind = given.idp === undefined ? undefined : kindOf(given.idp, workspace);
  const later = given.status === "draft" ? "" : " (or --status draft, while the customer has not handed it over)";
  return [
    ...(given.slug === undefined ? ["<slug>"] : []),
    ...(given.name === undefined ? ["--name"] : []),
    ...(given.domains === undefined ? ["--domain"] : []),
    ...(given.idp === undefined ? ["--idp or --external"] : []),
    ...(kind === "okta" && given.assignment === undefined ? ["--group or --everyone"] : []),
    ...(kind === "auth0" && given.enabledConnections === undefined ? ["--connection"] : []),
    ...(kind === "external" && later !== "" && given.issuer === undefined ? [`--issuer${later}`] : []),
    ...(kind === "external" && later !== "" && given.clientId === undefined ? [`--client-id${later}`] : []),
    ...(given.apps === undefined ? ["--app"] : []),
    ...openFields(given.apps ?? [], given.blocks ?? {}, workspace).map(
      ({ app, field, propose }) => `--set ${app}.${field}=NAME (perhaps ${propose(given.slug ?? "acme")})`,
    ),
  ];
}

/**
 * The answers, when no flag is missing: active unless said otherwise, the customer's secret where it is proposed to be.
 *
 * @param id the new public id
 */
export function answersOf(given: Given, id: string, workspace: Workspace): Answers {
  const { slug = "", name = "", status = "active", domains = [], idp = "", apps = [], issuer, clientId } = given;
  const method = given.clientAuth ?? sharedClientAuth({ idp, apps, external: given }, workspace)[0];
  const proposed = status === "active" && needsSecret(method) ? proposeSecret(slug, workspace) : undefined;
  return {
    slug,
    id,
    name,
    status,
    domains,
    contacts: given.contacts,
    idp,
    assignment: given.assignment,
    enabledConnections: given.enabledConnections,
    external: idp === externalIdp ? { issuer, clientId, clientSecret: given.clientSecret ?? proposed } : undefined,
    apps,
    blocks: given.blocks ?? {},
    clientAuth: given.clientAuth,
  };
}

/** A domain as files have it: lower case, other alphabets as A-labels. What is no domain stays as it was typed. */
export function domainOf(text: string): string {
  const trimmed = text.trim().replace(/^@/, "");
  return domainToASCII(trimmed) || trimmed;
}
