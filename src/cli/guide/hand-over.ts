import { filledIn } from "../../rules/references.ts";

/** How a secret is to reach us: where it will stand, never what it is. */
export interface HandOver {
  /** The reference of the tenant's file; null while none is written. */
  readonly reference: string | null;
  /** What the workspace allows to this tenant, filled in for it. */
  readonly allowed: readonly string[];
  readonly way: HandOverWay;
}

/**
 * By which kind of store it is handed over. `vault`, `onepassword`, `aws`, `gcp`: the customer can put it there, or share
 * it into there, when they have been let in. `oneTime`: it stands where only the app's team can write.
 */
export interface HandOverWay {
  readonly kind: "vault" | "onepassword" | "aws" | "gcp" | "oneTime";
  /** Path, item or name in that store; null where the customer need not know it. */
  readonly place: string | null;
}

/**
 * The way a secret is handed over: by the reference of the tenant's file, else by the first of the places that the
 * workspace allows this tenant, those in front that a customer could be let in to.
 */
export function handOverOf(of: {
  readonly tenant: string;
  readonly app: string;
  readonly reference: string | undefined;
  readonly allowed: readonly string[];
}): HandOver {
  const allowed = of.allowed.map((pattern) => filledIn(pattern, of.tenant));
  const candidates = of.reference === undefined ? allowed : [of.reference];
  const ways = candidates.map((text) => wayOf(text));
  return {
    reference: of.reference ?? null,
    allowed,
    way: ways.find(({ kind }) => kind !== "oneTime") ?? { kind: "oneTime", place: null },
  };
}

const stores = [
  ["vault:", "vault"],
  ["op://", "onepassword"],
  ["aws-sm:", "aws"],
  ["gcp-sm:", "gcp"],
] as const;

/** By the scheme of a reference, or of a pattern of them: its `*` is what the customer's secret is called there. */
function wayOf(text: string): HandOverWay {
  const store = stores.find(([scheme]) => text.startsWith(scheme));
  if (store === undefined) return { kind: "oneTime", place: null };
  const [scheme, kind] = store;
  return { kind, place: text.slice(scheme.length).replace(/\*$/, "client-secret") };
}
