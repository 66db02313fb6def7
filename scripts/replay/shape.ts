import { isObject } from "./translation.ts";

/** Every path in the value with the JSON type of what is there; the items of a list share one path. */
function shapeOf(value: unknown): ReadonlySet<string> {
  const lines = new Set<string>();
  collect(value, "", lines);
  return lines;
}

function collect(value: unknown, path: string, lines: Set<string>): void {
  if (Array.isArray(value)) {
    lines.add(`${path}: list`);
    for (const item of value) collect(item, `${path}[]`, lines);
  } else if (isObject(value)) {
    lines.add(`${path}: object`);
    for (const [key, inner] of Object.entries(value)) collect(inner, `${path}.${key}`, lines);
  } else lines.add(`${path}: ${value === null ? "null" : typeof value}`);
}

/** What one value has and the other has not: `missing PATH: TYPE`, `extra PATH: TYPE`. */
export function differences(recorded: unknown, here: unknown): readonly string[] {
  const expected = shapeOf(recorded);
  const seen = shapeOf(here);
  return [
    ...[...expected].filter((line) => !seen.has(line)).map((line) => `missing ${line}`),
    ...[...seen].filter((line) => !expected.has(line)).map((line) => `extra ${line}`),
  ];
}
