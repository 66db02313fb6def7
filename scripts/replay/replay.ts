import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { auth0Host, oktaHost, type Sandbox, startSandbox } from "../../sandbox/sandbox.ts";
import { type Answered, type Caller, createCaller } from "./caller.ts";
import { type Mask, masks } from "./masks.ts";
import { pair } from "./pairing.ts";
import { preset } from "./preset.ts";
import type { Exchange, Recording } from "./recording.ts";
import { isNeeded, outOfScope } from "./scope.ts";
import { differences } from "./shape.ts";
import { isObject, Translation } from "./translation.ts";
import { differentValues } from "./values.ts";

/** One exchange that did not come out as recorded. */
export interface Miss {
  /** From 1. */
  readonly number: number;
  readonly request: string;
  /** `missing PATH: TYPE`, `extra PATH: TYPE`, `status 201 here 400 …`. */
  readonly lines: readonly string[];
}

/** How one recording came out. */
export interface Replayed {
  readonly name: string;
  readonly vendor: Recording["vendor"];
  /** Exchanges on what the sandbox plays. */
  readonly total: number;
  readonly matched: number;
  readonly misses: readonly Miss[];
  /** Matched exchanges whose plain values are not all the recorded ones, with the paths. */
  readonly otherValues: readonly Miss[];
  /** What the other exchanges are about, with how many there are. */
  readonly outOfScope: ReadonlyMap<string, number>;
  /** Matched exchanges in which a mask hid a difference. */
  readonly withMask: number;
  /** Masks that hid a difference, with how many. */
  readonly masked: ReadonlyMap<Mask, number>;
}

/**
 * Sends the requests of a recording, in order, to a fresh sandbox and compares status, keys and JSON types of each
 * answer with what was recorded. Ids are translated as they appear.
 */
export async function replay(recording: Recording): Promise<Replayed> {
  const root = mkdtempSync(join(tmpdir(), "tenantry-replay-"));
  const sandbox = await startSandbox({ dir: join(root, "sandbox"), port: 0 });
  const { OKTA_API_TOKEN, AUTH0_API_TOKEN } = sandbox.env;
  const credential = recording.vendor === "okta" ? `SSWS ${OKTA_API_TOKEN}` : `Bearer ${AUTH0_API_TOKEN}`;
  const caller = createCaller(sandbox, hostOf(recording.vendor), credential);
  try {
    return await replayIn(sandbox, recording, caller);
  } finally {
    caller.close();
    await sandbox.close();
    rmSync(root, { recursive: true, force: true });
  }
}

async function replayIn(sandbox: Sandbox, recording: Recording, caller: Caller): Promise<Replayed> {
  const known = new Translation();
  for (const host of recordedHosts(recording)) known.add(host, hostOf(recording.vendor));
  preset(sandbox, recording, known);
  const misses: Miss[] = [];
  const otherValues: Miss[] = [];
  const others = new Map<string, number>();
  const masked = new Map<Mask, number>();
  /** Ids of things that the sandbox does not play, with what they are. */
  const strangers = new Map<string, string>();
  const cursors = new Map<string, string>();
  let total = 0;
  let withMask = 0;
  for (const [index, exchange] of recording.exchanges.entries()) {
    const about =
      outOfScope(recording.vendor, exchange) ?? [...strangers].find(([id]) => exchange.path.includes(id))?.[1];
    if (about !== undefined) {
      for (const id of identifiersOf(exchange.response)) strangers.set(id, about);
      if (isNeeded(exchange))
        await caller.call(exchange.method, known.apply(exchange.path), known.value(exchange.body));
      others.set(about, (others.get(about) ?? 0) + 1);
      continue;
    }
    total += 1;
    const target = withCursor(known.apply(exchange.path), cursors);
    const answered = await caller.call(exchange.method, target, known.value(exchange.body));
    if (answered.after !== undefined) cursors.set(pathOf(target), answered.after);
    const request = `${exchange.method} ${exchange.path}`;
    const compared = compare(exchange, answered, known);
    const lines = compared.lines.filter((line) => {
      const mask = masks.find(
        (each) => each.vendor === recording.vendor && each.request.test(request) && each.line.test(line),
      );
      if (mask !== undefined) masked.set(mask, (masked.get(mask) ?? 0) + 1);
      return mask === undefined;
    });
    if (lines.length === 0 && compared.lines.length > 0) withMask += 1;
    if (lines.length > 0) misses.push({ number: index + 1, request, lines });
    else if (compared.values.length > 0) otherValues.push({ number: index + 1, request, lines: compared.values });
  }
  const matched = total - misses.length;
  return {
    name: recording.name,
    vendor: recording.vendor,
    total,
    matched,
    misses,
    otherValues,
    withMask,
    outOfScope: others,
    masked,
  };
}

interface Compared {
  readonly lines: readonly string[];
  /** Paths of other values. */
  readonly values: readonly string[];
}

function compare(exchange: Exchange, answered: Answered, known: Translation): Compared {
  const fits = exchange.status === undefined ? answered.status < 300 : answered.status === exchange.status;
  if (!fits) {
    const line = `status ${exchange.status ?? "2xx"} here ${answered.status} ${reasonOf(answered.json)}`.trim();
    return { lines: [line], values: [] };
  }
  const { recorded, here, unmatched } = pair(exchange.response, answered.json, known);
  known.learn(recorded, here);
  const lines = [...unmatched, ...differences(recorded, here)];
  return { lines, values: differentValues(known.value(recorded), here) };
}

/** Ids of what an answer shows: itself, or the items of a list. */
function identifiersOf(response: unknown): readonly string[] {
  const things = Array.isArray(response) ? response : [response];
  return things.flatMap((thing) => (isObject(thing) && typeof thing.id === "string" ? [thing.id] : []));
}

/** What an error says, for the list of misses. */
function reasonOf(json: unknown): string {
  if (!isObject(json)) return "";
  const causes = Array.isArray(json.errorCauses)
    ? json.errorCauses.map((cause) => (isObject(cause) ? String(cause.errorSummary) : ""))
    : [];
  return [json.errorCode, json.errorSummary ?? json.message, ...causes]
    .filter((text) => text !== undefined)
    .join(" · ");
}

function hostOf(vendor: Recording["vendor"]): string {
  return vendor === "okta" ? oktaHost : auth0Host;
}

/** The host names of the org or tenant that was recorded; an org can have several. */
function recordedHosts({ vendor, exchanges }: Recording): ReadonlySet<string> {
  const pattern =
    vendor === "okta"
      ? /https:\/\/([a-z0-9.-]+)\/api\/v1\/|https:\/\/([a-z0-9-]+\.(?:okta|oktapreview|dne-okta)\.com)/g
      : /https:\/\/([a-z0-9-]+\.\w+\.auth0\.com)\//g;
  const texts = exchanges.map(({ response, body }) => JSON.stringify([response, body]));
  return new Set(texts.flatMap((text) => [...text.matchAll(pattern)].map((match) => match[1] ?? match[2] ?? "")));
}

/** A recorded cursor is nobody's here: the newest one that the sandbox gave for this path stands for it. */
function withCursor(target: string, cursors: ReadonlyMap<string, string>): string {
  const cursor = cursors.get(pathOf(target));
  return cursor === undefined ? target : target.replace(/([?&]after=)[^&]*/, `$1${encodeURIComponent(cursor)}`);
}

function pathOf(target: string): string {
  return target.split("?")[0] ?? target;
}
