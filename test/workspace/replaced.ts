/** The value with one of its members, counted through all depths, replaced. */
export function replaced(value: unknown, pick: number, put: unknown): unknown {
  const places: (readonly (string | number)[])[] = [];
  const walk = (one: unknown, path: readonly (string | number)[]): void => {
    places.push(path);
    if (Array.isArray(one)) one.forEach((item, index) => void walk(item, [...path, index]));
    else if (typeof one === "object" && one !== null) {
      for (const [name, member] of Object.entries(one)) walk(member, [...path, name]);
    }
  };
  walk(value, []);
  const path = places[pick % places.length] ?? [];
  const copy: unknown = structuredClone({ top: value });
  let at = copy as Record<string | number, unknown>;
  const steps = ["top", ...path];
  for (const step of steps.slice(0, -1)) at = at[step] as Record<string | number, unknown>;
  at[steps.at(-1) ?? "top"] = put;
  return (copy as { top: unknown }).top;
}
