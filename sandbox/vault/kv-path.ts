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
}

const writeKeys = new Set(["data", "options"]);
const metadataKeys = new Set(["custom_metadata", "max_versions", "cas_required", "delete_version_after"]);

/** Most names of custom metadata, and the lengths of theirs and of their values, as Vault has them. */
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

  read(): Answer | undefined {
    const version = this.versions.at(-1);
    if (version === undefined) return undefined;
    return { status: 200, json: { data: { data: version.data as Json, metadata: this.#metadataOf(version) } } };
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
    if (merged.length > most.names) throw new VaultRefusal(400, "payload must contain at most 64 keys");
    this.custom = Object.fromEntries(
      merged.map(([name, value]) => {
        const fits = typeof value === "string" && value.length <= most.value && name.length <= most.name;
        if (!fits) throw new VaultRefusal(400, "custom_metadata validation failed");
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
      deletion_time: "",
      destroyed: false,
      version: this.versions.indexOf(version) + 1,
    };
  }
}

function isMembers(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function unknownKeys(body: Members, known: ReadonlySet<string>): void {
  const odd = Object.keys(body).find((key) => !known.has(key));
  if (odd !== undefined) throw new VaultRefusal(400, `unknown key ${odd}`);
}
