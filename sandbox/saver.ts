/** Milliseconds after a change until it is written; changes that come meanwhile are written with it. */
const pause = 100;

/** Of its time a process spends at most one part in this many on writing. */
const share = 5;

/** Writes something down some time after it has changed, one write at a time. */
export class Saver {
  readonly #write: () => Promise<void>;
  readonly #failed: (error: unknown) => void;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  #pause = pause;
  #closed = false;

  /** `write` writes down what there is now; `failed` is told when it could not. The next change tries again. */
  constructor(write: () => Promise<void>, failed: (error: unknown) => void) {
    this.#write = write;
    this.#failed = failed;
  }

  /** Something has changed. */
  changed(): void {
    if (this.#closed || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.now().catch(this.#failed);
    }, this.#pause);
    this.#timer.unref();
  }

  /** Writes now, behind a write that is under way. Rejects with what `write` fails with. */
  now(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const done = this.#writing.catch(() => {}).then(() => this.#timed());
    this.#writing = done;
    return done;
  }

  /** Writes what there is at the end; what changes later is not written. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.now();
  }

  async #timed(): Promise<void> {
    const begun = performance.now();
    await this.#write();
    this.#pause = Math.max(pause, (performance.now() - begun) * share);
  }
}
