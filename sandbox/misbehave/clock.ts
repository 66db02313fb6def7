import type { Layer } from "./exchange.ts";
import type { Misbehaviour } from "./misbehaviour.ts";

/** The provider's clock, as its answers show it (RFC 9110, section 6.6.1). */
export const clockMisbehaviours: readonly Misbehaviour[] = [
  {
    name: "clock-fast",
    kind: "clock",
    about: "The clock is ten minutes fast.",
    layer: shifted(600),
  },
  {
    name: "clock-slow",
    kind: "clock",
    about: "The clock is ten minutes slow.",
    layer: shifted(-600),
  },
  {
    name: "clock-drifts",
    kind: "clock",
    about: "The clock is a minute fast.",
    layer: shifted(60),
  },
  {
    name: "clock-unknown",
    kind: "clock",
    about: "No answer says what time it is.",
    layer: () => async (exchange) => {
      const reply = await exchange.ask();
      const { date: _date, ...headers } = reply.headers;
      return { ...reply, headers };
    },
  },
];

function shifted(seconds: number): () => Layer {
  return () => async (exchange) => {
    const reply = await exchange.ask();
    const date = Date.parse(String(reply.headers.date));
    return { ...reply, headers: { ...reply.headers, date: new Date(date + seconds * 1_000).toUTCString() } };
  };
}
