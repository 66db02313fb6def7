interface Ranked {
  readonly id: string;
  priority: number;
}

/** In the order in which they are tried. */
export function byPriority<Item extends Ranked>(items: Iterable<Item>): Item[] {
  return [...items].sort((a, b) => a.priority - b.priority);
}

/**
 * Puts the item at its wanted place, 1 being the first; those from there on move back by one, and the numbers are
 * without gaps afterwards. Last when no place or one behind the last is wanted.
 */
export function place<Item extends Ranked>(items: Iterable<Item>, item: Item, wanted: number | undefined): void {
  const others = byPriority(items).filter((each) => each.id !== item.id);
  const index = wanted === undefined ? others.length : Math.min(Math.max(wanted, 1) - 1, others.length);
  for (const [at, each] of others.toSpliced(index, 0, item).entries()) each.priority = at + 1;
}

/** Closes the gaps after something was removed. */
export function closeGaps(items: Iterable<Ranked>): void {
  for (const [at, each] of byPriority(items).entries()) each.priority = at + 1;
}
