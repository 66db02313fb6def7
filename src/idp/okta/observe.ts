import type { Address, ConnectionKey, Registration } from "../../desired/connection.ts";
import { compareText } from "../../errors/issue.ts";
import type { Coverage, ObservedPart, ObservedRegistration } from "../../plan/observed.ts";
import type { OktaApp } from "../../vendor/okta/apps.ts";
import type { OktaOrg } from "../../vendor/okta/org.ts";
import { newestActive } from "../../vendor/okta/secrets.ts";
import {
  type Depth,
  looksAtSingles,
  type RegistrationObservation,
  type RegistrationProblem,
} from "../identity-provider.ts";
import type { AppDirectory } from "./app-directory.ts";
import { typeInTheWay } from "./application-type.ts";
import type { GroupDirectory } from "./group-directory.ts";
import { type MarkerScope, ownKey } from "./marker.ts";
import { missingNames } from "./missing.ts";
import { clientIdOf, observedApp, usesSecret } from "./observed-app.ts";
import { findOwn, indexApps } from "./ownership.ts";
import type { PolicyDirectory } from "./policy-directory.ts";
import { scopesAllowed } from "./server-access.ts";
import type { ServerDirectory } from "./server-directory.ts";
import { findServer, serverFields } from "./settle-server.ts";

export interface ObserveContext {
  readonly name: string;
  readonly org: OktaOrg;
  readonly scope: MarkerScope;
  readonly apps: AppDirectory;
  readonly directory: GroupDirectory;
  readonly policies: PolicyDirectory;
  readonly servers: ServerDirectory;
}

/**
 * What is at the org of the wanted registrations.
 *
 * `single` asks for each by the beginning of its label (one call, besides assignments and secrets of what was found),
 * and looks for what that does not show in the whole list, which is read for that once a run (`glance` does not: an app
 * of ours that somebody has renamed goes unseen); `fleet` reads the lists of
 * apps and groups (and of access policies, when a registration names one) and nothing else, so that assignments and
 * secret ids stay unread; `deep` reads the lists and then every part. `single` and `glance` tell of no
 * undeclared apps.
 */
export async function observeApps(
  context: ObserveContext,
  wanted: readonly Registration[],
  depth: Depth,
): Promise<RegistrationObservation> {
  const { org, scope, apps, directory } = context;
  const listed = !looksAtSingles(depth);
  if (listed) await directory.readAll();
  const all = listed ? await apps.all() : [];
  const index = listed ? indexApps(scope, all) : undefined;
  const problems: RegistrationProblem[] = [];
  const found = new Map<ConnectionKey, ObservedRegistration>();
  const deep = depth !== "fleet";

  await Promise.all(
    wanted.map(async (registration) => {
      const { key, state, clientAuth } = registration;
      const candidates = index ?? indexApps(scope, await apps.candidates(registration, depth !== "glance"));
      const ownership = findOwn(org.host, registration, candidates);
      // A client that is being switched off or deleted does not need what the file names any more.
      if (state === "active") {
        const has = ownership.kind === "own";
        problems.push(...(await missingNames(context, registration, depth, has)));
      }
      if (ownership.kind === "problem") problems.push(ownership.problem);
      if (ownership.kind !== "own") return;
      const { app } = ownership;
      const message = state === "active" ? typeInTheWay(org.host, app, clientAuth) : undefined;
      if (message !== undefined) {
        problems.push({ key, kind: "immutable", code: "OKTA_APPLICATION_TYPE", subject: app.id, message });
      }
      found.set(key, await observeOne(context, registration, app, deep));
    }),
  );

  const keys = new Set(wanted.map((registration) => registration.key));
  const undeclared = all.flatMap((app) => {
    const key = ownKey(app.raw, scope);
    return key === undefined || keys.has(key) ? [] : [observedApp(key, app, {})];
  });
  return {
    parts: await observeParts(context, wanted, listed),
    found: new Map([...found].sort(([a], [b]) => compareText(a, b))),
    undeclared: undeclared.sort((a, b) => compareText(a.key, b.key)),
    problems: problems.sort((a, b) => compareText(a.key, b.key) || compareText(a.subject, b.subject)),
    coverage: [
      { what: `idp/${context.name} clients`, read: wanted.length, total: wanted.length },
      { what: `idp/${context.name} assignments`, read: deep ? found.size : 0, total: found.size },
      { what: `idp/${context.name} secret ids`, read: deep ? found.size : 0, total: found.size },
      ...(await unreadServers(context, asked(wanted, found, depth), deep)),
    ],
  };
}

/** An app in our words, with its assignments and its newest secret's id when `deep`. */
async function observeOne(
  { org, directory, policies }: ObserveContext,
  { key, accessPolicy, state, authorizationServer, serverScopes }: Registration,
  app: OktaApp,
  deep: boolean,
): Promise<ObservedRegistration> {
  const named = accessPolicy !== undefined && state === "active";
  const policy = named ? await policies.nameFor(app) : undefined;
  if (!deep) return observedApp(key, app, { accessPolicy: policy });
  const asks = state === "active" && authorizationServer !== undefined && serverScopes !== undefined;
  const [groupIds, secrets, allowed] = await Promise.all([
    org.apps.groupIds(app.id),
    usesSecret(app) ? org.secrets.list(app.id) : [],
    asks ? scopesAllowed(org, authorizationServer, clientIdOf(app) ?? "") : undefined,
  ]);
  const assignment = await directory.describe(groupIds);
  const secretId = newestActive(secrets)?.id;
  return observedApp(key, app, { assignment, accessPolicy: policy, serverScopes: allowed, secretId });
}

/** The groups and authorization servers that are made when they are missing, as far as they are there. */
async function observeParts(
  { org, scope, directory }: ObserveContext,
  wanted: readonly Registration[],
  listed: boolean,
): Promise<ReadonlyMap<Address, ObservedPart>> {
  const parts = new Map(wanted.flatMap((registration) => registration.parts.map((part) => [part.address, part])));
  const found = await Promise.all(
    [...parts].map(async ([address, part]): Promise<readonly [Address, ObservedPart][]> => {
      if (part.kind === "authorizationServer") {
        const there = await findServer(org, scope, part.name);
        if (there?.ours !== true) return [];
        return [[address, { address, id: there.server.id, fields: await serverFields(org, there.server, part) }]];
      }
      const group = await directory.find(part.name, listed);
      return "id" in group ? [[address, { address, id: group.id, fields: { name: part.name } }]] : [];
    }),
  );
  return new Map(found.flat().sort(([a], [b]) => compareText(a, b)));
}

/** Whose authorization servers were asked for: a glance leaves those of clients that are there to the documents. */
function asked(
  wanted: readonly Registration[],
  found: ReadonlyMap<ConnectionKey, ObservedRegistration>,
  depth: Depth,
): readonly Registration[] {
  return depth === "glance" ? wanted.filter(({ key }) => !found.has(key)) : wanted;
}

/** Said only when these credentials may not read what was to be read: that is no reason to stop. */
async function unreadServers(
  { name, servers }: ObserveContext,
  wanted: readonly Registration[],
  deep: boolean,
): Promise<readonly Coverage[]> {
  if (!deep) return [];
  const ids = new Set(
    wanted.flatMap(({ state, authorizationServer }) =>
      state === "active" && authorizationServer !== undefined ? [authorizationServer] : [],
    ),
  );
  const states = await Promise.all([...ids].map((id) => servers.stateOf(id)));
  const read = states.filter((state) => state !== "unread").length;
  return read === states.length ? [] : [{ what: `idp/${name} authorization servers`, read, total: states.length }];
}
