import type { ConnectionKey, Marker } from "../../desired/connection.ts";
import { TenantryError } from "../../errors/failure.ts";
import { markerNames } from "../../vendor/auth0/marker-names.ts";

// What Tenantry keeps in a connection's metadata: whose it is, and what it needs to go on where a run was cut short.
// Auth0 allows ten keys of texts of 255 characters, and others may keep something there too.

const longestValue = 255;
const mostKeys = 10;

const names = { record: "tenantryRecord", secret: "tenantrySecret", clients: "tenantryClients" } as const;

/** Workspace and environment whose objects are ours. */
export type NoteScope = Pick<Marker, "workspace" | "environment">;

/** What the metadata of a connection of ours says. */
export interface ConnectionNote {
  readonly key: ConnectionKey;
  readonly state: "pending" | "active" | "disabled";
  /**
   * `changing`: old values are kept. `swapping`: so is the old secret, at Auth0. `unproven`: switched on for the first
   * time, and the app's half is not proven yet.
   */
  readonly open?: "changing" | "swapping" | "unproven" | undefined;
  readonly specDigest: string;
  readonly secretId?: string | undefined;
  /** Whether e-mail addresses of the tenant's domains lead here. */
  readonly homeRealm: boolean;
  /** Whether whoever signs in becomes a member of the organization. */
  readonly membership: boolean;
  /** Ids of the applications that it is enabled for while it is active. */
  readonly clients: readonly string[];
}

/** Undefined when the connection is not ours. */
export function readNote(metadata: Readonly<Record<string, string>>, scope: NoteScope): ConnectionNote | undefined {
  const key = metadata[markerNames.key];
  const ours =
    metadata[markerNames.workspace] === scope.workspace && metadata[markerNames.environment] === scope.environment;
  if (!ours || key === undefined) return undefined;
  const [states = "", flags = "", specDigest = ""] = (metadata[names.record] ?? "").split(" ");
  const [state, open] = states.split(":");
  return {
    key: key as ConnectionKey,
    state: state === "active" || state === "disabled" ? state : "pending",
    open: open === "changing" || open === "swapping" || open === "unproven" ? open : undefined,
    specDigest,
    secretId: metadata[names.secret],
    homeRealm: flags.includes("h"),
    membership: flags.includes("m"),
    clients: unpack(metadata),
  };
}

/**
 * The metadata with ours in it; what others keep there stays.
 *
 * @throws TenantryError AUTH0_METADATA_FULL
 */
export function writeNote(
  present: Readonly<Record<string, string>>,
  scope: NoteScope,
  note: ConnectionNote,
): Readonly<Record<string, string>> {
  const foreign = Object.entries(present).filter(([name]) => !isOurs(name));
  const states = note.open === undefined ? note.state : `${note.state}:${note.open}`;
  const flags = `-${note.homeRealm ? "h" : ""}${note.membership ? "m" : ""}`;
  const written: Readonly<Record<string, string>> = {
    ...Object.fromEntries(foreign),
    [markerNames.environment]: scope.environment,
    [markerNames.key]: note.key,
    [markerNames.workspace]: scope.workspace,
    [names.record]: `${states} ${flags} ${note.specDigest}`,
    ...(note.secretId === undefined ? {} : { [names.secret]: note.secretId.slice(0, longestValue) }),
    ...pack(note.clients),
  };
  if (Object.keys(written).length > mostKeys) {
    const message = `The metadata of the connection of ${note.key} would have more than ${mostKeys} keys`;
    const hint = "Name fewer applications, or remove keys from the connection's metadata that nobody needs.";
    throw new TenantryError("AUTH0_METADATA_FULL", message, { hint });
  }
  return written;
}

function isOurs(name: string): boolean {
  if (name === names.record || name === names.secret || /^tenantryClients\d+$/.test(name)) return true;
  return name === markerNames.environment || name === markerNames.key || name === markerNames.workspace;
}

/** As many ids in one text as fit, in numbered keys. */
function pack(ids: readonly string[]): Record<string, string> {
  const texts: string[] = [];
  for (const id of ids) {
    const last = texts.at(-1);
    if (last !== undefined && last.length + 1 + id.length <= longestValue) texts[texts.length - 1] = `${last} ${id}`;
    else texts.push(id);
  }
  return Object.fromEntries(texts.map((text, index) => [`${names.clients}${index + 1}`, text]));
}

function unpack(metadata: Readonly<Record<string, string>>): readonly string[] {
  const ids: string[] = [];
  for (let index = 1; ; index++) {
    const text = metadata[`${names.clients}${index}`];
    if (text === undefined) return ids;
    ids.push(...text.split(" ").filter((id) => id !== ""));
  }
}
