import { addons } from "./client-addons.ts";
import {
  active,
  backchannelLogout,
  defaultOrganization,
  expressConfiguration,
  fedcmLogin,
  integration,
  jwtConfiguration,
  mobile,
  myOrganization,
  namedMethods,
  namedSignedRequest,
  namedVaultAccess,
  nativeSocialLogin,
  newMethods,
  newSignedRequest,
  newVaultAccess,
  refreshToken,
  sessionTransfer,
  tokenExchange,
  tokenQuota,
  uri,
} from "./client-parts.ts";
import { bool, type Check, list, metadata, number, oneOf, open, orNull, record, set, text } from "./validate.ts";

/** Client authentication by secret or none; keys are set by `client_authentication_methods` instead. */
const authMethods = ["none", "client_secret_post", "client_secret_basic"] as const;

const appTypes = oneOf(
  "native",
  "spa",
  "regular_web",
  "non_interactive",
  "resource_server",
  "express_configuration",
  "rms",
  "box",
  "cloudbees",
  "concur",
  "dropbox",
  "mscrm",
  "echosign",
  "egnyte",
  "newrelic",
  "office365",
  "salesforce",
  "sentry",
  "sharepoint",
  "slack",
  "springcm",
  "zendesk",
  "zoom",
  "sso_integration",
  "oag",
);

const grantTypes = oneOf(
  "authorization_code",
  "implicit",
  "refresh_token",
  "client_credentials",
  "password",
  "http://auth0.com/oauth/grant-type/password-realm",
  "http://auth0.com/oauth/grant-type/mfa-oob",
  "http://auth0.com/oauth/grant-type/mfa-otp",
  "http://auth0.com/oauth/grant-type/mfa-recovery-code",
  "http://auth0.com/oauth/grant-type/passwordless/otp",
  "urn:ietf:params:oauth:grant-type:device_code",
  "urn:ietf:params:oauth:grant-type:jwt-bearer",
  "urn:ietf:params:oauth:grant-type:token-exchange",
  "urn:openid:params:grant-type:ciba",
  "urn:auth0:params:oauth:grant-type:token-exchange:federated-connection-access-token",
);

const urls = list(uri, 100);
const texts = list(text());

/** What both creating and changing a client take. */
const shared = {
  name: text({ least: 1, pattern: /^[^<>]+$/ }),
  description: text({ most: 140 }),
  logo_uri: uri,
  callbacks: urls,
  oidc_logout: orNull(backchannelLogout),
  oidc_backchannel_logout: orNull(backchannelLogout),
  session_transfer: orNull(sessionTransfer),
  allowed_origins: urls,
  web_origins: urls,
  client_aliases: texts,
  allowed_clients: texts,
  allowed_logout_urls: urls,
  grant_types: list(grantTypes),
  is_token_endpoint_ip_header_trusted: bool,
  app_type: appTypes,
  is_first_party: bool,
  oidc_conformant: bool,
  jwt_configuration: jwtConfiguration,
  encryption_key: orNull(open({ pub: text(), cert: text(), subject: text() })),
  sso: bool,
  cross_origin_authentication: bool,
  cross_origin_loc: orNull(uri),
  sso_disabled: bool,
  custom_login_page_on: bool,
  custom_login_page: text(),
  custom_login_page_preview: text(),
  form_template: text(),
  addons: orNull(addons),
  client_metadata: metadata(orNull(text({ most: 255 }))),
  mobile: orNull(mobile),
  initiate_login_uri: uri,
  native_social_login: orNull(nativeSocialLogin),
  fedcm_login: orNull(fedcmLogin),
  refresh_token: orNull(refreshToken),
  default_organization: orNull(defaultOrganization),
  organization_discovery_methods: orNull(set(oneOf("email", "organization_name"), 2, 1)),
  require_pushed_authorization_requests: bool,
  require_proof_of_possession: bool,
  compliance_level: orNull(
    oneOf("none", "fapi1_adv_pkj_par", "fapi1_adv_mtls_par", "fapi2_sp_pkj_mtls", "fapi2_sp_mtls_mtls"),
  ),
  skip_non_verifiable_callback_uri_confirmation_prompt: orNull(bool),
  token_exchange: orNull(tokenExchange),
  par_request_expiry: orNull(number({ least: 10, most: 600 })),
  token_quota: orNull(tokenQuota),
  identity_assertion_authorization_grant: orNull(active),
  anonymous_sessions: orNull(active),
  third_party_security_mode: oneOf("strict", "permissive"),
  redirection_policy: oneOf("allow_always", "open_redirect_protection"),
  express_configuration: orNull(expressConfiguration),
  b2b_integration_configuration: integration,
  my_organization_configuration: orNull(myOrganization),
  async_approval_notification_channels: orNull(set(oneOf("guardian-push", "email"), 2, 1)),
} satisfies Record<string, Check>;

const usage = oneOf("deny", "allow", "require");
const prompting = oneOf("no_prompt", "pre_login_prompt", "post_login_prompt");

/** The body of `POST /clients`. */
export const createClient = record(
  {
    ...shared,
    token_endpoint_auth_method: oneOf(...authMethods),
    client_authentication_methods: newMethods,
    signed_request_object: newSignedRequest,
    token_vault_privileged_access: newVaultAccess,
    organization_usage: usage,
    organization_require_behavior: prompting,
    resource_server_identifier: text({ least: 1, most: 600 }),
  },
  ["name"],
);

/** The body of `PATCH /clients/{id}`. */
export const updateClient = record({
  ...shared,
  client_secret: text({ least: 1 }),
  token_endpoint_auth_method: orNull(oneOf(...authMethods)),
  client_authentication_methods: orNull(namedMethods),
  signed_request_object: orNull(namedSignedRequest),
  token_vault_privileged_access: orNull(namedVaultAccess),
  organization_usage: orNull(usage),
  organization_require_behavior: orNull(prompting),
});
