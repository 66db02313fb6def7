import type { ConnectionKey } from "../../desired/connection.ts";
import { isJsonObject, parseJson, textIn } from "../../vendor/json.ts";

/** Who has written a set of constants, kept beside them where the carrier has room. Holds no secret. */
export interface OwnerNote {
  readonly workspace: string;
  readonly environment: string;
  readonly key: ConnectionKey;
  readonly state: "active" | "disabled" | "tombstone";
  readonly tenant: string;
  readonly signIn: string;
  /** Full names of the constants that are ours, by the module's names. */
  readonly constants: Readonly<Record<string, string>>;
  readonly specDigest: string;
  /** Null where the client has no secret. */
  readonly secretId: string | null;
  /** Whether people are to be signed out at the identity provider too, also where it has no address for that. */
  readonly endSession: boolean;
  /** Of a set that is off: what the blank constants held, by the module's names; never the secret. */
  readonly closed?: Readonly<Record<string, string>> | undefined;
}

const states: readonly string[] = ["active", "disabled", "tombstone"] satisfies OwnerNote["state"][];

/** The note in a parsed value; undefined when it is none. */
export function noteOf(value: unknown): OwnerNote | undefined {
  if (!isJsonObject(value)) return undefined;
  const { constants, state, secretId, endSession } = value;
  const texts = ["workspace", "environment", "key", "tenant", "signIn", "specDigest"] as const;
  if (texts.some((name) => textIn(value, name) === undefined) || !states.includes(String(state))) return undefined;
  if (!isTexts(constants) || (value.closed !== undefined && !isTexts(value.closed))) return undefined;
  if (secretId !== null && typeof secretId !== "string") return undefined;
  if (typeof endSession !== "boolean") return undefined;
  return value as unknown as OwnerNote;
}

function isTexts(value: unknown): boolean {
  return isJsonObject(value) && Object.values(value).every((text) => typeof text === "string");
}

/** The note in a JSON text; undefined when it is none. */
export function parseNote(text: string): OwnerNote | undefined {
  return noteOf(parseJson(text));
}

/** A list of notes with one connection's in place of what was there; undefined takes it out. Others stay as they are. */
export function withNote(
  notes: readonly OwnerNote[],
  { workspace, environment, key }: Pick<OwnerNote, "workspace" | "environment" | "key">,
  note: OwnerNote | undefined,
): readonly OwnerNote[] {
  const same = (each: OwnerNote): boolean =>
    each.key === key && each.workspace === workspace && each.environment === environment;
  if (note === undefined) return notes.filter((each) => !same(each));
  return notes.some(same) ? notes.map((each) => (same(each) ? note : each)) : [...notes, note];
}
