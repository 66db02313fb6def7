/** Work on one thing, one after the other; on different things at the same time. */
export function createTurns(): <T>(thing: string, work: () => Promise<T>) => Promise<T> {
  const last = new Map<string, Promise<unknown>>();
  return (thing, work) => {
    const before = last.get(thing) ?? Promise.resolve();
    const mine = before.then(work, work);
    last.set(
      thing,
      mine.catch(() => undefined),
    );
    return mine;
  };
}
