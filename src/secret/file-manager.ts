import type { Reference } from "../workspace/reference.ts";
import { FilePlaceFault, placeInside, readPlace, removePlace, replacePlace } from "./file-place.ts";
import { SecretFault } from "./remote.ts";
import { Secret } from "./secret.ts";
import { markText, parseMark, type SecretManager } from "./sink.ts";

export interface FileSecretsOptions {
  /** The workspace's folder; relative paths are below it. */
  readonly root: string;
  /** Sees that a secret may stand there in plain text; throws when not. */
  readonly check: (path: string, shown: string) => Promise<void>;
}

const ownerOnly = 0o600;

/**
 * Secrets in files of this machine, one each, for apps that read them from a mounted folder. Only the owner of the process
 * can read them. Whose one is stands in `<file>.tenantry` beside it.
 */
export function openFileSecrets({ root, check }: FileSecretsOptions): SecretManager {
  const placeOf = async ({ scheme, text }: Reference) => {
    if (scheme !== "file") throw new TypeError(`${text} is no file`);
    const shown = text.slice("file:".length);
    const path = await reach(shown, () => placeInside(root, shown));
    return { shown, path, mark: `${path}.tenantry` };
  };
  const look: SecretManager["look"] = async (reference) => {
    const { shown, path, mark } = await placeOf(reference);
    const found = await reach(shown, () => readPlace(path));
    if (found === undefined) return undefined;
    const marked = await reach(shown, () => readPlace(mark));
    return { value: new Secret(found.text), mark: parseMark(marked?.text) };
  };
  return {
    read: async (reference) => (await look(reference))?.value,
    look,

    async put(reference, value, wanted) {
      const { shown, path, mark } = await placeOf(reference);
      const old = await look(reference);
      if (old !== undefined && old.mark?.owner !== wanted.owner) {
        throw new SecretFault("SECRET_SINK_FOREIGN", `${shown} holds a secret that this connection did not put there`);
      }
      if (old?.value.reveal() === value.reveal() && old.mark?.secretId === wanted.secretId) return;
      await check(path, shown);
      await reach(shown, async () => {
        await replacePlace(mark, markText(wanted), ownerOnly);
        await replacePlace(path, value.reveal(), ownerOnly);
      });
    },

    async drop(reference, owner) {
      const { shown, path, mark } = await placeOf(reference);
      const marked = await reach(shown, () => readPlace(mark));
      if (parseMark(marked?.text)?.owner !== owner) return;
      await reach(shown, async () => {
        await removePlace(path);
        await removePlace(mark);
      });
    },

    close: async () => {},
  };
}

async function reach<T>(shown: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof FilePlaceFault)
      throw new SecretFault("SECRET_SINK_REFUSED", `${shown} ${cause.message}`, { cause });
    const code = cause instanceof Error && "code" in cause ? ` (${String(cause.code)})` : "";
    throw new SecretFault("SECRET_SINK_REFUSED", `${shown} cannot be read or written${code}`, { cause });
  }
}
