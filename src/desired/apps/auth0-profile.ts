import type { ClaimPath, Roles } from "../../tenant/tenant.ts";
import { canonicalJson } from "../json.ts";

// How claims become attributes of a profile at Auth0: by templates that Auth0 fills in at each login.

/** Names of the model that Auth0 has a name of its own for. */
const ownNames: Readonly<Record<string, string>> = { displayName: "name" };

/** What Auth0 keeps for itself in a profile. */
const kept = new Set([
  ...["app_metadata", "blocked", "created_at", "email_verified", "identities", "last_ip", "last_login", "logins_count"],
  ...["user_id", "user_metadata", "updated_at", "multifactor", "clientID"],
]);

/** The attribute by which roles are decided at Auth0, where the claims name none for it. */
const roleAttribute = "groups";

/** Where a template reads a claim. */
export type ClaimSource = "tokenset" | "userinfo";

/** The name of a claim's attribute; undefined for the person's id, which Auth0 always takes from `sub`. */
export function attributeOf(name: string): string | undefined {
  return name === "externalId" ? undefined : (ownNames[name] ?? name);
}

/** The templates of all attributes: those of the claims, and of the claim that roles go by. */
export function profileTemplates(
  claims: Readonly<Record<string, ClaimPath>>,
  roles: Roles | undefined,
  source: ClaimSource,
): Readonly<Record<string, string>> {
  const named = Object.entries(claims).flatMap(([name, path]) => {
    const attribute = attributeOf(name);
    return attribute === undefined ? [] : [[attribute, templateOf(path, source)] as const];
  });
  const roleClaim = roles === undefined ? [] : [[roleAttribute, templateOf(roles.claim, source)] as const];
  return Object.fromEntries([...roleClaim, ...named]);
}

/** The claims that templates stand for, under the model's names where the wanted ones have such. */
export function claimsOfTemplates(
  templates: Readonly<Record<string, unknown>>,
  wanted: Readonly<Record<string, ClaimPath>>,
  roles: Roles | undefined,
): Readonly<Record<string, ClaimPath>> {
  const nameOf = new Map(Object.keys(wanted).map((name) => [attributeOf(name) ?? "", name]));
  const own = roles !== undefined && !nameOf.has(roleAttribute) ? roleAttribute : undefined;
  const found = Object.entries(templates).flatMap(([attribute, template]): [string, ClaimPath][] => {
    const path = typeof template === "string" ? pathOfTemplate(template) : undefined;
    // Shown as it stands: it differs from every claim, so that the next apply mends it.
    const shown = path ?? (typeof template === "string" ? template : canonicalJson(template));
    if (attribute === own && canonicalJson(path ?? null) === canonicalJson(plainPath(roles?.claim ?? ""))) return [];
    return [[nameOf.get(attribute) ?? attribute, asWritten(shown, wanted[nameOf.get(attribute) ?? attribute])]];
  });
  return {
    ...(wanted.externalId === undefined ? {} : { externalId: wanted.externalId }),
    // Nothing stands for what roles go by: it shows as a claim that the file does not have.
    ...(own === undefined || own in templates ? {} : { [own]: "" }),
    ...Object.fromEntries(found),
  };
}

/** `[a]` and `a` are one path; the file's spelling is kept where they are the same. */
function asWritten(found: ClaimPath, wanted: ClaimPath | undefined): ClaimPath {
  return wanted !== undefined && canonicalJson(plainPath(found)) === canonicalJson(plainPath(wanted)) ? wanted : found;
}

function plainPath(path: ClaimPath): ClaimPath {
  const [first = "", ...others] = typeof path === "string" ? [path] : path;
  return others.length === 0 ? first : [first, ...others];
}

/** Whether a claim can stand in a template. */
export function fitsTemplate(path: ClaimPath): boolean {
  return [path].flat().every((name) => !/['"{}[\]\\\p{Cc}]/u.test(name));
}

/** Why an attribute cannot be set; undefined when it can. */
export function keptAttribute(name: string): boolean {
  return kept.has(attributeOf(name) ?? "");
}

function templateOf(path: ClaimPath, source: ClaimSource): string {
  const steps = [path].flat().map((name) => (/^[A-Za-z_$][\w$]*$/.test(name) ? `.${name}` : `['${name}']`));
  return ["$", `{context.${source}${steps.join("")}}`].join("");
}

/** The claim of a template that is nothing but one; undefined for any other. */
function pathOfTemplate(template: string): ClaimPath | undefined {
  const steps = /^\$\{context\.(?:tokenset|userinfo)((?:\.[A-Za-z_$][\w$]*|\['[^']*'\])+)\}$/.exec(template)?.[1];
  if (steps === undefined) return undefined;
  return plainPath([...steps.matchAll(/\.([A-Za-z_$][\w$]*)|\['([^']*)'\]/g)].map(([, a, b]) => a ?? b ?? ""));
}
