import type { Address, Connection, ConnectionKey, Registration } from "../desired/connection.ts";
import { canonicalJson } from "../desired/json.ts";
import { tenantOfKey } from "../desired/key.ts";
import type { PlannedWork, Settle } from "../idp/planned-work.ts";
import type { Change } from "../plan/change.ts";
import { diffRegistration } from "../plan/diff.ts";
import { registrationFields } from "../plan/fields.ts";
import type { CallBudget, ObservedPart, ObservedRecord, ObservedRegistration } from "../plan/observed.ts";
import { addressesOf } from "./addresses.ts";
import type { Held } from "./held.ts";
import type { LeftBehind } from "./left-behind.ts";
import { member, type Observation } from "./observe.ts";
import { serveBoth } from "./serving.ts";
import { type Sight, sightOf } from "./sight.ts";
import type { World } from "./world.ts";

/** What an apply goes by. */
interface Due {
  readonly changes: readonly Change[];
  readonly connections: readonly Connection[];
  readonly observation: Observation;
  readonly leftBehind: ReadonlyMap<ConnectionKey, LeftBehind>;
  readonly held: ReadonlyMap<ConnectionKey, Held>;
}

/** What an apply of the plan costs at each identity provider; nothing when there is nothing to do. */
export async function budgetOf(world: World, due: Due): Promise<readonly CallBudget[]> {
  const work = workOf(due);
  if (work.length === 0) return [];
  const byIdp = Map.groupBy(work, ({ wanted }) => wanted.idp);
  const idps = new Set([...due.observation.engines.keys(), ...byIdp.keys()]);
  const budgets = await Promise.all([...idps].map((idp) => member(world.engines, idp).budget(byIdp.get(idp) ?? [])));
  return budgets.flat();
}

/** What an apply does at identity providers: the same connections as it takes through their steps. */
function workOf({ changes: all, connections, observation, leftBehind, held }: Due): readonly PlannedWork[] {
  const changes = new Map<Address, Change>(all.map((change) => [change.address, change]));
  const told = new Set<Address>();
  const partsOf = (wanted: Registration, found: ReadonlyMap<Address, ObservedPart> | undefined) =>
    wanted.parts.flatMap((part) => {
      const change = told.has(part.address) ? undefined : changes.get(part.address);
      told.add(part.address);
      return change === undefined ? [] : [{ part, change, found: found?.get(part.address) }];
    });
  const clients = new Map<string, number>();
  for (const [idp, { observation: seen }] of observation.engines) {
    for (const key of seen.found.keys()) {
      const tenant = `${idp} ${tenantOfKey(key)}`;
      clients.set(tenant, (clients.get(tenant) ?? 0) + 1);
    }
  }
  return connections.flatMap((connection): readonly PlannedWork[] => {
    const { key, registration: wanted } = connection;
    if (held.has(key) || !addressesOf(connection, { leftBehind }).some((address) => changes.has(address))) return [];
    const sight = sightOf(observation, connection);
    const live = sight.record?.state === "active" ? sight.record : undefined;
    const course = courseOf(connection);
    const left = leftBehind.get(key);
    return [
      {
        course,
        wanted,
        found: sight.registration,
        parts: partsOf(wanted, sight.parts),
        clients: clients.get(`${wanted.idp} ${connection.tenant}`) ?? 0,
        settles: course === "on" ? settlesOf(wanted, live, sight) : [settle(wanted, sight.registration)],
      },
      ...(left === undefined
        ? []
        : [
            {
              course: "retire" as const,
              wanted: left.registration,
              found: left.found,
              parts: partsOf(left.registration, left.parts),
              clients: 1,
              settles: [settle(left.registration, left.found)],
            },
          ]),
    ];
  });
}

function courseOf({ record }: Connection): PlannedWork["course"] {
  if (record.state === "active") return "on";
  return record.state === "tombstone" ? "delete" : "off";
}

/** While a live record changes the client serves both; then it is narrowed to what is wanted. */
function settlesOf(wanted: Registration, live: ObservedRecord | undefined, sight: Sight): readonly Settle[] {
  const first = serveBoth(wanted, live, sight);
  if (canonicalJson(first) === canonicalJson(wanted)) return [settle(wanted, sight.registration)];
  const { registration: found } = sight;
  const between = found && { ...found, fields: { ...found.fields, ...registrationFields(first) } };
  return [settle(first, found), found === undefined ? nothing : settle(wanted, between, first.keepKeys === true)];
}

const nothing: Settle = { change: undefined, anyway: false };

function settle(wanted: Registration, found: ObservedRegistration | undefined, anyway = false): Settle {
  return { change: diffRegistration(wanted, found).changes[0], anyway };
}
