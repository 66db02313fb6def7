import fc from "fast-check";
import { type Edit, editKinds } from "./fleet.ts";
import { type BesideDeed, besideDeeds, type ClientDeed, clientDeeds, type RecordDeed, recordDeeds } from "./hands.ts";

/** What goes wrong with requests. */
export interface RequestFault {
  readonly effect: "reset-before" | "reset-after" | "status-before" | "status-after" | "truncate" | "stale";
  /** Which requests: any, those that change something, or those that make a client. */
  readonly of: "any" | "effects" | "creates";
  /** Chooses among them. */
  readonly at: number;
  readonly times: number;
  readonly status: number;
}

/** Where a run ends in the middle. */
export interface CutPoint {
  readonly at: "any" | "effects" | "write";
  /** Chooses among the points that there are. */
  readonly n: number;
  readonly when: "before" | "after";
}

/** A run that something goes wrong in is of what was edited just before it. */
interface Edits {
  readonly edits: readonly Edit[];
}

/** One command of a sequence. Numbers choose among what is there at that moment; where nothing fits, it does nothing. */
export type Command =
  | { readonly do: "edit"; readonly edit: Edit }
  | { readonly do: "hand on client"; readonly deed: ClientDeed; readonly who: number }
  | { readonly do: "hand on record"; readonly deed: RecordDeed; readonly who: number }
  | { readonly do: "hand beside"; readonly deed: BesideDeed; readonly who: number }
  | { readonly do: "mend"; readonly who: number }
  | { readonly do: "lose store"; readonly rebuild: boolean }
  | { readonly do: "take file away"; readonly who: number }
  | { readonly do: "apply" }
  | { readonly do: "plan" }
  | { readonly do: "verify" }
  | (Edits & { readonly do: "two runners"; readonly child: boolean; readonly kill: number })
  | (Edits & { readonly do: "cut off"; readonly cut: CutPoint })
  | (Edits & { readonly do: "kill"; readonly cut: CutPoint })
  | (Edits & { readonly do: "fault"; readonly fault: RequestFault })
  | (Edits & { readonly do: "write fails"; readonly n: number; readonly when: "before" | "after" })
  | Meddling;

/** Somebody does something in the middle of a run. */
interface Meddling extends Edits {
  readonly do: "meddle";
  readonly at: number;
  /** Just before the run reads a client of ours, to see whether it still is. */
  readonly own: boolean;
  readonly who: number;
  readonly deed: ClientDeed | "claimed" | "redirect" | "suspend record";
}

const n = fc.nat({ max: 999 });
const when = fc.constantFrom("before" as const, "after" as const);
const cut: fc.Arbitrary<CutPoint> = fc.record({
  at: fc.constantFrom("any" as const, "effects" as const, "effects" as const, "write" as const, "write" as const),
  n,
  when,
});

const anyFault: fc.Arbitrary<RequestFault> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .record({
        effect: fc.constantFrom(
          "reset-before" as const,
          "reset-after" as const,
          "status-before" as const,
          "status-after" as const,
          "truncate" as const,
        ),
        of: fc.constantFrom("any" as const, "effects" as const),
        at: n,
        times: fc.constantFrom(1, 1, 2, 4),
        status: fc.constantFrom(500, 502, 503, 429),
      })
      // A call that is refused for its rate was not made: no vendor answers so afterwards.
      .map((fault) =>
        fault.effect === "status-after" && fault.status === 429
          ? { ...fault, effect: "status-before" as const }
          : fault,
      ),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      effect: fc.constant("stale" as const),
      of: fc.constant("effects" as const),
      at: n,
      times: fc.constant(1),
      status: fc.constant(0),
    }),
  },
);

/** The client is made, and the answer that says so is lost. */
const lostCreate: fc.Arbitrary<RequestFault> = fc.record({
  effect: fc.constantFrom("reset-after" as const, "reset-after" as const, "status-after" as const, "truncate" as const),
  of: fc.constant("creates" as const),
  at: fc.constant(0),
  times: fc.constant(1),
  status: fc.constantFrom(500, 502, 503),
});

const edit = fc.record({ kind: fc.constantFrom(...editKinds), who: n, what: n });
/** That an object has lost its marker, or has a twin, is most of what can go wrong with markers. */
const clientDeed = fc.constantFrom(
  ...clientDeeds,
  "marker taken" as const,
  "marker taken" as const,
  "marker doubled" as const,
);

/** An edit after which a client has to be made. */
const making = fc.record({
  kind: fc.constantFrom("add" as const, "move" as const, "orders" as const),
  who: n,
  what: n,
});
/** Edits after which a client and a record have to be changed. */
const telling = fc.record({
  kind: fc.constantFrom(
    "scopes" as const,
    "client authentication" as const,
    "pkce" as const,
    "claims" as const,
    "callback" as const,
  ),
  who: n,
  what: n,
});
const edits = fc.array(fc.oneof(edit, edit, telling), { minLength: 1, maxLength: 2, size: "max" });

function meddling(own: boolean, deeds: readonly Meddling["deed"][]): fc.Arbitrary<Meddling> {
  return fc.record({
    do: fc.constant("meddle" as const),
    edits: fc.array(telling, { minLength: 1, maxLength: 2, size: "max" }),
    at: n,
    own: fc.constant(own),
    who: n,
    deed: fc.constantFrom(...deeds),
  });
}

/** Any command, the more telling ones more often. */
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant("edit" as const), edit }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant("hand on client" as const), deed: clientDeed, who: n }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant("hand on record" as const), deed: fc.constantFrom(...recordDeeds), who: n }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant("hand beside" as const), deed: fc.constantFrom(...besideDeeds), who: n }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("mend" as const), who: n }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("lose store" as const), rebuild: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("take file away" as const), who: n }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("apply" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("plan" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("verify" as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("two runners" as const),
      edits,
      child: fc.boolean(),
      kill: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 60 })),
    }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant("cut off" as const), edits, cut }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("kill" as const), edits, cut }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("fault" as const), edits: fc.tuple(making), fault: lostCreate }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant("fault" as const), edits, fault: anyFault }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant("write fails" as const), edits, n, when }),
  },
  {
    weight: 3,
    arbitrary: meddling(false, [
      "claimed",
      "claimed",
      "claimed",
      "marker taken",
      "marker doubled",
      "deleted",
      "callback taken",
      "redirect",
      "suspend record",
    ]),
  },
  {
    weight: 2,
    arbitrary: meddling(true, ["marker taken", "marker taken", "marker taken", "claimed", "deleted", "callback taken"]),
  },
);

/** A fleet, whether it was applied before, and what happens then. */
export interface Sequence {
  readonly tenants: number;
  readonly applied: boolean;
  readonly commands: readonly Command[];
}

// Without fast-check's liking for small numbers: the first points of an apply are not the telling ones.
export const sequence: fc.Arbitrary<Sequence> = fc.noBias(
  fc.record({
    tenants: fc.integer({ min: 1, max: 4 }),
    applied: fc.constantFrom(true, true, true, false),
    commands: fc.array(command, { minLength: 3, maxLength: 10, size: "max" }),
  }),
);
