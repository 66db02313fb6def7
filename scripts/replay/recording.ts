import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

/** One recorded request with its answer. */
export interface Exchange {
  readonly method: string;
  /** Path and query as sent. */
  readonly path: string;
  /** Parsed JSON, the text of another kind of body, or null. */
  readonly body: unknown;
  /** Undefined where the recording does not say: then the request succeeded. */
  readonly status: number | undefined;
  /** Parsed JSON, text, or null for an empty body. */
  readonly response: unknown;
}

export type Vendor = "okta" | "auth0";

/** What one client asked of a real org or tenant, in order. */
export interface Recording {
  readonly name: string;
  readonly vendor: Vendor;
  readonly exchanges: readonly Exchange[];
}

/** A file or folder that is no recording, in words for the user. */
export class NotARecording extends Error {}

/** All recordings (`*.json`) of a folder, by name. Throws `NotARecording`. */
export function readRecordings(folder: string): readonly Recording[] {
  const files = list(folder).filter((file) => file.endsWith(".json"));
  if (files.length === 0) throw new NotARecording(`${folder} holds no .json file`);
  return files.toSorted().map((file) => readRecording(join(folder, file)));
}

/** One recording: a JSON list of `{method, path, body, status, response}`. Throws `NotARecording`. */
export function readRecording(file: string): Recording {
  const content = parse(file);
  if (!Array.isArray(content)) throw new NotARecording(`${file} is no list of exchanges`);
  const exchanges = content.map((item, index) => readExchange(item, `${file}, exchange ${index + 1}`));
  const isAuth0 = exchanges.some(({ path }) => path.startsWith("/api/v2/"));
  return { name: basename(file, ".json"), vendor: isAuth0 ? "auth0" : "okta", exchanges };
}

function list(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    throw new NotARecording(`${folder} cannot be read: ${(error as NodeJS.ErrnoException).code}`);
  }
}

function parse(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    const why =
      error instanceof SyntaxError ? "is no JSON" : `cannot be read: ${(error as NodeJS.ErrnoException).code}`;
    throw new NotARecording(`${file} ${why}`);
  }
}

function readExchange(value: unknown, where: string): Exchange {
  if (typeof value !== "object" || value === null) throw new NotARecording(`${where}: no object`);
  const { method, path, body = null, status, response = null } = value as Record<string, unknown>;
  if (typeof method !== "string" || typeof path !== "string" || !path.startsWith("/")) {
    throw new NotARecording(`${where}: needs \`method\` and a \`path\` that begins with a slash`);
  }
  return { method, path, body, status: typeof status === "number" ? status : undefined, response };
}
