import { createHash } from "node:crypto";
import { isObject, type Json, type JsonObject } from "../json.ts";
import { lifecycleLink } from "./lifecycle.ts";
import type { OktaApp, OktaAssignment, OktaSecret } from "./model.ts";
import { needsSecret, type OktaOrg } from "./org.ts";

/** An app as `GET` shows it; `withSecret` as the replies of `POST` and `PUT` do, which alone show the secret. */
export function viewApp(org: OktaOrg, app: OktaApp, withSecret = false): Json {
  const secret = app.secrets.findLast((candidate) => candidate.status === "ACTIVE")?.value;
  // The client of an app from the catalog is Okta's business and shown nowhere.
  const custom = app.name === "oidc_client";
  return {
    id: app.id,
    orn: `orn:okta:idp:${org.id}:apps:${app.name}:${app.id}`,
    name: app.name,
    label: app.label,
    status: app.status,
    lastUpdated: app.lastUpdated,
    created: app.created,
    accessibility: app.accessibility,
    visibility: { ...app.visibility, appLinks: { [`${app.name}_link`]: true } },
    features: [],
    signOnMode: "OPENID_CONNECT",
    credentials: {
      userNameTemplate: app.userNameTemplate,
      signing: { kid: org.signingKid },
      ...(custom
        ? {
            oauthClient: {
              autoKeyRotation: app.autoKeyRotation,
              client_id: app.clientId,
              ...(withSecret && needsSecret(app) && secret !== undefined ? { client_secret: secret } : {}),
              token_endpoint_auth_method: app.authMethod,
              pkce_required: app.pkceRequired,
            },
          }
        : {}),
    },
    universalLogout: custom ? null : { status: "UNSUPPORTED" },
    settings: { ...settingsOf(app), ...(custom ? { oauthClient: app.oauth } : {}) },
    ...(app.profile === undefined ? {} : { profile: app.profile }),
    _links: links(org, app),
  };
}

function settingsOf(app: OktaApp): JsonObject {
  const notes = app.settings.notes;
  return {
    app: {},
    manualProvisioning: false,
    implicitAssignment: false,
    emOptInStatus: "NONE",
    ...app.settings,
    notifications: { vpn: { network: { connection: "DISABLED" }, message: null, helpUrl: null, ...vpnOf(app) } },
    notes: { admin: null, enduser: null, ...(typeof notes === "object" ? notes : {}) },
  };
}

function vpnOf({ settings: { notifications } }: OktaApp): JsonObject {
  return isObject(notifications) && isObject(notifications.vpn) ? notifications.vpn : {};
}

function links(org: OktaOrg, app: OktaApp): Json {
  const self = `${org.url}/api/v1/apps/${app.id}`;
  const lifecycle = app.status === "ACTIVE" ? "deactivate" : "activate";
  return {
    ...(app.name === "oidc_client"
      ? {}
      : {
          help: {
            href: `${org.url}/app/${app.name}/${app.id}/setup/help/OPENID_CONNECT/external-doc`,
            type: "text/html",
          },
        }),
    uploadLogo: { href: `${self}/logo`, hints: { allow: ["POST"] } },
    appLinks: [{ name: `${app.name}_link`, href: `${org.url}/home/${app.name}/${app.id}`, type: "text/html" }],
    profileEnrollment: { href: `${org.url}/api/v1/policies/${org.defaultPolicy.id}` },
    policies: { href: `${self}/policies`, hints: { allow: ["PUT"] } },
    groups: { href: `${self}/groups` },
    logo: [{ name: "medium", href: app.logo ?? `${org.url}/img/logos/default.png`, type: "image/png" }],
    clientCredentials: [{ name: "secrets", href: `${self}/credentials/secrets` }],
    accessPolicy: { href: `${org.url}/api/v1/policies/${app.accessPolicy}` },
    users: { href: `${self}/users` },
    [lifecycle]: { href: `${self}/lifecycle/${lifecycle}` },
  };
}

/** A secret of an app: all of them are readable with its value, also later. */
export function viewSecret(org: OktaOrg, app: OktaApp, secret: OktaSecret): Json {
  const self = `${org.url}/api/v1/apps/${app.id}/credentials/secrets/${secret.id}`;
  return {
    id: secret.id,
    created: secret.created,
    lastUpdated: secret.lastUpdated,
    status: secret.status,
    client_secret: secret.value,
    secret_hash: createHash("sha256").update(secret.value).digest().subarray(0, 16).toString("base64url"),
    _links: {
      ...lifecycleLink(self, secret.status),
      ...(secret.status === "ACTIVE" ? {} : { delete: { href: self, hints: { allow: ["DELETE"] } } }),
    },
  };
}

export function viewAssignment(org: OktaOrg, app: OktaApp, assignment: OktaAssignment): Json {
  const self = `${org.url}/api/v1/apps/${app.id}`;
  return {
    id: assignment.groupId,
    lastUpdated: assignment.lastUpdated,
    priority: assignment.priority,
    profile: assignment.profile,
    _links: {
      app: { href: self },
      self: { href: `${self}/groups/${assignment.groupId}` },
      group: { href: `${org.url}/api/v1/groups/${assignment.groupId}` },
    },
  };
}
