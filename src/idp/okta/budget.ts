import { CallCounts } from "../call-counts.ts";
import { changesMore, differing, type PlannedWork, type Settle, updates } from "../planned-work.ts";

const apps = "/api/v1/apps";
const app = "/api/v1/apps/{id}";
const groups = "/api/v1/groups";
const group = "/api/v1/groups/{id}";

/**
 * Calls that an apply makes at the org for this work, by bucket; those with which it plans are not among them.
 *
 * @param listed whether the run has read the list of apps: otherwise a client that is not there is looked for in it
 *   once, with one call per 200 apps, of which one is counted, as nobody knows how many there are
 */
export function oktaCalls(work: readonly PlannedWork[], listed: boolean): CallCounts {
  const calls = new CallCounts();
  if (!listed && work.some(({ found }) => found === undefined)) calls.add(apps);
  for (const each of work) ofOne(calls, each);
  return calls;
}

function ofOne(calls: CallCounts, work: PlannedWork): void {
  const { course, found, wanted, settles } = work;
  const [first, second] = settles;
  const there = found !== undefined;
  const usesSecret = (there ? String(found.fields.clientAuth) : wanted.clientAuth).startsWith("client_secret");
  /** By its label; then its groups and its secrets. */
  const look = (present = there) => calls.add(apps, present ? (usesSecret ? 3 : 2) : 1);
  if (course !== "retire") look();
  switch (course) {
    case "on":
      look();
      makeGroups(calls, work);
      if (there) update(calls, first);
      else create(calls, work);
      if (wanted.clientAuth.startsWith("client_secret")) calls.add(apps);
      if (second !== undefined) look(true);
      update(calls, second);
      return;
    case "off":
      look();
      update(calls, first);
      return;
    case "delete":
    case "retire":
      if (course === "delete") look();
      if (course === "delete" && found?.active === true) calls.add(app).add(apps, 2);
      look();
      if (there) calls.add(app, 2);
      if (course === "retire" && found?.active === true) calls.add(apps);
      return;
    default:
      course satisfies never;
  }
}

/** A group that is missing is asked for twice in each look, and again before it is made; then it is read. */
function makeGroups(calls: CallCounts, { parts }: PlannedWork): void {
  const made = parts.filter(({ part, change }) => part.kind === "group" && change.action === "create").length;
  calls.add(groups, 6 * made).add(group, made);
}

/** Looked for once more, made, given its policy and its groups. */
function create(calls: CallCounts, { wanted }: PlannedWork): void {
  const { assignment, accessPolicy } = wanted;
  const assigned = assignment === undefined ? 0 : assignment.everyone ? 1 : assignment.groups.length;
  calls.add(apps, 2 + assigned + (accessPolicy === undefined ? 0 : 1));
}

/** Read with its groups; replaced, given another policy or other groups, switched: what differs of these. */
function update(calls: CallCounts, settle: Settle | undefined): void {
  if (settle === undefined || !updates(settle)) return;
  calls.add(app).add(apps);
  if (changesMore(settle, ["active", "assignment", "accessPolicy"])) calls.add(app);
  if (settle.change?.action !== "update") return;
  const { before, after, paths } = settle.change;
  if (paths.includes("assignment")) calls.add(apps, differing(before, after, "assignment"));
  calls.add(apps, ["active", "accessPolicy"].filter((path) => paths.includes(path)).length);
}
