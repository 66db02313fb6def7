import type { Json } from "../json.ts";
import { sameText } from "../same-text.ts";
import { ReceiverProblem } from "./problem.ts";

/** Values of a record, as the contract has them. */
export type Values = Readonly<Record<string, Json>>;

/** The secret of a record: itself, or where the app finds it. */
export interface HeldSecret {
  readonly id: string;
  readonly value?: string | undefined;
  readonly reference?: string | undefined;
}

export type RecordState = "pending" | "active" | "disabled" | "tombstone";

/** What old values consist of. */
interface Kept {
  readonly state: RecordState;
  readonly values: Values;
  readonly secret: HeldSecret | null;
  readonly specDigest: string | null;
}

/** A record with its secret, which no answer shows. */
export interface HeldRecord extends Kept {
  readonly tenant: string;
  readonly signIn: string;
  readonly managedBy: string | null;
  readonly previous: Kept | null;
  readonly version: number;
}

export interface HeldTenant {
  readonly tenant: string;
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly managedBy: string | null;
  readonly domains: readonly HeldDomain[];
  readonly version: number;
}

export interface HeldDomain {
  readonly domain: string;
  readonly routed: boolean;
  readonly verification: string | null;
  readonly verifiedAt: string | null;
}

/** What a `PUT` of a record holds. */
export interface RecordBody {
  readonly managedBy: string;
  readonly values: Values;
  readonly specDigest: string;
  readonly secret: HeldSecret | null;
}

/** What a `PUT` of a tenant holds. */
export type TenantBody = Omit<HeldTenant, "tenant" | "version" | "managedBy"> & { readonly managedBy: string };

/** The tenants and records of one app, in memory; every change gives what it is about a new version. */
export class Tables {
  readonly tenants = new Map<string, HeldTenant>();
  readonly records = new Map<string, HeldRecord>();
  #version = 0;

  putTenant(slug: string, body: TenantBody): HeldTenant {
    const there = this.tenants.get(slug);
    expectOwner(there, body.managedBy);
    const others = [...this.tenants.values()].filter(({ tenant }) => tenant !== slug);
    if ((there !== undefined && there.id !== body.id) || others.some(({ id }) => id === body.id)) {
      throw new ReceiverProblem(409, "id_taken", "the id and the tenant belong to others");
    }
    const names = new Set(body.domains.map(({ domain }) => domain));
    for (const other of others) {
      const taken = other.domains.find(({ domain }) => names.has(domain));
      if (taken !== undefined) {
        throw new ReceiverProblem(409, "domain_taken", `${taken.domain} belongs to the tenant ${other.tenant}`);
      }
    }
    return this.#set(this.tenants, slug, { tenant: slug, ...body });
  }

  /** A record that is active stays so, with its old values beside it; any other waits to be switched on. */
  putRecord(tenant: string, signIn: string, body: RecordBody): HeldRecord {
    const key = `${tenant}/${signIn}`;
    const there = this.records.get(key);
    expectOwner(there, body.managedBy);
    const owner = this.tenants.get(tenant);
    if (owner === undefined) throw new ReceiverProblem(409, "tenant_missing", `the tenant ${tenant} is not there`);
    expectOwner(owner, body.managedBy);
    if (there?.state === "tombstone") throw new ReceiverProblem(410, "retired", "the record was removed for good");
    const { managedBy, values, specDigest, secret } = body;
    const active = there?.state === "active";
    if (active && isSame(there, body)) return there;
    return this.#set(this.records, key, {
      ...{ tenant, signIn, managedBy, values, specDigest, secret },
      state: active ? "active" : "pending",
      previous: active ? (there.previous ?? keptOf(there)) : (there?.previous ?? null),
    });
  }

  setState(record: HeldRecord, state: "active" | "disabled", keepPrevious: boolean): HeldRecord {
    if (record.state === "tombstone") throw new ReceiverProblem(410, "retired", "the record was removed for good");
    if (state === "disabled") return this.#change(record, { state, previous: null });
    if (record.state === "disabled") throw new ReceiverProblem(409, "not_pending", "the record is disabled");
    if (record.state === "active") return record;
    return this.#change(record, {
      state,
      previous: keepPrevious ? (record.previous ?? keptOf(record)) : record.previous,
    });
  }

  forgetPrevious(record: HeldRecord): HeldRecord {
    return record.previous === null ? record : this.#change(record, { previous: null });
  }

  /** A record that was switched off meanwhile stays off. */
  restore(record: HeldRecord): HeldRecord {
    const { previous } = record;
    if (previous === null) return record;
    const state = record.state === "active" ? previous.state : record.state;
    return this.#change(record, { ...previous, state, previous: null });
  }

  bury(record: HeldRecord): HeldRecord {
    return this.#change(record, { state: "tombstone", secret: null, previous: null });
  }

  #change(record: HeldRecord, change: Partial<HeldRecord>): HeldRecord {
    return this.#set(this.records, `${record.tenant}/${record.signIn}`, { ...record, ...change });
  }

  #set<T extends { readonly version: number }>(map: Map<string, T>, key: string, value: Omit<T, "version">): T {
    this.#version += 1;
    const held = { ...value, version: this.#version } as unknown as T;
    map.set(key, held);
    return held;
  }
}

function expectOwner(there: { readonly managedBy: string | null } | undefined, managedBy: string): void {
  if (there === undefined || there.managedBy === managedBy) return;
  throw new ReceiverProblem(409, "foreign", `it belongs to ${there.managedBy ?? "nobody"}`);
}

function keptOf({ state, values, secret, specDigest }: HeldRecord): Kept {
  return { state, values, secret, specDigest };
}

function isSame(there: HeldRecord, body: RecordBody): boolean {
  const text = ({ values, specDigest, secret }: RecordBody | HeldRecord): string =>
    JSON.stringify([values, specDigest, secret?.id, secret?.reference]);
  return text(there) === text(body) && sameText(there.secret?.value ?? "", body.secret?.value ?? "");
}
