import type { Json } from "../../desired/json.ts";

/** A file as a structure: what is in it, whatever its format. */
export type Tree = Json;

/** One value in a structure: the members and indexes that lead to it. */
export interface Leaf {
  readonly path: readonly (string | number)[];
  readonly value: Json;
}

/** All values of a structure that are no objects and no lists, in order; an empty one is a value too. */
export function leavesOf(tree: Tree, path: Leaf["path"] = []): readonly Leaf[] {
  if (typeof tree !== "object" || tree === null) return [{ path, value: tree }];
  if (Array.isArray(tree)) {
    if (tree.length === 0) return [{ path, value: tree }];
    return tree.flatMap((item: Json, index) => leavesOf(item, [...path, index]));
  }
  const members = Object.entries(tree);
  if (members.length === 0) return [{ path, value: tree }];
  return members.flatMap(([name, member]) => leavesOf(member, [...path, name]));
}

/** The value at a path; undefined: there is none. */
export function valueAt(tree: Tree | undefined, path: Leaf["path"]): Json | undefined {
  let at: Json | undefined = tree;
  for (const step of path) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, step)) return undefined;
    at = (at as Readonly<Record<string | number, Json>>)[step];
  }
  return at;
}

/** The structure with another value for each leaf. */
export function mapLeaves(tree: Tree, change: (leaf: Leaf) => Json, path: Leaf["path"] = []): Tree {
  if (typeof tree !== "object" || tree === null) return change({ path, value: tree });
  if (Array.isArray(tree)) {
    return tree.length === 0
      ? change({ path, value: tree })
      : tree.map((item: Json, index) => mapLeaves(item, change, [...path, index]));
  }
  const members = Object.entries(tree);
  if (members.length === 0) return change({ path, value: tree });
  return Object.fromEntries(members.map(([name, member]) => [name, mapLeaves(member, change, [...path, name])]));
}

/** Ours laid over what is there: members that we do not write stay; lists and values are replaced. */
export function laidOver(there: Tree | undefined, ours: Tree): Tree {
  if (!isObject(there) || !isObject(ours)) return ours;
  const merged = new Map<string, Json>(Object.entries(there));
  for (const [name, member] of Object.entries(ours)) merged.set(name, laidOver(merged.get(name), member));
  return Object.fromEntries(merged);
}

/** What is there without the values at these paths; objects that are empty then go too, lists are taken away whole. */
export function without(tree: Tree, paths: readonly Leaf["path"][]): Tree {
  if (!isObject(tree)) return tree;
  return Object.fromEntries(
    Object.entries(tree).flatMap(([name, member]): [string, Json][] => {
      const below = paths.filter(([first]) => first === name).map((path) => path.slice(1));
      if (below.length === 0) return [[name, member]];
      if (below.some((path) => path.length === 0) || !isObject(member)) return [];
      const rest = without(member, below);
      return isObject(rest) && Object.keys(rest).length === 0 ? [] : [[name, rest]];
    }),
  );
}

export function isObject(tree: Tree | undefined): tree is { readonly [name: string]: Json } {
  return typeof tree === "object" && tree !== null && !Array.isArray(tree);
}
