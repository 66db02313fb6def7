import type { ConnectionKey, Marker } from "../../desired/connection.ts";
import { type JsonObject, objectIn, textIn } from "../../vendor/json.ts";

/** Workspace and environment whose objects are ours. */
export type MarkerScope = Pick<Marker, "workspace" | "environment">;

/**
 * The marker in an app's `profile`: three texts of ours among whatever others keep there. Flat, because texts are what
 * every client of the API reads back as it was; the names sort as Okta gives them back.
 */
const names = { environment: "tenantryEnvironment", key: "tenantryKey", workspace: "tenantryWorkspace" } as const;

/** The profile with our marker in it; what others keep there stays. */
export function markedProfile(profile: JsonObject, marker: Marker): JsonObject {
  const marked = {
    ...profile,
    [names.environment]: marker.environment,
    [names.key]: marker.key,
    [names.workspace]: marker.workspace,
  };
  return Object.fromEntries(Object.entries(marked).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The marker of an app; undefined when it has none or only a part of one. */
export function markerOf(raw: JsonObject): Marker | undefined {
  const profile = objectIn(raw, "profile");
  const workspace = textIn(profile, names.workspace);
  const environment = textIn(profile, names.environment);
  const key = textIn(profile, names.key);
  if (workspace === undefined || environment === undefined || key === undefined) return undefined;
  return { workspace, environment, key: key as ConnectionKey };
}

/** The key of an app that is ours; undefined for everybody else's. */
export function ownKey(raw: JsonObject, scope: MarkerScope): ConnectionKey | undefined {
  const marker = markerOf(raw);
  const ours = marker?.workspace === scope.workspace && marker.environment === scope.environment;
  return ours ? marker.key : undefined;
}

/** What a group that we make says of itself. No marker: who has made a group does not matter afterwards. */
export function groupDescription({ workspace, environment }: MarkerScope): string {
  return `Made by Tenantry for workspace ${workspace}, environment ${environment}.`;
}
