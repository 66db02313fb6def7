import type { Adapter, AdapterPayload } from "oidc-provider";
import type { Stored } from "./memory.ts";

/** What one provider remembers, as oidc-provider wants to be given it: codes, tokens, sessions, grants. */
export class Storage {
  readonly #stored: Map<string, Stored>;
  readonly #client: (clientId: string) => AdapterPayload | undefined;

  /** `stored` is where it is kept; `client` gives the metadata of a client as it is now. */
  constructor(stored: Map<string, Stored>, client: (clientId: string) => AdapterPayload | undefined) {
    this.#stored = stored;
    this.#client = client;
  }

  adapter(model: string): Adapter {
    const key = (id: string): string => `${model}:${id}`;
    const find = (id: string): AdapterPayload | undefined => this.#live(key(id));
    const search = (test: (payload: AdapterPayload) => boolean): AdapterPayload | undefined => {
      for (const name of this.#stored.keys()) {
        const payload = name.startsWith(`${model}:`) ? this.#live(name) : undefined;
        if (payload !== undefined && test(payload)) return payload;
      }
      return undefined;
    };
    return {
      find: async (id) => (model === "Client" ? this.#client(id) : find(id)),
      findByUid: async (uid) => search((payload) => payload.uid === uid),
      findByUserCode: async (code) => search((payload) => payload.userCode === code),
      upsert: async (id, payload, expiresIn) => {
        this.#sweep();
        const expires = expiresIn !== undefined && expiresIn > 0 ? Date.now() + expiresIn * 1000 : null;
        this.#stored.set(key(id), { payload, expires });
      },
      consume: async (id) => {
        const payload = find(id);
        if (payload !== undefined) payload.consumed = Math.floor(Date.now() / 1000);
      },
      destroy: async (id) => {
        this.#stored.delete(key(id));
      },
      revokeByGrantId: async (grantId) => {
        for (const [name, { payload }] of this.#stored) if (payload.grantId === grantId) this.#stored.delete(name);
      },
    };
  }

  /** Ids of the grants of which a code or a token lives. */
  livingGrants(): ReadonlySet<unknown> {
    return new Set([...this.#stored.keys()].map((name) => this.#live(name)?.grantId));
  }

  #live(name: string): AdapterPayload | undefined {
    const stored = this.#stored.get(name);
    if (stored === undefined || stored.expires === null || stored.expires + graceOf(name) > Date.now()) {
      return stored?.payload;
    }
    this.#stored.delete(name);
    return undefined;
  }

  #sweep(): void {
    if (this.#stored.size < 5000) return;
    for (const name of [...this.#stored.keys()]) this.#live(name);
  }
}

/** For so long (ms) it is still known that a code or a refresh token was there: products tell such ones from unknown ones. */
function graceOf(name: string): number {
  return /^(AuthorizationCode|RefreshToken):/.test(name) ? 3_600_000 : 0;
}
