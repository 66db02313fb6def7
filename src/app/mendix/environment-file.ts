import { constantVariable } from "../../desired/apps/mendix-steps.ts";
import { TenantryError } from "../../errors/failure.ts";
import type { Carried, Carrier, CarrierChange } from "./carrier.ts";
import { type DotenvPiece, dotenvPieces, dotenvValue } from "./dotenv.ts";
import { formatExact, parseExact, textOf } from "./exact-json.ts";
import { type OwnerNote, parseNote, withNote } from "./owner-note.ts";
import { readText, writeText } from "./text-file.ts";

/** The file of variables that an app is started with. */
export interface EnvironmentFile {
  /** Absolute. */
  readonly path: string;
  /** As the workspace names it. */
  readonly shown: string;
  readonly form: "MX" | "CONSTANTS";
}

const variable = "CONSTANTS";

/**
 * Constants in a dotenv file, as the Cloud Foundry and Docker buildpacks read them: `MX_Module_Name=…` for each, or one
 * `CONSTANTS` with a JSON object of full names, which an `MX_` variable of the same constant wins over.
 */
export function environmentFile(file: EnvironmentFile): Carrier {
  const read = async (): Promise<string> => (await readText(file.path, file.shown)) ?? "";
  return {
    read: async () => carriedIn(await read(), file),
    async change(change) {
      const before = await read();
      const after = changed(before, change, file);
      if (after !== before) await writeText(file.path, file.shown, after);
    },
    async close() {},
  };
}

function carriedIn(text: string, file: EnvironmentFile): Carried {
  const pieces = dotenvPieces(text);
  const variables = new Map(pieces.flatMap(({ name, value }) => (name === undefined ? [] : [[name, value ?? ""]])));
  const json = constantsIn(variables.get(variable), file);
  const inJson = file.form === "CONSTANTS";
  return {
    // By their variables, the last of a name counts; which constant a variable is of, only its reader knows.
    constants: new LookedUp((name) =>
      inJson ? textOf(json[name]) : (variables.get(constantVariable(name)) ?? textOf(json[name])),
    ),
    notes: notesIn(pieces),
    knows: () => true,
    hides: () => false,
    shadowed: (name) =>
      inJson && variables.has(constantVariable(name))
        ? `${file.shown} also holds ${constantVariable(name)}, which wins over CONSTANTS`
        : undefined,
  };
}

/** A map of which every name is looked up when it is asked for. */
class LookedUp extends Map<string, string> {
  readonly #find: (name: string) => string | undefined;

  constructor(find: (name: string) => string | undefined) {
    super();
    this.#find = find;
  }

  override get(name: string): string | undefined {
    return this.#find(name);
  }

  override has(name: string): boolean {
    return this.#find(name) !== undefined;
  }
}

function constantsIn(text: string | undefined, { shown }: EnvironmentFile): Record<string, unknown> {
  if (text === undefined || text === "") return {};
  const found = parseExact(text);
  if (found !== undefined) return found;
  throw new TenantryError("MENDIX_FILE_UNREADABLE", `CONSTANTS in ${shown} is no JSON object.`);
}

const noteLine = /^# tenantry (\{.*\})\s*$/;

function notesIn(pieces: readonly DotenvPiece[]): readonly OwnerNote[] {
  return pieces.flatMap(({ text }) => noteIn(text) ?? []);
}

function noteIn(text: string): OwnerNote | undefined {
  const found = noteLine.exec(text)?.[1];
  return found === undefined ? undefined : parseNote(found);
}

function lineOfNote(note: OwnerNote): string {
  return `# tenantry ${formatExact(note as unknown as Record<string, unknown>)}\n`;
}

function changed(text: string, change: CarrierChange, file: EnvironmentFile): string {
  return file.form === "MX" ? changedVariables(text, change, file) : changedJson(text, change, file);
}

/** Our block is the note and the variables behind it; it stays where it is, a new one comes at the end. */
function changedVariables(text: string, change: CarrierChange, file: EnvironmentFile): string {
  const { set, remove, shared, note, owner } = change;
  const ours = new Set([...set.keys(), ...remove].map(constantVariable));
  const common = new Map([...shared].map(([name, value]) => [constantVariable(name), lineOf(name, value, file)]));
  const block = [
    ...(note === undefined ? [] : [lineOfNote(note)]),
    ...[...set].map(([name, value]) => lineOf(name, value, file)),
  ].join("");
  const isOurNote = (piece: DotenvPiece): boolean => {
    const found = noteIn(piece.text);
    return found !== undefined && withNote([found], owner, undefined).length === 0;
  };
  const pieces = dotenvPieces(text);
  const place = pieces.findIndex(isOurNote);
  const kept = pieces.map((piece, index) => {
    if (index === place) return block;
    if (isOurNote(piece) || (piece.name !== undefined && ours.has(piece.name))) return "";
    const line = piece.name === undefined ? undefined : common.get(piece.name);
    if (line === undefined) return piece.text;
    // Twice the same variable: the last one counts.
    const last = pieces.findLastIndex(({ name }) => name === piece.name);
    if (index !== last) return piece.text;
    common.delete(piece.name ?? "");
    return line;
  });
  const joined = kept.join("");
  const rest = [...common.values()].join("") + (place < 0 ? block : "");
  if (rest === "") return joined;
  return `${joined}${joined === "" || joined.endsWith("\n") ? "" : "\n"}${rest}`;
}

function changedJson(text: string, change: CarrierChange, file: EnvironmentFile): string {
  const { set, remove, shared, note, owner } = change;
  const pieces = dotenvPieces(text);
  const place = pieces.findLastIndex(({ name }) => name === variable);
  const before = constantsIn(place < 0 ? undefined : pieces[place]?.value, file);
  const json = { ...before };
  for (const name of remove) delete json[name];
  for (const [name, value] of [...set, ...shared]) json[name] = expectCarried(name, value);
  const line = `${variable}='${formatExact(json).replaceAll("'", "\\u0027")}'\n`;
  const notes = withNote(notesIn(pieces), owner, note).map(lineOfNote);
  const kept = pieces.map((piece, index) => {
    if (noteIn(piece.text) !== undefined) return "";
    return index === place ? [...notes, line].join("") : piece.text;
  });
  const joined = kept.join("");
  if (place >= 0) return joined;
  return `${joined}${joined === "" || joined.endsWith("\n") ? "" : "\n"}${[...notes, line].join("")}`;
}

function lineOf(name: string, value: string, { shown }: EnvironmentFile): string {
  const spelt = dotenvValue(expectCarried(name, value));
  if (spelt !== undefined) return `${constantVariable(name)}=${spelt}\n`;
  throw new TenantryError(
    "MENDIX_VALUE_UNFIT",
    `The value of ${name} has no spelling that every reader of ${shown} takes the same way.`,
    { hint: "Write `form: CONSTANTS` for the carrier, which takes every value." },
  );
}

/** @throws TenantryError MENDIX_VALUE_UNFIT for what no environment and no JSON carries whole */
export function expectCarried(name: string, value: string): string {
  if (!value.includes("\0") && value.isWellFormed()) return value;
  throw new TenantryError("MENDIX_VALUE_UNFIT", `The value of ${name} holds a zero byte or half a character.`);
}
