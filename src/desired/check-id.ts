/**
 * Every check of a verification, in the order of the list in `docs/verify.md`. D: discovery, K: keys, T: transport, P:
 * redirect URIs, S: the client's credentials, R: the app's record, A: the app itself, O: ownership of a domain. D, K, T
 * and P have the numbers of the research that they come from.
 */
export const checkIds = [
  ...["D1", "D2", "D3", "D4", "D5", "D6", "D7", "D8", "D9", "D10", "D11", "D12", "D13", "D14", "D15", "D16", "D17"],
  ...["D18", "D19", "D20", "D21", "D22", "D23", "D24"],
  ...["K1", "K2", "K3", "K4", "K5", "K6", "K7"],
  ...["T1", "T2", "T3"],
  ...["P1", "P2", "P3", "P4", "P5", "P6", "P7"],
  ...["S1", "S2"],
  ...["R1", "R2", "R3"],
  ...["A1", "A2", "A3", "A4", "A5", "A6", "A7", "A8", "A9"],
  "O1",
] as const;

/** Id of a check. */
export type CheckId = (typeof checkIds)[number];
