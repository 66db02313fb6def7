import type { Registration } from "../../desired/connection.ts";
import type { OktaApp } from "../../vendor/okta/apps.ts";
import type { OktaOrg } from "../../vendor/okta/org.ts";
import { changedApp } from "./app-body.ts";
import { policyIdOf } from "./policy-directory.ts";

/**
 * Brings an app of ours to what is wanted, in place, with as few calls as the differences take. The order keeps people
 * in who may come in before and after, and lets nobody in too early: off first, the policy before new groups, new groups
 * before old ones go, on last.
 *
 * The assignment is the registration's: groups that somebody else assigned are taken away (the plan shows that). People
 * assigned one by one stay.
 *
 * @param assigned ids of the groups assigned now
 * @param policyId of the access policy that it should have; undefined leaves it as it is
 */
export async function settleApp(
  org: OktaOrg,
  app: OktaApp,
  wanted: Registration,
  groupIds: readonly string[],
  assigned: readonly string[],
  policyId: string | undefined,
): Promise<OktaApp> {
  let settled = app;
  if (app.active && wanted.state !== "active") {
    await org.apps.switchTo(app.id, false);
    settled = { ...settled, active: false };
  }
  const body = changedApp(app.raw, wanted, org.host);
  if (body !== undefined) settled = { ...(await org.apps.replace(app.id, body)), active: settled.active };
  if (policyId !== undefined && policyIdOf(app) !== policyId) await org.apps.assignPolicy(app.id, policyId);
  for (const id of groupIds) if (!assigned.includes(id)) await org.apps.assignGroup(app.id, id);
  for (const id of assigned) if (!groupIds.includes(id)) await org.apps.unassignGroup(app.id, id);
  if (!settled.active && wanted.state === "active") {
    await org.apps.switchTo(app.id, true);
    settled = { ...settled, active: true };
  }
  return settled;
}
