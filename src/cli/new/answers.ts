import {
  agreedClientAuth,
  clientAuthByStrength,
  presetNameOf,
  type Source,
  sourceOf,
  takesKey,
  takesKeyId,
} from "../../desired/capability.ts";
import { sharedIssuer } from "../../desired/issuer.ts";
import { type Preset, presetOf, refusedBy, rolesOf } from "../../desired/preset.ts";
import type { Assignment, Contact, SignIn } from "../../tenant/tenant.ts";
import type { TenantComments, TenantText } from "../../tenant/write.ts";
import { yamlList, yamlText } from "../../tenant/yaml-text.ts";
import { parseReference, type Reference } from "../../workspace/reference.ts";
import { type App, type ClientAuth, externalIdp, type Workspace } from "../../workspace/workspace.ts";
import { type Blocks, blockOf } from "./blocks.ts";

/** What the customer's own provider handed over, as far as it has. */
export interface ExternalAnswers {
  readonly issuer?: string | undefined;
  readonly clientId?: string | undefined;
  /** A reference, such as `env:TENANT_ACME__CLIENT_SECRET`. */
  readonly clientSecret?: string | undefined;
}

/** What is to be known of a new tenant. All of it comes from flags or from somebody at a terminal, and may be wrong. */
export interface Answers {
  readonly slug: string;
  readonly id: string;
  readonly name: string;
  readonly status: "draft" | "active";
  readonly domains: readonly string[];
  readonly contacts: readonly Contact[];
  /** A name of the workspace's, or `external`. */
  readonly idp: string;
  /** Okta: who may come in. */
  readonly assignment?: Assignment | undefined;
  /** Auth0: by what they sign in. */
  readonly enabledConnections?: readonly string[] | undefined;
  /** When `idp` is `external`. */
  readonly external?: ExternalAnswers | undefined;
  readonly apps: readonly string[];
  /** What entries say under the kind of their app. */
  readonly blocks: Blocks;
  /** What all sides agree on when nobody says. */
  readonly clientAuth?: ClientAuth | undefined;
}

/** The tenant that the answers come to. Everything that a default would leave unsaid is said. */
export function tenantOf(answers: Answers, workspace: Workspace): TenantText {
  const { slug, id, name, status, domains, contacts, apps } = answers;
  const claim = claimOfShared(answers);
  const [domain] = domains;
  const product = productOf(answers, workspace);
  const signIn: SignIn = {
    name: "default",
    idp: answers.idp,
    external: answers.idp === externalIdp ? externalOf(answers.external ?? {}) : undefined,
    assignment: answers.assignment,
    enabledConnections: answers.enabledConnections,
    scopes: [...new Set(["openid", "email", "profile", ...(product?.roles?.scopes ?? [])])],
    clientAuth: answers.clientAuth ?? sharedClientAuth(answers, workspace)[0],
    pkce: "S256",
    responseMode: "query",
    acrValues: [],
    extraParams: {},
    claims: claimsOf(product),
    require: claim !== undefined && domain !== undefined ? { [claim]: domain } : {},
    provision: { create: true, update: true },
    logout: { endSession: true },
  };
  return {
    tenant: slug,
    id,
    name,
    status,
    domains,
    contacts,
    signIns: new Map([[signIn.name, signIn]]),
    connections: apps.map((app) => ({ app, signIn: signIn.name, ...blockOf(answers.blocks, app, workspace) })),
    acknowledge: [],
    attest: [],
    verify: { wrongSecretControl: true },
  };
}

/** What is known of the product that people will sign in with. */
function productOf({ idp, external }: Answers, workspace: Workspace): Preset | undefined {
  if (external?.issuer !== undefined) return presetOf(external.issuer);
  const source = sourceNamed(idp, workspace);
  return source === undefined ? undefined : presetOf("", presetNameOf({} as SignIn, source) ?? "");
}

/** Where the product has a person's lasting id, address and name. */
function claimsOf(product: Preset | undefined): SignIn["claims"] {
  const { externalId = "sub", email = "email", displayName = "name" } = product?.claims ?? {};
  return { externalId, email, displayName };
}

/** How roles could be given, ready to be taken over; nothing where each customer has a claim of their own. */
function rolesComment(product: Preset | undefined): readonly string[] {
  const roles = rolesOf(product);
  if (roles === undefined) return [];
  const claim = typeof roles.claim === "string" ? yamlText(roles.claim) : yamlList(roles.claim);
  return [
    `Roles, if the app has some: roles: { claim: ${claim}, map: { THEIRS: admin }, default: member }`,
    `What makes them come: ${roles.how}.`,
  ];
}

/** At an issuer that everybody has: the claim that holds the organization's domain. */
function claimOfShared({ external }: Answers): string | undefined {
  return external?.issuer === undefined ? undefined : sharedIssuer(external.issuer)?.claim;
}

function externalOf({ issuer, clientId, clientSecret }: ExternalAnswers): NonNullable<SignIn["external"]> {
  return { issuer, clientId, clientSecret: clientSecret === undefined ? undefined : referenceOf(clientSecret) };
}

/** What is no reference is written all the same, so that the check refuses it in its own words. */
function referenceOf(text: string): Reference {
  return parseReference(text) ?? { scheme: "file", path: text, text };
}

/** What decides how the apps of a new tenant prove themselves. */
export interface AuthSides {
  readonly idp: string;
  readonly apps: readonly string[];
  /** When `idp` is `external`. */
  readonly external?: Pick<ExternalAnswers, "issuer" | "clientSecret"> | undefined;
}

/**
 * The client authentication that the source and every app can do, the strongest first. Where the customer's product is
 * not known, or they have handed over a secret, what takes a secret comes first: nobody knows whether it can do more.
 */
export function sharedClientAuth(sides: AuthSides, workspace: Workspace): readonly ClientAuth[] {
  const { idp, external } = sides;
  const source = sourceNamed(idp, workspace);
  const apps = sides.apps.map((name) => workspace.apps.get(name)).filter((app) => app !== undefined);
  if (source === undefined || apps.length === 0) return [];
  const product = external?.issuer === undefined ? undefined : presetOf(external.issuer);
  const shared = clientAuthByStrength.filter(
    (method) => apps.every((app) => canDo(method, source, app)) && refusedBy(product, method) === undefined,
  );
  const bySecret = source.kind === "external" && (product === undefined || external?.clientSecret !== undefined);
  if (!bySecret) return shared;
  return [...shared.filter((method) => needsSecret(method)), ...shared.filter((method) => !needsSecret(method))];
}

function canDo(method: ClientAuth, source: Source, app: App): boolean {
  if (agreedClientAuth(method, source, app) === undefined) return false;
  if (method !== "private_key_jwt") return true;
  const key = app.clientKey?.publicKey;
  return key !== undefined && takesKey(source, key) && takesKeyId(source, key);
}

function sourceNamed(idp: string, workspace: Workspace): Source | undefined {
  return sourceOf({ idp, external: idp === externalIdp ? {} : undefined } as SignIn, workspace);
}

/** What kind of source a name stands for; undefined when the workspace has no such identity provider. */
export function kindOf(idp: string, workspace: Workspace): Source["kind"] | undefined {
  return sourceNamed(idp, workspace)?.kind;
}

/** Where the customer's client secret could be: the first place of the workspace's that such a tenant may use. */
export function proposeSecret(slug: string, workspace: Workspace): string {
  const pattern =
    workspace.references.tenants.find((text) => text.startsWith("env:") && text.endsWith("*")) ??
    "env:TENANT_{TENANT}__*";
  return pattern
    .replaceAll("{TENANT}", slug.toUpperCase().replaceAll("-", "_"))
    .replaceAll("{tenant}", slug)
    .replace(/\*$/, "CLIENT_SECRET");
}

/** Whether a client secret is needed for this authentication. */
export function needsSecret(method: ClientAuth | undefined): boolean {
  return method !== "private_key_jwt" && method !== "none";
}

/** Why each choice of the file stands there, for whoever changes it next. */
export function commentsOf(answers: Answers, workspace: Workspace): TenantComments {
  const apps = answers.apps.join(" and ");
  const idp = workspace.identityProviders.get(answers.idp);
  const secret = needsSecret(answers.clientAuth ?? sharedClientAuth(answers, workspace)[0]);
  const open = [
    ...(answers.external?.issuer === undefined ? ["issuer"] : []),
    ...(answers.external?.clientId === undefined ? ["clientId"] : []),
    ...(secret && answers.external?.clientSecret === undefined ? ["clientSecret"] : []),
  ];
  return {
    tenant: ["The slug names this file and marks what is ours elsewhere. It never changes."],
    id: ["The public id is part of callbacks. It never changes."],
    status:
      answers.status === "draft"
        ? ["Nothing is made yet. `active`: made, proven, and only then switched on."]
        : ["Made, proven, and only then switched on. `suspended` keeps everything and lets nobody in."],
    domains: ["E-mail domains of the customer's people; no other tenant has them."],
    "signIn.idp": idp === undefined ? [] : [`The client is registered for them at ${idp.domain}.`],
    "signIn.external": [
      "The customer's own provider; the client there is theirs.",
      ...(open.length === 0 ? [] : [`Not handed over yet: ${open.join(", ")}.`]),
      ...(open.includes("clientSecret")
        ? [`The secret itself never stands here: clientSecret: ${proposeSecret(answers.slug, workspace)}`]
        : []),
    ],
    "signIn.external.clientSecret": ["Where the secret is read when it is handed over; never the secret itself."],
    "signIn.everyone": ["Everyone in the org may come in."],
    "signIn.groups":
      answers.assignment?.everyone === false && answers.assignment.create !== undefined
        ? ["Who may come in. A group with `create` is made when it is missing; it is never deleted."]
        : ["Who may come in. These groups are there already."],
    "signIn.enabledConnections": ["By which of the Auth0 tenant's connections they sign in; no other is enabled."],
    "signIn.clientAuth": [
      `What both sides can do: ${apps}, and ${idp === undefined ? "their provider" : answers.idp}.`,
    ],
    "signIn.claims": [
      "Claims of the ID token that are a person's lasting id, e-mail address and name.",
      ...rolesComment(productOf(answers, workspace)),
    ],
    "signIn.require": ["Others have this issuer too; only people with this claim are the customer's."],
    connections: [
      idp === undefined ? "Where they come in." : "Where they come in. Each app gets a client and a secret of its own.",
    ],
  };
}
