// A process of its own that verifies hostile providers one after the other, so that its memory is what a run takes and
// nothing else. Reads its cases from the message of its parent; sends one result per case.

import { createFetcher, type Fetcher } from "../../../src/verify/fetch/fetcher.ts";
import { verifySubject } from "../../../src/verify/verify.ts";
import { ioOf, subjectWith } from "../subject.ts";

/** One provider to verify. */
export interface BoundCase {
  readonly name: string;
  readonly issuer: string;
  readonly port: number;
}

export interface BoundsOrder {
  readonly ca: string;
  readonly deadline: number;
  readonly cases: readonly BoundCase[];
}

/** What one verification took. */
export interface BoundResult {
  readonly name: string;
  readonly verdict: string;
  /** Code per check that has one. */
  readonly codes: Readonly<Record<string, string>>;
  /** Milliseconds of the slowest exchange. */
  readonly slowest: number;
  /** Milliseconds of the whole verification, less its exchanges: what reading the answers took. */
  readonly thinking: number;
  /** Bytes of memory at most, less what the process had before the first case. */
  readonly grown: number;
  readonly crashed?: string;
}

async function main({ ca, deadline, cases }: BoundsOrder): Promise<void> {
  let before = process.memoryUsage().rss;
  for (const [index, { name, issuer, port }] of cases.entries()) {
    // The first is a sound provider: it loads every module. Memory counts from then on.
    if (index === 1) before = process.memoryUsage().rss;
    const network = { connect: { host: "127.0.0.1", port, ca } };
    const fetcher = await createFetcher({ network, allowPrivate: [], deadline });
    let slowest = 0;
    let waited = 0;
    let peak = 0;
    const sampling = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage().rss);
    }, 10);
    const timed: Fetcher = {
      ...fetcher,
      async send(request) {
        const sentAt = performance.now();
        const outcome = await fetcher.send(request);
        slowest = Math.max(slowest, performance.now() - sentAt);
        waited += performance.now() - sentAt;
        return outcome;
      },
    };
    const io = { ...ioOf({ network }, { deadline }), fetcher: async () => timed };
    const options = { secretProbe: true, wrongSecretControl: true };
    const begun = performance.now();
    let verdict = "none";
    let crashed: string | undefined;
    const codes: Record<string, string> = {};
    try {
      const verification = await verifySubject(subjectWith({ issuer }), io, options);
      verdict = verification.verdict;
      for (const { id, code } of verification.checks) if (code !== undefined) codes[id] = code;
    } catch (error) {
      crashed = String(error);
    }
    const thinking = performance.now() - begun - waited;
    clearInterval(sampling);
    peak = Math.max(peak, process.memoryUsage().rss);
    await fetcher.close();
    const result: BoundResult = {
      ...{ name, verdict, codes, slowest, thinking, grown: peak - before },
      ...(crashed === undefined ? {} : { crashed }),
    };
    process.send?.(result);
  }
}

process.once("message", (order) => {
  void main(order as BoundsOrder).then(() => process.disconnect());
});
