import type { Check, IssuerContext } from "../check.ts";
import { type Finding, skipped } from "../finding.ts";
import type { CallbackAnswer } from "./callback.ts";
import type { OwnRequestAnswer } from "./own-request.ts";
import type { StartAnswer } from "./start.ts";
import type { AppOptions, AppSubject } from "./subject.ts";

/**
 * Visits of the start page. An app lets a sign-in come back once, so whatever goes to the callback and could use one up
 * has a visit of its own: the error, a forged state, no state, an invented code.
 */
export type Visit = "first" | "second" | "third" | "fourth";

/** The requests that the checks of the app judge. Each is sent once, when the first check asks for it. */
export interface AppProbes {
  /** The start page, opened by a browser that was never there; each visit has cookies of its own. */
  start(visit: Visit): Promise<StartAnswer>;
  /** The app's own authorization request with prompt=none. */
  ownRequest(): Promise<OwnRequestAnswer>;
  /** The same with a redirect URI at a host that cannot exist. */
  foreignRequest(): Promise<OwnRequestAnswer>;
  /** The identity provider's error at the app's callback, with the app's cookies. */
  errorReplay(): Promise<CallbackAnswer>;
  /** An invented code at the callback, with a state that the app never made, with none, or without the app's cookies. */
  forged(how: "state" | "no-state" | "no-cookies"): Promise<CallbackAnswer>;
  /** An invented code at the callback, with the app's own state and cookies. */
  bogusCode(): Promise<CallbackAnswer>;
}

/** What a check of the app may look at. */
export interface AppContext extends IssuerContext {
  readonly subject: AppSubject;
  readonly options: AppOptions;
  readonly probes: AppProbes;
}

/** One check of the app's half. */
export type AppCheck = Check<AppContext>;

type Begun = Extract<StartAnswer, { kind: "begun" }>;

/** The first visit, for checks that need A1. */
export async function begun({ probes }: Pick<AppContext, "probes">): Promise<Begun> {
  const start = await probes.start("first");
  if (start.kind !== "begun") throw new Error("a check looked at the app's request without needing A1");
  return start;
}

/** Why nothing is asked of the app; the reason at length is A1's. */
export function appOmitted({ subject, options }: AppContext): Finding | undefined {
  if (!options.appProbe) return skipped("Not asked: the app's half was left out of this run.");
  return subject.startUrl === undefined ? skipped("Not asked: the app names no start page (A1).") : undefined;
}

/** Why the app's parameters cannot be seen in its request: they were pushed, or are inside a signed object. */
export function hiddenIn({ searchParams }: URL): "request_uri" | "request" | undefined {
  return (["request_uri", "request"] as const).find((name) => searchParams.has(name));
}
