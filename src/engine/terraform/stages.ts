import type { Registration } from "../../desired/connection.ts";
import { groupIds } from "./app-fields.ts";
import { type ClientChanges, differsBeyondStatus } from "./changes.ts";

/** What one run of the tool brings about. */
export interface Stage {
  readonly registration: Registration;
  /** Ids of groups that stay assigned meanwhile. */
  readonly keptGroups: readonly string[];
}

/**
 * The runs that bring a client to what is wanted so that nobody who may come in before and after is kept out meanwhile,
 * and nobody comes in too early: new groups before old ones go (the provider takes away first), and on last (the provider
 * switches on first). Off first is what the provider does itself. The last run is the wanted one; mostly it is the only
 * one. Pure.
 */
export function stagesOf(wanted: Registration, changes: ClientChanges): readonly Stage[] {
  const last: Stage = { registration: wanted, keptGroups: [] };
  const { app, assignments } = changes;
  if (app?.before === undefined || app.actions.includes("create")) return [last];
  const wasOn = app.before.status !== "INACTIVE";
  if (wanted.state !== "active") return [last];
  if (!wasOn) {
    return differsBeyondStatus(changes)
      ? [{ registration: { ...wanted, state: "inactive" }, keptGroups: [] }, last]
      : [last];
  }
  const old = groupIds(assignments?.before);
  const next = groupIds(assignments?.after);
  const leaving = old.filter((id) => id !== undefined && !next.includes(id)) as string[];
  const coming = next.some((id) => id === undefined || !old.includes(id));
  return coming && leaving.length > 0 ? [{ registration: wanted, keptGroups: leaving }, last] : [last];
}
