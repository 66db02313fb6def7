import { TenantryError } from "../../errors/failure.ts";
import type { Carrier } from "./carrier.ts";
import { expectCarried } from "./environment-file.ts";
import { formatExact, textOf } from "./exact-json.ts";
import { ManifestFault, readManifest, writeManifest } from "./manifest-text.ts";
import { withNote } from "./owner-note.ts";
import { readText, writeText } from "./text-file.ts";

/** The file with an app's custom resource. */
export interface ManifestFile {
  /** Absolute. */
  readonly path: string;
  /** As the workspace names it. */
  readonly shown: string;
  /** `metadata.name`, where the file holds several MendixApps. */
  readonly name?: string | undefined;
}

/** Constants in the custom resource of an app that runs on Kubernetes (Mendix on Kubernetes, MendixApp). */
export function manifestFile({ path, shown, name }: ManifestFile): Carrier {
  const within = async <T>(work: (text: string) => T): Promise<T> => {
    const text = await readText(path, shown);
    if (text === undefined) throw new TenantryError("MENDIX_MANIFEST_UNFIT", `${shown} does not exist.`);
    try {
      return work(text);
    } catch (error) {
      if (!(error instanceof ManifestFault)) throw error;
      throw new TenantryError("MENDIX_MANIFEST_UNFIT", `${shown} ${error.message}.`);
    }
  };
  return {
    read: () =>
      within((text) => {
        const { constants, notes } = readManifest(text, name);
        const texts = Object.entries(constants).flatMap(([constant, value]): [string, string][] => {
          const written = textOf(value);
          return written === undefined ? [] : [[constant, written]];
        });
        return {
          constants: new Map(texts),
          notes,
          knows: () => true,
          hides: () => false,
          shadowed: () => undefined,
        };
      }),
    async change({ set, shared, remove, note, owner }) {
      const [before, after] = await within((text) => {
        const { constants, notes } = readManifest(text, name);
        const next: Record<string, unknown> = { ...constants };
        for (const constant of remove) delete next[constant];
        for (const [constant, value] of [...set, ...shared]) next[constant] = expectCarried(constant, value);
        const noted = withNote(notes, owner, note);
        const same = formatExact(next) === formatExact(constants) && formatExact(noted) === formatExact(notes);
        return [text, same ? text : writeManifest(text, name, next, noted)];
      });
      if (after !== before) await writeText(path, shown, after);
    },
    async close() {},
  };
}
