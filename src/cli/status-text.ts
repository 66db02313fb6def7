import type { Rebuilt, RebuiltConnection } from "../apply/rebuild.ts";
import type { ConnectionStatus, HandedOver, ProofStatus } from "../apply/status.ts";
import type { Paint } from "../plan/paint.ts";
import type { LockInfo, LockState } from "../store/store.ts";

/**
 * What the newest evidence says; `stale` when it was made for other values than the record has, `lapsed` when a person's
 * word has run out.
 */
export function proofWord({ proof }: ConnectionStatus): string {
  if (proof === null) return "none";
  if (!proof.current) return "stale";
  if (proof.verdict === "attested" && proof.lapsed !== null) return "lapsed";
  return proof.verdict === "inconclusive" ? "unclear" : proof.verdict;
}

/** State of the record; an active one that a person stands for says so. */
export function recordWord({ record, proof }: ConnectionStatus): string {
  if (record === null) return "none";
  return record === "active" && proof?.current === true && proof.verdict === "attested" ? "active (attested)" : record;
}

/** `2026-11-21 09:05` of an RFC 3339 time, in UTC. */
export function shortTime(at: string): string {
  return `${at.slice(0, 10)} ${at.slice(11, 16)}`;
}

/** Which copy of the secret was proven. */
export function secretWords({ secretCopy, appSecret }: Pick<ProofStatus, "secretCopy" | "appSecret">): string {
  const copy =
    secretCopy === null
      ? "none was proven"
      : secretCopy === "record"
        ? "the record's was proven, opened as the app opens it"
        : "the identity provider's own was proven";
  return appSecret ? `${copy}; the running app showed that its own is right` : copy;
}

const handedOver: Readonly<Record<HandedOver, string>> = {
  issuer: "the issuer",
  clientId: "the client id",
  clientSecret: "the client secret",
};

/** What somebody has to do for the connection to be as its file says; undefined when it is. */
export function nextStep(row: ConnectionStatus): string | undefined {
  const { key, status, record } = row;
  if (record === "foreign") return `the record in ${row.app} is not ours; see \`tenantry plan --only ${key}\``;
  if (row.handOff.length > 0) {
    const steps = row.handOff.map(({ text, command }) => (command === undefined ? text : `${text}: ${command}`));
    return `waiting at ${row.app}: ${steps.join("; ")}. Then \`tenantry apply --only ${key}\``;
  }
  if (row.unfinished) return `a change was begun and not finished; \`tenantry apply --only ${key}\` finishes it`;
  if (status === "draft") {
    const missing = row.waitingFor.map((what) => handedOver[what]);
    if (missing.length === 0) return "nothing is missing any more; set `status: active` to switch it on";
    return `waiting for ${listed(missing)} from the customer; the redirect URI for them: ${row.redirectUri ?? `known once ${row.app} has handed it out`}`;
  }
  if (status === "active" && record !== "active") {
    const there = record === null ? "it is not in the app yet" : `its record is ${record}`;
    return `${there}; \`tenantry apply --only ${key}\` proves it and switches it on`;
  }
  if (status !== "active" && (record === "active" || record === "pending")) {
    return `its record is still ${record}; \`tenantry apply --only ${key}\` switches it off`;
  }
  if (status !== "active" || row.proof === null) return undefined;
  if (row.proof.current && row.proof.verdict === "attested") {
    return row.proof.lapsed === null ? routingStep(row) : row.proof.lapsed;
  }
  if (!row.proof.current || row.proof.verdict !== "pass") {
    return `the newest proof is ${proofWord(row)}; \`tenantry verify ${key}\` says what does not hold`;
  }
  return routingStep(row);
}

/** The domains that the app does not route yet. */
function routingStep({ tenant, domains }: ConnectionStatus): string | undefined {
  const open = domains.filter(({ routed }) => !routed).map(({ domain }) => domain);
  if (open.length === 0) return undefined;
  const what = `${listed(open)} ${open.length === 1 ? "is" : "are"} not routed until an apply finds`;
  return `${what} the DNS record that \`tenantry show ${tenant}\` prints`;
}

/** How many connections there are, and how many of them people can sign in by. */
export function summaryOf(rows: readonly ConnectionStatus[]): string {
  const tenants = new Set(rows.map((row) => row.tenant)).size;
  const live = rows.filter((row) => row.record === "active").length;
  const proven = rows.filter((row) => row.record === "active" && /^(pass|attested)$/.test(proofWord(row))).length;
  const attested = rows.filter((row) => row.record === "active" && proofWord(row) === "attested").length;
  const count = (of: number, noun: string): string => `${of} ${noun}${of === 1 ? "" : "s"}`;
  return `${count(tenants, "tenant")}, ${count(rows.length, "connection")}: ${live} active, ${proven} of them proven${attested === 0 ? "" : `, ${attested} of these attested`}`;
}

/** Verdicts and states in colour; colours have no width, so only after the columns are set. */
export function colourStatus(line: string, paint: Paint): string {
  return line
    .replaceAll(/\b(pass)\b/g, (word) => paint.green(word))
    .replaceAll(/\b(fail|foreign)\b/g, (word) => paint.red(word))
    .replaceAll(/\b(stale|unclear|pending|attested|lapsed)\b/g, (word) => paint.yellow(word));
}

const lockStates: Readonly<Record<LockState, string>> = {
  alive: "alive: nobody else can take it",
  lapsed: "lapsed: no sign of life for 60 seconds; the next apply takes it over",
  dead: "dead: its process has ended; the next apply takes it over",
};

/** Who holds which lock, since when, and whether it keeps others out. */
export function locksText(locks: readonly LockInfo[], paint: Paint): string {
  if (locks.length === 0) return "no locks are held\n";
  return locks
    .map(({ address, holder, acquiredAt, heartbeatAt, state }) => {
      const words = lockStates[state];
      return [
        paint.bold(address),
        `  held by ${holder.name} on ${holder.host} (pid ${holder.pid})`,
        `  since ${toSecond(acquiredAt)}, last sign of life ${toSecond(heartbeatAt)} (UTC)`,
        `  ${state === "alive" ? words : paint.yellow(words)}\n`,
      ].join("\n");
    })
    .join("");
}

/** `2026-11-21 09:05:12` of an RFC 3339 time, in UTC. */
function toSecond(at: string): string {
  return `${at.slice(0, 10)} ${at.slice(11, 19)}`;
}

/** Connection, identity provider, record, proof and client of what a rebuild found. */
export function rebuiltRow({ key, idp, clientId, problem, record, proven }: RebuiltConnection): readonly string[] {
  const client = clientId ?? (problem === null ? "none" : "unclear, see below");
  return [key, idp, record ?? "none", proven ? "kept" : "none", client];
}

/** What a rebuild has done, what is unclear, and what cannot be brought back. */
export function rebuiltNotes({ connections, undeclared }: Rebuilt): readonly string[] {
  const clients = connections.filter(({ clientId }) => clientId !== null).length;
  const unproven = connections.some(({ proven, record }) => !proven && record === "active");
  return [
    `The ids of ${clients} clients of ${connections.length} connections are in the store, found by their markers.`,
    ...connections.flatMap(({ key, problem }) => (problem === null ? [] : [`${key}: ${problem}`])),
    ...undeclared.map(
      ({ idp, key, clientId }) => `${idp} has the client ${clientId} of ${key}, which no file declares.`,
    ),
    "History, evidence and locks stand nowhere else: what was lost of them stays lost.",
    ...(unproven ? ["`tenantry verify` makes new evidence."] : []),
  ];
}

function listed(items: readonly string[]): string {
  const last = items.at(-1) ?? "";
  return items.length < 2 ? last : `${items.slice(0, -1).join(", ")} and ${last}`;
}
