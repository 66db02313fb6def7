/**
 * How this run reaches the outside. With `connect` every https connection goes to that address with its original
 * server name and Host, and only `ca` is trusted; without it, connections go where they say and the system decides
 * whom to trust. Nothing process-wide is changed.
 */
export interface Network {
  readonly connect?: { readonly host: string; readonly port: number; readonly ca: string } | undefined;
  /** PEM of authorities that probes trust besides the system's; not looked at with `connect`. */
  readonly ca?: string | undefined;
}

/** Milliseconds since the epoch. Passed in, so that tests own the time. */
export type Clock = () => number;

/** Resolves after so many milliseconds. Passed in, so that tests do not sleep. */
export type Sleep = (milliseconds: number) => Promise<void>;
