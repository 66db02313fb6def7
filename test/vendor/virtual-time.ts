/** Time that passes only when nothing else is left to do: every sleep ends at its moment, in order, at once. */
export class VirtualTime {
  #now: number;
  readonly #sleepers: { at: number; wake: () => void }[] = [];

  constructor(start = Date.UTC(2026, 10, 21)) {
    this.#now = start;
  }

  readonly clock = (): number => this.#now;

  readonly sleep = (milliseconds: number): Promise<void> =>
    new Promise((wake) => {
      this.#sleepers.push({ at: this.#now + milliseconds, wake });
    });

  /** Lets time pass until the work is done. Fails when the work waits for something that time does not bring. */
  async until<T>(work: Promise<T>): Promise<T> {
    let done = false;
    const settled = work.finally(() => {
      done = true;
    });
    settled.catch(() => {});
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      if (done) return settled;
      this.#sleepers.sort((a, b) => b.at - a.at);
      const next = this.#sleepers.pop();
      if (next === undefined) throw new Error("the work waits for something that never comes");
      this.#now = Math.max(this.#now, next.at);
      next.wake();
    }
  }
}
