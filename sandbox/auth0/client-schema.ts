import { bool, type Check, integer, list, metadata, object, oneOf, orNull, record, text } from "./validate.ts";

/** Client authentication by secret or none; keys are set by `client_authentication_methods` instead. */
const authMethods = ["none", "client_secret_post", "client_secret_basic"] as const;

/** Algorithms of client assertions. All take RSA keys only. */
const assertionAlgorithms = ["RS256", "RS384", "PS256"] as const;

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
  "urn:ietf:params:oauth:grant-type:device_code",
  "urn:openid:params:grant-type:ciba",
);

/** An absolute URI, also one with a wildcard in its host, or empty. */
const uri: Check = (value) => {
  if (typeof value !== "string") return text()(value);
  if (value === "" || URL.canParse(value.replace("://*.", "://wildcard."))) return undefined;
  return `'Object didn't pass validation for format absolute-uri-or-empty: ${value}'`;
};

const urls = list(uri, 100);
const texts = list(text());

const refreshToken = record(
  {
    rotation_type: oneOf("rotating", "non-rotating"),
    expiration_type: oneOf("expiring", "non-expiring"),
    leeway: integer,
    token_lifetime: integer,
    infinite_token_lifetime: bool,
    idle_token_lifetime: integer,
    infinite_idle_token_lifetime: bool,
    policies: orNull(list(object)),
  },
  ["rotation_type", "expiration_type"],
);

/** What both creating and changing a client take. */
const shared = {
  name: text({ least: 1, pattern: /^[^<>]+$/ }),
  description: text({ most: 140 }),
  logo_uri: uri,
  callbacks: urls,
  oidc_logout: orNull(object),
  oidc_backchannel_logout: orNull(object),
  session_transfer: orNull(object),
  allowed_origins: urls,
  web_origins: urls,
  client_aliases: texts,
  allowed_clients: texts,
  allowed_logout_urls: urls,
  grant_types: list(grantTypes),
  is_token_endpoint_ip_header_trusted: bool,
  app_type: oneOf("native", "spa", "regular_web", "non_interactive", "resource_server", "sso_integration"),
  is_first_party: bool,
  oidc_conformant: bool,
  jwt_configuration: object,
  encryption_key: orNull(object),
  sso: bool,
  cross_origin_authentication: bool,
  cross_origin_loc: orNull(uri),
  sso_disabled: bool,
  custom_login_page_on: bool,
  custom_login_page: text(),
  custom_login_page_preview: text(),
  form_template: text(),
  addons: object,
  client_metadata: metadata(orNull(text({ most: 255 }))),
  mobile: object,
  initiate_login_uri: uri,
  native_social_login: orNull(object),
  refresh_token: orNull(refreshToken),
  default_organization: orNull(object),
  organization_discovery_methods: orNull(list(oneOf("email", "organization_name"))),
  require_pushed_authorization_requests: bool,
  require_proof_of_possession: bool,
  signed_request_object: orNull(object),
  compliance_level: orNull(oneOf("none", "fapi1_adv_pkj_par", "fapi1_adv_mtls_par", "fapi2_sp_pkj_mtls")),
  skip_non_verifiable_callback_uri_confirmation_prompt: orNull(bool),
  token_exchange: orNull(object),
  par_request_expiry: orNull(integer),
  token_quota: orNull(object),
  third_party_security_mode: oneOf("strict", "permissive"),
  redirection_policy: oneOf("allow_always", "open_redirect_protection"),
} satisfies Record<string, Check>;

const usage = oneOf("deny", "allow", "require");
const prompting = oneOf("no_prompt", "pre_login_prompt", "post_login_prompt");

/** A key as `POST …/credentials` takes it. */
export const newCredential = record(
  {
    credential_type: oneOf("public_key"),
    name: text({ most: 128 }),
    pem: text({ least: 1 }),
    alg: oneOf(...assertionAlgorithms),
    parse_expiry_from_cert: bool,
    expires_at: text(),
    kid: text({ least: 10, most: 64, pattern: /^[0-9a-zA-Z\-_]+$/ }),
  },
  ["credential_type", "pem"],
);

const attached = list(record({ id: text({ pattern: /^cred_[0-9a-zA-Z]{1,30}$/ }) }, ["id"]));

/** The body of `POST /clients`. */
export const createClient = record(
  {
    ...shared,
    token_endpoint_auth_method: oneOf(...authMethods),
    client_authentication_methods: record({
      private_key_jwt: record({ credentials: list(newCredential) }, ["credentials"]),
    }),
    organization_usage: usage,
    organization_require_behavior: prompting,
  },
  ["name"],
);

/** The body of `PATCH /clients/{id}`. */
export const updateClient = record({
  ...shared,
  client_secret: text({ least: 1 }),
  token_endpoint_auth_method: orNull(oneOf(...authMethods)),
  client_authentication_methods: orNull(
    record({ private_key_jwt: record({ credentials: attached }, ["credentials"]) }),
  ),
  organization_usage: orNull(usage),
  organization_require_behavior: orNull(prompting),
});
