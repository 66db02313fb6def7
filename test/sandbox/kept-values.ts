import type { Sandbox } from "../../sandbox/sandbox.ts";

/** The values of references that belong to the world: all but the stand-ins', which are new at each start. */
export function keptValues({ env, standIns }: Sandbox): Readonly<Record<string, string>> {
  const standInNames = new Set(Object.values(standIns).flatMap((standIn) => Object.keys(standIn.env)));
  return Object.fromEntries(Object.entries(env).filter(([name]) => !standInNames.has(name)));
}
