import { issuerOf, presetNameOf } from "../desired/capability.ts";
import { issuerPlace } from "../desired/issuer.ts";
import { canonicalJson } from "../desired/json.ts";
import {
  issuerMistake,
  type Preset,
  placeholderOfIssuer,
  presetNames,
  presetOf,
  refusedScope,
} from "../desired/preset.ts";
import type { Issue } from "../errors/issue.ts";
import { nearest } from "../workspace/nearest.ts";
import type { FleetRule, Rule, UsedSignIn } from "./rule.ts";

/** A preset that a file names must exist. */
export const presetExists: FleetRule = ({ tenants }) =>
  tenants.flatMap((tenant) =>
    [...tenant.signIns.values()].flatMap(({ name, preset }): readonly Issue[] => {
      if (preset === undefined || presetNames.includes(preset)) return [];
      const path = ["signIns", name, "preset"];
      const near = nearest(preset, presetNames);
      return [
        {
          code: "RULE_PRESET_UNKNOWN",
          ...tenant.positionOf(path),
          path,
          message: `there is no preset \`${preset}\``,
          hint: near === undefined ? `known: ${presetNames.join(", ")}` : `did you mean \`${near}\`?`,
        },
      ];
    }),
  );

/** A named preset must not contradict what is certain of the issuer: a vendor's own host, or an org of our own. */
export const presetFits: Rule = ({ signIns }) =>
  signIns.flatMap(({ tenant, signIn, source }) => {
    const named = presetOf("", signIn.preset);
    if (named === undefined) return [];
    const issuer = issuerOf(signIn, source);
    const certain = certainPreset(presetNameOf(signIn, source), issuer);
    if (certain === undefined || certain === named) return [];
    return [
      issueAt({ tenant, signIn }, ["preset"], {
        code: "RULE_PRESET_CONTRADICTS",
        message: `the preset is \`${named.name}\`, and \`${issuer}\` is an issuer of ${certain.title}`,
        hint: `leave \`preset\` out, or write \`preset: ${certain.name}\`${otherwise(named)}`,
      }),
    ];
  });

function otherwise({ title, issuer }: Preset): string {
  return issuer.certainty === "none" ? "" : `; if it is ${title}, its issuer is like ${issuer.shape}`;
}

function certainPreset(own: string | undefined, issuer: string): Preset | undefined {
  if (own !== undefined) return presetOf("", own);
  const recognised = presetOf(issuer);
  return recognised?.issuer.certainty === "host" ? recognised : undefined;
}

/** The issuer must have the shape that the product's tokens carry. What stands for "any customer" is another rule's. */
export const issuerIsTheProducts: Rule = ({ signIns }) =>
  signIns.flatMap(({ tenant, signIn }) => {
    const issuer = signIn.external?.issuer;
    if (issuer === undefined || placeholderOfIssuer(issuer) !== undefined) return [];
    const at = ["external", "issuer"];
    const mistake = issuerMistake(issuer, signIn.preset);
    if (mistake !== undefined) {
      const message = `\`${issuer}\` ${mistake.message}`;
      return [issueAt({ tenant, signIn }, at, { code: "RULE_ISSUER_MISTAKEN", message, hint: mistake.hint })];
    }
    const preset = presetOf(issuer, signIn.preset);
    const slash = preset?.issuer.finalSlash;
    if (preset === undefined || slash === undefined || issuer.endsWith("/") === slash) return [];
    return [
      issueAt({ tenant, signIn }, at, {
        code: "RULE_ISSUER_SLASH",
        message: slash
          ? `the issuer lacks its final slash: those of ${preset.title} end with one`
          : `the issuer has a final slash: those of ${preset.title} have none`,
        hint: `write \`${slash ? `${issuer}/` : issuerPlace(issuer)}\`${orName(signIn.preset, preset)}`,
      }),
    ];
  });

/** A path alone may be another product's. */
function orName(named: string | undefined, { title, issuer }: Preset): string {
  return named === undefined && issuer.certainty === "path" ? `; if it is not ${title}, name its \`preset\`` : "";
}

/** A scope that the product refuses ends the whole sign-in, so nobody comes in at all. */
export const scopesAreTaken: Rule = ({ signIns }) =>
  signIns.flatMap((one) => {
    const preset = presetOfSignIn(one);
    const { scopes, external } = one.signIn;
    return scopes.flatMap((scope, index) => {
      const refused = refusedScope(preset, scope);
      if (refused === undefined) return [];
      const who = external?.issuer === undefined ? preset?.title : `\`${external.issuer}\``;
      return [
        issueAt(one, ["scopes", index], {
          code: "RULE_SCOPE_REFUSED",
          message: `${who} refuses the scope \`${scope}\`${refused.error}, and with it the whole sign-in`,
          hint: `take it out; ${refused.instead}`,
        }),
      ];
    });
  });

/** A claim that never comes keeps everybody out when it is demanded, and gives nobody a role. */
export const claimsCome: Rule = ({ signIns }) =>
  signIns.flatMap((one) => {
    const preset = presetOfSignIn(one);
    const never = preset?.claims.never ?? [];
    if (preset === undefined || never.length === 0) return [];
    const { require, roles } = one.signIn;
    const used = [
      ...Object.keys(require).map((claim) => [claim, ["require", claim], "nobody would come in"] as const),
      ...(typeof roles?.claim === "string"
        ? [[roles.claim, ["roles", "claim"], "nobody would get a role"] as const]
        : []),
    ];
    return used
      .filter(([claim]) => never.includes(claim))
      .map(([claim, at, so]) =>
        issueAt(one, at, {
          code: "RULE_CLAIM_NEVER_SENT",
          message: `${preset.title} never sends the claim \`${claim}\`, so ${so}`,
          hint: preset.claims.instead?.[claim] ?? "take it out",
        }),
      );
  });

/** A claim that comes only with certain scopes does not come without them. */
export const rolesAreAskedFor: Rule = ({ signIns }) =>
  signIns.flatMap((one) => {
    const preset = presetOfSignIn(one);
    const { scopes, roles } = one.signIn;
    const { claim, scopes: needed = [] } = preset?.roles ?? {};
    if (preset === undefined || roles === undefined || claim === undefined) return [];
    if (canonicalJson(roles.claim) !== canonicalJson(claim)) return [];
    const missing = needed.filter((scope) => !scopes.includes(scope));
    if (missing.length === 0) return [];
    return [
      issueAt(one, ["scopes"], {
        code: "RULE_CLAIM_NEVER_SENT",
        message: `${preset.title} sends the claim \`${String(claim)}\` only for its scopes, so nobody would get a role`,
        hint: `add to \`scopes\`: ${missing.join(", ")}`,
      }),
    ];
  });

function presetOfSignIn({ signIn, source }: UsedSignIn): Preset | undefined {
  return presetOf(issuerOf(signIn, source), signIn.preset ?? presetNameOf(signIn, source));
}

function issueAt(
  { tenant, signIn }: Pick<UsedSignIn, "tenant" | "signIn">,
  at: readonly (string | number)[],
  said: Pick<Issue, "code" | "message" | "hint">,
): Issue {
  const path = ["signIns", signIn.name, ...at];
  return { ...said, ...tenant.positionOf(path), path };
}
