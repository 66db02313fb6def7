import type { DatabaseFault } from "./fault.ts";

/** Primary result codes: https://sqlite.org/rescode.html */
const faults: Readonly<Record<number, DatabaseFault>> = {
  1: { kind: "schema", text: "does not have the tables and columns that it should have" },
  3: { kind: "unreachable", text: "may not be opened by this user" },
  5: { kind: "busy", text: "is kept busy by another process" },
  6: { kind: "busy", text: "is kept busy by another connection" },
  8: { kind: "unreachable", text: "is read-only" },
  10: { kind: "unreachable", text: "cannot be read or written: the disk gave an error" },
  11: { kind: "corrupt", text: "is damaged" },
  13: { kind: "unreachable", text: "cannot grow: the disk is full" },
  14: { kind: "unreachable", text: "cannot be opened" },
  15: { kind: "busy", text: "is kept busy by another process" },
  19: { kind: "constraint", text: "refuses the values: one of its constraints forbids them" },
  22: { kind: "unreachable", text: "is too large for this system" },
  23: { kind: "unreachable", text: "may not be opened by this user" },
  26: { kind: "corrupt", text: "is not a SQLite database" },
};

/** Codes of the file system, from making the folder and the file. */
const fileFaults: Readonly<Record<string, string>> = {
  EACCES: "may not be written by this user",
  EDQUOT: "cannot grow: the quota is used up",
  EEXIST: "cannot be made: a file stands where its folder should be",
  EISDIR: "is a directory",
  EMFILE: "cannot be opened: too many files are open",
  ENAMETOOLONG: "has too long a name",
  ENOENT: "cannot be made: its folder is missing",
  ENOSPC: "cannot grow: the disk is full",
  ENOTDIR: "cannot be made: a file stands where its folder should be",
  EPERM: "may not be written by this user",
  EROFS: "is on a read-only file system",
};

/** Undefined for what is neither an error of SQLite's surroundings nor of the file system: a mistake of ours. */
export function sqliteFault(error: unknown): DatabaseFault | undefined {
  const { code, errcode } = (error ?? {}) as { readonly code?: unknown; readonly errcode?: unknown };
  if (code === "ERR_SQLITE_ERROR" && typeof errcode === "number") return faults[errcode & 0xff];
  if (code === "ERR_INVALID_STATE") return { kind: "unreachable", text: "is closed" };
  const text = typeof code === "string" ? fileFaults[code] : undefined;
  return text === undefined ? undefined : { kind: "unreachable", text };
}

/** Another connection holds the lock; the statement had no effect and can be repeated. */
export function isBusy(error: unknown): boolean {
  return sqliteFault(error)?.kind === "busy";
}
