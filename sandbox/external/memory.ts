import { Storage } from "../sign-in/storage.ts";
import { clientMetadata } from "./client-metadata.ts";
import type { CustomerProvider } from "./customer-provider.ts";

/** What outlives a change of the signing keys: codes, sessions, and what cookies are signed with. */
export interface Memory {
  readonly storage: Storage;
  readonly cookieKey: string;
  /** The secret with which every authenticated client is handed on; never seen outside the process. */
  readonly innerSecret: string;
}

/** The memory of this provider, as its state has it. */
export function createMemory(owner: CustomerProvider): Memory {
  const { stored, cookieKey, innerSecret } = owner.state.issuer;
  const storage = new Storage(stored, (clientId) => clientMetadata(owner, clientId, innerSecret));
  return { storage, cookieKey, innerSecret };
}
