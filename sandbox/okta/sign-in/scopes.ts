import { type Issuer, scopesOf } from "./issuer.ts";
import { refusal } from "./refusals.ts";

/**
 * The scopes that are asked for, each once, or the issuer's default ones. Throws Okta's refusal when there are none, or
 * one that the issuer does not have.
 */
export function readScopes(issuer: Issuer, text: string | null | undefined): readonly string[] {
  const known = scopesOf(issuer);
  const asked = splitWords(text);
  if (asked.length === 0) {
    const standard = known.filter(({ byDefault }) => byDefault).map(({ name }) => name);
    if (standard.length === 0) throw refusal("no_default_scopes");
    return standard;
  }
  if (asked.some((scope) => !known.some(({ name }) => name === scope))) throw refusal("no_matching_scope");
  return asked;
}

/** The words of a parameter that lists several, each once. */
export function splitWords(text: string | null | undefined): readonly string[] {
  return [...new Set((text ?? "").split(" ").filter((word) => word !== ""))];
}
