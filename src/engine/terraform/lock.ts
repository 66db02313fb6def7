/** Who holds the lock on a state, as the tool says it. */
export interface LockHolder {
  /** What `force-unlock` wants. */
  readonly id: string;
  /** The user and the machine, such as `runner@build-7`; undefined when the tool does not say. */
  readonly who?: string | undefined;
  /** What it is doing, such as `apply`. */
  readonly operation?: string | undefined;
  /** When it began, as the tool writes it, to the second. */
  readonly created?: string | undefined;
}

/** The holder in the words of a tool that waited for a lock in vain; undefined when they name none. */
export function lockHolderIn(words: string): LockHolder | undefined {
  const start = words.indexOf("Lock Info:");
  const info = start < 0 ? "" : words.slice(start);
  const field = (name: string): string | undefined =>
    new RegExp(`^[ \\t]*${name}:[ \\t]*(\\S.*?)[ \\t]*$`, "m").exec(info)?.[1];
  const id = field("ID");
  // Terraform's http backend adds what it knows of the lock that it wanted itself, not of the one that is held.
  const held = /already locked: ID=(\S+)/.exec(words)?.[1];
  if (held !== undefined && held !== id) return { id: held };
  if (id === undefined) return undefined;
  return {
    id,
    who: field("Who"),
    operation: field("Operation")
      ?.replace(/^OperationType/, "")
      .toLowerCase(),
    created: field("Created")?.replace(/(\.\d+)? \+0000 UTC$/, " UTC"),
  };
}
