import type { Reference } from "../workspace/reference.ts";
import type { Secret } from "./secret.ts";

/** Whose a secret in a sink is, and which of the client's secrets it is. */
export interface SinkMark {
  /** `<workspace>/<environment>/<key>`: what another workspace, environment or connection has put there is not ours. */
  readonly owner: string;
  /** Id of the secret at the identity provider. */
  readonly secretId: string;
}

/** A secret as it lies in a secret manager. */
export interface StoredSecret {
  readonly value: Secret;
  /** Absent: we did not put it there. */
  readonly mark?: SinkMark | undefined;
}

/**
 * One secret manager. Every method rejects with a `SecretFault`. What a method is asked about must be of the manager's
 * own scheme.
 */
export interface SecretManager<in R extends Reference = Reference> {
  /** The secret that is there; undefined: nothing. Needs no right but to read it. */
  read(reference: R): Promise<Secret | undefined>;

  /** What is there, with whose it is; undefined: nothing. */
  look(reference: R): Promise<StoredSecret | undefined>;

  /**
   * Puts a secret there, with its mark. What else lies at the same place stays. Writing the same again changes nothing.
   * Rejects with SECRET_SINK_FOREIGN where there is one without a mark of the same owner.
   */
  put(reference: R, value: Secret, mark: SinkMark): Promise<void>;

  /** Takes away what that owner has put there; anything else stays as it is. Nothing there is done. */
  drop(reference: R, owner: string): Promise<void>;

  close(): Promise<void>;
}

/** What a mark is written as where there is room for one text. */
export function markText({ owner, secretId }: SinkMark): string {
  return JSON.stringify({ owner, secretId });
}

/** A mark from its text; undefined for any other text. */
export function parseMark(text: unknown): SinkMark | undefined {
  if (typeof text !== "string") return undefined;
  try {
    const { owner, secretId } = JSON.parse(text) as Partial<SinkMark>;
    return typeof owner === "string" && typeof secretId === "string" ? { owner, secretId } : undefined;
  } catch {
    return undefined;
  }
}
