import { v5 as uuidV5 } from "uuid";
import type { ConnectionKey, Marker } from "../../desired/connection.ts";
import type { Json } from "../../desired/json.ts";
import { decodeKey, encodeKey } from "../../desired/key.ts";

/** What a plugin is on. */
export interface Place {
  readonly workspace: string;
  /** `route NAME`, `service NAME` or `global`. */
  readonly on: string;
}

type Members = Readonly<Record<string, Json>>;

/** One plugin, whatever carries it. */
export interface KongPlugin extends Place {
  readonly id: string;
  readonly name: string;
  readonly instanceName?: string | undefined;
  readonly enabled: boolean;
  readonly tags: readonly string[];
  readonly config: Members;
  /** Whether it is for one consumer or group of them only. */
  readonly narrow: boolean;
  /** Members that we have nothing to do with, `protocols` and `condition` among them. */
  readonly rest: Members;
}

/** What is there of the places and the ids that were asked for. */
export interface GatewayView {
  /** `unknown`: the carrier cannot tell. */
  exists(place: Place): "here" | "missing" | "unknown";
  on(place: Place): readonly KongPlugin[];
  byId(id: string): KongPlugin | undefined;
  /** Those with the marker of this workspace and environment; all of them only when all were asked for. */
  readonly ours: readonly KongPlugin[];
}

/** Where plugins are written: a gateway's Admin API, or a file for decK. */
export interface Gateway {
  /** @param all everything that is ours, besides the places and ids */
  look(places: readonly Place[], ids: readonly string[], all: boolean): Promise<GatewayView>;
  put(plugin: KongPlugin): Promise<void>;
  /** No such plugin is done. */
  remove(plugin: Pick<KongPlugin, "id" | "workspace">): Promise<void>;
  close(): Promise<void>;
}

export const openidConnect = "openid-connect";

/** The plugin that answers 403 where nobody may come in. */
const requestTermination = "request-termination";

const namespace = "6f1f3c52-3f0e-5d4e-9a76-0c7c0a6b9d11";

/** The id of a connection's plugin: the same whoever asks, so that a second create is an update. */
export function pluginId({ workspace, environment, key }: Marker): string {
  return uuidV5(`${workspace}/${environment}/${key}`, namespace);
}

/** The id of the plugin that closes a place for a connection. */
export function closingId({ workspace, environment, key }: Marker, place: Place): string {
  return uuidV5(`${workspace}/${environment}/${key} closes ${place.workspace} ${place.on}`, namespace);
}

export function samePlace(a: Place, b: Place): boolean {
  return a.workspace === b.workspace && a.on === b.on;
}

/** What tags say of a plugin of ours. */
export interface TagFacts {
  readonly key: ConnectionKey;
  readonly specDigest?: string | undefined;
  readonly secretId?: string | undefined;
  /** Fields of `config:` that were set, so that one which is taken out of the file goes back to Kong's default. */
  readonly fields: readonly string[];
  /** `changing`: written and not settled. `suspended`: everybody is denied. `removed`: a tombstone. */
  readonly state?: "changing" | "suspended" | "removed" | undefined;
}

/** The tag that all plugins of a workspace and environment have. */
export function ownTag({ workspace, environment }: Pick<Marker, "workspace" | "environment">): string {
  return `tenantry:${workspace}:${environment}`;
}

/** Tags of a plugin of ours. Kong takes neither `,` nor `/` in them. */
export function tagsOf(marker: Marker, facts: Omit<TagFacts, "key">, others: readonly string[]): readonly string[] {
  return [
    ...others.filter((tag) => !tag.startsWith("tenantry")),
    ownTag(marker),
    `tenantry-key:${encodeKey(marker.key)}`,
    ...(facts.specDigest === undefined ? [] : [`tenantry-spec:${facts.specDigest}`]),
    ...(facts.secretId === undefined ? [] : [`tenantry-secret:${encodeURIComponent(facts.secretId)}`]),
    ...(facts.fields.length === 0 ? [] : [`tenantry-fields:${[...facts.fields].sort().join("+")}`]),
    ...(facts.state === undefined ? [] : [`tenantry-state:${facts.state}`]),
  ];
}

/** What the tags say; undefined when the plugin is not of this workspace and environment. */
export function readTags(
  marker: Pick<Marker, "workspace" | "environment">,
  tags: readonly string[],
): TagFacts | undefined {
  const told = (name: string): string | undefined => {
    const prefix = `tenantry-${name}:`;
    return tags.find((tag) => tag.startsWith(prefix))?.slice(prefix.length);
  };
  const key = decodeKey(told("key") ?? "");
  if (!tags.includes(ownTag(marker)) || key === undefined) return undefined;
  const state = told("state");
  const secret = told("secret");
  return {
    key,
    specDigest: told("spec"),
    secretId: secret === undefined ? undefined : decodeURIComponent(secret),
    fields: (told("fields") ?? "").split("+").filter((field) => field !== ""),
    state: state === "changing" || state === "suspended" || state === "removed" ? state : undefined,
  };
}

/** The plugin that answers 403 before the sign-in is begun, whatever session somebody has. */
export function closingPlugin(
  marker: Marker,
  place: Place,
  state: "suspended" | "removed",
  tags: readonly string[],
): KongPlugin {
  return {
    ...{ workspace: place.workspace, on: place.on },
    id: closingId(marker, place),
    name: requestTermination,
    enabled: true,
    tags: tagsOf(marker, { fields: [], state }, tags),
    config: { status_code: 403, message: "Sign-in is switched off." },
    narrow: false,
    // Its own priority is below that of openid-connect, which would send people to sign in first.
    rest: { ordering: { before: { access: [openidConnect] } } },
  };
}

/** Whether a plugin keeps everybody out. */
export function closes(plugin: KongPlugin): boolean {
  return plugin.name === requestTermination && plugin.enabled && plugin.config.status_code === 403;
}

/**
 * Values by which the plugin itself denies everybody, with a session or without: should the plugin that closes the place
 * be removed by hand, people get no further than their identity provider. Every ID token has an issuer (OpenID Connect
 * Core 1.0, section 2).
 */
export const denial = { claims_forbidden: ["iss"], audience_required: ["tenantry-suspended"] } as const;
