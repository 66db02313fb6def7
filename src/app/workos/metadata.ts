import type { ConnectionKey } from "../../desired/connection.ts";
import { TenantryError } from "../../errors/failure.ts";
import type { Fields, RoutedDomain } from "../../plan/observed.ts";
import type { TenantStatus } from "../../tenant/tenant.ts";
import type { WorkosOrganization } from "../../vendor/workos/organizations.ts";

// What is ours of an organization, in its metadata: the marker, the tenant's row, and what a connection was made of,
// which WorkOS does not show again. Never a secret. The metadata of others is left as it is.

/** Whose organizations are ours. */
export interface Owner {
  readonly workspace: string;
  readonly environment: string;
  readonly app: string;
}

/** What a connection was made of. */
export interface KeptValues {
  readonly fields: Fields;
  readonly secretId: string | null;
  readonly specDigest: string;
}

/** What a person was asked to change in the connection. */
export interface AskedChange {
  /** Digest of what it is to be. */
  readonly of: string;
  /** When WorkOS had last seen it changed then: another time means that somebody has done something since. */
  readonly updatedAt: string;
}

/**
 * How far a connection is. `waiting`: a person is asked to make it. `making`: it was asked for, and the answer is not
 * known. `handed`: it is there, and no proof has been made of it. `live`: it was written. `disabled`: it was deleted
 * because it is to let nobody in. `tombstone`: for good.
 */
export type KeptState = "waiting" | "making" | "handed" | "live" | "disabled" | "tombstone";

/** What is kept of the one connection of an organization. */
export interface KeptRecord {
  readonly key: ConnectionKey;
  readonly state: KeptState;
  /** Who made the connection. */
  readonly by: "api" | "hand";
  /** Id of the connection at WorkOS. */
  readonly connection?: string | undefined;
  /** The redirect URI that WorkOS handed out. */
  readonly callback?: string | undefined;
  readonly values?: KeptValues | undefined;
  /** While a change is not proven: the values before it; null: nothing that was proven. */
  readonly previous?: KeptValues | null | undefined;
  readonly asked?: AskedChange | undefined;
}

/** The tenant's row, as far as an organization has no place of its own for it. */
export interface KeptTenant {
  readonly tenant: string;
  readonly id: string;
  readonly status: TenantStatus;
  /** Names of the domains that we put there, and how those that are routed were proven. */
  readonly domains: readonly string[];
  readonly proofs: readonly RoutedDomain[];
}

/** All that is ours of an organization. */
export interface OwnPart {
  readonly tenant: KeptTenant;
  readonly record?: KeptRecord | undefined;
}

const prefix = "tenantry_";
/** Of one value and of all keys (WorkOS OpenAPI document, `UpdateOrganizationDto.metadata`). */
const longestValue = 600;
const mostKeys = 50;

/** Whose an organization is, for messages; undefined when it is ours. */
export function strangerOf({ metadata }: WorkosOrganization, owner: Owner): string | undefined {
  const { [`${prefix}workspace`]: workspace, [`${prefix}environment`]: environment, [`${prefix}app`]: app } = metadata;
  if (workspace === undefined || environment === undefined || app === undefined) return "nobody";
  const ours = workspace === owner.workspace && environment === owner.environment && app === owner.app;
  return ours ? undefined : `${workspace}/${environment} (app ${app})`;
}

/**
 * What is ours of an organization that is ours.
 *
 * @throws TenantryError WORKOS_METADATA_BROKEN
 */
export function readOwn({ id, metadata }: WorkosOrganization): OwnPart {
  const parse = <T>(name: string): T | undefined => {
    const text = joined(metadata, name);
    if (text === undefined) return undefined;
    try {
      return JSON.parse(text) as T;
    } catch {
      throw new TenantryError(
        "WORKOS_METADATA_BROKEN",
        `the value ${prefix}${name} of the organization ${id} is broken`,
      );
    }
  };
  const tenant = parse<KeptTenant>("tenant");
  if (tenant === undefined) {
    throw new TenantryError("WORKOS_METADATA_BROKEN", `the organization ${id} has lost its value ${prefix}tenant`);
  }
  return { tenant, record: parse<KeptRecord>("record") };
}

/**
 * The metadata of an organization with this as our part of it.
 *
 * @throws TenantryError WORKOS_METADATA_FULL
 */
export function withOwn(
  metadata: Readonly<Record<string, string>>,
  owner: Owner,
  { tenant, record }: OwnPart,
): Readonly<Record<string, string>> {
  const others = Object.entries(metadata).filter(([name]) => !name.startsWith(prefix));
  const ours = [
    ...Object.entries(owner).map(([name, value]) => [prefix + name, String(value)] as const),
    ...split("tenant", tenant),
    ...(record === undefined ? [] : split("record", record)),
  ];
  const count = others.length + ours.length;
  if (count > mostKeys) {
    const message = `the organization of ${tenant.tenant} would have ${count} metadata keys, and WorkOS allows ${mostKeys}`;
    throw new TenantryError("WORKOS_METADATA_FULL", message);
  }
  return Object.fromEntries([...others, ...ours]);
}

/** A value in pieces: the first says how many there are, so that one that was left over means nothing. */
function split(name: string, value: unknown): readonly (readonly [string, string])[] {
  const text = JSON.stringify(value).replaceAll(
    /[\u007f-\uffff]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  const size = longestValue - 4;
  const pieces = Array.from({ length: Math.ceil(text.length / size) }, (_, at) =>
    text.slice(at * size, (at + 1) * size),
  );
  return pieces.map((piece, at) => [
    at === 0 ? prefix + name : `${prefix}${name}_${at + 1}`,
    at === 0 ? `${pieces.length}|${piece}` : piece,
  ]);
}

function joined(metadata: Readonly<Record<string, string>>, name: string): string | undefined {
  const first = metadata[prefix + name];
  if (first === undefined) return undefined;
  // Without its count it is no JSON either, and `readOwn` says so.
  const [, count = "1", text = first] = /^(\d{1,2})\|(.*)$/s.exec(first) ?? [];
  const rest = Array.from({ length: Number(count) - 1 }, (_, at) => metadata[`${prefix}${name}_${at + 2}`] ?? "");
  return [text, ...rest].join("");
}
