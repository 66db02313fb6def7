/** Who holds the lock on a state, as the tool says it. */
export interface LockHolder {
  /** What `force-unlock` wants. */
  readonly id: string;
  /** The user and the machine, such as `runner@build-7`. */
  readonly who: string;
  /** What it is doing, such as `apply`. */
  readonly operation: string;
  /** When it began, as the tool writes it, to the second. */
  readonly created: string;
  /** Where the state is, as the backend names it; empty when it does not say. */
  readonly path: string;
}

/** The holder in the words of a tool that waited for a lock in vain; undefined when they name none. */
export function lockHolderIn(words: string): LockHolder | undefined {
  const info = words.slice(words.indexOf("Lock Info:"));
  const field = (name: string): string | undefined =>
    new RegExp(`^[ \\t]*${name}:[ \\t]*(.*?)[ \\t]*$`, "m").exec(info)?.[1];
  const id = field("ID");
  if (!words.includes("Lock Info:") || id === undefined || id === "") return undefined;
  return {
    id,
    who: field("Who") ?? "",
    operation: (field("Operation") ?? "").replace(/^OperationType/, "").toLowerCase(),
    created: (field("Created") ?? "").replace(/\.\d+ \+0000 UTC$/, " UTC"),
    path: field("Path") ?? "",
  };
}
