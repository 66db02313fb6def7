import { isObject, type Json } from "./json.ts";

// A world as JSON. JSON has no maps and sets, so a map is `{"$map": {…}}` in its order and a set is `{"$set": […]}`. A
// name that would be read as one of these, or that JavaScript would put in another place (`7`), gets a `$` in front.

const special = /^(\$|(0|[1-9]\d*)$)/;

/** How deep there is a line for each member; what is deeper is on its parent's line. So there is one line per thing. */
const deepest = 4;

/**
 * Plain data with maps and sets as text: two spaces for each level, one line per thing, in the order in which things
 * are. Members that are undefined are left out. Throws a TypeError for what is no plain data, with its path.
 */
export function writeText(value: unknown): string {
  return `${lines(toJson(value, ""), 0)}\n`;
}

/** What `writeText` has written. Throws a SyntaxError for text that is none of its. */
export function readText(text: string): unknown {
  return fromJson(JSON.parse(text));
}

function toJson(value: unknown, path: string): Json {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      if (Number.isFinite(value)) return value;
      break;
    case "object": {
      if (value === null) return null;
      if (Array.isArray(value)) return value.map((item, index) => toJson(item, `${path}[${index}]`));
      if (value instanceof Map) return { $map: members([...value], path) };
      if (value instanceof Set) return { $set: toJson([...value], path) };
      const prototype: unknown = Object.getPrototypeOf(value);
      if (prototype === Object.prototype || prototype === null) return members(Object.entries(value), path);
      break;
    }
    default:
  }
  throw new TypeError(`it${path} is no plain data`);
}

function members(entries: readonly (readonly [unknown, unknown])[], path: string): Json {
  const written: [string, Json][] = [];
  for (const [name, value] of entries) {
    if (typeof name !== "string") throw new TypeError(`it${path} has a name that is no text`);
    if (value !== undefined) written.push([special.test(name) ? `$${name}` : name, toJson(value, `${path}.${name}`)]);
  }
  return Object.fromEntries(written);
}

function fromJson(value: Json): unknown {
  if (Array.isArray(value)) return value.map(fromJson);
  if (!isObject(value)) return value;
  const names = Object.keys(value);
  if (names.length === 1) {
    const { $map: map, $set: set } = value;
    if (isObject(map)) return new Map(read(map));
    if (Array.isArray(set)) return new Set(set.map(fromJson));
  }
  return Object.fromEntries(read(value));
}

function read(value: { readonly [name: string]: Json }): [string, unknown][] {
  return Object.entries(value).map(([name, member]) => {
    const plain = name.startsWith("$") ? name.slice(1) : name;
    if (plain !== name && !special.test(plain)) throw new SyntaxError(`\`${name}\` has no meaning here`);
    return [plain, fromJson(member)];
  });
}

function lines(value: Json, depth: number): string {
  if (!isObject(value) || depth === deepest) return JSON.stringify(value);
  const indent = "  ".repeat(depth + 1);
  const inner = Object.entries(value).map(
    ([name, member]) => `${indent}${JSON.stringify(name)}: ${lines(member, depth + 1)}`,
  );
  return inner.length === 0 ? "{}" : `{\n${inner.join(",\n")}\n${indent.slice(2)}}`;
}
