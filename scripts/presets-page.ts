// docs/presets.md: what is known of each product, from the presets themselves.
import { type CheckId, checkIds } from "../src/desired/check-id.ts";
import { presets } from "../src/desired/presets/presets.ts";
import type { ClientSetting, Mark, Preset, ProbeId } from "../src/desired/presets/shape.ts";

const settings: Readonly<Record<ClientSetting, string>> = {
  redirectUri: "Redirect URI",
  secret: "Secret",
  publicKey: "Public key",
  scopes: "Scopes",
  postLogout: "Addresses after sign-out",
  signingAlgorithm: "Signing algorithm",
};

const probes: Readonly<Record<ProbeId, string>> = {
  P1: "registered address, prompt=none",
  P2: "an address below it",
  P3: "an unregistered address",
  P4: "a broken request",
  P5: "PAR",
  P6: "response modes",
  P7: "sign-out",
  S1: "an invented code with the right secret",
  S2: "the same with a wrong secret",
};

const marks: Readonly<Record<Mark, string>> = {
  tried: "seen with the product itself",
  source: "read in its source",
  documented: "its vendor says so",
  captured: "recorded by somebody else",
  reported: "told in an issue",
  unconfirmed: "nobody has shown it; the product's own answer decides",
};

const recognised: Readonly<Record<Preset["issuer"]["certainty"], string>> = {
  host: "by its host",
  path: "by its path, which another product could have: `preset:` says otherwise",
  none: "not at all: write `preset:`",
};

const logout: Readonly<Record<NonNullable<Preset["metadata"]["endSession"]>, string>> = {
  standard: "standard",
  own: "of its own manner",
  none: "none",
};

/** The page, from the presets. */
export function presetsPage(): string {
  return `${[
    "# Presets",
    "",
    "Generated from `src/desired/presets/` by `npm run generate`. A preset is what is known of one product that people sign",
    "in with: how its issuer looks, where its console has a setting, how it answers each probe. Rules, checks and hints read",
    "it; nobody is asked. Where a product's own answer says otherwise, the answer counts.",
    "",
    "The issuer tells the preset. Where it cannot (a custom domain, a server of the customer's own), the tenant file names",
    "it: `preset: keycloak` in the sign-in. A named preset always wins; one that contradicts a vendor's own host is an error",
    "(`RULE_PRESET_CONTRADICTS`). Each proof's evidence names the preset that it was made with.",
    "",
    "## Marks",
    "",
    "| Mark | Meaning |",
    "| --- | --- |",
    ...Object.entries(marks).map(([mark, meaning]) => `| ${mark} | ${meaning} |`),
    "",
    "## All",
    "",
    "| Name | Product | Issuer | Final slash | Groups: scope, claim | Sign-out |",
    "| --- | --- | --- | --- | --- | --- |",
    ...presets.map(row),
    "",
    ...presets.flatMap(section),
  ]
    .join("\n")
    .trimEnd()}\n`;
}

function row(preset: Preset): string {
  const { name, title, issuer, groups, metadata } = preset;
  const scope = groups.scopeRefused === true ? "refused" : groups.scope === undefined ? "none" : `\`${groups.scope}\``;
  const claim = groups.claim === undefined ? "none of its own" : `\`${groups.claim}\``;
  return cells([
    `[\`${name}\`](#${name})`,
    title,
    code(issuer.shape),
    slash(issuer),
    `${scope}, ${claim}`,
    metadata.endSession === undefined ? "not known" : logout[metadata.endSession],
  ]);
}

function slash({ finalSlash }: Preset["issuer"]): string {
  return finalSlash === undefined ? "either" : finalSlash ? "yes" : "no";
}

function section(preset: Preset): readonly string[] {
  const { name, title, issuer, groups, claims, clientAuth, probes: asked, sources } = preset;
  const refused = Object.entries(preset.scopesRefused ?? {}).map(
    ([scope, instead]) => `- Refuses the scope \`${scope}\`: ${instead}.`,
  );
  const never = (claims.never ?? []).map((claim) => `- Never sends the claim \`${claim}\`.`);
  return [
    `## ${name}`,
    "",
    `${title}.`,
    "",
    `- Issuer: ${code(issuer.shape)}; known ${recognised[issuer.certainty]}.`,
    `- Groups: ${groups.how}.`,
    ...(preset.roles === undefined ? [] : [rolesLine(preset.roles)]),
    `- Claims: \`${claims.externalId}\` stays the same for a person; \`${claims.email}\`, \`${claims.displayName}\`.`,
    `- Client authentication: \`${clientAuth.default}\` when nobody says otherwise; takes ${list(clientAuth.takes)} (${clientAuth.mark}).`,
    `- Broken requests (P4): ${asked.faultInjection === "alarms" ? "only when asked for; they alarm the vendor's monitoring" : "sent"}.`,
    ...refused,
    ...never,
    ...unlisted(preset),
    ...preset.quirks.map((quirk) => `- ${quirk}`),
    "",
    ...places(preset),
    "| Probe | Answer | Mark |",
    "| --- | --- | --- |",
    ...(Object.keys(probes) as ProbeId[]).map((id) => {
      const { is, mark } = asked.answers[id];
      return cells([`${id}: ${probes[id]}`, is, mark]);
    }),
    "",
    ...mistaken(preset),
    ...notes(preset),
    `Sources: ${sources.join(". ")}.`,
    "",
  ];
}

function rolesLine({ claim, how }: NonNullable<Preset["roles"]>): string {
  const path = typeof claim === "string" ? `\`${claim}\`` : `\`[${claim.join(", ")}]\``;
  return `- Roles: ${path}; ${how}.`;
}

function unlisted({ metadata }: Preset): readonly string[] {
  const told = [
    metadata.pkceUnlisted === true ? "S256" : [],
    metadata.scopesUnlisted === true ? "scopes" : [],
    metadata.claimsUnlisted === true ? "claims" : [],
  ].flat();
  return told.length === 0 ? [] : [`- Its document does not list all that works: ${told.join(", ")}.`];
}

function places({ places: known }: Preset): readonly string[] {
  const rows = (Object.keys(settings) as ClientSetting[]).flatMap((setting) => {
    const place = known[setting];
    return place === undefined ? [] : [cells([settings[setting], place])];
  });
  return ["| Setting | Where |", "| --- | --- |", ...rows, ""];
}

function mistaken({ issuer, secretTraps = [] }: Preset): readonly string[] {
  const lines = [
    ...(issuer.mistakes ?? []).map(({ message, hint }) => plain(`- An issuer that ${message}: ${hint}.`)),
    ...secretTraps.map(({ message, hint }) => plain(`- A secret that ${message}: ${hint}.`)),
  ];
  return lines.length === 0 ? [] : ["Caught by their shape:", "", ...lines, ""];
}

function notes({ notes: known }: Preset): readonly string[] {
  const rows = checkIds.flatMap((id: CheckId) => {
    const note = known[id];
    return note === undefined ? [] : [cells([id, note])];
  });
  return rows.length === 0 ? [] : ["| Check | What to know when it does not pass |", "| --- | --- |", ...rows, ""];
}

function list(words: readonly string[]): string {
  return words.map((word) => `\`${word}\``).join(", ");
}

/** Addresses in a text as code. */
function code(text: string): string {
  return text.replace(/https:\/\/(?:\{[^}]*\}|[^\s,{])+/g, "`$&`");
}

function cells(texts: readonly string[]): string {
  return `| ${texts.map((text) => plain(text).replaceAll("|", "\\|")).join(" | ")} |`;
}

/** Text without anything that Markdown would take for more. */
function plain(text: string): string {
  return text.replaceAll("*", "\\*").replaceAll("<", "&lt;");
}
