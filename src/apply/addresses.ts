import { isOurs } from "../desired/capability.ts";
import type { Address, Connection, ConnectionKey } from "../desired/connection.ts";
import { addressOf } from "../desired/key.ts";
import { addressesOfLeftBehind, type LeftBehind } from "./left-behind.ts";

/** What a connection shares with others. */
export function partsOf({ registration }: Connection): readonly Address[] {
  return registration.parts.map((part) => part.address);
}

/**
 * Where one failed activation makes the next likely: identity provider and app. Customers' own providers have nothing to
 * do with one another. Undefined for what is switched off: closing a door never waits for another one to open.
 */
export function laneOf({ registration, tenant, app, record }: Connection): string | undefined {
  if (record.state !== "active") return undefined;
  return `${isOurs(registration) ? registration.idp : tenant} ${app}`;
}

/** What changes of a connection are about and its locks are on; parts and its tenant's row are shared with others. */
export function addressesOf(
  connection: Connection,
  planned: { readonly leftBehind: ReadonlyMap<ConnectionKey, LeftBehind> },
): readonly Address[] {
  const { key, registration, appTenant, record } = connection;
  const left = planned.leftBehind.get(key);
  return [
    ...partsOf(connection),
    registration.address,
    appTenant.address,
    record.address,
    ...(connection.lockScope === "app" ? [addressOf.whole(connection.app)] : []),
    ...(left === undefined ? [] : addressesOfLeftBehind(left)),
  ];
}
