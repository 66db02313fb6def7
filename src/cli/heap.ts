import { setFlagsFromString } from "node:v8";

/**
 * Keeps the memory of long work near what it needs. On a machine with much memory V8 lets garbage pile up to a multiple
 * of what lives; a fleet's apply then takes half as much again for nothing (bench/RESULTS.md). Costs a few percent of time.
 */
export function keepHeapSmall(): void {
  setFlagsFromString("--heap-growing-percent=20");
}
