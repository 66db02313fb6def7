import { objectIn } from "../json.ts";
import { orGone, required } from "./apps.ts";
import type { CallPurpose } from "./failure.ts";
import { readPages } from "./paging.ts";
import type { OktaTransport } from "./transport.ts";

export interface OktaGroup {
  readonly id: string;
  readonly name: string;
  /** `OKTA_GROUP`, `APP_GROUP` (imported from a directory) or `BUILT_IN` (Everyone). */
  readonly type: string;
}

export interface OktaGroups {
  /**
   * Groups of exactly this name; several when directories were imported. By Okta's index, which does not show a group
   * that was made a moment ago.
   */
  named(name: string): Promise<readonly OktaGroup[]>;
  /** As `named`, by Okta's query for auto-completion: not from the index, but cut off after some hundred groups. */
  namedNow(name: string): Promise<readonly OktaGroup[]>;
  all(): Promise<readonly OktaGroup[]>;
  /** Undefined when it is not there. */
  read(id: string): Promise<OktaGroup | undefined>;
  /** Refused when a group of any type has the name. Takes the scope `okta.groups.manage`. */
  create(name: string, description: string): Promise<OktaGroup>;
}

const root = "/api/v1/groups";
const reading = (what: string): CallPurpose => ({ what, scope: "okta.groups.read", writes: false });

export function oktaGroups(transport: OktaTransport): OktaGroups {
  const { host } = transport;

  /** Okta compares without regard to case, or the beginning only; ours is exact. */
  async function exactly(name: string, query: string): Promise<readonly OktaGroup[]> {
    const purpose = reading("look for a group");
    const groups = await readPages(transport, `${root}?${query}`, purpose, (item) => parseGroup(host, purpose, item));
    return groups.filter((group) => group.name === name);
  }

  return {
    named(name) {
      const search = encodeURIComponent(`profile.name eq "${name.replaceAll(/["\\]/g, "\\$&")}"`);
      return exactly(name, `search=${search}&limit=200`);
    },

    namedNow: (name) => exactly(name, `q=${encodeURIComponent(name)}`),

    all() {
      const purpose = reading("list groups");
      return readPages(transport, `${root}?limit=1000`, purpose, (item) => parseGroup(host, purpose, item));
    },

    async read(id) {
      const purpose = reading(`read group ${id}`);
      const path = `${root}/${encodeURIComponent(id)}`;
      const reply = await orGone(transport.send({ method: "GET", path, purpose }));
      return reply === undefined ? undefined : parseGroup(host, purpose, reply.body);
    },

    async create(name, description) {
      const purpose: CallPurpose = {
        what: `create the group ${JSON.stringify(name)}`,
        scope: "okta.groups.manage",
        writes: true,
      };
      const body = { profile: { name, description } };
      const reply = await transport.send({ method: "POST", path: root, body, purpose });
      return parseGroup(host, purpose, reply.body);
    },
  };
}

function parseGroup(host: string, purpose: CallPurpose, item: unknown): OktaGroup {
  return {
    id: required(host, purpose, item, "id"),
    name: required(host, purpose, objectIn(item, "profile"), "name"),
    type: required(host, purpose, item, "type"),
  };
}
