import { orGone, required } from "./apps.ts";
import type { CallPurpose } from "./failure.ts";
import { objectIn } from "./json.ts";
import { readPages } from "./paging.ts";
import type { OktaTransport } from "./transport.ts";

export interface OktaGroup {
  readonly id: string;
  readonly name: string;
  /** `OKTA_GROUP`, `APP_GROUP` (imported from a directory) or `BUILT_IN` (Everyone). */
  readonly type: string;
}

export interface OktaGroups {
  /** Groups of exactly this name; several when directories were imported. */
  named(name: string): Promise<readonly OktaGroup[]>;
  all(): Promise<readonly OktaGroup[]>;
  /** Undefined when it is not there. */
  read(id: string): Promise<OktaGroup | undefined>;
}

const root = "/api/v1/groups";
const reading = (what: string): CallPurpose => ({ what, scope: "okta.groups.read", writes: false });

export function oktaGroups(transport: OktaTransport): OktaGroups {
  const { host } = transport;
  return {
    async named(name) {
      const purpose = reading("look for a group");
      // Okta compares without regard to case; ours is exact.
      const search = encodeURIComponent(`profile.name eq "${name.replaceAll(/["\\]/g, "\\$&")}"`);
      const items = await readPages(transport, `${root}?search=${search}&limit=200`, purpose);
      return items.map((item) => parseGroup(host, purpose, item)).filter((group) => group.name === name);
    },

    async all() {
      const purpose = reading("list groups");
      const items = await readPages(transport, `${root}?limit=1000`, purpose);
      return items.map((item) => parseGroup(host, purpose, item));
    },

    async read(id) {
      const purpose = reading(`read group ${id}`);
      const path = `${root}/${encodeURIComponent(id)}`;
      const reply = await orGone(transport.send({ method: "GET", path, purpose }));
      return reply === undefined ? undefined : parseGroup(host, purpose, reply.body);
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
