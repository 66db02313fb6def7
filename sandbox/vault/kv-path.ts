import type { Answer } from "../answer.ts";
import type { Json } from "../json.ts";

/** Members of a JSON object. */
export type Members = Readonly<Record<string, unknown>>;

/** A refusal as Vault tells it. */
export class VaultRefusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

interface Version {
  readonly data: Members;
  readonly created: string;
  /** When somebody deleted it; its metadata stays. */
  deleted?: string;
}

const writeKeys = new Set(["data", "options"]);
const metadataKeys = new Set(["custom_metadata", "max_versions", "cas_required", "delete_version_after"]);

/** Most names of custom metadata, and the bytes of theirs and of their values, as Vault has them. */
const most = { names: 64, name: 128, value: 512 };

/** One path of a KV engine, version 2: its versions, and what is said about it. */
export class KvPath {
  readonly versions: Version[] = [];
  custom: Readonly<Record<string, string>> = {};
  #casRequired = false;
  readonly #clock: () => number;

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** Members of the newest version. */
  get newest(): Members | undefined {
    return this.versions.at(-1)?.data;
  }

  /**
   * A version that is deleted is told with 404 and its metadata.
   *
   * @param number default: the newest version
   */
  read(number = this.versions.length): Answer | undefined {
    const version = this.versions[number - 1];
    if (version === undefined) return undefined;
    const isThere = version.deleted === undefined;
    const data = isThere ? (version.data as Json) : null;
    return { status: isThere ? 200 : 404, json: { data: { data, metadata: this.#metadataOf(version) } } };
  }

  /** Deletes the newest version. */
  delete(): void {
    const version = this.versions.at(-1);
    if (version !== undefined) version.deleted ??= new Date(this.#clock()).toISOString();
  }

  /** @throws VaultRefusal for a body that Vault would not take, and when the version is not the one that was read */
  write(body: Members): Answer {
    unknownKeys(body, writeKeys);
    const { data, options = {} } = body;
    if (!isMembers(data)) throw new VaultRefusal(400, "no data provided");
    if (!isMembers(options)) throw new VaultRefusal(400, "invalid options");
    const { cas } = options;
    if (cas === undefined && this.#casRequired)
      throw new VaultRefusal(400, "check-and-set parameter required for this call");
    if (cas !== undefined && cas !== this.versions.length) {
      throw new VaultRefusal(400, "check-and-set parameter did not match the current version");
    }
    const version = { data, created: new Date(this.#clock()).toISOString() };
    this.versions.push(version);
    return { status: 200, json: { data: this.#metadataOf(version) } };
  }

  /** @param isPatch names that are not given stay, and those given as null go (RFC 7396) */
  describe(body: Members, isPatch: boolean): void {
    unknownKeys(body, metadataKeys);
    if (typeof body.cas_required === "boolean") this.#casRequired = body.cas_required;
    const { custom_metadata: given } = body;
    if (given === undefined) return;
    if (!isMembers(given)) throw new VaultRefusal(400, "custom_metadata must be a map");
    const merged = Object.entries(isPatch ? { ...this.custom, ...given } : given).filter(([, value]) => value !== null);
    // Counted are the names of the call: by several patches a path can have more.
    if (Object.keys(given).length > most.names)
      throw new VaultRefusal(400, "custom_metadata validation failed: payload must contain at most 64 keys");
    this.custom = Object.fromEntries(
      merged.map(([name, value]) => {
        if (typeof value !== "string") throw new VaultRefusal(400, "custom_metadata validation failed");
        fits("key", name, name, most.name);
        fits("value for key", name, value, most.value);
        return [name, value];
      }),
    );
  }

  metadata(): Json {
    return {
      cas_required: this.#casRequired,
      current_version: this.versions.length,
      custom_metadata: Object.keys(this.custom).length === 0 ? null : this.custom,
    };
  }

  #metadataOf(version: Version): Json {
    return {
      created_time: version.created,
      custom_metadata: Object.keys(this.custom).length === 0 ? null : this.custom,
      deletion_time: version.deleted ?? "",
      destroyed: false,
      version: this.versions.indexOf(version) + 1,
    };
  }
}

/** Both are counted in bytes, and neither may be empty. */
function fits(what: string, name: string, text: string, limit: number): void {
  const length = Buffer.byteLength(text);
  if (length > 0 && length <= limit) return;
  const part = what === "key" ? "key" : "value";
  throw new VaultRefusal(
    400,
    `custom_metadata validation failed: length of ${what} "${name}" is ${length} but must be 0 < len(${part}) <= ${limit}`,
  );
}

function isMembers(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function unknownKeys(body: Members, known: ReadonlySet<string>): void {
  const odd = Object.keys(body).find((key) => !known.has(key));
  if (odd !== undefined) throw new VaultRefusal(400, `unknown key ${odd}`);
}
