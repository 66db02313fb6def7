import type { ConnectionKey, Marker } from "../../desired/connection.ts";
import { markerNames as names } from "../../vendor/auth0/marker-names.ts";
import { type JsonObject, objectIn, textIn } from "../../vendor/json.ts";

/** Workspace and environment whose objects are ours. */
export type MarkerScope = Pick<Marker, "workspace" | "environment">;

/** What else of ours a client's `client_metadata` may hold. */
export const keptInClient = {
  /** The grants of a client that is switched off, for switching it on again. */
  grants: "tenantryKeptGrants",
  /** Auth0's id of its key, the key's own id and thumbprint: what Auth0 says of a client holds only the first. */
  key: "tenantryClientKey",
} as const;

/** The members of `client_metadata` that make a client ours, among whatever others keep there. */
export function markedMetadata(marker: Marker): Readonly<Record<string, string>> {
  return {
    [names.environment]: marker.environment,
    [names.key]: marker.key,
    [names.workspace]: marker.workspace,
  };
}

/** The key of a client that is ours; undefined for everybody else's, and for one with only a part of a marker. */
export function ownKey(raw: JsonObject, scope: MarkerScope): ConnectionKey | undefined {
  const metadata = objectIn(raw, "client_metadata");
  const ours =
    textIn(metadata, names.workspace) === scope.workspace && textIn(metadata, names.environment) === scope.environment;
  return ours ? (textIn(metadata, names.key) as ConnectionKey | undefined) : undefined;
}
