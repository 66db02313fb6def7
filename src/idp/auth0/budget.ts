import { textsOf } from "../../desired/json.ts";
import { tenantOfKey } from "../../desired/key.ts";
import { CallCounts } from "../call-counts.ts";
import { changesMore, differing, type PlannedWork, type Settle, updates } from "../planned-work.ts";

/** What the run has read by lists. */
export interface ListsRead {
  /** Whether the list of clients was read, and showed all. */
  readonly complete: boolean | undefined;
  /** Clients that the list showed. */
  readonly clients: number;
  /** Whether the list of organizations was read. */
  readonly organizations: boolean;
}

/**
 * Calls that an apply makes at the Auth0 tenant for this work, by bucket; those with which it plans are not among them.
 * While a list was not read, what is not there is looked for in it once, with one call per 100, of which one is counted,
 * as nobody knows how many there are.
 */
export function auth0Calls(work: readonly PlannedWork[], read: ListsRead): CallCounts {
  const calls = new CallCounts();
  if (read.complete === undefined && work.some(({ found }) => found === undefined)) calls.add("read clients");
  const makes = work.some(({ parts }) => parts.some(({ change }) => change.action === "create"));
  if (!read.organizations && makes) calls.add("list organizations");
  const clients = new Map(work.map((each) => [tenantOfKey(each.wanted.key), each.clients]));
  for (const each of work) {
    const tenant = tenantOfKey(each.wanted.key);
    const one = new Work(calls, each, read, clients.get(tenant) ?? 0);
    one.count();
    clients.set(tenant, one.clients);
  }
  return calls;
}

/** The calls of one connection. */
class Work {
  readonly #calls: CallCounts;
  readonly #work: PlannedWork;
  readonly #read: ListsRead;
  /** Clients that the organization names, each of which a look reads. */
  clients: number;
  #there: boolean;
  #organization: boolean;

  constructor(calls: CallCounts, work: PlannedWork, read: ListsRead, clients: number) {
    this.#calls = calls;
    this.#work = work;
    this.#read = read;
    this.clients = clients;
    this.#there = work.found !== undefined;
    this.#organization = !work.parts.some(({ change }) => change.action === "create");
  }

  count(): void {
    const { course, wanted, settles, found } = this.#work;
    const [first, second] = settles;
    if (course !== "retire") this.#look();
    switch (course) {
      case "on":
        this.#look();
        this.#settleOrganization();
        if (this.#there) this.#update(first);
        else this.#create();
        if (wanted.clientAuth.startsWith("client_secret")) this.#calls.add("read clients");
        if (second !== undefined) this.#look();
        this.#update(second);
        return;
      case "off":
        this.#look();
        this.#update(first);
        this.#settleOrganization();
        return;
      case "delete":
      case "retire":
        if (course === "delete") {
          this.#look();
          if (found?.active === true) this.#calls.add("read clients", 2).add("write clients");
          this.#removeOrganization(false);
        }
        this.#look();
        if (this.#there) this.#remove();
        this.#removeOrganization(this.clients === 0);
        return;
      default:
        course satisfies never;
    }
  }

  /** The organization by its name with its connections, the clients that it names, and the connections of the own one. */
  #look(): void {
    this.#calls.add("read organizations");
    if (this.#organization) this.#calls.add("read organization connections").add("read clients", this.clients);
    if (this.#there) this.#calls.add("read clients");
  }

  /** Noted in the organization before when the list does not show all clients, and after in any case. */
  #create(): void {
    const { wanted } = this.#work;
    const notes = this.#read.complete === false ? 2 : 1;
    this.#calls
      .add("read organizations", 1 + notes)
      .add("write organizations", notes)
      .add("read clients", this.clients + 1)
      .add("write clients")
      .add("write connections", wanted.enabledConnections?.length ?? 0);
    if (wanted.clientAuth === "private_key_jwt") this.#calls.add("read clients").add("write clients", 2);
    this.#there = true;
    this.clients += 1;
  }

  #update(settle: Settle | undefined): void {
    if (settle === undefined || !updates(settle)) return;
    this.#calls.add("read clients", this.#work.wanted.clientAuth === "private_key_jwt" ? 3 : 2);
    if (changesMore(settle, ["enabledConnections"])) this.#calls.add("write clients");
    const { change } = settle;
    if (change?.action !== "update") return;
    if (change.paths.includes("clientKey")) this.#calls.add("write clients", 2);
    this.#calls.add("write connections", differing(change.before, change.after, "enabledConnections"));
  }

  #remove(): void {
    this.#calls.add("read clients").add("write clients").add("read organizations").add("write organizations");
    this.#there = false;
    this.clients -= 1;
  }

  /** Made; or read with its connections, these enabled or disabled, and its name and what we keep in it changed. */
  #settleOrganization(): void {
    for (const { change, found } of this.#work.parts) {
      this.#calls.add("read organizations").add("read organization connections");
      if (change.action === "create") this.#calls.add("write organizations");
      if (change.action !== "update") continue;
      const { before, after, paths } = change;
      const switched = paths.includes("active");
      const there = found?.fields.enabledConnections;
      // A look by lists does not show which are enabled: then those that the client has are taken for them.
      const kept = there === undefined ? (this.#work.wanted.enabledConnections ?? []) : textsOf(there);
      const connections = switched ? kept.length : differing(before, after, "enabledConnections");
      this.#calls.add("write organization connections", connections);
      if (switched || paths.includes("displayName")) this.#calls.add("read organizations").add("write organizations");
    }
    this.#organization = true;
  }

  /** By the list of clients it is seen whether any of the tenant's is left. */
  #removeOrganization(last: boolean): void {
    if (!this.#organization || this.#work.wanted.parts.every(({ state }) => state !== "absent")) return;
    this.#calls.add("read organizations").add("read clients", Math.max(1, Math.ceil(this.#read.clients / 100)));
    if (last) {
      this.#calls.add("write organizations");
      this.#organization = false;
    }
  }
}
