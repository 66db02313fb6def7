import type { ConnectionKey, Registration } from "../../desired/connection.ts";
import type { Coverage, ObservedRegistration } from "../../plan/observed.ts";
import type { OktaApp } from "../../vendor/okta/apps.ts";
import type { OktaOrg } from "../../vendor/okta/org.ts";
import { newestActive } from "../../vendor/okta/secrets.ts";
import type { Depth, RegistrationObservation, RegistrationProblem } from "../identity-provider.ts";
import type { AppDirectory } from "./app-directory.ts";
import type { GroupDirectory } from "./group-directory.ts";
import { type MarkerScope, ownKey } from "./marker.ts";
import { observedApp, usesSecret } from "./observed-app.ts";
import { findOwn, indexApps } from "./ownership.ts";

export interface ObserveContext {
  readonly name: string;
  readonly org: OktaOrg;
  readonly scope: MarkerScope;
  readonly apps: AppDirectory;
  readonly directory: GroupDirectory;
}

/**
 * What is at the org of the wanted registrations.
 *
 * `single` asks for each by the beginning of its label (one call, besides assignments and secrets of what was found),
 * and looks for what that does not show in the whole list, which is read for that once a run; `fleet` reads the lists of
 * apps and groups and nothing else, so that assignments and secret ids stay unread; `deep` reads the lists and then
 * every part. `single` tells of no undeclared apps.
 */
export async function observeApps(
  context: ObserveContext,
  wanted: readonly Registration[],
  depth: Depth,
): Promise<RegistrationObservation> {
  const { org, scope, apps, directory } = context;
  if (depth !== "single") await directory.readAll();
  const all = depth === "single" ? [] : await apps.all();
  const index = depth === "single" ? undefined : indexApps(scope, all);
  const problems: RegistrationProblem[] = [];
  const found = new Map<ConnectionKey, ObservedRegistration>();
  const deep = depth !== "fleet";

  await Promise.all(
    wanted.map(async (registration) => {
      // A client that is being switched off or deleted does not need its groups any more.
      if (registration.state === "active") problems.push(...(await missingGroups(context, registration)));
      const candidates = index ?? indexApps(scope, await apps.candidates(registration));
      const ownership = findOwn(org.host, registration, candidates);
      if (ownership.kind === "problem") problems.push(ownership.problem);
      if (ownership.kind === "own") {
        found.set(registration.key, await observeOne(context, registration.key, ownership.app, deep));
      }
    }),
  );

  const keys = new Set(wanted.map((registration) => registration.key));
  const undeclared = all.flatMap((app) => {
    const key = ownKey(app.raw, scope);
    return key === undefined || keys.has(key) ? [] : [observedApp(key, app, {})];
  });
  return {
    parts: new Map(),
    found: new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1))),
    undeclared: undeclared.sort((a, b) => (a.key < b.key ? -1 : 1)),
    problems: problems.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.subject < b.subject ? -1 : 1)),
    coverage: coverage(context.name, wanted.length, found.size, deep),
  };
}

/** An app in our words, with its assignments and its newest secret's id when `deep`. */
async function observeOne(
  { org, directory }: ObserveContext,
  key: ConnectionKey,
  app: OktaApp,
  deep: boolean,
): Promise<ObservedRegistration> {
  if (!deep) return observedApp(key, app, {});
  const [groupIds, secrets] = await Promise.all([
    org.apps.groupIds(app.id),
    usesSecret(app) ? org.secrets.list(app.id) : [],
  ]);
  const assignment = await directory.describe(groupIds);
  return observedApp(key, app, { assignment, secretId: newestActive(secrets)?.id });
}

async function missingGroups(context: ObserveContext, wanted: Registration): Promise<readonly RegistrationProblem[]> {
  const { missing } = await context.directory.resolve(wanted.assignment ?? { everyone: false, groups: [] });
  return missing.map(({ name, message }) => ({
    key: wanted.key,
    kind: "missing",
    field: "groups",
    code: "OKTA_GROUP_MISSING",
    subject: name,
    message,
  }));
}

function coverage(name: string, wanted: number, found: number, deep: boolean): readonly Coverage[] {
  return [
    { what: `idp/${name} clients`, read: wanted, total: wanted },
    { what: `idp/${name} assignments`, read: deep ? found : 0, total: found },
    { what: `idp/${name} secret ids`, read: deep ? found : 0, total: found },
  ];
}
