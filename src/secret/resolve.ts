import { TenantryError } from "../errors/failure.ts";
import type { Reference } from "../workspace/reference.ts";
import { type RemoteSecrets, SecretFault } from "./remote.ts";
import { Secret } from "./secret.ts";

/** Whose file a reference stands in: `tenantry.yaml`, which is trusted, or a tenant's, which is not. */
export type ReferenceFrom = "workspace" | "tenant";

/** The file of a reference is there and is not read. The message ends a sentence that begins with the file's name. */
export class RefusedFile extends Error {
  readonly code: "SECRET_LINK" | "SECRET_UNRESOLVED";

  constructor(code: RefusedFile["code"], message: string) {
    super(message);
    this.code = code;
  }
}

/** Where references are looked up. Passed in, so that only the command line touches the process and its files. */
export interface SecretSource {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Text of a file; undefined when there is none. May throw when it cannot be read, and a `RefusedFile`. */
  readonly readFile: (path: string, from: ReferenceFrom) => string | undefined;
  /** What was fetched from secret managers; absent where none is asked. */
  readonly remote?: RemoteSecrets | undefined;
}

/**
 * The secret that a reference points to. One line end at the end of a file is not part of the secret.
 *
 * @param use what the secret is for and who declares it, such as `the client secret of acme/portal`, for the message; a function when it is
 *   costly to say
 * @throws TenantryError SECRET_UNRESOLVED when there is nothing or only an empty value, SECRET_LINK when a tenant's
 * reference leads over a symbolic link, SECRET_FORBIDDEN, SECRET_UNREACHABLE, SECRET_SDK_MISSING or
 * SECRET_MANAGER_UNNAMED when a secret manager did not give it. It names the reference, what it is for and where it was
 * looked for, never a value. What lies in a secret manager must have been fetched before.
 */
export function resolveReference(
  reference: Reference,
  source: SecretSource,
  use?: string | (() => string),
  from: ReferenceFrom = "workspace",
): Secret {
  const unresolved = (
    why: string,
    cause?: unknown,
    code: RefusedFile["code"] | SecretFault["code"] = "SECRET_UNRESOLVED",
    hint?: string,
  ): TenantryError => {
    const named = `The reference ${reference.text}${use === undefined ? "" : `, ${typeof use === "string" ? use : use()},`}`;
    return new TenantryError(code, `${named} gives no secret: ${why}.`, {
      cause,
      ...(hint === undefined ? {} : { hint }),
    });
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
        text = source.readFile(reference.path, from);
      } catch (cause) {
        if (cause instanceof RefusedFile) throw unresolved(`${place} ${cause.message}`, cause, cause.code);
        throw unresolved(`${place} cannot be read`, cause);
      }
      if (text === undefined) throw unresolved(`${place} does not exist`);
      const value = text.replace(/\r?\n$/, "");
      if (value === "") throw unresolved(`${place} is empty`);
      return new Secret(value);
    }
    case "vault":
    case "op":
    case "aws-sm":
    case "gcp-sm": {
      if (source.remote === undefined) throw unresolved("no secret manager is asked here");
      const found = source.remote.read(reference);
      if (found instanceof SecretFault) throw unresolved(found.message, found, found.code, found.hint);
      if (found.reveal() === "") throw unresolved("it is empty");
      return found;
    }
    default:
      return reference satisfies never;
  }
}
