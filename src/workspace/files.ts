/** One entry of a folder. */
export interface FolderEntry {
  readonly name: string;
  readonly kind: "file" | "folder" | "link" | "other";
}

/** Why something could not be read, in the system's word (`ENOENT`, `EACCES`, `EISDIR`…). */
export interface ReadFailure {
  readonly reason: string;
}

/**
 * The files of a workspace, passed in so that loading does no I/O of its own. Paths are relative to the workspace's
 * folder, with `/`. Reading is bounded: at most `limit` bytes are read, and `size` tells how many there are.
 */
export interface Files {
  read(path: string, limit: number): { readonly bytes: Uint8Array; readonly size: number } | ReadFailure;
  list(folder: string): readonly FolderEntry[] | ReadFailure;
}
