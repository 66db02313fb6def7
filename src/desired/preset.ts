import type { ClaimPath } from "../tenant/tenant.ts";
import type { ClientAuth } from "../workspace/workspace.ts";
import { issuerPlace } from "./issuer.ts";
import { presets } from "./presets/presets.ts";
import type { Mark, Preset, Trap } from "./presets/shape.ts";

export type { ClientSetting, Preset } from "./presets/shape.ts";

/** Names of all presets, as tenant files write them. */
export const presetNames: readonly string[] = presets.map(({ name }) => name);

const byName: ReadonlyMap<string, Preset> = new Map(presets.map((preset) => [preset.name, preset]));

/** Those that go by a host before those that go by a path: an address at a vendor's own host is that vendor's. */
const recognisable: readonly Preset[] = [
  ...presets.filter(({ issuer }) => issuer.certainty === "host"),
  ...presets.filter(({ issuer }) => issuer.certainty === "path"),
];

/**
 * The preset that a file names, else the one whose issuers this is; undefined when nobody knows it. A final slash too
 * much or too few does not hide the product: its preset says which is right.
 */
export function presetOf(issuer: string, named?: string | undefined): Preset | undefined {
  if (named !== undefined) return byName.get(named);
  const place = issuerPlace(issuer);
  return recognisable.find((preset) => preset.issuer.patterns.some((pattern) => pattern.test(place)));
}

/**
 * Why an address of a known product is not its issuer; undefined when nothing is known against it. What a path alone
 * suggests gives way to the preset that a file names.
 */
export function issuerMistake(issuer: string, named?: string | undefined): Trap | undefined {
  const asked = presets.filter(
    ({ name, issuer: { certainty } }) => named === undefined || name === named || certainty === "host",
  );
  return trapIn(
    asked.flatMap((preset) => preset.issuer.mistakes ?? []),
    issuer,
  );
}

/**
 * The word in an issuer that stands for "any customer" (`common`… at Entra ID). Tokens from there carry the issuer of
 * the person's own directory, so no token ever has this one.
 */
export function placeholderOfIssuer(issuer: string): string | undefined {
  for (const preset of presets) {
    const word = preset.issuer.placeholder?.exec(issuer)?.[1];
    if (word !== undefined) return word;
  }
  return undefined;
}

/** The hint on what a document of some known product names in place of the configured issuer. */
export function namedIssuerHint(named: string): string | undefined {
  return presets.flatMap((preset) => preset.issuer.named ?? []).find(({ pattern }) => pattern.test(named))?.hint;
}

/** The claim that roles go by at a product, and the scopes that it takes; undefined where each customer has another. */
export function rolesOf(
  preset: Preset | undefined,
): { readonly claim: ClaimPath; readonly scopes: readonly string[]; readonly how: string } | undefined {
  if (preset?.roles !== undefined) {
    const { claim, scopes = [], how } = preset.roles;
    return { claim, scopes, how };
  }
  const { claim, scope, how } = preset?.groups ?? {};
  return claim === undefined || how === undefined
    ? undefined
    : { claim, scopes: scope === undefined ? [] : [scope], how };
}

/** What consoles show in place of a secret once it is made. */
const masked: Trap = {
  pattern: /^[*•.x]{3,}$/i,
  message: "is a masked placeholder",
  hint: "What was handed over is a masked placeholder; copy the secret's value itself",
};

/** What was handed over in place of a secret, as its shape gives it away; undefined for what may well be one. */
export function secretTrap(preset: Preset | undefined, value: string): Trap | undefined {
  return trapIn([masked, ...(preset?.secretTraps ?? [])], value);
}

/**
 * Why clients of a product cannot prove themselves so, as far as its vendor or its source says; undefined where they can
 * or nobody knows.
 */
export function refusedBy(preset: Preset | undefined, method: ClientAuth): string | undefined {
  if (preset === undefined || !certain.has(preset.clientAuth.mark)) return undefined;
  const { takes } = preset.clientAuth;
  return takes.includes(method) ? undefined : `${preset.title} can do ${takes.join(", ")}`;
}

/** What is well enough known to refuse a file for it. */
const certain: ReadonlySet<Mark> = new Set(["tried", "source", "documented"]);

/**
 * What to do instead of asking for a scope that a product refuses, and the error that it gives, in brackets and ready to
 * be put behind the scope; undefined where it may be asked for.
 */
export function refusedScope(
  preset: Preset | undefined,
  scope: string,
): { readonly instead: string; readonly error: string } | undefined {
  const { groups, scopesRefused = {} } = preset ?? {};
  const instead = Object.hasOwn(scopesRefused, scope) ? scopesRefused[scope] : undefined;
  if (instead !== undefined) return { instead, error: "" };
  if (scope !== "groups" || groups?.scopeRefused !== true) return undefined;
  return { instead: groups.how, error: groups.error === undefined ? "" : ` (${groups.error})` };
}

function trapIn(traps: readonly Trap[], value: string): Trap | undefined {
  return traps.find(({ pattern }) => pattern.test(value));
}
