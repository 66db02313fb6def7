import { isObject, type Translation } from "./translation.ts";

/** Fields that each side fills in its own way. */
const identifiers = [["id"], ["client_id"], ["connection_id"], ["user_id"], ["kid"]] as const;

/** Fields that are the same on both sides, the first that a thing has. */
const names = [
  ["scopeId"],
  ["label"],
  ["profile", "login"],
  ["profile", "name"],
  ["connection", "name"],
  ["name"],
  ["domain"],
  ["value"],
  ["permission_name"],
] as const;

const identities = [...identifiers, ...names];

/** Two answers whose lists have been brought into one order, and what was left over. */
export interface Paired {
  readonly recorded: unknown;
  readonly here: unknown;
  /** Things that only one side shows although both know them. */
  readonly unmatched: readonly string[];
}

/**
 * Brings the lists of the answer here into the order of the recorded ones. A thing that only the recorded org ever had,
 * or only the sandbox, is left out: what else is in an org differs. One that both have and only one shows is told.
 */
export function pair(recorded: unknown, here: unknown, known: Translation): Paired {
  const unmatched: string[] = [];
  const [left, right] = pairValues(recorded, here, known, "", unmatched);
  return { recorded: left, here: right, unmatched };
}

function pairValues(
  recorded: unknown,
  here: unknown,
  known: Translation,
  path: string,
  unmatched: string[],
): readonly [unknown, unknown] {
  if (Array.isArray(recorded) && Array.isArray(here)) return pairLists(recorded, here, known, path, unmatched);
  if (!isObject(recorded) || !isObject(here)) return [recorded, here];
  const left: Record<string, unknown> = { ...recorded };
  const right: Record<string, unknown> = { ...here };
  for (const [key, inner] of Object.entries(recorded)) {
    if (!(key in here)) continue;
    [left[key], right[key]] = pairValues(inner, here[key], known, `${path}.${key}`, unmatched);
  }
  return [left, right];
}

function pairLists(
  recorded: readonly unknown[],
  here: readonly unknown[],
  known: Translation,
  path: string,
  unmatched: string[],
): readonly [unknown[], unknown[]] {
  if (!recorded.every(isObject) || !here.every(isObject)) return [[...recorded], [...here]];
  const left: unknown[] = [];
  const right: unknown[] = [];
  const rest = [...here];
  const lost: Record<string, unknown>[] = [];
  for (const item of recorded) {
    const index = rest.findIndex((candidate) => isSame(item, candidate, known));
    if (index === -1) {
      lost.push(item);
      continue;
    }
    const [pairedItem, pairedHere] = pairValues(item, rest.splice(index, 1)[0], known, `${path}[]`, unmatched);
    left.push(pairedItem);
    right.push(pairedHere);
  }
  for (const item of lost) {
    const identity = identityOf(item);
    if (identity === undefined) {
      // Things without an identity: any stands for any.
      const [other] = rest.splice(0, 1);
      if (other === undefined) continue;
      const [pairedItem, pairedHere] = pairValues(item, other, known, `${path}[]`, unmatched);
      left.push(pairedItem);
      right.push(pairedHere);
    } else if (known.get(identity.value) !== undefined) unmatched.push(`missing ${path}[] ${identity.value}`);
  }
  const counterparts = known.counterparts();
  for (const item of rest) {
    const identity = identityOf(item);
    if (identity !== undefined && counterparts.has(identity.value)) unmatched.push(`extra ${path}[] ${identity.value}`);
  }
  return [left, right];
}

function isSame(recorded: Record<string, unknown>, here: Record<string, unknown>, known: Translation): boolean {
  for (const path of identifiers) {
    const one = at(recorded, path);
    const other = at(here, path);
    if (typeof one !== "string" || typeof other !== "string") continue;
    const expected = known.get(one);
    // An id that is known must be the one; an unknown one is looked for by name.
    if (expected !== undefined) return expected === other;
    if (one === other) return true;
  }
  for (const path of names) {
    const one = at(recorded, path);
    const other = at(here, path);
    if (typeof one === "string" && typeof other === "string") return (known.get(one) ?? one) === other;
  }
  return false;
}

function identityOf(item: Record<string, unknown>): { readonly value: string } | undefined {
  for (const path of identities) {
    const value = at(item, path);
    if (typeof value === "string") return { value };
  }
  return undefined;
}

function at(item: Record<string, unknown>, path: readonly string[]): unknown {
  let value: unknown = item;
  for (const key of path) value = isObject(value) ? value[key] : undefined;
  return value;
}
