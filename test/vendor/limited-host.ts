import type { LimitedReply } from "../../src/vendor/limiter.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** A host that counts calls in windows of a minute as Okta does, in virtual time. */
export class LimitedHost {
  readonly #time: VirtualTime;
  readonly #limit: number;
  readonly #skew: number;
  /** Calls by others that the host counts into each window as soon as it begins. */
  readonly #others: number;
  #start = Number.NEGATIVE_INFINITY;
  #used = 0;
  /** Calls of ours in each window. */
  readonly windows: number[] = [];
  refused = 0;
  atOnce = 0;
  mostAtOnce = 0;
  readonly order: string[] = [];

  constructor(time: VirtualTime, limit: number, change: { readonly skew?: number; readonly others?: number } = {}) {
    this.#time = time;
    this.#limit = limit;
    this.#skew = change.skew ?? 0;
    this.#others = change.others ?? 0;
  }

  /** Answers after so many milliseconds, half on the way there and half on the way back. */
  async call(name: string, latency: number): Promise<LimitedReply> {
    this.atOnce += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.atOnce);
    await this.#time.sleep(latency / 2);
    const now = this.#time.clock() + this.#skew;
    if (now >= this.#start + 60_000) {
      this.#start = now;
      this.#used = this.#others;
      this.windows.push(0);
    }
    const allowed = this.#used < this.#limit;
    if (allowed) {
      this.#used += 1;
      this.windows[this.windows.length - 1] = (this.windows.at(-1) ?? 0) + 1;
      this.order.push(name);
    } else {
      this.refused += 1;
    }
    const headers = new Headers({
      date: new Date(now).toUTCString(),
      "x-rate-limit-limit": String(this.#limit),
      "x-rate-limit-remaining": String(this.#limit - this.#used),
      "x-rate-limit-reset": String(Math.ceil((this.#start + 60_000) / 1000)),
    });
    await this.#time.sleep(latency / 2);
    this.atOnce -= 1;
    return { status: allowed ? 200 : 429, headers };
  }
}
