import { nearest } from "../nearest.ts";
import { kongFieldTable } from "./kong-field-table.ts";

// What the plugin openid-connect's `config` may hold, closed: Kong's own schema lets unknown names pass.

/** One thing that is wrong with a `config:` map. */
export interface KongConfigIssue {
  readonly path: readonly (string | number)[];
  /** Goes on after the field's name: `must be …`. */
  readonly message: string;
  readonly hint?: string | undefined;
}

interface Leaf {
  readonly kind: "leaf";
  readonly type: "string" | "number" | "integer" | "boolean";
  readonly options?: readonly string[] | undefined;
  readonly least: number;
  readonly most: number;
  readonly filled: boolean;
  readonly secret: boolean;
  readonly vault: boolean;
}

interface Branch {
  readonly kind: "object";
  readonly members: Map<string, Shape>;
  readonly required: Set<string>;
}

type Shape = Leaf | Branch | { readonly kind: "list"; readonly item: Shape };

/** Fields that hold credentials although Kong's schema does not call them so. */
const credentials = new Set(["http_proxy_authorization", "https_proxy_authorization"]);

/** Fields that gateways before 3.14 do not have. */
const since314: ReadonlySet<string> = new Set([
  "jwks_endpoint",
  "upstream_headers",
  "downstream_headers",
  "consumer_claims",
  "token_exchange",
  "token_exchange_endpoint",
  "cache_token_exchange",
]);

let whole: Branch | undefined;

/** Whether a text is a reference to a vault of the gateway, which must be the whole text. */
export function isVaultReference(text: string): boolean {
  return /^\{vault:\/\/[^{}\s]+\}$/.test(text);
}

/**
 * What is wrong with values of the plugin's `config`: names that it does not have, types, options and bounds, and
 * credentials that are no reference to a vault.
 *
 * @param version of the gateway, such as `3.15`
 * @see schema/kong
 */
export function checkKongConfig(
  config: unknown,
  {
    version,
    secrets = "references",
  }: { readonly version: string; readonly secrets?: "references" | "any" | undefined },
): readonly KongConfigIssue[] {
  whole ??= readTable();
  const found: KongConfigIssue[] = [];
  check(config, whole, [], { found, secrets });
  if (isBefore314(version) && typeof config === "object" && config !== null) {
    for (const name of Object.keys(config).filter((name) => since314.has(name))) {
      found.push({ path: [name], message: `is a field that Kong ${version} does not have, only 3.14 and later` });
    }
  }
  return found;
}

/** Whether a gateway lacks what came with 3.14. */
export function isBefore314(version: string): boolean {
  return Number(version.split(".")[1]) < 14;
}

interface Walk {
  readonly found: KongConfigIssue[];
  readonly secrets: "references" | "any";
}

function check(value: unknown, shape: Shape, path: readonly (string | number)[], walk: Walk): void {
  switch (shape.kind) {
    case "list":
      if (!Array.isArray(value)) {
        note(walk, path, "must be a list");
        return;
      }
      for (const [index, item] of value.entries()) check(item, shape.item, [...path, index], walk);
      return;
    case "object": {
      if (typeof value !== "object" || value === null || Array.isArray(value)) {
        note(walk, path, "must be a map");
        return;
      }
      for (const [name, member] of Object.entries(value)) {
        const known = shape.members.get(name);
        if (known !== undefined) {
          check(member, known, [...path, name], walk);
          continue;
        }
        const near = nearest(name, [...shape.members.keys()]);
        note(walk, [...path, name], "is no field of Kong's plugin openid-connect", near && `did you mean \`${near}\`?`);
      }
      for (const name of shape.required) {
        if (!(name in value)) note(walk, [...path, name], "is missing");
      }
      return;
    }
    case "leaf":
      checkLeaf(value, shape, path, walk);
      return;
    default:
      shape satisfies never;
  }
}

function checkLeaf(value: unknown, leaf: Leaf, path: readonly (string | number)[], walk: Walk): void {
  const isReference = typeof value === "string" && isVaultReference(value);
  if (isReference && leaf.vault) return;
  const fits =
    leaf.type === "integer"
      ? Number.isInteger(value)
      : leaf.type === "number"
        ? Number.isFinite(value)
        : typeof value === leaf.type;
  if (!fits) {
    note(walk, path, `must be ${typeNames[leaf.type]}`);
    return;
  }
  if (typeof value === "string") {
    if (leaf.secret && walk.secrets === "references") {
      note(walk, path, "must be a reference to a vault of the gateway, never the secret itself", vaultHint);
      return;
    }
    if (isReference) {
      note(walk, path, "cannot be a reference to a vault: Kong does not look it up here");
      return;
    }
    if (leaf.options !== undefined && !leaf.options.includes(value)) {
      const near = nearest(value, leaf.options);
      note(walk, path, `must be one of ${leaf.options.join(", ")}`, near && `did you mean \`${near}\`?`);
      return;
    }
    if (leaf.filled && value === "") note(walk, path, "must not be empty");
  }
  if (typeof value === "number" && (value < leaf.least || value > leaf.most)) {
    note(walk, path, `must be from ${leaf.least} to ${leaf.most}`);
  }
}

const typeNames = {
  string: "a text",
  number: "a number",
  integer: "a whole number",
  boolean: "true or false",
} as const;

const vaultHint = "write `{vault://PREFIX/RESOURCE/KEY}` as Kong spells it";

function note(walk: Walk, path: readonly (string | number)[], message: string, hint?: string | undefined): void {
  walk.found.push({ path, message, hint });
}

function readTable(): Branch {
  const root: Branch = { kind: "object", members: new Map(), required: new Set() };
  const needed: string[][] = [];
  for (const line of kongFieldTable.trim().split("\n")) {
    const [place = "", type = "", ...rest] = line.split(" ");
    if (type === "list") {
      needed.push(place.replace(/!$/, "").split("."));
      continue;
    }
    const bounds = /^(-?\d*)\.\.(-?\d*)$/.exec(rest.find((word) => word.includes("..")) ?? "") ?? [];
    const plain = type === "string" || type === "number" || type === "integer" || type === "boolean";
    put(root, place.replace(/!$/, ""), place.endsWith("!"), {
      kind: "leaf",
      type: plain ? type : "string",
      options: plain ? undefined : type.split("|"),
      least: bounds[1] === undefined || bounds[1] === "" ? Number.NEGATIVE_INFINITY : Number(bounds[1]),
      most: bounds[2] === undefined || bounds[2] === "" ? Number.POSITIVE_INFINITY : Number(bounds[2]),
      filled: rest.includes("filled"),
      secret: rest.includes("secret") || credentials.has(place),
      vault: rest.includes("vault"),
    });
  }
  for (const path of needed) {
    let branch: Shape | undefined = root;
    for (const step of path.slice(0, -1)) branch = branch?.kind === "object" ? branch.members.get(step) : undefined;
    if (branch?.kind === "object") branch.required.add(path.at(-1) ?? "");
  }
  return root;
}

/** Puts a value's shape at its path: `a.b[].c`. */
function put(branch: Branch, place: string, required: boolean, leaf: Leaf): void {
  const [, name = "", lists = "", rest] = /^([^.[]+)((?:\[\])*)(?:\.(.+))?$/.exec(place) ?? [];
  if (rest === undefined) {
    let shape: Shape = leaf;
    for (let depth = lists.length / 2; depth > 0; depth -= 1) shape = { kind: "list", item: shape };
    branch.members.set(name, shape);
    if (required) branch.required.add(name);
    return;
  }
  const there = branch.members.get(name);
  let inner = there?.kind === "list" ? there.item : there;
  if (inner?.kind !== "object") {
    inner = { kind: "object", members: new Map(), required: new Set() };
    branch.members.set(name, lists === "" ? inner : { kind: "list", item: inner });
  }
  put(inner, rest, required, leaf);
}
