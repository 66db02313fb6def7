import type { AppFinding, CapabilityField } from "../desired/app-kind.ts";
import { kindOfApp } from "../desired/app-kinds.ts";
import { canonicalJson } from "../desired/json.ts";
import { compareText, type Issue } from "../errors/issue.ts";
import type { SignIn } from "../tenant/tenant.ts";
import { appKindNames } from "../workspace/app.ts";
import type { Rule, Use } from "./rule.ts";

/** A block of an entry is named after its app's kind; one of another kind would be left out unsaid. */
export const entryFitsTheApp: Rule = ({ uses }) =>
  uses.flatMap((use) =>
    appKindNames
      .filter((kind) => kind !== use.app.kind && use.entry[kind] !== undefined)
      .map((kind) =>
        issueOf(use, {
          in: "entry",
          path: [kind],
          code: "RULE_APP_ENTRY",
          message: `\`${kind}\` is for apps of kind ${kind}, and \`${use.app.name}\` is of kind ${use.app.kind}`,
          hint: `remove \`${kind}\`, or write what this app needs under \`${use.app.kind}\``,
        }),
      ),
  );

/** What an app has no place for is refused, unless it is as it is for everybody. */
export const appExpressesIt: Rule = ({ workspace, uses }) =>
  uses.flatMap((use) => {
    const kind = kindOfApp(use.app);
    const cannot = Object.entries(said).flatMap(([field, { path, differs }]): readonly AppFinding[] => {
      const { as, note } = kind.capability[field as CapabilityField];
      if (as !== "cannot" || !differs(use.signIn)) return [];
      const why = note === undefined ? "" : `: ${note}`;
      return [
        {
          in: "signIn",
          path,
          code: "RULE_APP_CANNOT",
          message: `\`${path.join(".")}\` cannot be expressed by app \`${use.app.name}\` (${use.app.kind})${why}`,
          hint: "take it out, or give this app a second sign-in under `signIns:` without it",
        },
      ];
    });
    const about = { ...use, environment: workspace.environment, workspace: workspace.name };
    return [...cannot, ...kind.audit(about)].map((finding) => issueOf(use, finding));
  });

/** Names that an app knows a connection by are each one connection's: a route, an enterprise connection, an alias. */
export const appNamesAreFree: Rule = ({ workspace, uses }) => {
  const claims = uses.flatMap((use) =>
    kindOfApp(use.app)
      .unique({ ...use, environment: workspace.environment, workspace: workspace.name })
      .map(({ name, path }) => ({ use, name, path, at: `${use.app.name} ${name}` })),
  );
  return [...Map.groupBy(claims, ({ at }) => at).values()].flatMap((all) => {
    // A place is looked up in the file only where two clash.
    if (all.length === 1) return [];
    const [first, ...others] = all
      .map((claim) => ({ ...claim, position: claim.use.tenant.positionOf(placeOf(claim.use, claim.path)) }))
      .sort((a, b) => compareText(a.position.file, b.position.file) || a.position.line - b.position.line);
    if (first === undefined) return [];
    return others.map(({ use, name, path, position }) => ({
      code: "RULE_APP_NAME_TAKEN" as const,
      ...position,
      path: placeOf(use, path),
      message: `${name} of app \`${use.app.name}\` is taken by \`${first.use.tenant.tenant}\``,
      hint: "give each connection one of its own",
      related: [{ ...first.position, message: `${name} stands here first` }],
    }));
  });
};

/** Where a sign-in says a field, and whether it says something else than everybody's default. */
const said: Readonly<
  Partial<Record<CapabilityField, { readonly path: readonly string[]; readonly differs: (signIn: SignIn) => boolean }>>
> = {
  endpoints: { path: ["external", "endpoints"], differs: ({ external }) => external?.endpoints !== undefined },
  scopes: {
    path: ["scopes"],
    differs: ({ scopes }) => canonicalJson([...scopes].sort()) !== canonicalJson(["email", "openid", "profile"]),
  },
  pkce: { path: ["pkce"], differs: ({ pkce }) => pkce === "off" },
  responseMode: { path: ["responseMode"], differs: ({ responseMode }) => responseMode !== "query" },
  acrValues: { path: ["acrValues"], differs: ({ acrValues }) => acrValues.length > 0 },
  extraParams: { path: ["extraParams"], differs: ({ extraParams }) => Object.keys(extraParams).length > 0 },
  claims: {
    path: ["claims"],
    differs: ({ claims }) =>
      canonicalJson(claims) !== canonicalJson({ externalId: "sub", email: "email", displayName: "name" }),
  },
  roles: { path: ["roles"], differs: ({ roles }) => roles !== undefined },
  require: { path: ["require"], differs: ({ require }) => Object.keys(require).length > 0 },
  provision: { path: ["provision"], differs: ({ provision }) => !provision.create || !provision.update },
  session: { path: ["session"], differs: ({ session }) => session !== undefined },
};

function placeOf({ tenant, entry }: Use, path: readonly (string | number)[]): readonly (string | number)[] {
  return ["connections", tenant.connections.indexOf(entry), ...path];
}

function issueOf(use: Use, finding: AppFinding): Issue {
  const { code, message, hint } = finding;
  const path =
    finding.in === "entry"
      ? placeOf(use, finding.path)
      : finding.in === "signIn"
        ? ["signIns", use.signIn.name, ...finding.path]
        : finding.path;
  return { code, ...use.tenant.positionOf(path), path, message, hint };
}
