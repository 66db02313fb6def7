import type { ConnectionKey } from "../desired/connection.ts";
import type { Json } from "../desired/json.ts";
import type { Secret } from "../secret/secret.ts";
import type { HostLimiters } from "../vendor/limiter.ts";
import type { Clock, Network, Sleep } from "../vendor/network.ts";
import type { App } from "../workspace/app.ts";
import type { Reference } from "../workspace/reference.ts";
import type { Workspace } from "../workspace/workspace.ts";
import type { IsIgnored } from "./plain-secret.ts";

/**
 * What an app's old values are kept in between a write and its proof, for kinds whose app has no room for them: the store.
 * No secret goes in. Survives a kill.
 */
export interface KeptValues {
  keep(key: ConnectionKey, values: Json): Promise<void>;
  read(key: ConnectionKey): Promise<Json | undefined>;
  forget(key: ConnectionKey): Promise<void>;
}

/** What opening an app of any kind takes. */
export interface AppOpenOptions<A extends App = App> {
  readonly app: A;
  readonly workspace: Workspace;
  /** `read`: nothing is written anywhere. */
  readonly access: "read" | "manage";
  readonly network: Network;
  /** The run's limiters, one for each host. */
  readonly limiters: HostLimiters;
  readonly clock: Clock;
  readonly sleep: Sleep;
  /** The secret behind a reference of the workspace, known to the redactor from then on; ask when it is first needed. */
  readonly resolve: (reference: Reference, use: string) => Secret;
  /** Told of every secret that an app shows, so that none of them gets into an output. */
  readonly know: (secret: Secret) => void;
  /** Absent in a run without a store, which writes nothing either. */
  readonly kept?: KeptValues | undefined;
  /** Whether git ignores a path; absent: it cannot be asked, and no secret is written to a file in plain text. */
  readonly isIgnored?: IsIgnored | undefined;
}
