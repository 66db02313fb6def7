import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation/index.js";
import { resourceIn } from "../../../stacks/auth0/names.ts";
import type { JsonObject } from "../../vendor/json.ts";

/** One thing that Pulumi would do, or has done. */
export interface PlannedStep {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  /** Pulumi's word for it, such as `create`, `update`, `replace`, `import` or `same`. */
  readonly op: string;
  /** What the resource is, and what it is to be: its arguments. Secrets are hidden. */
  readonly before: JsonObject;
  readonly after: JsonObject;
  /** Auth0's id of what is there. */
  readonly id: string | undefined;
  /** Names of the arguments that differ, as the provider says; undefined when it does not. */
  readonly differing: readonly string[] | undefined;
  /** Names of the arguments because of which it would be replaced. */
  readonly replacing: readonly string[];
}

/** What Pulumi says of one run. */
export interface RunReport {
  /** The last word on each resource. What is only read again is told by what differs afterwards. */
  readonly steps: readonly PlannedStep[];
  /** What went wrong, in Pulumi's and the provider's own words. */
  readonly errors: readonly string[];
  /** Whether it came to its end: without it the rest is not to be relied on. */
  readonly whole: boolean;
}

/** What the engine events of a preview or an update say. */
export function readEvents(events: readonly EngineEvent[]): RunReport {
  const steps = new Map<string, PlannedStep>();
  const errors: string[] = [];
  let whole = false;
  for (const event of events) {
    const step = event.resourcePreEvent === undefined ? undefined : stepOf(event.resourcePreEvent.metadata);
    if (step !== undefined) steps.set(step.urn, step);
    if (event.summaryEvent !== undefined) whole = true;
    if (event.diagnosticEvent?.severity === "error") errors.push(plain(event.diagnosticEvent.message));
  }
  // The plugin's log says it first, then Pulumi says the same of the resource.
  const own = errors.filter((message) => !/^sdk-v2\//.test(message));
  return { steps: [...steps.values()], errors: [...new Set(own.length > 0 ? own : errors)], whole };
}

/** Undefined for providers, the stack itself and functions. */
function stepOf(metadata: StepEventMetadata): PlannedStep | undefined {
  const { urn, op, old, new: next, detailedDiff, diffs, keys } = metadata;
  const named = resourceIn(urn);
  if (named === undefined || named.type.startsWith("pulumi:") || op === "refresh" || op === "read") return undefined;
  const detailed = detailedDiff === undefined || detailedDiff === null ? undefined : Object.entries(detailedDiff);
  return {
    urn,
    ...named,
    op,
    before: old?.inputs ?? {},
    after: next?.inputs ?? {},
    id: old?.id || undefined,
    differing: detailed?.map(([path]) => rootOf(path)) ?? diffs ?? undefined,
    replacing: [
      ...new Set([
        ...(keys ?? []),
        ...(detailed ?? []).filter(([, { diffKind }]) => /replace/i.test(diffKind)).map(([path]) => rootOf(path)),
      ]),
    ],
  };
}

/** `callbacks[0]` and `clientMetadata.a` are of `callbacks` and `clientMetadata`. */
function rootOf(path: string): string {
  return path.split(/[.[]/, 1)[0] ?? path;
}

/** Without the marks by which Pulumi colours its words. */
function plain(message: string): string {
  return message.replace(/<\{%.*?%\}>/g, "").trim();
}
