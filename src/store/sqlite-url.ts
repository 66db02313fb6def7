import { resolve } from "node:path";

/** Where a SQLite database is: an absolute path, or memory (gone when it is closed). */
export type SqliteLocation = { readonly kind: "file"; readonly path: string } | { readonly kind: "memory" };

/**
 * Reads `sqlite:PATH` or `sqlite::memory:`; undefined for everything else. A relative path is relative to `root` (the
 * working directory when absent).
 */
export function parseSqliteUrl(url: string, root?: string): SqliteLocation | undefined {
  if (!url.startsWith("sqlite:")) return undefined;
  const path = url.slice("sqlite:".length);
  if (path === ":memory:") return { kind: "memory" };
  // `sqlite://x` would read x as a host elsewhere and as the root folder here: neither is meant.
  if (path === "" || path.includes("\0") || /^\/\/(?!\/)/.test(path)) return undefined;
  return { kind: "file", path: root === undefined ? resolve(path) : resolve(root, path) };
}

/** What may be shown of a database URL: its scheme. The rest can hold a password. */
export function schemeOf(url: string): string {
  return /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1] ?? "none";
}
