import { type CallbackAnswer, forgedState, inventedCode, sendBack } from "./callback.ts";
import type { AppProbes, Visit } from "./context.ts";
import { askOwnRequest, type OwnRequestAnswer } from "./own-request.ts";
import { notBegunAgain, openStart, type StartAnswer } from "./start.ts";
import type { AppSubject } from "./subject.ts";
import type { Visitor } from "./visit.ts";

type Begun = Extract<StartAnswer, { kind: "begun" }>;

/** The probes of one run. Each is sent when it is first wanted, and gives the same answer ever after. */
export function appProbes(visitor: Visitor, subject: AppSubject): AppProbes {
  const asked = new Map<string, Promise<unknown>>();
  const once = <T>(name: string, ask: () => Promise<T>): Promise<T> => {
    const answer = (asked.get(name) as Promise<T> | undefined) ?? ask();
    asked.set(name, answer);
    return answer;
  };
  const start: AppProbes["start"] = (which) =>
    once(`start ${which}`, () => openStart(visitor, subject, subject.startUrl ?? ""));
  const begunAt = async (which: Visit): Promise<Begun> => {
    const answer = await start(which);
    if (answer.kind !== "begun") throw new NotBegun(answer);
    return answer;
  };
  /** Sends back to the app what a visit leads to; a start page that did not begin this time makes it unclear. */
  const after = async (which: Visit, send: (visit: Begun) => Promise<CallbackAnswer>): Promise<CallbackAnswer> => {
    try {
      return await send(await begunAt(which));
    } catch (error) {
      if (error instanceof NotBegun) return error.asUnclear();
      throw error;
    }
  };
  const ownRequest = (): Promise<OwnRequestAnswer> =>
    once("own", async () => askOwnRequest(visitor, subject, (await begunAt("first")).request));
  /** What identity providers add to every answer (RFC 9207), so that an app that demands it looks further. */
  const withIssuer = async (parameters: URLSearchParams): Promise<URLSearchParams> => {
    const iss = (await ownRequest()).back?.get("iss");
    if (iss !== undefined && iss !== null) parameters.set("iss", iss);
    return parameters;
  };
  const visitOf = { "no-cookies": "first", state: "second", "no-state": "third" } as const;
  const forged: AppProbes["forged"] = (how) =>
    once(`forged ${how}`, () =>
      after(visitOf[how], async ({ request, jar }) => {
        const own = request.searchParams.get("state") ?? undefined;
        const state = how === "state" ? forgedState(visitor.hush) : how === "no-state" ? undefined : own;
        const parameters = await withIssuer(inventedCode(visitor.hush, state));
        return sendBack(visitor, subject, parameters, how === "no-cookies" ? undefined : jar.copy());
      }),
    );
  return {
    start,
    ownRequest,
    foreignRequest: () =>
      once("foreign", async () => askOwnRequest(visitor, subject, (await begunAt("first")).request, true)),
    errorReplay: () =>
      once("replay", async () => {
        // By the same visit: an app that binds the state to its cookie knows nothing of this one and keeps the sign-in.
        await forged("no-cookies");
        return after("first", async ({ request, jar }) => {
          const made = { error: "login_required", state: request.searchParams.get("state") ?? "" };
          const back = (await ownRequest()).back ?? new URLSearchParams(made);
          return sendBack(visitor, subject, back, jar.copy());
        });
      }),
    forged,
    bogusCode: () =>
      once("code", () =>
        after("fourth", async ({ request, jar }) => {
          const state = request.searchParams.get("state") ?? undefined;
          return sendBack(visitor, subject, await withIssuer(inventedCode(visitor.hush, state)), jar.copy());
        }),
      ),
  };
}

/** A visit that did not begin a sign-in although an earlier one did. */
class NotBegun extends Error {
  readonly #answer: Exclude<StartAnswer, Begun>;

  constructor(answer: Exclude<StartAnswer, Begun>) {
    super("the start page did not begin a sign-in");
    this.#answer = answer;
  }

  asUnclear(): CallbackAnswer {
    const answer = this.#answer;
    return { kind: "unclear", finding: notBegunAgain(answer), facts: answer.facts };
  }
}
