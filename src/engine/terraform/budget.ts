import type { Registration } from "../../desired/connection.ts";
import { textsOf } from "../../desired/json.ts";
import { CallCounts } from "../../idp/call-counts.ts";
import { changesMore, type PlannedWork, type Settle, updates } from "../../idp/planned-work.ts";
import { isJsonObject, objectIn, parseJson } from "../../vendor/json.ts";
import type { PlanJson } from "./plan-json.ts";

// Calls at Okta that an apply through the provider takes, by rate-limit bucket: those of the looks by the API before and
// after each run, and the provider's own (facts by its source and by what the sandbox's log of requests shows).

const apps = "/api/v1/apps";
const app = "/api/v1/apps/{id}";
const groups = "/api/v1/groups";
const group = "/api/v1/groups/{id}";
const rest = "/api/v1";

/** How the provider is set up, as far as its calls depend on it. */
export interface ProviderTraits {
  /** With an API token it asks who it is, and keeps the groups claim by a path of its own. */
  readonly token: boolean;
  /** Whether it leaves the access policy alone when no name is given; older versions set it at every write. */
  readonly skipsPolicy: boolean;
}

/** What the runs of the tool have taken so far, and what those of an apply will take. */
export class CallsOfRuns {
  readonly #sofar = new CallCounts();
  readonly #traits: ProviderTraits;

  constructor(traits: ProviderTraits) {
    this.#traits = traits;
  }

  /** Counts a plan that was made. */
  planned(program: string, plan: PlanJson): void {
    const data = objectIn(parseJson(program), "data");
    this.#sofar.add(groups, sizeOf(data.okta_group)).add(rest, sizeOf(data.okta_policy));
    if (this.#traits.token) this.#sofar.add(rest, 2);
    for (const { mode, type, before } of plan.changes) {
      if (mode !== "managed" || before === undefined) continue;
      if (type === "okta_app_oauth") this.#sofar.add(app).add(rest, this.#traits.token ? 1 : 0);
      if (type === "okta_app_group_assignments") this.#sofar.add(apps);
      if (type === "okta_group") this.#sofar.add(group);
    }
  }

  /** Calls besides those that the adapter has made so far; none when there is nothing to do. */
  foreseen(work: readonly PlannedWork[]): CallCounts {
    const calls = new CallCounts().plus(this.#sofar);
    for (const each of work) ofOne(calls, each, this.#traits);
    return calls;
  }
}

function ofOne(calls: CallCounts, work: PlannedWork, traits: ProviderTraits): void {
  const { course, found, wanted, settles } = work;
  const [first, second] = settles;
  const there = found !== undefined;
  const usesSecret = (there ? String(found.fields.clientAuth) : wanted.clientAuth).startsWith("client_secret");
  /** By its label; then its groups and its secrets. */
  const look = (present = there) => calls.add(apps, present ? (usesSecret ? 3 : 2) : 1);
  const makes = work.parts.filter(({ change }) => change.action === "create").length;
  const plan = (present = there) => planOf(calls, wanted, present, makes, traits);
  const run = (settle: Settle | undefined) => {
    if (settle !== undefined && updates(settle)) updateOf(calls, settle, wanted, traits);
  };
  if (course !== "retire") {
    // Under the locks; its plan is the one that is applied when the program is the same then.
    look();
    plan();
  }
  switch (course) {
    case "on": {
      look();
      if (second !== undefined && there) plan();
      calls.add(groups, 4 * makes);
      if (there) run(first);
      else createOf(calls, wanted, makes, traits);
      look(true);
      if (wanted.clientAuth.startsWith("client_secret")) calls.add(apps);
      if (second === undefined) return;
      look(true);
      plan(true);
      run(second);
      look(true);
      return;
    }
    case "off":
      look();
      run(first);
      look();
      return;
    case "delete":
    case "retire": {
      if (!there) return;
      if (course === "delete" && found.active) {
        look();
        planOf(calls, { ...wanted, state: "inactive" }, true, 0, traits);
        if (traits.token) calls.add(rest, 2);
        calls.add(apps);
        look();
      }
      look();
      if (course === "retire" || found.active) plan();
      if (traits.token) calls.add(rest, 2);
      calls.add(app).add(apps, namesIn(found.fields.assignment).length + (course === "retire" && found.active ? 1 : 0));
      return;
    }
    default:
      course satisfies never;
  }
}

/** One plan: what is in the state is read, and what is named is looked up. */
function planOf(calls: CallCounts, wanted: Registration, there: boolean, makes: number, traits: ProviderTraits): void {
  const { assignment, accessPolicy, parts, state } = wanted;
  if (traits.token) calls.add(rest, 2);
  if (there) calls.add(app).add(rest, traits.token ? 1 : 0);
  if (there && (assignment !== undefined || state === "absent")) calls.add(apps);
  if (state === "absent") return;
  const named = assignment === undefined ? 0 : assignment.everyone ? 1 : assignment.groups.length;
  const own = parts.filter((part) => part.kind === "group").length;
  calls.add(groups, Math.max(0, named - own)).add(group, Math.max(0, own - makes));
  if (accessPolicy !== undefined) calls.add(rest);
}

/** The API puts in what the provider leaves out of an elliptic-curve key. */
function curves(calls: CallCounts, { clientAuth, clientKey, state }: Registration): void {
  if (state === "active" && clientAuth === "private_key_jwt" && clientKey?.kty !== "RSA") calls.add(app, 2).add(apps);
}

function createOf(calls: CallCounts, wanted: Registration, makes: number, traits: ProviderTraits): void {
  const { assignment, accessPolicy } = wanted;
  curves(calls, wanted);
  if (traits.token) calls.add(rest, 4);
  calls.add(apps).add(app);
  setPolicy(calls, accessPolicy, traits, true);
  calls.add(groups, makes).add(group, 2 * makes);
  if (assignment !== undefined) calls.add(apps, 1 + (assignment.everyone ? 1 : assignment.groups.length));
}

function updateOf(calls: CallCounts, settle: Settle, wanted: Registration, traits: ProviderTraits): void {
  if (traits.token) calls.add(rest, 2);
  const { change } = settle;
  const paths = change?.action === "update" ? change.paths : [];
  curves(calls, wanted);
  if (paths.includes("active")) calls.add(apps);
  if (changesMore(settle, ["active", "assignment"])) {
    calls.add(app, 2).add(rest, traits.token ? 2 : 0);
    setPolicy(calls, wanted.accessPolicy, traits, false);
  }
  if (!paths.includes("assignment") || change?.action !== "update") return;
  const [old, next] = [namesIn(change.before.assignment), namesIn(change.after.assignment)];
  const leaving = old.filter((name) => !next.includes(name)).length;
  const coming = next.some((name) => !old.includes(name));
  // All that stay are assigned again, whatever differs.
  calls.add(apps, leaving + next.length + 1);
  if (leaving === 0 || !coming) return;
  // New ones come before old ones go, by a run of its own.
  calls.add(apps, next.length + leaving + 1);
  planOf(calls, wanted, true, 0, traits);
}

function namesIn(assignment: unknown): readonly string[] {
  return typeof assignment === "string" ? [assignment] : textsOf(assignment);
}

function setPolicy(calls: CallCounts, named: string | undefined, traits: ProviderTraits, created: boolean): void {
  if (named === undefined && traits.skipsPolicy) return;
  calls.add(apps);
  if (named === undefined && created) calls.add(rest);
}

function sizeOf(value: unknown): number {
  return isJsonObject(value) ? Object.keys(value).length : 0;
}
