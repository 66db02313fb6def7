import { readFileSync } from "node:fs";
import type { ClientChanges } from "../../../src/engine/terraform/changes.ts";
import { type PlanJson, type PlannedChange, readPlanJson } from "../../../src/engine/terraform/plan-json.ts";
import { registrationFields } from "../../../src/plan/fields.ts";
import type { ObservedRegistration } from "../../../src/plan/observed.ts";
import { wanted } from "../../idp/okta/bench.ts";

// Plans that Terraform 1.11.4 made with the provider okta/okta 6.12.0 against the sandbox, for whiterabbit/portal.

export function recorded(name: string): PlanJson {
  return readPlanJson(readFileSync(new URL(`recorded/${name}.json`, import.meta.url), "utf8"), "Terraform 1.11.4");
}

const app = "okta_app_oauth.client_whiterabbit__portal";
const assignments = "okta_app_group_assignments.groups_whiterabbit__portal";

export function changesIn(plan: PlanJson): Required<ClientChanges> {
  const at = (address: string) => plan.changes.find((change) => change.address === address);
  return { app: at(app), assignments: at(assignments) };
}

/** The same plan with something else about its app. */
export function withApp(changes: ClientChanges, change: Partial<PlannedChange>): ClientChanges {
  if (changes.app === undefined) throw new Error("the plan has no app");
  return { ...changes, app: { ...changes.app, ...change } };
}

/** What the adapter would have seen of a client that is as wanted. */
export function observed(registration = wanted(), more: Readonly<Record<string, string>> = {}): ObservedRegistration {
  return {
    id: "0oa1whiterabbit00000",
    key: registration.key,
    active: registration.state === "active",
    fields: { ...registrationFields(registration), ...more },
  };
}
