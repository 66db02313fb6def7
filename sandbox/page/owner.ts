import { isObject } from "../json.ts";
import { type Content, html } from "./html.ts";
import { badge, code } from "./table.ts";

/**
 * Whose an object is by the ownership marker in its profile or metadata (docs/ownership.md); undefined for one that
 * nobody has marked.
 */
export function ownerOf(marked: unknown): { readonly scope: string; readonly key: string } | undefined {
  if (!isObject(marked)) return undefined;
  const { tenantryWorkspace: workspace, tenantryEnvironment: environment } = marked;
  const key = marked.tenantryKey ?? marked.tenantryTenant;
  if (typeof workspace !== "string" || typeof environment !== "string" || typeof key !== "string") return undefined;
  return { scope: `${workspace} / ${environment}`, key };
}

/** What the owner column says. */
export function showOwner(marked: unknown): Content {
  const owner = ownerOf(marked);
  if (owner === undefined) return badge("plain", "no marker");
  return html`${badge("info", "Tenantry")} ${code(owner.key)} <span class="quiet">${owner.scope}</span>`;
}

/** The texts by which a search finds the owner of something. */
export function ownerTexts(marked: unknown): readonly string[] {
  const owner = ownerOf(marked);
  return owner === undefined ? [] : [owner.key, owner.scope, "tenantry"];
}
