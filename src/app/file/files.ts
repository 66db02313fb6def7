import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { ConnectionKey } from "../../desired/connection.ts";
import { parseConnectionKey } from "../../desired/key.ts";
import { TenantryError } from "../../errors/failure.ts";
import { FilePlaceFault, placeInside, readPlace, removePlace, replacePlace } from "../../secret/file-place.ts";
import type { FileApp } from "../../workspace/apps/file.ts";
import { fillSink, type SinkNames } from "../../workspace/secret-sink.ts";
import { type FileFormat, FormatFault, type ParsedFile } from "./format.ts";
import { type Mark, parseMark } from "./mark.ts";

/** Where the file of one connection is. */
export interface Place {
  /** Relative to the workspace, for messages. */
  readonly shown: string;
  /** Absolute. */
  readonly path: string;
  /** Where the old file is kept until a change is proven. */
  readonly kept: string;
}

/** A file that is ours. */
export interface OwnFile {
  readonly text: string;
  readonly mark: Mark;
  readonly parsed: ParsedFile;
}

/** What is at a connection's place: nothing, ours, or somebody else's with why. */
export type Found = { readonly own: OwnFile } | { readonly foreign: string } | undefined;

export interface FilesOptions {
  readonly app: FileApp;
  readonly workspace: { readonly name: string; readonly environment: string; readonly root: string };
  readonly format: FileFormat;
}

/** The files of one app. */
export interface Files {
  place(key: ConnectionKey): Promise<Place>;
  look(key: ConnectionKey): Promise<Found>;
  /** The old file; undefined when none of ours is kept. */
  kept(key: ConnectionKey): Promise<OwnFile | undefined>;
  replace(path: string, shown: string, text: string, mode: number): Promise<void>;
  remove(path: string, shown: string): Promise<void>;
  /** Text of a further file of the workspace; undefined: none. */
  read(shown: string): Promise<string | undefined>;
  /** All files of ours, by the path's template, with their keys. */
  all(): Promise<readonly Mark[]>;
}

/** @throws TenantryError APPFILE_PLACE, APPFILE_UNREACHABLE of every operation */
export function openFiles({ app, workspace, format }: FilesOptions): Files {
  const { root } = workspace;

  const namesOf = (key: ConnectionKey): SinkNames => {
    const parts = parseConnectionKey(key);
    if (parts === undefined) throw new TypeError("a key that is none");
    return { ...parts, workspace: workspace.name, environment: workspace.environment };
  };

  const reach = async <T>(shown: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (cause) {
      if (cause instanceof TenantryError) throw cause;
      if (cause instanceof FilePlaceFault) {
        throw new TenantryError("APPFILE_PLACE", `the file ${shown} of the app ${app.name} ${cause.message}`, {
          cause,
        });
      }
      const code = cause instanceof Error && "code" in cause ? ` (${String(cause.code)})` : "";
      const message = `the file ${shown} of the app ${app.name} cannot be read or written${code}`;
      throw new TenantryError("APPFILE_UNREACHABLE", message, { cause });
    }
  };

  const place = async (key: ConnectionKey): Promise<Place> => {
    const shown = fillSink(app.path, namesOf(key));
    const path = await reach(shown, () => placeInside(root, shown));
    return { shown, path, kept: `${path}.previous` };
  };

  /** Whose a text is. */
  const judge = (text: string, isOurs: (mark: Mark) => boolean): Found => {
    let parsed: ParsedFile;
    try {
      parsed = format.parse(text);
    } catch (error) {
      if (!(error instanceof FormatFault)) throw error;
      return { foreign: error.message };
    }
    const mark = parseMark(parsed.mark);
    if (mark === undefined) return { foreign: "belongs to nobody" };
    if (!isOurs(mark)) return { foreign: `belongs to ${mark.key} of ${mark.workspace}/${mark.environment}` };
    return { own: { text, mark, parsed } };
  };
  const isOurs = (mark: Mark): boolean =>
    mark.workspace === workspace.name && mark.environment === workspace.environment;

  return {
    place,

    async look(key) {
      const { path, shown } = await place(key);
      const found = await reach(shown, () => readPlace(path));
      return found === undefined ? undefined : judge(found.text, (mark) => isOurs(mark) && mark.key === key);
    },

    async kept(key) {
      const { kept, shown } = await place(key);
      const found = await reach(shown, () => readPlace(kept));
      const judged = found === undefined ? undefined : judge(found.text, (mark) => isOurs(mark) && mark.key === key);
      return judged !== undefined && "own" in judged ? judged.own : undefined;
    },

    replace: (path, shown, text, mode) => reach(shown, () => replacePlace(path, text, mode)),
    remove: (path, shown) => reach(shown, () => removePlace(path)),

    read: (shown) =>
      reach(shown, async () => {
        const path = await placeInside(root, shown);
        return (await readPlace(path))?.text;
      }),

    async all() {
      const paths = await reach(app.path, () => matching(root, app.path.split("/"), workspace, app.name));
      const marks: Mark[] = [];
      for (const path of paths) {
        // What cannot be read is none of ours: whoever it belongs to will be told by its own key.
        const found = await readPlace(await placeInside(root, path)).catch(() => undefined);
        const judged = found === undefined ? undefined : judge(found.text, isOurs);
        if (judged === undefined || !("own" in judged)) continue;
        const { mark } = judged.own;
        const parts = parseConnectionKey(mark.key);
        // A copy under another name is not where we would look for it.
        if (parts?.app === app.name && fillSink(app.path, namesOf(mark.key as ConnectionKey)) === path)
          marks.push(mark);
      }
      return marks;
    },
  };
}

/** Paths, relative to the root, that a template may stand for. */
async function matching(
  root: string,
  [part = "", ...rest]: readonly string[],
  names: { readonly name: string; readonly environment: string },
  app: string,
  below = "",
): Promise<readonly string[]> {
  const known: Readonly<Record<string, string>> = { workspace: names.name, environment: names.environment, app };
  const pattern = part
    .split(/(\{[A-Za-z]+\})/)
    .map((piece) => {
      const name = /^\{([A-Za-z]+)\}$/.exec(piece)?.[1];
      if (name === undefined) return piece.replace(/[^A-Za-z0-9_]/g, "\\$&");
      return known[name]?.replace(/-/g, "\\-") ?? "[a-z0-9-]+";
    })
    .join("");
  const fits = new RegExp(`^${pattern}$`);
  const entries = await readdir(join(root, below), { withFileTypes: true }).catch(() => []);
  const found: string[] = [];
  for (const entry of entries.filter(({ name }) => fits.test(name))) {
    const path = below === "" ? entry.name : `${below}/${entry.name}`;
    if (rest.length === 0 && entry.isFile()) found.push(path);
    if (rest.length > 0 && entry.isDirectory()) found.push(...(await matching(root, rest, names, app, path)));
  }
  return found.sort();
}
