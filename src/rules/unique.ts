import { appKind } from "../desired/app-kinds.ts";
import type { Connection } from "../desired/connection.ts";
import { issuerPlace } from "../desired/issuer.ts";
import { connectionKey } from "../desired/key.ts";
import { compareText, type Issue, type Position } from "../errors/issue.ts";
import type { Tenant } from "../tenant/tenant.ts";
import type { FleetRule, Rule } from "./rule.ts";

interface Claim {
  readonly value: string;
  readonly by: string;
  /** Asked for only where two claims clash: a look-up in the file. */
  readonly position: () => Position;
  readonly path: readonly (string | number)[];
}

/** Tenant, public id, domain and connection are unique over the fleet. Both positions are named. */
export const uniqueOverTheFleet: FleetRule = ({ tenants }) => [
  ...clashes(
    "RULE_TENANT_TAKEN",
    "tenant",
    tenants.map((tenant) => claim(tenant, tenant.tenant, ["tenant"])),
  ),
  ...clashes(
    "RULE_ID_TAKEN",
    "public id",
    tenants.map((tenant) => claim(tenant, tenant.id, ["id"])),
  ),
  ...clashes(
    "RULE_DOMAIN_TAKEN",
    "domain",
    tenants.flatMap((tenant) => tenant.domains.map((domain, index) => claim(tenant, domain, ["domains", index]))),
  ),
  // Within one file: a tenant that stands in two is said once, above.
  ...tenants.flatMap((tenant) =>
    clashes(
      "RULE_CONNECTION_TWICE",
      "connection",
      tenant.connections.map((entry, index) =>
        claim(tenant, connectionKey({ tenant: tenant.tenant, app: entry.app, signIn: entry.signIn }), [
          "connections",
          index,
        ]),
      ),
    ),
  ),
];

/** Callback and client are unique over the connections of an environment. Both positions are named. */
export const uniqueConnections: Rule = ({ tenants, connections }) => [
  ...callbackClashes(dedupe(connections).filter(({ record }) => appKind(record.kind).sharedCallback !== true)),
  ...clientClashes(tenants, dedupe(connections)),
];

/** Within a tenant and an app only `{signIn}` can tell two apart; otherwise the callback itself is at fault. */
function callbackClashes(connections: readonly Connection[]): readonly Issue[] {
  const byCallback = Map.groupBy(connections, ({ record }) => record.redirectUri);
  return [...byCallback.values()]
    .filter((all) => all.length > 1)
    .flatMap((all) => {
      const byApp = Map.groupBy(all, ({ tenant, app }) => `${tenant}/${app}`);
      return [
        ...[...byApp.values()].flatMap((ofApp) =>
          clashes(
            "RULE_CALLBACK_SIGN_IN",
            "redirect URI",
            ofApp.map(callbackClaim),
            `put \`{signIn}\` into \`callback\` of app \`${ofApp[0]?.app}\` in tenantry.yaml`,
          ),
        ),
        ...clashes(
          "RULE_CALLBACK_TAKEN",
          "redirect URI",
          [...Map.groupBy(all, callbackOwner).values()].flatMap(([first]) =>
            first === undefined ? [] : [callbackClaim(first)],
          ),
          "put `{id}` into the app's `callback` in tenantry.yaml, and give two apps two addresses",
        ),
      ];
    });
}

/** Two tenants with one public id are told so already; that their callbacks clash is what comes of it. */
function callbackOwner({ appTenant, app, tenant, record }: Connection): string {
  return `${record.redirectUri.includes(appTenant.id) ? appTenant.id : tenant}/${app}`;
}

function callbackClaim(connection: Connection): Claim {
  return {
    value: connection.record.redirectUri,
    by: connection.key,
    position: () => connection.position,
    path: ["connections"],
  };
}

/** A client is of one connection. Issuers that differ by a final slash alone are one place. */
function clientClashes(tenants: readonly Tenant[], connections: readonly Connection[]): readonly Issue[] {
  const tenantOf = new Map(tenants.map((tenant) => [tenant.tenant, tenant]));
  const clients = connections.filter(({ record }) => record.issuer !== "" && record.clientId !== "");
  const byClient = Map.groupBy(clients, ({ record }) => `${issuerPlace(record.issuer)}\n${record.clientId}`);
  return [...byClient.values()]
    .filter((all) => all.length > 1)
    .flatMap((all) =>
      clashes(
        "RULE_CLIENT_TAKEN",
        "client",
        all.map((connection) => {
          const path = ["signIns", connection.signIn, "external", "clientId"];
          // One sign-in on two apps has one place for the client: there the connections are what clashes.
          const once = all.filter(({ tenant, signIn }) => tenant === connection.tenant && signIn === connection.signIn);
          const place = once.length > 1 ? undefined : tenantOf.get(connection.tenant)?.positionOf(path);
          return {
            value: connection.record.clientId,
            by: connection.key,
            position: () => place ?? connection.position,
            path: place === undefined ? ["connections"] : path,
          };
        }),
        "ask the customer for a client of its own for each connection, and give it a sign-in of its own",
      ),
    );
}

function claim(
  tenant: { readonly tenant: string; readonly positionOf: (path: readonly (string | number)[]) => Position },
  value: string,
  path: readonly (string | number)[],
): Claim {
  return { value, by: tenant.tenant, position: () => tenant.positionOf(path), path };
}

/** A connection that stands twice in a file is its own issue; its callback need not clash as well. */
function dedupe(connections: readonly Connection[]): readonly Connection[] {
  return [...new Map(connections.map((connection) => [connection.key, connection])).values()];
}

function clashes(code: Issue["code"], noun: string, claims: readonly Claim[], mend?: string): readonly Issue[] {
  const byValue = Map.groupBy(claims, (entry) => entry.value);
  return [...byValue.values()]
    .filter((entries) => entries.length > 1)
    .flatMap((entries) => {
      const [first, ...others] = entries
        .map((entry) => ({ ...entry, position: entry.position() }))
        .sort((a, b) => compareText(a.position.file, b.position.file) || a.position.line - b.position.line);
      if (first === undefined) return [];
      return others.map((other) => ({
        code,
        ...other.position,
        path: other.path,
        message: `the ${noun} \`${other.value}\` ${first.by === other.by ? "stands twice" : `is taken by \`${first.by}\``}`,
        hint:
          mend ??
          `it stands at ${first.position.file}:${first.position.line}:${first.position.column} already; keep it in one place`,
        related: [{ ...first.position, message: `\`${other.value}\` stands here first` }],
      }));
    });
}
