// One of several processes that carry runs out: gets orders from main.ts, one at a time, and answers each.

import "./key-pool.ts";
import { carryOut, learn, type RunResult } from "./run.ts";
import { scenarios } from "./scenarios.ts";
import type { Fault, Shape } from "./sequence.ts";

/** What a worker is told to do. `scenario` is its place in the list. */
export type Order = { readonly scenario: number; readonly server: string | undefined } & (
  | { readonly kind: "learn" }
  | { readonly kind: "run"; readonly fault: Fault; readonly shape: Shape }
);

/** What became of it; `error` when the harness itself failed. */
export type Reply =
  | { readonly kind: "learned"; readonly learned: Shape & RunResult }
  | { readonly kind: "ran"; readonly result: RunResult }
  | { readonly kind: "failed"; readonly error: string };

async function reply(order: Order): Promise<Reply> {
  try {
    const scenario = scenarios[order.scenario];
    if (scenario === undefined) throw new Error(`there is no scenario ${order.scenario}`);
    if (order.kind === "learn") return { kind: "learned", learned: await learn(scenario, order.server) };
    return { kind: "ran", result: await carryOut(scenario, order.fault, order.shape, order.server) };
  } catch (error) {
    return { kind: "failed", error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

// Whoever gave the orders is gone.
process.on("disconnect", () => process.exit());

process.on("message", (order: Order) => {
  void reply(order).then((answer) => process.send?.(answer));
});
