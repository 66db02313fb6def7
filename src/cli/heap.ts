import { setFlagsFromString } from "node:v8";

/**
 * Keeps the memory of long work near what it needs. On a machine with much memory V8 lets garbage pile up to a multiple
 * of what lives; a fleet's apply then takes half as much again for nothing (bench/RESULTS.md). Costs a few percent of time.
 */
export function keepHeapSmall(): void {
  setFlagsFromString("--heap-growing-percent=20");
}

/**
 * Keeps also what was made just now small. For work that makes much and holds little, such as proving a fleet: a third
 * less memory there, for a few percent of time (bench/RESULTS.md).
 */
export function keepYoungHeapSmall(): void {
  setFlagsFromString("--semi-space-growth-factor=1");
}
