import type { Issue } from "../errors/issue.ts";
import { clientAuthIsShared } from "./client-auth.ts";
import { deleteAfterIsOffboarded } from "./lifecycle.ts";
import { namesExist } from "./names.ts";
import { oktaGroupsClaim } from "./okta.ts";
import type { Rule, RuleInput } from "./rule.ts";
import { uniqueOverTheFleet } from "./unique.ts";

const rules: readonly Rule[] = [
  namesExist,
  uniqueOverTheFleet,
  clientAuthIsShared,
  oktaGroupsClaim,
  deleteAfterIsOffboarded,
];

/** Every breach of every rule. */
export function checkRules(input: RuleInput): readonly Issue[] {
  return rules.flatMap((rule) => rule(input));
}
