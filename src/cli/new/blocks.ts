import type { AppEntries } from "../../tenant/app-entry.ts";
import { type AppKindName, appKindNames } from "../../workspace/app.ts";
import { nearest } from "../../workspace/nearest.ts";
import type { Workspace } from "../../workspace/workspace.ts";

/** What the entries of `connections:` say under the kind of their app, by the name of the app. Not checked yet. */
export type Blocks = Readonly<Record<string, Block>>;

interface Block {
  readonly [key: string]: BlockValue;
}

type BlockValue = string | number | boolean | null | readonly BlockValue[] | Block;

/** A field without which an app of a kind has no place for a connection. */
interface NeededField {
  readonly field: string;
  readonly question: string;
  /** What it may well be, from the slug. */
  readonly propose: (slug: string) => string;
  /** Others that say it as well. */
  readonly instead: readonly string[];
}

const needed: Readonly<Partial<Record<AppKindName, NeededField>>> = {
  kong: {
    field: "route",
    question: "Name of the Kong route that they come in by",
    propose: (slug) => slug,
    instead: ["service", "global"],
  },
};

/** An app of those chosen, and the field that its entry still lacks. */
export interface OpenField extends NeededField {
  readonly app: string;
  readonly kind: AppKindName;
}

/** What the entries of these apps must say and do not say yet. */
export function openFields(apps: readonly string[], blocks: Blocks, workspace: Workspace): readonly OpenField[] {
  return apps.flatMap((name): readonly OpenField[] => {
    const kind = workspace.apps.get(name)?.kind;
    const field = kind === undefined ? undefined : needed[kind];
    if (kind === undefined || field === undefined) return [];
    const said = Object.hasOwn(blocks, name) ? Object.keys(blocks[name] ?? {}) : [];
    return [field.field, ...field.instead].some((one) => said.includes(one)) ? [] : [{ ...field, app: name, kind }];
  });
}

/** The blocks with one more field. */
export function withField(blocks: Blocks, { app, field }: Pick<OpenField, "app" | "field">, value: string): Blocks {
  return { ...blocks, [app]: { ...(Object.hasOwn(blocks, app) ? blocks[app] : {}), [field]: value } };
}

/** The block of an app's entry, under the name of its kind; nothing where there is none. */
export function blockOf(blocks: Blocks, app: string, workspace: Workspace): AppEntries {
  const kind = workspace.apps.get(app)?.kind;
  if (kind === undefined || !Object.hasOwn(blocks, app)) return {};
  // What is wrong with it is found when the file that it is written to is read.
  return { [kind]: blocks[app] } as AppEntries;
}

/**
 * Values of `--set`, such as `kong.route=acme` or `gateway.config.leeway=5`: the app by its kind, or by its name where
 * there are several of the kind.
 */
export function readSets(
  sets: readonly string[],
  apps: readonly string[],
  workspace: Workspace,
): { readonly blocks: Blocks; readonly wrong: readonly string[] } {
  let blocks: Blocks = {};
  const wrong: string[] = [];
  for (const text of sets) {
    const [, who = "", path = "", value = ""] = /^([a-z0-9-]+)\.([A-Za-z][\w.]*)=(.*)$/s.exec(text) ?? [];
    const fields = path.split(".");
    if (who === "" || fields.some((field) => !/^[A-Za-z]\w*$/.test(field))) {
      wrong.push("--set takes APP.FIELD=VALUE, such as kong.route=acme");
      continue;
    }
    const chosen = workspace.apps.has(who)
      ? [who]
      : [...workspace.apps.values()].filter(({ kind }) => kind === who).map(({ name }) => name);
    const meant = apps.length === 0 ? chosen : chosen.filter((name) => apps.includes(name));
    if (meant.length === 0) {
      const near = nearest(who, [...workspace.apps.keys(), ...appKindNames]);
      wrong.push(
        `--set ${who}.${path}: no app that they come in to is called so or of that kind${near === undefined ? "" : `; did you mean ${near}?`}`,
      );
      continue;
    }
    for (const name of meant) {
      const block = Object.hasOwn(blocks, name) ? (blocks[name] ?? {}) : {};
      blocks = { ...blocks, [name]: withValue(block, fields, parsed(value)) };
    }
  }
  return { blocks, wrong };
}

function withValue(block: Block, [field = "", ...rest]: readonly string[], value: BlockValue): Block {
  if (rest.length === 0) return { ...block, [field]: value };
  const inner = Object.hasOwn(block, field) ? block[field] : {};
  const map = typeof inner === "object" && inner !== null && !Array.isArray(inner) ? (inner as Block) : {};
  return { ...block, [field]: withValue(map, rest, value) };
}

/** A truth value, a number, a list or a map as JSON writes them; anything else is a text. */
function parsed(text: string): BlockValue {
  if (!/^(true|false|-?\d+(\.\d+)?|[[{"].*)$/s.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
