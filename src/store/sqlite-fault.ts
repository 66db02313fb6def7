import type { DatabaseFault } from "./fault.ts";

const again = "then run the command again; it goes on from what is there.";
const makeRoom = `Make room on the disk that holds it, ${again}`;
const makeWritable = `Make the file and its folder writable for this user, because SQLite writes beside the file too (or mount its file system writable), ${again}`;
const makeReadable = `Let this user read and write the file and its folder, ${again}`;
const nameFile = `Name a file in its address, or move away what stands in its place, ${again}`;
const makeFolder = `Make its folder, writable for this user, ${again}`;

/** Primary result codes, and extended ones that say more: https://sqlite.org/rescode.html */
const faults: Readonly<Record<number, DatabaseFault>> = {
  1: { kind: "schema", text: "does not have the tables and columns that it should have" },
  3: { kind: "unreachable", text: "may not be opened by this user", mend: makeReadable },
  5: { kind: "busy", text: "is kept busy by another process" },
  6: { kind: "busy", text: "is kept busy by another connection" },
  8: { kind: "unreachable", text: "is read-only", mend: makeWritable },
  10: {
    kind: "unreachable",
    text: "cannot be read or written: the disk gave an error",
    mend: `Look at the disk, its space and the system's log, ${again}`,
  },
  11: { kind: "corrupt", text: "is damaged" },
  13: { kind: "unreachable", text: "cannot grow: the disk is full", mend: makeRoom },
  14: {
    kind: "unreachable",
    text: "cannot be opened",
    mend: `See that its folder is there and that this user may read and write in it, ${again}`,
  },
  15: { kind: "busy", text: "is kept busy by another process" },
  19: { kind: "constraint", text: "refuses the values: one of its constraints forbids them" },
  22: { kind: "unreachable", text: "is too large for this system" },
  23: { kind: "unreachable", text: "may not be opened by this user", mend: makeReadable },
  26: { kind: "corrupt", text: "is not a SQLite database" },
  // The file beside the write-ahead log cannot be made as large as it must be.
  4874: { kind: "unreachable", text: "cannot grow: the disk is full", mend: makeRoom },
};

/** Codes of the file system, from making the folder and the file. */
const fileFaults: Readonly<Record<string, readonly [text: string, mend?: string]>> = {
  EACCES: ["may not be opened by this user", makeReadable],
  EDQUOT: ["cannot grow: the quota is used up", makeRoom],
  EEXIST: ["cannot be made: a file stands where its folder should be", nameFile],
  EFBIG: ["cannot grow: files may not be larger here", makeRoom],
  EISDIR: ["is a directory", nameFile],
  EMFILE: ["cannot be opened: too many files are open"],
  ENAMETOOLONG: ["has too long a name"],
  ENOENT: ["cannot be made: its folder is missing", makeFolder],
  ENOSPC: ["cannot grow: the disk is full", makeRoom],
  ENOTDIR: ["cannot be made: a file stands where its folder should be", nameFile],
  EPERM: ["may not be opened by this user", makeReadable],
  EROFS: ["is on a read-only file system", makeWritable],
};

/** Undefined for what is neither an error of SQLite's surroundings nor of the file system: a mistake of ours. */
export function sqliteFault(error: unknown): DatabaseFault | undefined {
  const { code, errcode, message } = (error ?? {}) as Readonly<Record<"code" | "errcode" | "message", unknown>>;
  if (code === "ERR_SQLITE_ERROR" && typeof errcode === "number") {
    const fault = faults[errcode] ?? faults[errcode & 0xff];
    const what = fault?.kind === "schema" ? (namesOnly.exec(String(message))?.[0] ?? "") : "";
    return fault === undefined || what === "" ? fault : { ...fault, text: `${fault.text} (${what})` };
  }
  if (code === "ERR_INVALID_STATE") return { kind: "unreachable", text: "is closed" };
  const [text, mend] = (typeof code === "string" ? fileFaults[code] : undefined) ?? [];
  if (text === undefined) return undefined;
  return { kind: "unreachable", text, ...(mend === undefined ? {} : { mend }) };
}

/** What SQLite says of a table or column: names, and no value. */
const namesOnly = /^(no such (table|column): [\w.]+|table "?\w+"? (already exists|has no column named \w+))$/;

/** Another connection holds the lock; the statement had no effect and can be repeated. */
export function isBusy(error: unknown): boolean {
  return sqliteFault(error)?.kind === "busy";
}
