import { TenantryError } from "../../errors/failure.ts";
import { markerNames } from "../../vendor/auth0/marker-names.ts";
import type { MarkerScope } from "./marker.ts";

// What Tenantry keeps in an organization's metadata. Auth0 allows ten keys of texts of 255 characters, and others may
// keep something there too, so lists are packed: as many items in one text as fit, in numbered keys.

const longestValue = 255;
const mostKeys = 10;

const { key: _key, ...names } = markerNames;
const lists = { clients: "tenantryClients", kept: "tenantryKeptConnections", making: "tenantryMaking" } as const;

/** Stands in a list that is kept although it is empty. */
const nothing = "-";

/** A connection as it was enabled for the organization before that was switched off. */
export interface KeptConnection {
  readonly connectionId: string;
  readonly assignMembershipOnLogin: boolean;
  readonly showAsButton: boolean;
  readonly isSignupEnabled: boolean;
}

/** What the metadata of an organization of ours says. */
export interface OwnMetadata {
  readonly tenant: string;
  /** Our clients of this tenant: they cannot be searched, so they are found by this list. */
  readonly clientIds: readonly string[];
  /** Present while the organization is switched off. */
  readonly kept?: readonly KeptConnection[] | undefined;
  /** Keys of clients that were about to be made while not all clients could be listed. */
  readonly making: readonly string[];
}

/** Whose organization it is; undefined when it is not ours. */
export function tenantIn(metadata: Readonly<Record<string, string>>, scope: MarkerScope): string | undefined {
  const ours = metadata[names.workspace] === scope.workspace && metadata[names.environment] === scope.environment;
  return ours ? metadata[names.tenant] : undefined;
}

/** Undefined when the organization is not that tenant's, or not ours. */
export function readMetadata(
  metadata: Readonly<Record<string, string>>,
  scope: MarkerScope,
  tenant: string,
): OwnMetadata | undefined {
  if (tenantIn(metadata, scope) !== tenant) return undefined;
  const kept = unpack(metadata, lists.kept);
  return {
    tenant,
    clientIds: unpack(metadata, lists.clients),
    ...(kept.length === 0 ? {} : { kept: kept.filter((text) => text !== nothing).map(parseKept) }),
    making: unpack(metadata, lists.making),
  };
}

/**
 * The metadata with ours in it; what others keep there stays.
 *
 * @throws TenantryError AUTH0_METADATA_FULL
 */
export function writeMetadata(
  present: Readonly<Record<string, string>>,
  scope: MarkerScope,
  own: OwnMetadata,
): Readonly<Record<string, string>> {
  const foreign = Object.entries(present).filter(([name]) => !isOurs(name));
  const kept = own.kept?.map(keptText) ?? [];
  const written: Record<string, string> = {
    ...Object.fromEntries(foreign),
    [names.environment]: scope.environment,
    [names.tenant]: own.tenant,
    [names.workspace]: scope.workspace,
    ...pack(lists.clients, [...new Set(own.clientIds)].sort()),
    ...pack(lists.kept, own.kept === undefined ? [] : kept.length === 0 ? [nothing] : kept.sort()),
    ...pack(lists.making, [...new Set(own.making)].sort()),
  };
  if (Object.keys(written).length > mostKeys) {
    const message = `The metadata of the organization of ${own.tenant} would have more than ${mostKeys} keys`;
    throw new TenantryError("AUTH0_METADATA_FULL", message);
  }
  return written;
}

function isOurs(name: string): boolean {
  if (Object.values<string>(names).includes(name)) return true;
  return Object.values<string>(lists).some((list) => name.startsWith(list) && /^\d+$/.test(name.slice(list.length)));
}

function pack(name: string, items: readonly string[]): Record<string, string> {
  const texts: string[] = [];
  for (const item of items) {
    const last = texts.at(-1);
    if (last !== undefined && last.length + 1 + item.length <= longestValue)
      texts[texts.length - 1] = `${last} ${item}`;
    else texts.push(item);
  }
  return Object.fromEntries(texts.map((text, index) => [`${name}${index + 1}`, text]));
}

function unpack(metadata: Readonly<Record<string, string>>, name: string): readonly string[] {
  const items: string[] = [];
  for (let index = 1; ; index++) {
    const text = metadata[`${name}${index}`];
    if (text === undefined) return items;
    items.push(...text.split(" ").filter((item) => item !== ""));
  }
}

/** `con_…` and a letter for each thing that is on, after a colon. */
function keptText(kept: KeptConnection): string {
  const letters = [kept.assignMembershipOnLogin && "a", kept.showAsButton && "b", kept.isSignupEnabled && "s"];
  return `${kept.connectionId}:${letters.filter((letter) => letter !== false).join("")}`;
}

function parseKept(text: string): KeptConnection {
  const [connectionId = "", letters = ""] = text.split(":");
  return {
    connectionId,
    assignMembershipOnLogin: letters.includes("a"),
    showAsButton: letters.includes("b"),
    isSignupEnabled: letters.includes("s"),
  };
}
