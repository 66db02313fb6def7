import type { ConnectionKey } from "../../src/desired/connection.ts";
import { decodeKey, encodeKey } from "../../src/desired/key.ts";

// Names of everything that a stack at Auth0 holds. A name depends on the tenant, the key and the Auth0 connection that it
// is about and on nothing else, so that no other tenant, no order and no version changes what a resource is: Pulumi takes
// another name for another resource, and would make a second client. Changing a name here breaks customers.

/** Pulumi's types of our resources. */
export const resourceTypes = {
  client: "auth0:index/client:Client",
  connectionClient: "auth0:index/connectionClient:ConnectionClient",
  organization: "auth0:index/organization:Organization",
  organizationConnections: "auth0:index/organizationConnections:OrganizationConnections",
} as const;

export type ResourceType = (typeof resourceTypes)[keyof typeof resourceTypes];

/** A resource by its type and logical name: unique in its stack. */
export interface ResourceName {
  readonly type: ResourceType;
  readonly name: string;
}

/** What a resource of a stack is about. */
export type Subject =
  | { readonly kind: "client"; readonly key: ConnectionKey }
  | { readonly kind: "connectionClient"; readonly key: ConnectionKey; readonly connection: string }
  | { readonly kind: "organization"; readonly tenant: string }
  | { readonly kind: "organizationConnections"; readonly tenant: string };

/** The resource of a subject. One-to-one: `subjectOf` undoes it. */
export function resourceOf(subject: Subject): ResourceName {
  const type = resourceTypes[subject.kind];
  switch (subject.kind) {
    case "client":
      return { type, name: encodeKey(subject.key) };
    case "connectionClient":
      return { type, name: `${encodeKey(subject.key)}/${escaped(subject.connection)}` };
    case "organization":
    case "organizationConnections":
      return { type, name: subject.tenant };
    default:
      return subject satisfies never;
  }
}

/** What a resource is about; undefined for one that is none of ours. */
export function subjectOf({ type, name }: { readonly type: string; readonly name: string }): Subject | undefined {
  switch (type) {
    case resourceTypes.client: {
      const key = decodeKey(name);
      return key === undefined ? undefined : { kind: "client", key };
    }
    case resourceTypes.connectionClient: {
      const [encoded = "", connection, ...rest] = name.split("/");
      const key = decodeKey(encoded);
      if (key === undefined || connection === undefined || rest.length > 0) return undefined;
      const read = unescaped(connection);
      return read === undefined ? undefined : { kind: "connectionClient", key, connection: read };
    }
    case resourceTypes.organization:
      return slug.test(name) ? { kind: "organization", tenant: name } : undefined;
    case resourceTypes.organizationConnections:
      return slug.test(name) ? { kind: "organizationConnections", tenant: name } : undefined;
    default:
      return undefined;
  }
}

const slug = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/** Type and name as they end a URN; the key under which an import is asked for. */
export function tailOf({ type, name }: ResourceName): string {
  return `${type}::${name}`;
}

/** A stack by Pulumi's names of it. */
export interface StackName {
  readonly project: string;
  readonly stack: string;
}

/** The URN of a resource: what `--target` takes. Nothing of ours has a parent, so there is one type in it. */
export function urnOf({ project, stack }: StackName, resource: ResourceName): string {
  return `urn:pulumi:${stack}::${project}::${tailOf(resource)}`;
}

/**
 * What `--target` takes for a connection: its client, and every connection that is enabled for it, whatever its name. As
 * patterns, because Pulumi refuses a plain URN of what is not in the state yet.
 */
export function clientTargets(key: ConnectionKey): readonly string[] {
  const client = resourceOf({ kind: "client", key });
  return [`**::${tailOf(client)}`, `**::${resourceTypes.connectionClient}::${client.name}/*`];
}

/** What `--target` takes for a tenant's organization and what is enabled for it. */
export function organizationTargets(tenant: string): readonly string[] {
  const kinds = ["organization", "organizationConnections"] as const;
  return kinds.map((kind) => `**::${tailOf(resourceOf({ kind, tenant }))}`);
}

/** Type and name in a URN; undefined for a text that is none, and for a resource with a parent. */
export function resourceIn(urn: string): { readonly type: string; readonly name: string } | undefined {
  const [prefix, project, type, ...name] = urn.split("::");
  if (!prefix?.startsWith("urn:pulumi:") || project === undefined || type === undefined || name.length === 0) {
    return undefined;
  }
  return type.includes("$") ? undefined : { type, name: name.join("::") };
}

/** Pulumi's name of a workspace's project. */
export function projectName(workspace: string): string {
  return `tenantry-${workspace}`;
}

/** What a stack holds: one tenant's registrations at one identity provider of one environment. */
export interface StackScope {
  readonly environment: string;
  readonly idp: string;
  readonly tenant: string;
}

/** Pulumi's name of a tenant's stack. One-to-one, because slugs contain no dot. */
export function stackName({ environment, idp, tenant }: StackScope): string {
  return `${environment}.${idp}.${tenant}`;
}

/** What a stack of this name holds; undefined for a name that `stackName` does not give. */
export function scopeOf(name: string): StackScope | undefined {
  const [environment, idp, tenant, ...rest] = name.split(".");
  if (environment === undefined || idp === undefined || tenant === undefined || rest.length > 0) return undefined;
  const scope = { environment, idp, tenant };
  return Object.values(scope).every((part) => slug.test(part)) ? scope : undefined;
}

/** Name of the stack output with the client id of a connection. */
export function clientIdOutput(key: ConnectionKey): string {
  return encodeKey(key);
}

/** Letters, digits and hyphens as they are, as in all names that Auth0 gives out today; whatever else in hexadecimal. */
function escaped(text: string): string {
  return [...Buffer.from(text, "utf8")]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      return /[A-Za-z0-9-]/.test(character) ? character : `_${byte.toString(16).padStart(2, "0")}`;
    })
    .join("");
}

function unescaped(text: string): string | undefined {
  if (!/^(?:[A-Za-z0-9-]|_[0-9a-f]{2})+$/.test(text)) return undefined;
  const bytes = Buffer.from(
    [...text.matchAll(/_([0-9a-f]{2})|[^_]/g)].map(([character, hex]) =>
      hex === undefined ? character.charCodeAt(0) : Number.parseInt(hex, 16),
    ),
  );
  const read = bytes.toString("utf8");
  return escaped(read) === text ? read : undefined;
}
