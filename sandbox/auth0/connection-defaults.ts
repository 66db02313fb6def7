import type { JsonObject } from "../json.ts";
import { certificateFields, readMetadata } from "./connection-certificate.ts";
import { databaseOptions } from "./connection-database.ts";
import { scopeOf } from "./connection-scopes.ts";
import { enterpriseStrategies } from "./connection-strategies.ts";

/** What Auth0 fills in beside the options of a new connection. */
export function connectionDefaults(strategy: string): JsonObject {
  return {
    is_domain_connection: false,
    ...(enterpriseStrategies.has(strategy) ? { show_as_button: false } : {}),
    authentication: { active: true },
    connected_accounts: { active: false },
  };
}

/** What the filling of options goes by, beside the options themselves. */
export interface OptionsContext {
  /** Host name of the tenant. */
  readonly host: string;
  /** The options until now; undefined for a new connection. */
  readonly before: JsonObject | undefined;
}

type Fill = (sent: JsonObject, context: OptionsContext) => JsonObject;

const asSent: Fill = (sent) => sent;

const fills: Readonly<Record<string, Fill>> = {
  adfs: (sent, { before }) => (before === undefined ? { thumbprints: [], ...sent } : sent),
  auth0: (sent, { before }) => databaseOptions(sent, before),
  "google-apps": (sent, { before }) => ({
    email: true,
    profile: true,
    handle_login_from_social: true,
    // Chosen at the start and for ever.
    ...(before?.map_user_id_to_id === undefined ? {} : { map_user_id_to_id: before.map_user_id_to_id }),
    ...sent,
  }),
  line: (sent) => ({ profile: true, ...sent }),
  oidc: oidc("bind_all"),
  okta: oidc("basic_profile"),
  pingfederate: ({ signingCert, ...sent }) =>
    typeof signingCert === "string" ? { ...sent, cert: signingCert, ...certificateFields(signingCert) } : sent,
  samlp: saml,
  waad: (sent, { host, before }) => ({
    ...(before === undefined && hasOldIdentityApi(sent) ? { app_domain: host, thumbprints: entraThumbprints } : {}),
    ...sent,
    waad_common_endpoint: sent.useCommonEndpoint === true,
  }),
};

/**
 * The options as Auth0 keeps them: what was sent, with what it fills in for the strategy. Those of a change stand in
 * the place of all that was there before, but for the few that a strategy carries over.
 */
export function fillOptions(
  strategy: string,
  sent: JsonObject,
  { host = "", before }: Partial<OptionsContext> = {},
): JsonObject {
  const filled = (fills[strategy] ?? asSent)(sent, { host, before });
  const scope = scopeOf(strategy, filled);
  return scope === undefined ? filled : { ...filled, scope };
}

/** Whether Entra ID is asked by its older API, for which the other side is set up by a link of Auth0's. */
export function hasOldIdentityApi(options: JsonObject): boolean {
  return options.identity_api !== "microsoft-identity-platform-v2.0";
}

/** Options of a change that name no PKCE switch it off, as they did in the recordings; a new connection has it on. */
function oidc(mode: string): Fill {
  return (sent, { before }) => ({
    ...sent,
    schema_version: "oidc-V4",
    type: sent.type ?? "back_channel",
    attribute_map: sent.attribute_map ?? { mapping_mode: mode },
    connection_settings: sent.connection_settings ?? { pkce: before === undefined ? "auto" : "disabled" },
  });
}

const fromMetadata = [
  "signInEndpoint",
  "signOutEndpoint",
  "bindingMethod",
  "cert",
  "signingCert",
  "expires",
  "subject",
];

/**
 * From a metadata document come endpoints and certificate, and the document itself is not kept. A metadata URL is not
 * read: what the connection knew of the other side stays.
 */
function saml({ metadataXml, ...sent }: JsonObject, { before }: OptionsContext): JsonObject {
  const settings = before === undefined ? { assertion_decryption_settings: decryptionProfile } : {};
  if (typeof metadataXml === "string") {
    const { cert, ...read } = readMetadata(metadataXml);
    const certificate =
      typeof cert === "string"
        ? { cert, signingCert: Buffer.from(cert).toString("base64"), ...certificateFields(cert) }
        : {};
    return { ...settings, ...read, ...certificate, ...sent };
  }
  if (typeof sent.signingCert === "string") {
    const pem = sent.signingCert.startsWith("-----")
      ? sent.signingCert
      : Buffer.from(sent.signingCert, "base64").toString("utf8");
    return { ...settings, cert: pem, ...certificateFields(pem), ...sent };
  }
  if (typeof sent.metadataUrl !== "string" || before === undefined) return { ...settings, ...sent };
  const known = fromMetadata.flatMap((name) => (before[name] === undefined ? [] : [[name, before[name]] as const]));
  return { ...Object.fromEntries(known), ...sent };
}

const decryptionProfile = { algorithm_profile: "v2026-1", algorithm_exceptions: [] };

/** Of the keys that Entra ID signed with when the recording was made. */
const entraThumbprints = [
  "2ed8047f8e84097e9e4579912efc013c96a07f0c",
  "61371e3b9209cb2a91ea3cc34b98806e97b8d89c",
  "747fa8b79576a3d71cad00480782c09243e63148",
  "80bb7d3978bc0feea94552635b9f0d67806db007",
  "ecc43c3b5a882dc61d34762afeb67ab648f5776d",
];
