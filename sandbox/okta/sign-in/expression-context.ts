import type { Json } from "../../json.ts";

/** What an expression can speak about. */
export interface ExpressionContext {
  /** `user`, `appuser`, `app`, `access`, `org`; null where there is none. */
  readonly variables: Readonly<Record<string, Json>>;
  /** The groups of the person. */
  readonly groups: readonly { readonly id: string; readonly type: string; readonly name: string }[];
}

/** The expression cannot be read, or uses what the sandbox does not play. */
export class ExpressionProblem extends Error {}
