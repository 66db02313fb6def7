import type { Issue } from "../errors/issue.ts";
import type { Tenant } from "../tenant/tenant.ts";
import { appExpressesIt, appNamesAreFree, entryFitsTheApp } from "./app.ts";
import { attestationsHold } from "./attest.ts";
import { clientAuthIsShared, clientAuthIsTheProducts, clientKeyFits, publicClientHasPkce } from "./client-auth.ts";
import { domainsAreOwned } from "./consumer-domain.ts";
import { inlineHostIsAllowed, inlineIsOneProvider } from "./inline.ts";
import { issuerIsSomebodys, sharedIssuerIsLimited } from "./issuer.ts";
import { fieldsFitTheKind, handedOverIsThere, organizationHasOneName, somebodyMayComeIn } from "./kinds.ts";
import { deleteAfterIsOffboarded } from "./lifecycle.ts";
import { namesExist } from "./names.ts";
import { namedServerIsOne, namedServerIsOurs, namedServerSendsGroups, oktaGroupsClaim } from "./okta.ts";
import {
  claimsCome,
  issuerIsTheProducts,
  presetExists,
  presetFits,
  rolesAreAskedFor,
  scopesAreTaken,
} from "./preset.ts";
import { referencesAreAllowed } from "./references.ts";
import { type FleetRule, type Rule, type RuleInput, viewOf } from "./rule.ts";
import { sessionIsPossible } from "./session.ts";
import { sharedConnectionIsDivided } from "./shared-connection.ts";
import { sinksAreTheirOwn, sinksAreUsed } from "./sinks.ts";
import { uniqueConnections, uniqueOverTheFleet } from "./unique.ts";

const fleetRules: readonly FleetRule[] = [
  uniqueOverTheFleet,
  domainsAreOwned,
  sessionIsPossible,
  deleteAfterIsOffboarded,
  attestationsHold,
  presetExists,
];

const rules: readonly Rule[] = [
  namesExist,
  uniqueConnections,
  referencesAreAllowed,
  inlineHostIsAllowed,
  inlineIsOneProvider,
  entryFitsTheApp,
  appExpressesIt,
  appNamesAreFree,
  fieldsFitTheKind,
  somebodyMayComeIn,
  handedOverIsThere,
  organizationHasOneName,
  clientAuthIsShared,
  clientAuthIsTheProducts,
  clientKeyFits,
  publicClientHasPkce,
  issuerIsSomebodys,
  sharedIssuerIsLimited,
  sharedConnectionIsDivided,
  sinksAreUsed,
  sinksAreTheirOwn,
  presetFits,
  issuerIsTheProducts,
  scopesAreTaken,
  claimsCome,
  rolesAreAskedFor,
  oktaGroupsClaim,
  namedServerIsOurs,
  namedServerIsOne,
  namedServerSendsGroups,
];

/** Every breach of the rules over the tenants' files alone: the same in every environment, and without a workspace. */
export function checkFleet(tenants: readonly Tenant[]): readonly Issue[] {
  return fleetRules.flatMap((rule) => rule({ tenants }));
}

/** Every breach of the rules over what the files come to in one environment. */
export function checkEnvironment(input: RuleInput): readonly Issue[] {
  const view = viewOf(input);
  return rules.flatMap((rule) => rule(view));
}

/** Every breach of every rule, in one environment. */
export function checkRules(input: RuleInput): readonly Issue[] {
  return [...checkFleet(input.tenants), ...checkEnvironment(input)];
}
