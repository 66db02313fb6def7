import { isObject } from "./json.ts";

/** Says what is wrong with a value, with the path to it; undefined when nothing is. */
export type Shape = (value: unknown, path: string) => string | undefined;

function kind(test: (value: unknown) => boolean, what: string): Shape {
  return (value, path) => (test(value) ? undefined : `${path} is no ${what}`);
}

export const text = kind((value) => typeof value === "string", "text");
export const flag = kind((value) => typeof value === "boolean", "true or false");
export const number = kind((value) => Number.isSafeInteger(value), "whole number");
/** An object of any members. */
export const object = kind((value) => isObject(value) && !(value instanceof Map || value instanceof Set), "object");

export function oneOf(...words: readonly string[]): Shape {
  return kind((value) => words.some((word) => word === value), `${words.join(" or ")}`);
}

export function orNull(shape: Shape): Shape {
  return (value, path) => (value === null ? undefined : shape(value, path));
}

/** A member that may be missing. */
export function optional(shape: Shape): Shape {
  return (value, path) => (value === undefined ? undefined : shape(value, path));
}

export function listOf(shape: Shape): Shape {
  return (value, path) =>
    Array.isArray(value) ? first(value, (item, index) => shape(item, `${path}[${index}]`)) : `${path} is no list`;
}

export function setOf(shape: Shape): Shape {
  return (value, path) =>
    value instanceof Set ? first([...value], (item) => shape(item, `a member of ${path}`)) : `${path} is no $set`;
}

/** A map; `key` names the member of each thing that is also its name in the map. */
export function mapOf(shape: Shape, key?: string): Shape {
  return (value, path) => {
    if (!(value instanceof Map)) return `${path} is no $map`;
    return first([...value], ([name, item]) => {
      const at = `${path}.${String(name)}`;
      const wrong = shape(item, at);
      if (wrong !== undefined || key === undefined) return wrong;
      return (item as Record<string, unknown>)[key] === name ? undefined : `${at} has another ${key}`;
    });
  };
}

/** A shape for every member that a type names. */
type Members<Item> = { readonly [Name in keyof Item as string extends Name ? never : Name]-?: Shape };

/** An object with these members, and with others where its type allows any. */
export function record<Item extends object>(members: Members<Item>): Shape {
  const shapes = Object.entries(members) as [string, Shape][];
  return (value, path) => {
    if (object(value, path) !== undefined) return `${path} is no object`;
    const item = value as Record<string, unknown>;
    return first(shapes, ([name, shape]) =>
      shape(Object.hasOwn(item, name) ? item[name] : undefined, `${path}.${name}`),
    );
  };
}

function first<Item>(items: readonly Item[], check: (item: Item, index: number) => string | undefined) {
  for (const [index, item] of items.entries()) {
    const wrong = check(item, index);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

/**
 * All that a vendor remembers: what is in an empty state and described here, and nothing else. What is there and not
 * described is held to the kind that it has in the empty state.
 */
export function stateShape<State extends object>(
  empty: State,
  described: { readonly [Name in keyof State]?: Shape },
): Shape {
  const known = described as Readonly<Record<string, Shape | undefined>>;
  const members = Object.fromEntries(
    Object.entries(empty).map(([name, value]) => [name, known[name] ?? likeEmpty(value)]),
  );
  const shape = record<Record<string, unknown>>(members);
  return (value, path) => {
    const wrong = shape(value, path);
    if (wrong !== undefined) return wrong;
    const unknown = Object.keys(value as object).find((name) => !Object.hasOwn(members, name));
    return unknown === undefined ? undefined : `${path}.${unknown} is unknown`;
  };
}

function likeEmpty(value: unknown): Shape {
  if (value instanceof Map) return mapOf(() => undefined);
  if (value instanceof Set) return setOf(() => undefined);
  if (Array.isArray(value)) return listOf(() => undefined);
  if (value === null) return () => undefined;
  switch (typeof value) {
    case "string":
      return text;
    case "number":
      return number;
    case "boolean":
      return flag;
    default:
      return object;
  }
}
