type Raw = Readonly<Record<string, unknown>>;

/** Sections whose entries have names of their own: an environment overrides by name, then by field. */
const named = new Set(["identityProviders", "apps", "engines"]);

/** Sections with fields: an environment overrides by field. */
const sections = new Set(["verify", "guards", "references", "store", "secrets"]);

/** The sections and keys that an environment may override or add. */
export const environmentKeys = ["connect", "envFile", ...named, ...sections] as const;

/**
 * The written workspace with one environment's overrides laid over it. By name and by field; the value of a field
 * (a list, `credentials`, `sealing`…) is replaced whole. An entry of another `kind` is another thing: it is replaced
 * whole too, because the fields of the old kind mean nothing to the new. Both sides are as parsed and may have any shape: validation
 * comes after.
 */
export function layOver(base: Raw, override: Raw): Raw {
  const { environments: _environments, ...rest } = base;
  const merged: Record<string, unknown> = { ...rest };
  for (const [key, value] of Object.entries(override)) {
    if (named.has(key)) merged[key] = mergeBy(merged[key], value, layOverEntry);
    else if (sections.has(key)) merged[key] = mergeBy(merged[key], value, (_old, field) => field);
    else merged[key] = value;
  }
  return merged;
}

function layOverEntry(old: unknown, now: unknown): unknown {
  if (isRaw(old) && isRaw(now) && "kind" in now && now.kind !== old.kind) return now;
  return mergeBy(old, now, (_old, field) => field);
}

function mergeBy(old: unknown, now: unknown, member: (old: unknown, now: unknown) => unknown): unknown {
  if (!isRaw(old) || !isRaw(now)) return now;
  const merged: Record<string, unknown> = { ...old };
  for (const [key, value] of Object.entries(now)) merged[key] = key in old ? member(old[key], value) : value;
  return merged;
}

/** Whether a parsed value is a map. */
export function isRaw(value: unknown): value is Raw {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
