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
 * @param use what the secret is for and who declares it, such as `the client secret of acme/portal`, for the message
 * @throws TenantryError SECRET_UNRESOLVED when there is nothing or only an empty value. It names the reference, what it
 * is for and where it was looked for, never a value.
 */
export function resolveReference(reference: Reference, source: SecretSource, use?: string): Secret {
  const unresolved = (why: string, cause?: unknown): TenantryError => {
    const named = `The reference ${reference.text}${use === undefined ? "" : `, ${use},`}`;
    return new TenantryError("SECRET_UNRESOLVED", `${named} gives no secret: ${why}.`, { cause });
  };
  switch (reference.scheme) {
    case "env": {
      const value = Object.hasOwn(source.environment, reference.name) ? source.environment[reference.name] : undefined;
      const place = `the environment variable ${reference.name}`;
      if (value === undefined) throw unresolved(`${place} is not set`);
      if (value === "") throw unresolved(`${place} is empty`);
      return new Secret(value);
    }
    case "file": {
      const place = `the file ${reference.path}`;
      let text: string | undefined;
      try {
        text = source.readFile(reference.path);
      } catch (cause) {
        throw unresolved(`${place} cannot be read`, cause);
      }
      if (text === undefined) throw unresolved(`${place} does not exist`);
      const value = text.replace(/\r?\n$/, "");
      if (value === "") throw unresolved(`${place} is empty`);
      return new Secret(value);
    }
    default:
      return reference satisfies never;
  }
}
