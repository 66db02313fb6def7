import type { Connection } from "../desired/connection.ts";
import type { Tenant } from "../tenant/tenant.ts";

/** What is to be planned. */
export interface PlanRequest {
  readonly tenants: readonly Tenant[];
  readonly connections: readonly Connection[];
  /** Tenants or connection keys; empty: all. */
  readonly only: readonly string[];
  readonly deep: boolean;
  /** Tenants or connection keys whose secret is handed over again, even when nothing differs. */
  readonly handOver: readonly string[];
  /**
   * Whether a client of a connection without any record is looked for by search alone, so that no list of the identity
   * provider is read for it. For a plan that is not applied; one that names nothing in `only` reads lists anyway.
   */
  readonly glance?: boolean | undefined;
  /** Tenants that have a file here and whose connections are not among those given: what is theirs is declared. */
  readonly others?: ReadonlySet<string> | undefined;
}
