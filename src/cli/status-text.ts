import type { ConnectionStatus, HandedOver } from "../apply/status.ts";
import type { Paint } from "../plan/render-text.ts";

/** What the newest evidence says; `stale` when it was made for other values than the record has. */
export function proofWord({ proof }: ConnectionStatus): string {
  if (proof === null) return "none";
  if (!proof.current) return "stale";
  return proof.verdict === "inconclusive" ? "unclear" : proof.verdict;
}

/** `2026-11-21 09:05` of an RFC 3339 time, in UTC. */
export function shortTime(at: string): string {
  return `${at.slice(0, 10)} ${at.slice(11, 16)}`;
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
  if (row.unfinished) return `a change was begun and not finished; \`tenantry apply --only ${key}\` finishes it`;
  if (status === "draft") {
    const missing = row.waitingFor.map((what) => handedOver[what]);
    if (missing.length === 0) return "nothing is missing any more; set `status: active` to switch it on";
    return `waiting for ${listed(missing)} from the customer; the redirect URI for them: ${row.redirectUri}`;
  }
  if (status === "active" && record !== "active") {
    const there = record === null ? "it is not in the app yet" : `its record is ${record}`;
    return `${there}; \`tenantry apply --only ${key}\` proves it and switches it on`;
  }
  if (status !== "active" && (record === "active" || record === "pending")) {
    return `its record is still ${record}; \`tenantry apply --only ${key}\` switches it off`;
  }
  if (status !== "active" || row.proof === null) return undefined;
  if (!row.proof.current || row.proof.verdict !== "pass") {
    return `the newest proof is ${proofWord(row)}; \`tenantry verify ${key}\` says what does not hold`;
  }
  return undefined;
}

/** How many connections there are, and how many of them people can sign in by. */
export function summaryOf(rows: readonly ConnectionStatus[]): string {
  const tenants = new Set(rows.map((row) => row.tenant)).size;
  const live = rows.filter((row) => row.record === "active").length;
  const proven = rows.filter((row) => row.record === "active" && proofWord(row) === "pass").length;
  const count = (of: number, noun: string): string => `${of} ${noun}${of === 1 ? "" : "s"}`;
  return `${count(tenants, "tenant")}, ${count(rows.length, "connection")}: ${live} active, ${proven} of them proven`;
}

/** Verdicts and states in colour; colours have no width, so only after the columns are set. */
export function colourStatus(line: string, paint: Paint): string {
  return line
    .replaceAll(/\b(pass)\b/g, (word) => paint.green(word))
    .replaceAll(/\b(fail|foreign)\b/g, (word) => paint.red(word))
    .replaceAll(/\b(stale|unclear|pending)\b/g, (word) => paint.yellow(word));
}

function listed(items: readonly string[]): string {
  const last = items.at(-1) ?? "";
  return items.length < 2 ? last : `${items.slice(0, -1).join(", ")} and ${last}`;
}
