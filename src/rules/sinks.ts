import { kindOfApp } from "../desired/app-kinds.ts";
import { compareText, type Issue } from "../errors/issue.ts";
import { fillSink } from "../workspace/secret-sink.ts";
import type { Rule, Use } from "./rule.ts";

/** An app that seals its secrets itself, or has them set by a person, would leave a sink empty unsaid. */
export const sinksAreUsed: Rule = ({ uses }) => {
  const first = new Map(
    uses
      .filter(({ app }) => app.secretSink !== undefined && kindOfApp(app).secret(app) !== "sink")
      .map((use) => [use.app.name, use]),
  );
  return [...first.values()].map((use) => ({
    code: "RULE_SINK_UNUSED" as const,
    ...place(use),
    message: `the app \`${use.app.name}\` names a \`secretSink\`, and apps of kind ${use.app.kind} put no secret there`,
    hint: "take `secretSink` out of the app in tenantry.yaml",
  }));
};

/** Two connections whose secrets, or whose files, are put into one place would overwrite each other. */
export const sinksAreTheirOwn: Rule = ({ workspace, uses }) => {
  const claims = uses.flatMap((use) => placesOf(use, workspace).map((at) => ({ use, at })));
  return [...Map.groupBy(claims, ({ at }) => at).values()].flatMap((all): readonly Issue[] => {
    // A place is looked up in the file only where two clash.
    if (all.length === 1) return [];
    const [first, ...others] = all
      .map((claim) => ({ ...claim, position: claim.use.tenant.positionOf(entryPath(claim.use)) }))
      .sort((a, b) => compareText(a.position.file, b.position.file) || a.position.line - b.position.line);
    if (first === undefined) return [];
    return others.map(({ use, at, position }) => ({
      code: "RULE_SINK_SHARED" as const,
      ...position,
      path: entryPath(use),
      message: `\`${at}\` is where the app \`${first.use.app.name}\` has its part of \`${first.use.tenant.tenant}\` already`,
      hint: "put `{app}` and `{signIn}` into `secretSink` and `path` in tenantry.yaml",
      related: [{ ...first.position, message: `\`${at}\` is used here first` }],
    }));
  });
};

function placesOf(
  { app, tenant, signIn }: Use,
  { name, environment }: { readonly name: string; readonly environment: string },
): readonly string[] {
  const names = { tenant: tenant.tenant, app: app.name, signIn: signIn.name, workspace: name, environment };
  const sink = app.secretSink === undefined || kindOfApp(app).secret(app) !== "sink" ? [] : [app.secretSink];
  const file = app.kind === "file" ? [`file:${app.path}`] : [];
  return [...sink, ...file].map((template) => fillSink(template, names).replace(/^file:(\.\/)+/, "file:"));
}

function entryPath({ tenant, entry }: Use): readonly (string | number)[] {
  return ["connections", tenant.connections.indexOf(entry)];
}

function place(use: Use): Pick<Issue, "file" | "line" | "column" | "path"> {
  return { ...use.tenant.positionOf(entryPath(use)), path: entryPath(use) };
}
