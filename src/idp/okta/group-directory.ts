import type { Json } from "../../desired/json.ts";
import type { Assignment } from "../../tenant/tenant.ts";
import type { OktaGroup, OktaGroups } from "../../vendor/okta/groups.ts";

/** A group that a file names and that is not there exactly once. */
export interface MissingGroup {
  readonly name: string;
  readonly message: string;
  /** No group of any type has the name: it can be made. */
  readonly creatable: boolean;
}

/** What an assignment comes to at the org. */
export interface ResolvedAssignment {
  readonly groupIds: readonly string[];
  readonly missing: readonly MissingGroup[];
}

/**
 * Groups of one org by name and by id. What was found is remembered for the run, because groups are named by many
 * tenants and keep their ids; what was not found is asked for again.
 */
export class GroupDirectory {
  readonly #host: string;
  readonly #groups: OktaGroups;
  readonly #byId = new Map<string, OktaGroup>();
  readonly #byName = new Map<string, Promise<readonly OktaGroup[]>>();

  constructor(host: string, groups: OktaGroups) {
    this.#host = host;
    this.#groups = groups;
  }

  /** Reads the whole list, so that later questions need no call of their own, nor those with `listed` that miss. */
  async readAll(): Promise<void> {
    const byName = new Map<string, OktaGroup[]>();
    for (const group of await this.#groups.all()) {
      this.#byId.set(group.id, group);
      const named = byName.get(group.name);
      if (named === undefined) byName.set(group.name, [group]);
      else named.push(group);
    }
    for (const [name, groups] of byName) this.#byName.set(name, Promise.resolve(groups));
  }

  /** For a group that was made or found otherwise. */
  remember(group: OktaGroup): void {
    this.#byId.set(group.id, group);
    this.#byName.set(group.name, Promise.resolve([group]));
  }

  /** The one group of this name that people can be put into. */
  find(name: string, listed = false): Promise<OktaGroup | MissingGroup> {
    return this.#one(name, false, listed);
  }

  /** @param listed whether `readAll` was called a moment ago, so that what it did not show is not there */
  async resolve(assignment: Assignment, listed = false): Promise<ResolvedAssignment> {
    const names = assignment.everyone ? [everyone] : [...new Set(assignment.groups)];
    const resolved = await Promise.all(names.map((name) => this.#one(name, assignment.everyone, listed)));
    return {
      groupIds: resolved.flatMap((result) => ("id" in result ? [result.id] : [])),
      missing: resolved.flatMap((result) => ("id" in result ? [] : [result])),
    };
  }

  /** The groups in the words of the model: sorted names, or `everyone` when that built-in group is the only one. */
  async describe(groupIds: readonly string[]): Promise<Json> {
    const groups = await Promise.all(groupIds.map((id) => this.#named(id)));
    const [only] = groups;
    if (groups.length === 1 && only?.type === "BUILT_IN" && only.name === everyone) return "everyone";
    return groups.map((group) => group.name).sort();
  }

  async #one(name: string, builtIn: boolean, listed: boolean): Promise<OktaGroup | MissingGroup> {
    const all = listed ? ((await this.#byName.get(name)) ?? []) : await this.#withName(name);
    const found = all.filter((group) => (group.type === "BUILT_IN") === builtIn);
    const ownGroups = found.filter((group) => group.type === "OKTA_GROUP");
    // A group made at Okta goes before groups of the same name that were imported from directories.
    const candidates = ownGroups.length > 0 ? ownGroups : found;
    const [group] = candidates;
    if (group !== undefined && candidates.length === 1) return group;
    const what = builtIn ? "the built-in group Everyone" : `a group named ${JSON.stringify(name)}`;
    const message =
      group === undefined
        ? `Okta (${this.#host}) shows no ${what.replace(/^(a|the) /, "")} to these credentials`
        : `Okta (${this.#host}) has ${candidates.length} groups named ${JSON.stringify(name)}`;
    return { name, message, creatable: !builtIn && all.length === 0 };
  }

  #withName(name: string): Promise<readonly OktaGroup[]> {
    let found = this.#byName.get(name);
    if (found === undefined) {
      found = this.#groups.named(name).then(
        (groups) => {
          if (groups.length === 0) this.#byName.delete(name);
          for (const group of groups) this.#byId.set(group.id, group);
          return groups;
        },
        (error: unknown) => {
          this.#byName.delete(name);
          throw error;
        },
      );
      this.#byName.set(name, found);
    }
    return found;
  }

  /** A group that was deleted meanwhile keeps its id as its name, so that it shows as a difference. */
  async #named(id: string): Promise<OktaGroup> {
    const known = this.#byId.get(id);
    if (known !== undefined) return known;
    const group = (await this.#groups.read(id)) ?? { id, name: id, type: "OKTA_GROUP" };
    this.#byId.set(id, group);
    return group;
  }
}

const everyone = "Everyone";
