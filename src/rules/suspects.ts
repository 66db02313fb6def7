// Which files could break a rule together with the tenants of a call that is about few of them.
//
// Terms. A *selected* tenant is one that the call is about. A *suspect* is another file that must be read and checked
// with them; of all others it is certain, from their text alone, that no rule says anything about a selected tenant
// because of them. A *trait* is what such a file's text holds of a selected tenant.
//
// Premise. Every rule over several tenants compares values for equality, and a value that stands in a YAML file stands
// there letter by letter, unless an escape (a backslash) spells it otherwise. Line breaks may fold into a text with
// spaces, and a quote may be written twice, so of such a text its longest word is looked for. A file with an alias or a
// tag, which could bring a value from elsewhere, is no tenant at all. A value ends where no letter, digit, `_`, `.` or
// `-` goes on.
//
// A new rule over several tenants needs its trait here; test/cli/only-rules.test.ts compares with all files read.

import { isAtHost } from "../desired/capability.ts";
import type { Connection } from "../desired/connection.ts";
import { issuerPlace } from "../desired/issuer.ts";
import type { SignIn, Tenant } from "../tenant/tenant.ts";
import type { App, Workspace } from "../workspace/workspace.ts";

/** What another file's text would hold: all of these words, and not certainly something that clears it. */
interface Trait {
  readonly words: readonly string[];
  readonly clears?: ((text: string) => boolean) | undefined;
}

/** Whether the text of another tenant's file could break a rule together with the selected tenants. */
export type Suspicion = (text: string) => boolean;

/** @param connections what the selected tenants come to */
export function suspicionOf(
  workspace: Workspace,
  selected: readonly Tenant[],
  connections: readonly Connection[],
): Suspicion {
  const traits = [
    ...selected.flatMap((tenant) => traitsOf(workspace, tenant)),
    ...connections.flatMap((connection) => traitsOfConnection(workspace, connection)),
  ].map(({ words, clears }) => ({ words: words.map((word) => bounded(word)), clears }));
  if (traits.some(({ words }) => words.length === 0)) return () => true;
  // Nearly every text is let go by this one search.
  const any = new RegExp(["\\\\", ...new Set(traits.map(({ words: [first] }) => first))].join("|"));
  const exact = traits.map(({ words, clears }) => ({ words: words.map((word) => new RegExp(word)), clears }));
  return (text) =>
    any.test(text) &&
    (text.includes("\\") ||
      exact.some(({ words, clears }) => words.every((word) => word.test(text)) && clears?.(text) !== true));
}

function traitsOf(workspace: Workspace, tenant: Tenant): readonly Trait[] {
  return [
    ...[tenant.tenant, tenant.id, ...tenant.domains].map(holding),
    ...[...tenant.signIns.values()].flatMap((signIn) => [
      ...traitsOfIssuer(workspace, signIn),
      ...traitsOfInline(signIn),
      ...(signIn.server?.audience === undefined ? [] : [holding(signIn.server.name)]),
      ...(signIn.enabledConnections ?? []).map(
        (name): Trait => ({ ...holding(name), clears: (text) => demandsOtherwise(text, signIn.require) }),
      ),
    ]),
  ];
}

/** Issuer of a customer's own provider. Where it is one of ours, whoever uses ours counts. */
function traitsOfIssuer(workspace: Workspace, { external, require }: SignIn): readonly Trait[] {
  const issuer = external?.issuer;
  if (issuer === undefined) return [];
  const ours = Object.keys(require).length > 0 ? [] : idpsAt(workspace, issuer);
  return [holding(issuerPlace(issuer)), ...ours.map(holding)];
}

/** An org that is given in place: whoever else names its host. Of an issuer: who gives an org there, with credentials. */
function traitsOfInline({ inline, external }: SignIn): readonly Trait[] {
  if (inline !== undefined) return [holding(inline.domain)];
  const issuer = external?.issuer;
  if (issuer === undefined || !URL.canParse(issuer)) return [];
  return [{ words: [new URL(issuer).hostname, "credentials"] }];
}

function traitsOfConnection(workspace: Workspace, { registration, record }: Connection): readonly Trait[] {
  const callbacks = [...workspace.apps.values()].flatMap((app) => callbackWords(app, record.redirectUri).map(holding));
  if (record.clientId === "") return callbacks;
  // The id that we choose for another tenant's client at Okta stands in no file.
  const chosenByUs =
    registration.kind === "external" &&
    /^tn[a-z2-7]{26}$/.test(record.clientId) &&
    idpsAt(workspace, record.issuer).length > 0;
  return [...callbacks, holding(record.clientId), ...(chosenByUs ? [everyFile] : [])];
}

const everyFile: Trait = { words: [] };

/** Names of the workspace's identity providers whose host an issuer has. */
function idpsAt(workspace: Workspace, issuer: string): readonly string[] {
  if (!URL.canParse(issuer)) return [];
  const { hostname } = new URL(issuer);
  return [...workspace.identityProviders.values()].filter((idp) => isAtHost(idp, hostname)).map(({ name }) => name);
}

function holding(value: string): Trait {
  const words = value.split(/[\s']+/).sort((a, b) => b.length - a.length);
  return { words: words.slice(0, 1) };
}

function bounded(word: string): string {
  return `(?<![\\w.-])${escaped(word)}(?![\\w.-])`;
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}

const slug = "[a-z0-9]+(?:-[a-z0-9]+)*";
const longestSlug = 50;
const publicId = "[a-z2-9]{20}";
const idLength = 20;

/**
 * What the file of another tenant with this very callback on the app must hold: its public id or its slug, each that the
 * callback could come of; the app's name where the app's callback holds neither.
 */
function callbackWords(app: App, redirectUri: string): readonly string[] {
  const template = app.baseUrl + app.callback;
  const comesOf = (known: Readonly<Record<string, string>> = {}): boolean => {
    const seen = new Set<string>();
    const source = template.split(/\{(id|tenant|signIn)\}/).map((part, index) => {
      if (index % 2 === 0) return escaped(part);
      const given = known[part];
      if (given !== undefined) return escaped(given);
      if (seen.has(part)) return `\\k<${part}>`;
      seen.add(part);
      return `(?<${part}>${part === "id" ? publicId : slug})`;
    });
    return new RegExp(`^${source.join("")}$`).test(redirectUri);
  };
  if (!comesOf()) return [];
  const [name, pattern, shortest, longest] = template.includes("{id}")
    ? (["id", publicId, idLength, idLength] as const)
    : (["tenant", slug, 1, longestSlug] as const);
  if (!template.includes(`{${name}}`)) return [app.name];
  const whole = new RegExp(`^${pattern}$`);
  const words = new Set<string>();
  for (let from = app.baseUrl.length; from < redirectUri.length; from += 1) {
    for (let to = from + shortest; to <= Math.min(from + longest, redirectUri.length); to += 1) {
      const word = redirectUri.slice(from, to);
      if (whole.test(word) && comesOf({ [name]: word })) words.add(word);
    }
  }
  return [...words];
}

/** What a text in one line and without quotes may hold in YAML, whatever stands around it. */
const plainWord = "[^\\s,:'\"{}[\\]#&*!|>%@`\\\\]+";
const demandLine = new RegExp(
  `^ +require: \\{ (${plainWord}: ${plainWord}(?:, ${plainWord}: ${plainWord})*) \\}$`,
  "m",
);

/**
 * Whether a file certainly demands another value of a claim than these of whoever comes in. Certain of one spelling only,
 * that of `tenantry new`: one sign-in under `signIn`, its `require` in one line, no block or quoted text in which such a
 * line could stand.
 */
function demandsOtherwise(text: string, demands: SignIn["require"]): boolean {
  if (/["|>\\\r]|(?:^|[\s[{,:-])'/.test(text)) return false;
  if (!/^signIn:$/m.test(text) || text.includes("signIns")) return false;
  const written = demandLine.exec(text)?.[1];
  if (written === undefined) return false;
  return written.split(", ").some((pair) => {
    const [claim = "", value = ""] = pair.split(": ");
    return Object.hasOwn(demands, claim) && demands[claim] !== value;
  });
}

/**
 * Whether the tenant of a file has a sign-in to lose in an environment, as far as its text tells for certain; undefined
 * when the file must be read for it. An invalid file may be told either way.
 */
export function holdsSignIn(text: string): boolean | undefined {
  if (/^status: draft$/m.test(text)) return false;
  if (/\\|(?<![\w.-])(?:draft|environments)(?![\w.-])/.test(text)) return undefined;
  return /^status: (?:active|suspended|offboarded)$/m.test(text) && /^connections:/m.test(text) ? true : undefined;
}
