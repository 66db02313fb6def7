import type { DatabaseFault } from "./fault.ts";

const lost: DatabaseFault = { kind: "lost", text: "broke the connection off" };

const again = "then run the command again; it goes on from what is there.";
const seeThatItRuns = `See that PostgreSQL runs there, and that host and port of the address are right, ${again}`;

/** SQLSTATE, or its first two characters for a whole class: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const states: Readonly<Record<string, DatabaseFault>> = {
  "08": lost,
  "22": { kind: "constraint", text: "refuses the values: it cannot hold them" },
  "23": { kind: "constraint", text: "refuses the values: one of its constraints forbids them" },
  "25006": {
    kind: "unreachable",
    text: "is read-only",
    mend: `Name the primary in the address, not a replica, and see that default_transaction_read_only is off for this user, ${again}`,
  },
  "25P03": lost,
  "28": { kind: "login", text: "lets this user not in from here, or not without TLS" },
  "28P01": { kind: "login", text: "refuses the user's password" },
  "3D000": { kind: "absent", text: "does not exist" },
  "3F000": { kind: "forbidden", text: "has no schema that this user may use" },
  "40001": { kind: "conflict", text: "was changed by another program at the same moment" },
  "40P01": { kind: "conflict", text: "stood in a deadlock with another program" },
  "42501": { kind: "forbidden", text: "gives this user too few rights" },
  "42703": { kind: "schema", text: "does not have the tables and columns that it should have" },
  "42804": { kind: "schema", text: "has columns of other types than it should have" },
  "42883": { kind: "schema", text: "has columns of other types than it should have" },
  "42P01": { kind: "schema", text: "does not have the tables and columns that it should have" },
  "42P07": { kind: "schema", text: "has a table or view of that name, made by another program meanwhile" },
  "44": { kind: "constraint", text: "refuses the values: one of its views forbids them" },
  "53": { kind: "unreachable", text: "has run out of room, memory or connections" },
  "53100": {
    kind: "unreachable",
    text: "cannot grow: the disk is full",
    mend: `Make room on the disk of its server, ${again}`,
  },
  "53300": {
    kind: "unreachable",
    text: "takes no more connections",
    mend: `Raise its max_connections or the limit of this user, or find out who holds so many, ${again}`,
  },
  "55P03": { kind: "busy", text: "is kept busy by another program" },
  "57": lost,
  "57014": { kind: "busy", text: "did not finish a statement in time" },
  "57P03": {
    kind: "unreachable",
    text: "is starting or shutting down",
    mend: `Wait until it takes connections, ${again}`,
  },
  "58": { kind: "unreachable", text: "cannot be read or written: its system gave an error" },
  P0001: { kind: "constraint", text: "refuses the values: a trigger forbids them" },
  XX: { kind: "unreachable", text: "answers with an error of its own making" },
  XX001: { kind: "corrupt", text: "is damaged" },
  XX002: { kind: "corrupt", text: "is damaged" },
};

/** Codes of the network and of the pieces below it. */
const networkFaults: Readonly<Record<string, DatabaseFault>> = {
  EACCES: { kind: "unreachable", text: "cannot be reached: this user may not open its socket" },
  EAI_AGAIN: { kind: "unreachable", text: "cannot be reached: the name of its host cannot be looked up now" },
  ECONNABORTED: lost,
  ECONNREFUSED: {
    kind: "unreachable",
    text: "cannot be reached: nothing answers at its host and port",
    mend: seeThatItRuns,
  },
  ECONNRESET: lost,
  EHOSTUNREACH: { kind: "unreachable", text: "cannot be reached: there is no way to its host" },
  ENETUNREACH: { kind: "unreachable", text: "cannot be reached: there is no way to its host" },
  ENOENT: { kind: "unreachable", text: "cannot be reached: its socket is not there", mend: seeThatItRuns },
  ENOTFOUND: { kind: "unreachable", text: "cannot be reached: its host is not known by that name" },
  EPIPE: lost,
  ETIMEDOUT: { kind: "unreachable", text: "cannot be reached: its host does not answer" },
};

/** Sentences of pg, which gives these no code. */
const sentences: readonly (readonly [text: RegExp, fault: DatabaseFault])[] = [
  [/^timeout expired$/, { kind: "unreachable", text: "cannot be reached: its host does not answer" }],
  [/^The server does not support SSL/, { kind: "unreachable", text: "speaks no TLS, which its address asks for" }],
  [/^There was an error establishing an SSL/, { kind: "unreachable", text: "does not begin TLS" }],
  [/^SASL: .*password must be a/, { kind: "login", text: "asks for a password, and its address has none" }],
  [/^SASL: /, { kind: "login", text: "does not carry the login out as the right server would" }],
  [/^(Connection terminated|Client has encountered a connection error|Query read timeout)/, lost],
  [/^(Client was closed|Cannot use a pool after|driver has already been)/, { kind: "unreachable", text: "is closed" }],
];

/** The file of `sslrootcert` cannot be read. */
export class UnreadableCertificate extends Error {
  readonly path: string;

  constructor(path: string, cause: unknown) {
    super(`the file ${path} cannot be read`, { cause });
    this.path = path;
  }
}

/** Undefined for what is neither an error of PostgreSQL nor of the way to it: a mistake of ours. */
export function postgresFault(error: unknown): DatabaseFault | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error instanceof UnreadableCertificate) {
    return { kind: "unreachable", text: `cannot be checked: the file ${error.path} of \`sslrootcert\` cannot be read` };
  }
  const { code } = error as { readonly code?: unknown };
  if (typeof code !== "string") return sentences.find(([text]) => text.test(error.message))?.[1];
  if (code === "42501") return { kind: "forbidden", text: `gives this user too few rights (${error.message})` };
  if (/^[0-9A-Z]{5}$/.test(code) && "severity" in error) {
    const fault = states[code] ?? states[code.slice(0, 2)];
    const named = fault?.kind === "schema" && namesOnly.test(error.message);
    return fault === undefined || !named ? fault : { ...fault, text: `${fault.text} (${error.message})` };
  }
  return networkFaults[code] ?? tlsFault(code);
}

/** What PostgreSQL says of a table or column: names, and no value. */
const namesOnly = /^(relation|column) "?[\w.]+"?( of relation "?\w+"?)? (does not exist|already exists)$/;

function tlsFault(code: string): DatabaseFault | undefined {
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") {
    return { kind: "unreachable", text: "shows a certificate for another host" };
  }
  if (/CERT|SIGNATURE|CRL/.test(code)) {
    return { kind: "unreachable", text: `shows a certificate that is not trusted (${code})` };
  }
  return /^(ERR_SSL|ERR_TLS|EPROTO)/.test(code) ? { kind: "unreachable", text: `fails at TLS (${code})` } : undefined;
}
