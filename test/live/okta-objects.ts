import type { EngineBench } from "./terraform-engine-bench.ts";

/** Every value of an app and of what belongs to it, by its path; what differs from app to app by nature is left out. */
export type Leaves = ReadonlyMap<string, unknown>;

/** Members that no two apps have alike, or that tell only when something was done. */
const byNature =
  /^(id|created|lastUpdated|orn|credentials\.oauthClient\.client_secret)$|^settings\.oauthClient\.jwks\.keys\.\d+\.id$/;

/** An app with its groups, as the management API shows them. */
export async function leavesOf(bench: EngineBench, label: string): Promise<Leaves> {
  const app = await bench.app(label);
  const text = JSON.stringify(app).replaceAll(String(app.id), "ID");
  const groups = await bench.groupsOf(label);
  const all = (await bench.call("GET", "/api/v1/groups")) as readonly {
    profile: { name: string; description: string };
  }[];
  const profiles = all.filter(({ profile }) => groups.includes(profile.name)).map(({ profile }) => profile);
  return new Map(
    [...leaves("", { ...JSON.parse(text), groups: profiles })].filter(([path]) => !byNature.test(path)).sort(),
  );
}

/** The paths whose values differ, each with both of them. */
export function differingLeaves(a: Leaves, b: Leaves): Readonly<Record<string, readonly [unknown, unknown]>> {
  const paths = [...new Set([...a.keys(), ...b.keys()])].sort();
  return Object.fromEntries(
    paths
      .filter((path) => JSON.stringify(a.get(path)) !== JSON.stringify(b.get(path)))
      .map((path) => [path, [a.get(path), b.get(path)]]),
  );
}

function* leaves(path: string, value: unknown): Generator<[string, unknown]> {
  if (typeof value !== "object" || value === null || Object.keys(value).length === 0) {
    yield [path, value];
    return;
  }
  for (const [name, member] of Object.entries(value)) yield* leaves(path === "" ? name : `${path}.${name}`, member);
}
