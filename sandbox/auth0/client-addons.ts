import { bool, type Check, integer, list, object, open, record, text } from "./validate.ts";

const texts = (...names: readonly string[]): Record<string, Check> =>
  Object.fromEntries(names.map((name) => [name, text()]));
const secret = text({ least: 1 });
const clientOfApi = open(texts("clientid", "principal", "communityName", "community_url_section"));
const blob = ["blob_read", "blob_write", "blob_delete", "container_read", "container_write", "container_delete"];

/** Settings of the integrations that a client can have ("addons"). Each may have more than is named here. */
export const addons = record({
  aws: open({ ...texts("principal", "role"), lifetime_in_seconds: integer }),
  azure_blob: open({
    ...texts("accountName", "storageAccessKey", "containerName", "blobName", "signedIdentifier"),
    expiration: integer,
    ...Object.fromEntries([...blob, "container_list"].map((name) => [name, bool])),
  }),
  azure_sb: open({ ...texts("namespace", "sasKeyName", "sasKey", "entityPath"), expiration: integer }),
  rms: open({ url: secret }, ["url"]),
  mscrm: open({ url: secret }, ["url"]),
  slack: open({ team: secret }, ["team"]),
  sentry: open(texts("org_slug", "base_url")),
  box: object,
  cloudbees: object,
  concur: object,
  dropbox: object,
  echosign: open(texts("domain")),
  egnyte: open(texts("domain")),
  firebase: open({ ...texts("secret", "private_key_id", "private_key", "client_email"), lifetime_in_seconds: integer }),
  newrelic: open(texts("account")),
  office365: open(texts("domain", "connection")),
  salesforce: open(texts("entity_id")),
  salesforce_api: clientOfApi,
  salesforce_sandbox_api: clientOfApi,
  samlp: open({
    mappings: object,
    ...texts("audience", "recipient", "signatureAlgorithm", "digestAlgorithm", "issuer", "destination"),
    ...texts("nameIdentifierFormat", "authnContextClassRef"),
    createUpnClaim: bool,
    mapUnknownClaimsAsIs: bool,
    passthroughClaimsWithNoMapping: bool,
    mapIdentities: bool,
    lifetimeInSeconds: integer,
    signResponse: bool,
    nameIdentifierProbes: list(text()),
  }),
  layer: open({ providerId: secret, keyId: secret, privateKey: secret, principal: text(), expiration: integer }, [
    "providerId",
    "keyId",
    "privateKey",
  ]),
  sap_api: open(
    texts("clientid", "usernameAttribute", "tokenEndpointUrl", "scope", "servicePassword", "nameIdentifierFormat"),
  ),
  sharepoint: open({ url: text() }),
  springcm: open(texts("acsurl")),
  wams: open(texts("masterkey")),
  wsfed: object,
  zendesk: open(texts("accountName")),
  zoom: open(texts("account")),
  sso_integration: open(texts("name", "version")),
  oag: object,
});
