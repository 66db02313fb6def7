/** Counts what the sequences of one series have done. */
export class Tally {
  #sequences = 0;
  readonly #commands = new Map<string, number>();
  readonly #idle = new Map<string, number>();
  readonly #struck = new Map<string, number>();

  get sequences(): number {
    return this.#sequences;
  }

  began(): void {
    this.#sequences += 1;
  }

  /** @param done false when there was nothing to do it to */
  did(command: string, done: boolean): void {
    add(done ? this.#commands : this.#idle, command);
  }

  struck(what: string): void {
    add(this.#struck, what);
  }

  summary(): string {
    return `${this.#sequences} sequences; commands: ${listed(this.#commands)}; struck: ${listed(this.#struck)}`;
  }
}

function add(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

function listed(counts: ReadonlyMap<string, number>): string {
  const all = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const each = [...counts].sort(([, a], [, b]) => b - a).map(([name, count]) => `${name} ${count}`);
  return `${all} (${each.join(", ")})`;
}
