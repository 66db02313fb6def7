import type { AppAdapter } from "../app/app.ts";
import type { Engine } from "../engine/engine.ts";
import type { Holder, Store } from "../store/store.ts";
import type { DomainProver } from "../verify/domain/prover.ts";
import type { VerifySubject } from "../verify/subject.ts";
import type { VerifyIo } from "../verify/verify.ts";
import type { Workspace } from "../workspace/workspace.ts";
import type { Progress } from "./progress.ts";

/** Everything outside that a run works with, opened for one workspace in one environment. */
export interface World {
  readonly workspace: Workspace;
  /** By name of the identity provider. */
  readonly engines: ReadonlyMap<string, Engine>;
  /** By name of the app. */
  readonly apps: ReadonlyMap<string, AppAdapter>;
  readonly verifyIo: VerifyIo;
  /** The key with which an app signs client assertions, its private half resolved; undefined when it has none. */
  clientKeyOf(app: string): VerifySubject["clientKey"];
  /** Looks up in DNS whose a domain is; each once in the run. */
  readonly domains: DomainProver;
  readonly progress: Progress;
  close(): Promise<void>;
}

/** Where one connection's two halves are. */
export interface Places {
  readonly engine: Engine;
  readonly app: AppAdapter;
}

/** A world with a store: what an apply and a verification need. */
export interface RecordingWorld extends World {
  readonly store: Store;
  readonly holder: Holder;
  /** True once somebody has asked the run to stop: steps in hand are finished, no other is begun. */
  readonly stopping: () => boolean;
}
