/** An answer as it went out. */
export interface KeptAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number | string[]>>;
  readonly body: Buffer;
}

/** The last answer to each GET, so that a host can be made to show again what was there before. */
export class Reads {
  readonly #answers = new Map<string, KeptAnswer>();
  readonly #staleUntil = new Map<string, number>();
  #remembers = false;

  /** Answers are kept from now on. */
  remember(): void {
    this.#remembers = true;
  }

  /** Nothing is kept any more, and nothing is stale. */
  forget(): void {
    this.#remembers = false;
    this.#answers.clear();
    this.#staleUntil.clear();
  }

  /** From now on, for so many milliseconds, the host shows what it showed last. */
  freeze(host: string, milliseconds: number): void {
    this.#staleUntil.set(host, Math.max(performance.now() + milliseconds, this.#staleUntil.get(host) ?? 0));
  }

  /** Whether the answer to this request is to be kept. */
  wants(host: string, method: string): boolean {
    return this.#remembers && method === "GET" && !this.#isStale(host);
  }

  keep(host: string, target: string, answer: KeptAnswer): void {
    if (!this.#isStale(host)) this.#answers.set(`${host} ${target}`, answer);
  }

  /** What this request is answered while the host is stale; undefined when it is answered as it is. */
  stale(host: string, method: string, target: string): KeptAnswer | undefined {
    return method === "GET" && this.#isStale(host) ? this.#answers.get(`${host} ${target}`) : undefined;
  }

  #isStale(host: string): boolean {
    return performance.now() < (this.#staleUntil.get(host) ?? 0);
  }
}
