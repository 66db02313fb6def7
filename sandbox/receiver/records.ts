import type { AppRecord, PathNames, RecordSource } from "../portal/record.ts";
import type { HeldRecord, Tables } from "./tables.ts";

/** The records of an app that takes them from its receiver; secrets are as the receiver got them. */
export class ReceivedRecords implements RecordSource {
  readonly #app: string;
  readonly #tables: () => Tables;

  constructor(app: string, tables: () => Tables) {
    this.#app = app;
    this.#tables = tables;
  }

  async find({ id, tenant, signIn = "default" }: PathNames, pending: boolean): Promise<AppRecord | undefined> {
    const { tenants, records } = this.#tables();
    const of = id === undefined ? tenants.get(tenant ?? "") : [...tenants.values()].find((one) => one.id === id);
    return this.#shown(records.get(`${of?.tenant}/${signIn}`), pending);
  }

  async findByDomain(domain: string): Promise<PathNames | undefined> {
    const { tenants, records } = this.#tables();
    const of = [...tenants.values()].find(({ domains }) => domains.some((one) => one.routed && one.domain === domain));
    const record = [...records.values()].find(({ tenant, state }) => tenant === of?.tenant && state === "active");
    if (of === undefined || record === undefined) return undefined;
    return { id: of.id, tenant: of.tenant, signIn: record.signIn };
  }

  async byKey(key: string): Promise<AppRecord | undefined> {
    const record = [...this.#tables().records.values()].find((one) => this.#key(one) === key);
    return this.#shown(record, false);
  }

  #key({ tenant, signIn }: HeldRecord): string {
    return signIn === "default" ? `${tenant}/${this.#app}` : `${tenant}/${this.#app}/${signIn}`;
  }

  #shown(record: HeldRecord | undefined, pending: boolean): AppRecord | undefined {
    if (record === undefined) return undefined;
    const tenant = this.#tables().tenants.get(record.tenant);
    const served = record.state === "active" && tenant?.status === "active";
    if (tenant === undefined || !(served || (pending && record.state === "pending"))) return undefined;
    const { endSessionEndpoint, roles, ...values } = record.values as unknown as Omit<
      AppRecord,
      "endSessionEndpoint" | "roles"
    > & {
      readonly endSessionEndpoint: string | null;
      readonly roles: AppRecord["roles"] | null;
    };
    return {
      ...values,
      ...{ key: this.#key(record), state: record.state, tenant: tenant.tenant, orgName: tenant.name },
      endSessionEndpoint: endSessionEndpoint ?? undefined,
      roles: roles ?? undefined,
      clientSecret: record.secret?.value,
    };
  }
}
