import { issuerOf } from "../desired/capability.ts";
import { issuerPlace, sharedIssuer } from "../desired/issuer.ts";
import { canonicalJson } from "../desired/json.ts";
import { placeholderOfIssuer } from "../desired/preset.ts";
import type { Issue, Position } from "../errors/issue.ts";
import type { Rule, UsedSignIn } from "./rule.ts";

/** An external sign-in with the issuer that its file names. */
interface External extends UsedSignIn {
  readonly issuer: string;
}

/** `/common` and its like are the issuer of nobody: every token there carries another one. */
export const issuerIsSomebodys: Rule = ({ signIns }) =>
  externals(signIns).flatMap((one) => {
    const word = placeholderOfIssuer(one.issuer);
    if (word === undefined) return [];
    return [
      {
        code: "RULE_ISSUER_OF_NOBODY" as const,
        ...placeOf(one),
        message: `\`${one.issuer}\` is the issuer of nobody: a token carries the issuer of the person's own directory`,
        hint: `write the id of the customer's directory in place of \`${word}\``,
      },
    ];
  });

/**
 * Where others have the same issuer, a claim must say whose people come in: at a provider for everybody, at one of our
 * own, and where two tenants name one issuer.
 */
export const sharedIssuerIsLimited: Rule = ({ workspace, signIns }) => {
  const all = externals(signIns);
  // A customer's own org that another tenant's file gives in place is asked after like any issuer of a file.
  const named = [...all, ...inlines(signIns)];
  const byPlace = Map.groupBy(named, ({ issuer }) => issuerPlace(issuer));
  const byDemands = Map.groupBy(named, demandsOf);
  const own = new Map(
    [...workspace.identityProviders.values()].flatMap((idp) =>
      // A sign-in may choose another authorization server of the org: those issuers are ours as well.
      signIns
        .filter(({ signIn }) => signIn.idp === idp.name)
        .map(({ signIn }): [string, string] => [issuerPlace(issuerOf(signIn, idp)), idp.name]),
    ),
  );
  return all.flatMap((one) => {
    const place = issuerPlace(one.issuer);
    const another = (list: readonly External[] | undefined) => list?.find((other) => other.tenant !== one.tenant);
    const breach = breachOf(one, own.get(place), {
      sameIssuer: another(byPlace.get(place)),
      sameDemands: another(byDemands.get(demandsOf(one))),
    });
    return breach === undefined ? [] : [{ code: "RULE_ISSUER_SHARED" as const, ...placeOf(one), ...breach }];
  });
};

function breachOf(
  one: External,
  ownIdp: string | undefined,
  others: { readonly sameIssuer: External | undefined; readonly sameDemands: External | undefined },
): Pick<Issue, "message" | "hint" | "related"> | undefined {
  const demands = one.signIn.require;
  const limited = Object.keys(demands).length > 0;
  const shared = sharedIssuer(one.issuer);
  if (shared !== undefined) {
    const { accounts, claim } = shared;
    if (claim === undefined ? limited : Object.hasOwn(demands, claim)) {
      return sameDemands(one, others.sameDemands);
    }
    return {
      message: `everybody with ${accounts} has the issuer \`${one.issuer}\`; nothing says who of them may come in`,
      hint:
        claim === undefined
          ? "add `require:` with a claim and the value that only the customer's people have"
          : `add \`require: { ${claim}: ${one.tenant.domains[0] ?? "DOMAIN"} }\``,
    };
  }
  if (ownIdp !== undefined && !limited) {
    return {
      message: `the issuer \`${one.issuer}\` is that of \`${ownIdp}\`, which serves other tenants too`,
      hint: `write \`idp: ${ownIdp}\` in place of \`external\`, or add \`require:\` with a claim of the customer's people`,
    };
  }
  if (limited) return sameDemands(one, others.sameDemands);
  const first = others.sameIssuer;
  if (first === undefined) return undefined;
  return {
    message: `\`${first.tenant.tenant}\` has the issuer \`${one.issuer}\` too; nothing says whose people are whose`,
    hint: "add `require:` with a claim and the value that only the customer's people have",
    related: [relatedTo(first)],
  };
}

/** Two tenants that ask the same of the same issuer let each other's people in. */
function sameDemands(
  one: External,
  same: External | undefined,
): Pick<Issue, "message" | "hint" | "related"> | undefined {
  if (same === undefined) return undefined;
  return {
    message: `\`${same.tenant.tenant}\` has the issuer \`${one.issuer}\` too, and its \`require\` asks for the same`,
    hint: "ask in `require` for a value that only this customer's people have",
    related: [relatedTo(same)],
  };
}

function demandsOf({ issuer, signIn }: External): string {
  return `${issuerPlace(issuer)}\n${canonicalJson(signIn.require)}`;
}

function externals(signIns: readonly UsedSignIn[]): readonly External[] {
  return signIns.flatMap((one) => {
    const issuer = one.signIn.external?.issuer;
    return issuer === undefined ? [] : [{ ...one, issuer }];
  });
}

/** Sign-ins at orgs that files give in place, with the issuer of each. */
function inlines(signIns: readonly UsedSignIn[]): readonly External[] {
  return signIns.flatMap((one) =>
    one.signIn.inline === undefined ? [] : [{ ...one, issuer: issuerOf(one.signIn, one.source) }],
  );
}

function placeOf({ tenant, signIn }: External): Position & { readonly path: Issue["path"] } {
  const path = ["signIns", signIn.name, "external", "issuer"];
  return { ...tenant.positionOf(path), path };
}

function relatedTo(other: External): NonNullable<Issue["related"]>[number] {
  const { path: _path, ...position } = placeOf(other);
  return { ...position, message: `\`${other.tenant.tenant}\` names it here` };
}
