import { TenantryError } from "../errors/failure.ts";
import type { Reference } from "../workspace/reference.ts";
import { Secret } from "./secret.ts";

/** Where references are looked up. Passed in, so that only the command line touches the process and its files. */
export interface SecretSource {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Text of a file; undefined when there is none. May throw when it cannot be read. */
  readonly readFile: (path: string) => string | undefined;
}

/**
 * The secret that a reference points to. One line end at the end of a file is not part of the secret.
 *
 * @throws TenantryError SECRET_UNRESOLVED when there is nothing or only an empty value. It names the reference and
 * where it was looked for, never a value.
 */
export function resolveReference(reference: Reference, source: SecretSource): Secret {
  switch (reference.scheme) {
    case "env": {
      const value = Object.hasOwn(source.environment, reference.name) ? source.environment[reference.name] : undefined;
      const place = `the environment variable ${reference.name}`;
      if (value === undefined) throw unresolved(reference, `${place} is not set`);
      if (value === "") throw unresolved(reference, `${place} is empty`);
      return new Secret(value);
    }
    case "file": {
      const place = `the file ${reference.path}`;
      const text = readText(reference, reference.path, source, place);
      if (text === undefined) throw unresolved(reference, `${place} does not exist`);
      const value = text.replace(/\r?\n$/, "");
      if (value === "") throw unresolved(reference, `${place} is empty`);
      return new Secret(value);
    }
    default:
      return reference satisfies never;
  }
}

function readText(reference: Reference, path: string, source: SecretSource, place: string): string | undefined {
  try {
    return source.readFile(path);
  } catch (cause) {
    throw unresolved(reference, `${place} cannot be read`, cause);
  }
}

function unresolved(reference: Reference, why: string, cause?: unknown): TenantryError {
  return new TenantryError("SECRET_UNRESOLVED", `The reference ${reference.text} gives no secret: ${why}.`, { cause });
}
