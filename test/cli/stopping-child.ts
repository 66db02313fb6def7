import { setTimeout as delay } from "node:timers/promises";
import { stopSignal } from "../../src/cli/stop-signal.ts";
import { plain } from "../../src/plan/paint.ts";

// A run that says when it is told to stop, and then takes the way that its argument names.

const terminal = {
  out: (text: string) => process.stdout.write(text),
  err: (text: string) => process.stderr.write(text),
};
const stop = stopSignal({ ...terminal, paint: plain }, "told to stop");
stop.interrupted.addEventListener("abort", () => process.stdout.write(`aborted, stopping ${stop.stopping()}\n`));
process.stdout.write("ready\n");
const [way] = process.argv.slice(2);
if (way !== "untold") while (!stop.interrupted.aborted) await delay(10);
if (way === "hangs") await delay(600_000);
if (way === "finishes") stop.dispose();
else stop.end();
process.stdout.write("went on\n");
