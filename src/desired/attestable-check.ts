import type { CheckId } from "./check-id.ts";

/**
 * Checks that a person can stand for, where they could not tell. Not among them are those that a record is written from
 * (a person's word is no endpoint), those of the record itself, and those that keep no tenant from being switched on.
 * O1 keeps none either; an attestation of it lets the app route the tenant's domains.
 */
export const attestableChecks: readonly CheckId[] = [
  ...(["D7", "D8", "D9", "D13", "D15", "D17", "K1", "K2", "K3", "K4", "K5", "T1", "T2"] as const),
  ...(["P1", "P3", "P6", "S1", "S2"] as const),
  ...(["A1", "A2", "A3", "A4", "A5", "A6", "A7", "A8", "A9", "O1"] as const),
];

/** What a record is written from, so that it must be read. */
export const readChecks: readonly CheckId[] = ["D1", "D3", "D4", "D5", "D6"];

/** The longest time for which a person can stand for a check, in days. */
export const longestAttestation = 366;
