import type { ConnectionStatus } from "../apply/status.ts";
import type { Connection } from "../desired/connection.ts";
import { canonicalJson, type Json } from "../desired/json.ts";
import type { Tenant } from "../tenant/tenant.ts";

/** A label and what is to be said under it. */
export type Fact = readonly [label: string, value: string];

/** The customer, as the file says. */
export function tenantFacts(tenant: Tenant): readonly Fact[] {
  return [
    ["public id", tenant.id],
    ["domains", tenant.domains.join(", ")],
    ...tenant.contacts.map(({ role, email }): Fact => [`contact`, `${email} (${role})`]),
    ...(tenant.environments === undefined ? [] : [["only in", tenant.environments.join(", ")] as const]),
    ...(tenant.deleteAfter === undefined ? [] : [["delete after", tenant.deleteAfter] as const]),
    ...(tenant.notes === undefined ? [] : [["notes", tenant.notes.trim().replaceAll(/\s+/g, " ")] as const]),
  ];
}

/** The client: where it is and who may use it. */
export function clientFacts({ registration, record }: Connection, row: ConnectionStatus): readonly Fact[] {
  const { assignment, accessPolicy, enabledConnections, clientSecret, clientKey } = registration;
  const whose = registration.kind === "external" ? "the customer's own provider" : `${row.idp} (${registration.kind})`;
  const organization = registration.parts.find((part) => part.kind === "organization");
  const optional = (label: string, value: string | undefined): readonly Fact[] =>
    value === undefined || value === "" ? [] : [[label, value]];
  return [
    ["signs in at", whose],
    ["callback", row.redirectUri ?? `handed out by ${row.app} with its record`],
    ["issuer", row.issuer ?? "not handed over yet"],
    ...(record.endpoints === undefined ? [] : [["endpoints", "from the file: no discovery document"] as const]),
    ["client id", row.clientId ?? (registration.kind === "external" ? "not handed over yet" : "given when it is made")],
    ...(registration.kind === "external" ? [] : [["object id", row.registrationId ?? "not seen yet"] as const]),
    ["client auth", `${record.clientAuth}, PKCE ${record.pkce}`],
    ...optional("secret from", clientSecret?.text),
    ...optional("client key", clientKey === undefined ? undefined : `${clientKey.kid} (${clientKey.alg})`),
    ...optional("organization", organization?.displayName),
    ...optional(
      "who",
      assignment === undefined ? undefined : assignment.everyone ? "everyone" : assignment.groups.join(", "),
    ),
    ...optional("who", enabledConnections === undefined ? undefined : `by ${enabledConnections.join(", ")}`),
    ...optional("policy", accessPolicy),
  ];
}

/** What the app does with a sign-in. */
export function recordFacts({ record, specDigest, manualSteps }: Connection): readonly Fact[] {
  const { roles, require: demands, session } = record;
  const path = (claim: string | readonly string[]): string => (typeof claim === "string" ? claim : claim.join(" > "));
  const claims = Object.entries(record.claims).map(([name, claim]) => `${name} = ${path(claim)}`);
  return [
    ["scopes", record.scopes.join(" ")],
    ["claims", claims.join(", ")],
    ...(roles === undefined ? [] : [["roles", rolesText(roles, path)] as const]),
    ...Object.entries(demands).map(([claim, value]): Fact => ["must have", `${claim} = ${value}`]),
    ...(session === undefined ? [] : [["session", sessionText(session)] as const]),
    ...Object.entries(record.target).map(([name, value]): Fact => [`${record.kind} ${name}`, targetText(value)]),
    ...manualSteps.map(({ text, command }): Fact => ["by hand", command === undefined ? text : `${text}: ${command}`]),
    ["spec digest", specDigest],
  ];
}

function targetText(value: Json): string {
  if (typeof value === "string") return value;
  const json = canonicalJson(value);
  return json === "null" || json === "{}" || json === "[]" ? "none" : json;
}

function rolesText(
  roles: NonNullable<Connection["record"]["roles"]>,
  path: (claim: string | readonly string[]) => string,
): string {
  const map = Object.entries(roles.map).map(([value, role]) => `${value} -> ${role}`);
  const rest = roles.default === undefined ? [] : [`others -> ${roles.default}`];
  return `from ${path(roles.claim)}: ${[...map, ...rest].join(", ")}`;
}

function sessionText({ absolute, idle }: NonNullable<Connection["record"]["session"]>): string {
  const minutes = (milliseconds: number): string => `${milliseconds / 60_000} min`;
  return [
    ...(absolute === undefined ? [] : [`at most ${minutes(absolute)}`]),
    ...(idle === undefined ? [] : [`idle ${minutes(idle)}`]),
  ].join(", ");
}
