import { isRemote, type Reference, type RemoteReference } from "../workspace/reference.ts";
import type { Secret } from "./secret.ts";

/** Codes of what a secret manager did not give. */
export type SecretFaultCode =
  | "SECRET_UNRESOLVED"
  | "SECRET_FORBIDDEN"
  | "SECRET_UNREACHABLE"
  | "SECRET_SDK_MISSING"
  | "SECRET_MANAGER_UNNAMED"
  | "SECRET_SINK_REFUSED"
  | "SECRET_SINK_FOREIGN";

/** A secret manager did not give, or did not take, a secret. The message ends a sentence and holds no secret. */
export class SecretFault extends Error {
  readonly code: SecretFaultCode;
  readonly hint: string | undefined;

  constructor(code: SecretFaultCode, why: string, details: { readonly cause?: unknown; readonly hint?: string } = {}) {
    super(why, { cause: details.cause });
    this.name = "SecretFault";
    this.code = code;
    this.hint = details.hint;
  }
}

/** Secrets that lie in secret managers, as far as they were fetched. */
export interface RemoteSecrets {
  /**
   * Fetches those of the references that lie in a secret manager, each once in a run, at the same time. One that cannot
   * be had is no error here: it is told when it is read.
   */
  fetch(references: readonly Reference[]): Promise<void>;
  /** What was fetched. */
  read(reference: RemoteReference): Secret | SecretFault;
}

/** Reads one secret of a secret manager; rejects with a `SecretFault`. */
export type FetchSecret = (reference: RemoteReference) => Promise<Secret>;

/** Remembers what was fetched, for one run. */
export function rememberSecrets(fetchOne: FetchSecret): RemoteSecrets {
  const found = new Map<string, Secret | SecretFault>();
  const underWay = new Map<string, Promise<void>>();
  const once = async (reference: RemoteReference): Promise<void> => {
    try {
      found.set(reference.text, await fetchOne(reference));
    } catch (error) {
      if (!(error instanceof SecretFault)) throw error;
      found.set(reference.text, error);
    }
  };
  return {
    async fetch(references) {
      const remote = references.filter(isRemote);
      const all = remote.map((reference) => {
        const already = underWay.get(reference.text) ?? once(reference);
        underWay.set(reference.text, already);
        return already;
      });
      await Promise.all(all);
    },
    read: ({ text }) => found.get(text) ?? new SecretFault("SECRET_UNRESOLVED", "nothing has fetched it in this run"),
  };
}

/** Every reference in a part of the workspace, each once. */
export function referencesIn(value: unknown): readonly Reference[] {
  const found = new Map<string, Reference>();
  const visit = (part: unknown): void => {
    if (typeof part !== "object" || part === null) return;
    if (part instanceof Map) for (const member of part.values()) visit(member);
    if (isReference(part)) found.set(part.text, part);
    else for (const member of Object.values(part)) visit(member);
  };
  visit(value);
  return [...found.values()];
}

function isReference(value: object): value is Reference {
  return "scheme" in value && typeof value.scheme === "string" && "text" in value && typeof value.text === "string";
}
