import { canonicalJson } from "../desired/json.ts";
import type { Issue, Position } from "../errors/issue.ts";
import type { Rule, UsedSignIn } from "./rule.ts";

/** One name under `enabledConnections` of a sign-in. */
interface WayIn {
  readonly one: UsedSignIn;
  /** Auth0 tenant and connection. */
  readonly place: string;
  readonly connection: string;
  readonly path: Issue["path"];
  /** What `require` demands, the values as text. */
  readonly demands: ReadonlyMap<string, string>;
}

/**
 * Whoever signs in by an Auth0 connection becomes a member of every organization that it is enabled for. So two tenants
 * may name one connection only when a claim tells their people apart. Tenants that are off-boarded have no people left.
 */
export const sharedConnectionIsDivided: Rule = ({ signIns, uses }) => {
  const byPlace = Map.groupBy(signIns.flatMap(waysInOf), ({ place }) => place);
  const shared = [...byPlace.values()].filter((all) => all.some(({ one }) => one.tenant !== all[0]?.one.tenant));
  if (shared.length === 0) return [];
  const usesOf = Map.groupBy(uses, ({ signIn }) => signIn);
  const isOffboarded = ({ tenant, signIn }: UsedSignIn): boolean => {
    const own = usesOf.get(signIn) ?? [];
    return tenant.status === "offboarded" || (own.length > 0 && own.every(({ status }) => status === "offboarded"));
  };
  return shared.flatMap((all) => {
    const ways = all.filter(({ one }) => !isOffboarded(one));
    const divided = aClaimDividesAll(ways.filter(({ demands }) => demands.size > 0));
    return ways.flatMap((way) => {
      if (divided && way.demands.size > 0) return [];
      // Where one of two demands nothing, that one is told.
      const other = ways.find(
        (each) =>
          each.one.tenant !== way.one.tenant &&
          (each.demands.size > 0 || way.demands.size === 0) &&
          !areDivided(each, way),
      );
      return other === undefined ? [] : [breach(way, other)];
    });
  });
};

function waysInOf(one: UsedSignIn): readonly WayIn[] {
  const { source } = one;
  if (source.kind !== "auth0") return [];
  const { enabledConnections = [], name, require } = one.signIn;
  const demands = new Map(Object.entries(require).map(([claim, value]) => [claim, canonicalJson(value)]));
  return enabledConnections.map((connection, index) => {
    const path = ["signIns", name, "enabledConnections", index];
    return { one, place: `${source.domain}\n${connection}`, connection, path, demands };
  });
}

/** The common case of many tenants, without comparing each with each. */
function aClaimDividesAll(ways: readonly WayIn[]): boolean {
  return [...(ways[0]?.demands.keys() ?? [])].some((claim) => {
    const tenantOf = new Map<string, UsedSignIn["tenant"]>();
    return ways.every(({ one, demands }) => {
      const value = demands.get(claim);
      if (value === undefined) return false;
      const first = tenantOf.get(value) ?? one.tenant;
      tenantOf.set(value, first);
      return first === one.tenant;
    });
  });
}

/** Whether both demand a claim, and not the same value of it. */
function areDivided(a: WayIn, b: WayIn): boolean {
  return [...a.demands].some(([claim, value]) => b.demands.has(claim) && b.demands.get(claim) !== value);
}

function breach(way: WayIn, other: WayIn): Issue {
  const { tenant, signIn } = way.one;
  return {
    code: "RULE_CONNECTION_SHARED",
    ...positionOf(way),
    path: way.path,
    message: `\`${other.one.tenant.tenant}\` lets people in by \`${way.connection}\` of \`${signIn.idp}\` too; nothing says whose people are whose`,
    hint: `name ${tenant.tenant}'s own connection, or add \`require:\` to both with a claim that has another value for each`,
    related: [{ ...positionOf(other), message: `\`${other.one.tenant.tenant}\` names it here` }],
  };
}

function positionOf({ one, path }: WayIn): Position {
  return one.tenant.positionOf(path);
}
