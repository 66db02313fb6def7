import { appKindNames } from "../workspace/app.ts";
import type { Reference } from "../workspace/reference.ts";
import type { ClientAuth, IdentityProvider } from "../workspace/workspace.ts";
import type { ClaimPath, ConnectionEntry, ExternalClient, SignIn, Tenant } from "./tenant.ts";
import { yamlBlock, yamlList, yamlMap, yamlText, yamlValue } from "./yaml-text.ts";

/** A tenant as its file says it, without the places in a file that does not exist yet. */
export type TenantText = Omit<Tenant, "positionOf" | "connections"> & {
  readonly connections: readonly Omit<ConnectionEntry, "position">[];
};

/** Comments by the key they stand above, such as `status` or `signIn.clientAuth`; each entry is one line. */
export type TenantComments = Readonly<Record<string, readonly string[]>>;

/** Where editors find the schema of a tenant file, seen from `tenants/`. */
const schemaLine = "# yaml-language-server: $schema=../schema/tenant.schema.json";

/**
 * The file of a tenant. Loading it gives the same tenant back. Scopes, claims and client authentication are written out;
 * what is as it is for everybody (PKCE, response mode, provisioning, sign-out) is left out while it is so.
 */
export function writeTenant(tenant: TenantText, comments: TenantComments = {}): string {
  const { signIns, connections } = tenant;
  const only = signIns.size === 1 ? signIns.get("default") : undefined;
  const file = page(comments);
  file.add("tenant", yamlText(tenant.tenant));
  file.add("id", yamlText(tenant.id));
  file.add("name", yamlText(tenant.name));
  file.add("status", tenant.status);
  file.add("environments", tenant.environments && yamlList(tenant.environments));
  file.add("domains", yamlList(tenant.domains));
  file.add(
    "contacts",
    someOf(tenant.contacts)?.map(({ role, email }) => yamlMap({ role: yamlText(role), email: yamlText(email) })),
  );
  if (only !== undefined) file.nest("signIn", (inner) => writeSignIn(inner, only));
  else if (signIns.size === 0) file.add("signIns", "{}");
  else {
    file.nest("signIns", (inner) => {
      for (const [name, signIn] of signIns) inner.nest(name, (fields) => writeSignIn(fields, signIn));
    });
  }
  file.items(
    "connections",
    connections.map((entry) => [
      ["app", yamlText(entry.app)],
      ["signIn", entry.signIn === "default" ? undefined : yamlText(entry.signIn)],
      ["status", entry.status],
      ...appKindNames.map((kind) => [kind, entry[kind] && yamlValue(entry[kind])] as const),
    ]),
  );
  file.items(
    "acknowledge",
    tenant.acknowledge.map(({ address, field, from, to, reason }) => [
      ["address", yamlText(address)],
      ["field", yamlText(field)],
      ["from", yamlText(from)],
      ["to", yamlText(to)],
      ["reason", yamlText(reason)],
    ]),
  );
  file.items(
    "attest",
    tenant.attest.map(({ check, by, on, expires, reason }) => [
      ["check", check],
      ["by", yamlText(by)],
      ["on", yamlText(on)],
      ["expires", yamlText(expires)],
      ["reason", yamlText(reason)],
    ]),
  );
  file.add("verify", tenant.verify.wrongSecretControl ? undefined : yamlMap({ wrongSecretControl: "false" }));
  file.add("deleteAfter", tenant.deleteAfter && yamlText(tenant.deleteAfter));
  file.add("notes", tenant.notes === undefined ? undefined : yamlBlock(tenant.notes, "  "));
  return `${schemaLine}\n${file.text()}`;
}

function writeSignIn(file: Page, signIn: SignIn): void {
  const { external, inline, assignment, session } = signIn;
  if (inline !== undefined) file.nest(inline.kind, (inner) => writeInline(inner, inline));
  else if (external === undefined) file.add("idp", yamlText(signIn.idp));
  else if (Object.values(external).every((value) => value === undefined)) file.add("external", "{}");
  else file.nest("external", (inner) => writeExternal(inner, external));
  if (assignment?.everyone === true) file.add("everyone", "true");
  if (assignment?.everyone === false) {
    const { groups, create = [] } = assignment;
    const written = groups.map((name) =>
      create.includes(name) ? yamlMap({ name: yamlText(name), create: "true" }) : yamlText(name),
    );
    file.add("groups", written);
  }
  file.add("accessPolicy", signIn.accessPolicy && yamlText(signIn.accessPolicy));
  file.add("authorizationServer", signIn.authorizationServer && yamlText(signIn.authorizationServer));
  const { server } = signIn;
  if (server !== undefined) {
    file.nest("authorizationServer", (inner) => {
      inner.add("name", yamlText(server.name));
      inner.add("audience", server.audience && yamlText(server.audience));
      inner.add("scopes", server.scopes.length === 0 ? undefined : yamlList(server.scopes));
      inner.add("groupsClaim", server.groupsClaim && yamlMap(mapValues(server.groupsClaim, yamlText)));
    });
  }
  const { organization } = signIn;
  file.add(
    "organization",
    organization && yamlMap({ displayName: organization.displayName && yamlText(organization.displayName) }),
  );
  file.add("enabledConnections", signIn.enabledConnections && yamlList(signIn.enabledConnections));
  file.add("preset", signIn.preset && yamlText(signIn.preset));
  file.add("scopes", yamlList(signIn.scopes));
  file.add("clientAuth", signIn.clientAuth satisfies ClientAuth | undefined);
  file.add("pkce", signIn.pkce === "S256" ? undefined : yamlText(signIn.pkce));
  file.add("responseMode", signIn.responseMode === "query" ? undefined : signIn.responseMode);
  file.add("acrValues", signIn.acrValues.length === 0 ? undefined : yamlList(signIn.acrValues));
  file.add("extraParams", textMap(signIn.extraParams));
  file.add("claims", yamlMap(mapValues(signIn.claims, claimPath)));
  if (signIn.roles !== undefined) {
    const { claim, map, default: otherwise } = signIn.roles;
    const roles = {
      claim: claimPath(claim),
      map: yamlMap(mapValues(map, yamlText)),
      default: otherwise && yamlText(otherwise),
    };
    file.add("roles", yamlMap(roles));
  }
  file.add("require", textMap(signIn.require));
  const { create, update } = signIn.provision;
  file.add("provision", create && update ? undefined : yamlMap({ create: String(create), update: String(update) }));
  file.add("logout", signIn.logout.endSession ? undefined : yamlMap({ endSession: "false" }));
  file.add("session", session && yamlMap({ absolute: duration(session.absolute), idle: duration(session.idle) }));
}

function writeExternal(file: Page, { issuer, endpoints, clientId, clientSecret }: ExternalClient): void {
  file.add("issuer", issuer && yamlText(issuer));
  if (endpoints !== undefined) {
    file.nest("endpoints", (inner) => {
      inner.add("authorization", yamlText(endpoints.authorization));
      inner.add("token", yamlText(endpoints.token));
      inner.add("jwks", yamlText(endpoints.jwks));
      inner.add("userinfo", endpoints.userinfo && yamlText(endpoints.userinfo));
      inner.add("endSession", endpoints.endSession && yamlText(endpoints.endSession));
      inner.add("introspection", endpoints.introspection && yamlText(endpoints.introspection));
    });
  }
  file.add("clientId", clientId && yamlText(clientId));
  file.add("clientSecret", clientSecret && yamlText(clientSecret.text));
}

/** What is as it is for everybody is left out while it is so. */
function writeInline(file: Page, idp: IdentityProvider): void {
  file.add("domain", yamlText(idp.domain));
  if (idp.kind === "okta") {
    file.add("authorizationServer", idp.authorizationServer === "org" ? undefined : yamlText(idp.authorizationServer));
  } else {
    file.add("customDomain", idp.customDomain && yamlText(idp.customDomain));
    file.add("organizationName", idp.organizationName === "{tenant}" ? undefined : yamlText(idp.organizationName));
  }
  const credentials = Object.entries<string | Reference | undefined>({ ...idp.credentials });
  const texts = credentials.map(([key, value]) => [key, typeof value === "object" ? value.text : value] as const);
  file.add("credentials", yamlMap(Object.fromEntries(texts.map(([key, text]) => [key, text && yamlText(text)]))));
  file.add("limits", idp.limits.share === 0.5 ? undefined : yamlMap({ share: String(idp.limits.share) }));
}

/** The lines of a map that is being written, one key to a line. */
interface Page {
  /** A key with its value, which is YAML already; a list goes in brackets. Nothing for a value that is not there. */
  add(key: string, value: string | readonly string[] | undefined): void;
  /** A key whose value is a map on lines of its own. */
  nest(key: string, write: (inner: Page) => void): void;
  /** A key whose value is a list of maps, one `-` each. Nothing for no maps. */
  items(key: string, maps: readonly (readonly (readonly [key: string, value: string | undefined])[])[]): void;
  text(): string;
}

function page(comments: TenantComments, path = "", indent = ""): Page {
  const lines: string[] = [];
  const put = (key: string, value: string): void => {
    for (const comment of comments[path + key] ?? []) lines.push(`${indent}# ${comment}`);
    lines.push(`${indent}${yamlText(key)}:${value}`);
  };
  return {
    add(key, value) {
      if (value !== undefined) put(key, ` ${typeof value === "string" ? value : `[${value.join(", ")}]`}`);
    },
    nest(key, write) {
      const inner = page(comments, `${path}${key}.`, `${indent}  `);
      write(inner);
      put(key, "");
      lines.push(inner.text().trimEnd());
    },
    items(key, maps) {
      if (maps.length === 0) return;
      put(key, "");
      for (const map of maps) {
        const members = map.flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]));
        lines.push(...members.map((member, index) => `${indent}  ${index === 0 ? "- " : "  "}${member}`));
      }
    },
    text: () => `${lines.join("\n")}\n`,
  };
}

function claimPath(claim: ClaimPath): string {
  return typeof claim === "string" ? yamlText(claim) : yamlList(claim);
}

function textMap(map: Readonly<Record<string, string>>): string | undefined {
  return Object.keys(map).length === 0 ? undefined : yamlMap(mapValues(map, yamlText));
}

function mapValues<T>(map: Readonly<Record<string, T>>, write: (value: T) => string): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, write(value)]));
}

function someOf<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length === 0 ? undefined : list;
}

const units = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1_000],
] as const;

/** Milliseconds in the largest unit that says them whole, such as `8h`. */
function duration(milliseconds: number | undefined): string | undefined {
  if (milliseconds === undefined) return undefined;
  const [unit, size] = units.find(([, length]) => milliseconds % length === 0) ?? ["s", 1_000];
  return `${milliseconds / size}${unit}`;
}
