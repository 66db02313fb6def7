import type { KeptValues } from "../app/open-options.ts";
import type { Connection } from "../desired/connection.ts";
import type { ToolSurroundings } from "../engine/engine.ts";
import type { Redactor } from "../secret/redact.ts";
import type { SecretSource } from "../secret/resolve.ts";
import type { Holder } from "../store/store.ts";
import type { Clock, Sleep } from "../vendor/network.ts";
import type { SecretManagers } from "../vendor/secret-managers.ts";
import type { Workspace } from "../workspace/workspace.ts";
import type { Progress } from "./progress.ts";

/** What opening a world takes from outside. */
export interface OpenOptions {
  readonly workspace: Workspace;
  /** What these touch is opened. */
  readonly connections: readonly Connection[];
  /** Whether every identity provider and app of the workspace is opened, whoever uses it. */
  readonly whole: boolean;
  readonly source: SecretSource;
  /** Where secrets are put that apps read elsewhere; closed with the world. Absent: a run that hands none over. */
  readonly managers?: SecretManagers | undefined;
  /** Whether the run only looks: it then asks identity providers for no right to change anything. */
  readonly access: "read" | "manage";
  /** Learns every secret of the run. */
  readonly redactor: Redactor;
  readonly clock: Clock;
  readonly sleep: Sleep;
  readonly progress: Progress;
  /** What engines that run programs need; a run without it uses none of them. */
  readonly tools?: ToolSurroundings | undefined;
  /** Host name of this machine, for evidence and locks. */
  readonly host: string;
  /** Where old values of an app's records are kept; absent without a store. */
  readonly keptFor?: ((app: string) => KeptValues) | undefined;
}

/** What a world with a store takes besides. */
export interface RecordingOptions extends OpenOptions {
  readonly holder: Holder;
  /** Whether the run is in CI, where an unnamed store is refused. */
  readonly ci: boolean;
  readonly isAlive: (pid: number) => boolean;
  readonly stopping?: (() => boolean) | undefined;
}
