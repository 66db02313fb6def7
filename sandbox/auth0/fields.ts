import type { Json, JsonObject } from "../json.ts";

/**
 * What `fields` and `include_fields` leave of an object: only those, or with `include_fields=false` all but those.
 * `always` stays whatever was asked.
 */
export function pickFields(query: URLSearchParams, shown: JsonObject, always: readonly string[] = []): JsonObject {
  const wanted = (query.get("fields") ?? "").split(",").filter((name) => name !== "");
  if (wanted.length === 0) return shown;
  const include = query.get("include_fields") !== "false";
  return Object.fromEntries(
    Object.entries(shown).filter(([name]) => always.includes(name) || wanted.includes(name) === include),
  ) as { [key: string]: Json };
}
