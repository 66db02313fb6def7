import { auth0Host, oktaHost } from "../../sandbox/sandbox.ts";
import type { Connection } from "../../src/desired/connection.ts";
import { canonicalJson } from "../../src/desired/json.ts";
import { faultsOf } from "../crash/checks.ts";
import type { Expected } from "../crash/scenarios.ts";
import { appFile, type Row } from "./app-file.ts";
import { clientOf, isApp } from "./hands.ts";
import { foreign, foreignFaults, type Proofs } from "./looks.ts";
import { apply, command } from "./runs.ts";
import type { ModelWorld } from "./world.ts";

/** So many applies may be needed, the last one with nothing to do. */
const mostApplies = 3;

/**
 * Takes away what no apply can, applies until nothing changes, and compares what is there with what the files come to.
 *
 * @returns everything that is not as it must be, a sentence each
 */
export async function converge(world: ModelWorld, proofs: Proofs): Promise<readonly string[]> {
  const found: string[] = [];
  for (const obstacle of world.obstacles.toReversed()) world.mend(obstacle);
  const others = foreign(world);
  // An apply that had something else to do has handed it over since.
  const served = world.sentry.serving();
  const wrong = [...world.handOver].filter((key) => isLive(world, key) && !served.includes(key));
  if (wrong.length > 0) {
    const proof = await command(world, proofs, "verify");
    if (proof.ends[0] === 0) {
      found.push(`verify says that all is well, although somebody has changed the secret of ${wrong.join(", ")}`);
    }
  }
  let idle = false;
  for (let round = 0; round < mostApplies && !idle; round += 1) {
    const again = round === 0 ? wrong.flatMap((key) => ["--hand-over", key]) : [];
    const { ends, text, faults } = await apply(world, proofs, ...again);
    found.push(...faults);
    if (ends[0] !== 0) found.push(`an apply with nothing in its way ended with ${ends[0]}: ${text.slice(-1200)}`);
    idle = text.includes("Nothing to do");
  }
  if (!idle) found.push(`after ${mostApplies} applies there is still something to do`);
  world.letIn.clear();
  world.handOver.clear();
  const plan = await command(world, proofs, "plan", "--exit-code", "--deep");
  if (plan.ends[0] !== 0) found.push(`a plan then ended with ${plan.ends[0]}: ${plan.text.slice(0, 1200)}`);
  const proof = await command(world, proofs, "verify");
  if (proof.ends[0] !== 0) found.push(`verify then ended with ${proof.ends[0]}: ${proof.text.slice(-1200)}`);
  const { connections } = world;
  const expected = Object.fromEntries(connections.map(({ key, record }) => [key, becomes[record.state]]));
  const { sandbox } = world.workspace;
  found.push(...plan.faults, ...proof.faults);
  found.push(...(await faultsOf({ sandbox, databases: world.databases, store: world.store, expected })));
  for (const connection of connections.filter(({ record }) => record.state === "active")) {
    found.push(...differences(world, connection));
  }
  found.push(...foreignFaults(world, others));
  return found;
}

const becomes: Readonly<Record<Connection["record"]["state"], Expected>> = {
  active: "active",
  disabled: "off",
  tombstone: "removed",
  absent: "off",
};

/** Whether the connection is wanted active and its record is. */
function isLive(world: ModelWorld, key: string): boolean {
  const connection = world.connections.find((each) => each.key === key);
  if (connection?.record.state !== "active") return false;
  const row = appFile(world.workspace, connection.app).get("select state from sso_connection where key = ?", key);
  return row?.state === "active";
}

/** What of the client, the record and the tenant's row is not what the files come to. */
function differences(world: ModelWorld, connection: Connection): readonly string[] {
  const pairs = [...clientPairs(world, connection), ...recordPairs(world, connection)];
  return pairs
    .filter(([, is, wanted]) => canonicalJson(is ?? null) !== canonicalJson(wanted ?? null))
    .map(
      ([what, is, wanted]) =>
        `${connection.key}: ${what} is ${canonicalJson(is ?? null)}, wanted ${canonicalJson(wanted ?? null)}`,
    );
}

type Pair = readonly [what: string, is: unknown, wanted: unknown];

function clientPairs({ workspace }: ModelWorld, { key, tenant, registration: wanted }: Connection): readonly Pair[] {
  if (wanted.kind === "external") return [];
  const { okta, auth0 } = workspace.sandbox;
  const client = clientOf(workspace, key);
  if (client === undefined) return [["its client", null, "there"]];
  if (isApp(client)) {
    const groups = [...client.assignments.keys()].map((id) => okta.groupById(id)?.profile.name ?? id);
    const { assignment } = wanted;
    const everybody = okta.groups.find(({ type }) => type === "BUILT_IN")?.profile.name;
    return [
      ["its provider", oktaHost, new URL(`https://${wanted.kind === "okta" ? oktaHost : auth0Host}`).host],
      ["its label", client.label, wanted.label],
      ["its client id", client.clientId, wanted.clientId],
      ["its callbacks", client.oauth.redirect_uris, wanted.redirectUris],
      [
        "its post-logout addresses",
        sorted(client.oauth.post_logout_redirect_uris ?? []),
        sorted(wanted.postLogoutRedirectUris),
      ],
      ["its grants", sorted(client.oauth.grant_types), sorted(wanted.grantTypes)],
      ["its authentication", client.authMethod, wanted.clientAuth],
      ["its PKCE", client.pkceRequired, wanted.pkce === "S256"],
      ["its status", client.status, "ACTIVE"],
      ["its groups", sorted(groups), assignment?.everyone === true ? [everybody] : sorted(assignment?.groups ?? [])],
    ];
  }
  const enabled = [...auth0.connections.values()].filter(({ clients }) => clients.has(client.clientId));
  const organization = auth0.organization(tenant);
  const part = wanted.parts.find(({ kind }) => kind === "organization");
  const ways = [...(organization?.connections.keys() ?? [])].map((id) => auth0.connections.get(id)?.name ?? id);
  return [
    ["its provider", auth0Host, wanted.kind === "auth0" ? auth0Host : oktaHost],
    ["its name", client.settings.name, wanted.label],
    ["its callbacks", client.settings.callbacks, wanted.redirectUris],
    ["its grants", sorted(client.settings.grant_types), sorted(wanted.grantTypes)],
    ["its authentication", client.settings.token_endpoint_auth_method, wanted.clientAuth],
    ["its connections", sorted(enabled.map(({ name }) => name)), wanted.enabledConnections],
    ["its organization's connections", sorted(ways), part?.kind === "organization" ? part.enabledConnections : null],
    ["its organization's name", organization?.displayName, part?.kind === "organization" ? part.displayName : null],
  ];
}

function recordPairs(
  { workspace }: ModelWorld,
  { key, tenant, app, appTenant, record, specDigest }: Connection,
): readonly Pair[] {
  const file = appFile(workspace, app);
  const row: Row = file.get("select * from sso_connection where key = ?", key) ?? {};
  const org: Row = file.get("select * from org where tenant = ?", tenant) ?? {};
  const domains = file
    .all(
      "select domain from org_domain where org_id = ? union select domain from org_domain_claim where org_id = ?",
      ...[appTenant.id, appTenant.id],
    )
    .map(({ domain }) => String(domain));
  return [
    ["its record's callback", row.redirect_uri, record.redirectUri],
    ["its record's issuer", row.issuer, record.issuer],
    ["its record's authentication", row.client_auth, record.clientAuth],
    ["its record's PKCE", row.pkce, record.pkce],
    ["its record's scopes", row.scopes, canonicalJson(record.scopes)],
    ["its record's claims", row.claims, canonicalJson(record.claims)],
    ["its record's digest", row.spec_digest, specDigest],
    ["its tenant's id", org.id, appTenant.id],
    ["its tenant's name", org.name, appTenant.name],
    ["its tenant's status", org.status, appTenant.status],
    ["its tenant's domains", sorted(domains), sorted(appTenant.domains)],
  ];
}

function sorted(list: readonly string[]): readonly string[] {
  return [...list].sort();
}
