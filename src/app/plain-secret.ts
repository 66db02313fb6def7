import { TenantryError } from "../errors/failure.ts";

/**
 * What git says of a path. `ignored`: it will not be committed by accident. `seen`: it may be. `outside`: it lies in no
 * repository. `unknown`: git could not be asked.
 */
export type GitSight = "ignored" | "seen" | "outside" | "unknown";

/** Asks git about a path, absolute. Passed in: programs are run in one room only. */
export type IsIgnored = (path: string) => Promise<GitSight>;

/** A file that a secret is to be written to in plain text. */
export interface PlainSecretFile {
  /** Name of the app, for the message. */
  readonly app: string;
  /** The file as the user knows it, relative to the workspace, for the message. */
  readonly shown: string;
  /** Absolute. */
  readonly path: string;
  readonly isIgnored: IsIgnored | undefined;
}

/**
 * Sees that a secret in plain text gets into no file that could be committed: it must lie outside of every repository, or
 * git must ignore it.
 *
 * @throws TenantryError SECRET_IN_REPOSITORY
 */
export async function checkPlainSecret({ app, shown, path, isIgnored }: PlainSecretFile): Promise<void> {
  const sight = (await isIgnored?.(path)) ?? "unknown";
  if (sight === "ignored" || sight === "outside") return;
  const why = sight === "seen" ? "git does not ignore it" : "git could not be asked whether it ignores it";
  throw new TenantryError(
    "SECRET_IN_REPOSITORY",
    `the app ${app} would have a secret written in plain text to ${shown}, and ${why}`,
    { hint: `Add ${shown} to .gitignore, or name a \`secretSink\` for the app.` },
  );
}
