import type { ManualStep } from "../../desired/app-kind.ts";
import { workosAttributes } from "../../desired/apps/workos.ts";
import type { AppTenant, ConnectionRecord } from "../../desired/connection.ts";
import { encodeKey } from "../../desired/key.ts";
import type { WorkosApp } from "../../workspace/apps/workos.ts";
import { discoveryEndpoint } from "./values.ts";

/** The environment variable that a command takes the API key from. */
function keyVariable({ apiKey }: WorkosApp): string {
  return /^env:([A-Za-z_]\w*)$/.exec(apiKey.text)?.[1] ?? "WORKOS_API_KEY";
}

/** Makes a link to the Admin Portal, where the connection can be made; it holds for five minutes. Holds no secret. */
function portalCommand(app: WorkosApp, organizationId: string): string {
  const body = JSON.stringify({ organization: organizationId, intent: "sso" });
  return [
    "curl --fail-with-body -sS https://api.workos.com/portal/generate_link",
    `-H "Authorization: Bearer $${keyVariable(app)}" -H "Content-Type: application/json" -d '${body}'`,
  ].join(" ");
}

/**
 * What a person does to make a connection where the API may not.
 *
 * @param row where the row for WorkOS' importer was written, as the user knows it
 * @see https://workos.com/docs/reference/admin-portal/portal-link for the link, which lasts five minutes
 */
export function handOffSteps(
  app: WorkosApp,
  organizationId: string,
  tenant: Pick<AppTenant, "name">,
  record: ConnectionRecord,
  row: string | undefined,
): readonly ManualStep[] {
  const { standard, custom } = workosAttributes(
    record.claims,
    undefined,
    record.target.attributes as Readonly<Record<string, string>> | undefined,
  );
  const groups = typeof record.target.groups === "string" ? { groups: record.target.groups } : {};
  const attributes = Object.entries({ ...standard, ...groups, ...custom }).map(([name, claim]) => `${name} = ${claim}`);
  const settings = [
    "type Custom OIDC (GenericOIDC)",
    `discovery endpoint ${discoveryEndpoint(record.issuer)}`,
    `client id ${record.clientId}`,
    "client secret as it stands at the identity provider",
    `client authentication ${record.clientAuth}`,
    `PKCE ${record.pkce === "S256" ? "on" : "off"}`,
    `attributes ${attributes.join(", ")}`,
  ];
  const also = row === undefined ? "" : `; the row for WorkOS' importer is in ${row}, without the secret`;
  return [
    {
      when: "before",
      text: `make the connection of ${tenant.name} at WorkOS (organization ${organizationId}, external id ${encodeKey(record.key)}), in the dashboard or by a link to the Admin Portal that lasts five minutes: ${settings.join("; ")}${also}`,
      command: portalCommand(app, organizationId),
    },
    {
      when: "before",
      text: "apply again once the connection is there: its callback is read and the rest goes on by itself",
    },
  ];
}

/** What a person does when WorkOS does not show the callback of a connection that was made by hand. */
export function callbackStep(connection: string): ManualStep {
  return {
    when: "before",
    text: `copy the redirect URI that the WorkOS dashboard shows for the connection ${connection} into \`workos: { callback: … }\` of this connection, and apply again`,
  };
}

/** What a person does to a connection that WorkOS does not let in yet. */
export function activateStep(connection: string, state: string): ManualStep {
  return {
    when: "before",
    text: `activate the connection ${connection} in the WorkOS dashboard: its state is ${state}, which lets nobody in`,
  };
}

/** What a person does to change a connection, for which WorkOS has no call. */
export function changeStep(connection: string, names: readonly string[], record: ConnectionRecord): ManualStep {
  const values: Readonly<Record<string, string>> = {
    issuer: `discovery endpoint ${discoveryEndpoint(record.issuer)}`,
    clientId: `client id ${record.clientId}`,
    clientAuth: `client authentication ${record.clientAuth}`,
    pkce: `PKCE ${record.pkce === "S256" ? "on" : "off"}`,
    claims: "the attribute map of `claims`",
    "workos.groups": "the attribute `groups`",
    "workos.attributes": "the custom attributes",
    secret: "the client secret, as it stands at the identity provider",
  };
  const what = names.map((name) => values[name] ?? name).join("; ");
  return {
    when: "before",
    text: `change the connection ${connection} in the WorkOS dashboard, for which there is no call: ${what}; then apply again`,
  };
}
