import type { OktaUser, UserStatus } from "./model.ts";
import type { OktaOrg } from "./org.ts";

/** Moves a person to a status. One who is switched off loses the apps that were given by name. */
export function setUserStatus(org: OktaOrg, user: OktaUser, status: UserStatus): void {
  const now = org.timestamp();
  const began = (user.status === "STAGED" || user.status === "DEPROVISIONED") && status !== "DEPROVISIONED";
  user.status = status;
  user.statusChanged = now;
  user.lastUpdated = now;
  if (began) user.activated = now;
  if (status === "DEPROVISIONED") for (const app of org.state.apps.values()) app.users.delete(user.id);
}
