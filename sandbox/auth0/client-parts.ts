import { bool, type Check, list, number, object, oneOf, open, orNull, record, set, text } from "./validate.ts";

/** Algorithms of client assertions. All take RSA keys only. */
const assertionAlgorithms = ["RS256", "RS384", "PS256"] as const;

/** An absolute URI, also one with a wildcard in its host, or empty. */
export const uri: Check = (value) => {
  if (typeof value !== "string") return text()(value);
  if (value === "" || URL.canParse(value.replace("://*.", "://wildcard."))) return undefined;
  return `'Object didn't pass validation for format absolute-uri-or-empty: ${value}'`;
};

/** An absolute URI that begins with `https`. */
const secureUri: Check = (value) => uri(value) ?? text({ pattern: /^https:\/\//, format: "absolute-https-uri" })(value);

const publicKey = record(
  {
    credential_type: oneOf("public_key"),
    name: text({ most: 128 }),
    pem: text({ least: 1, most: 4096 }),
    alg: oneOf(...assertionAlgorithms),
    parse_expiry_from_cert: bool,
    expires_at: text(),
    kid: text({ least: 10, most: 64, pattern: /^[0-9a-zA-Z\-_]+$/ }),
  },
  ["credential_type", "pem"],
);

const certificate = record(
  { credential_type: oneOf("x509_cert"), name: text({ most: 128 }), pem: text({ least: 1, most: 4096 }) },
  ["credential_type", "pem"],
);

const subject = record(
  {
    credential_type: oneOf("cert_subject_dn"),
    name: text({ most: 128 }),
    pem: text({ least: 1, most: 4096 }),
    subject_dn: text({ least: 1, most: 256 }),
  },
  ["credential_type"],
);

/** A key or certificate as `POST …/credentials` takes it. */
export const newCredential: Check = (value) => {
  const type = typeof value === "object" && value !== null && "credential_type" in value ? value.credential_type : "";
  if (type === "x509_cert") return certificate(value);
  return type === "cert_subject_dn" ? subject(value) : publicKey(value);
};

/** Most credentials that one place of a client names. */
const mostAttached = 2;

const named = list(record({ id: text({ pattern: /^cred_[0-9a-zA-Z]{1,30}$/ }) }, ["id"]), mostAttached);
const holding = (credential: Check): Check => record({ credentials: list(credential, mostAttached) }, ["credentials"]);
const naming = record({ credentials: named }, ["credentials"]);

/** Ways of client authentication by key, with the keys themselves, for a new client. */
export const newMethods = record({
  private_key_jwt: holding(publicKey),
  tls_client_auth: holding(subject),
  self_signed_tls_client_auth: holding(certificate),
});

/** Ways of client authentication by key, for a client whose keys are there. */
export const namedMethods = record({
  private_key_jwt: naming,
  tls_client_auth: naming,
  self_signed_tls_client_auth: naming,
});

export const newSignedRequest = record({ required: bool, credentials: list(publicKey, mostAttached) });
export const namedSignedRequest = record({ required: bool, credentials: named });

const vault = {
  ip_allowlist: list(text({ least: 1 })),
  grants: list(record({ connection: text({ least: 1 }), scopes: list(text({ least: 1 })) }, ["connection", "scopes"])),
};
export const newVaultAccess = record({ ...vault, credentials: list(publicKey, mostAttached) }, ["credentials"]);
export const namedVaultAccess = record({ ...vault, credentials: named }, ["credentials"]);

export const refreshToken = record(
  {
    rotation_type: oneOf("rotating", "non-rotating"),
    expiration_type: oneOf("expiring", "non-expiring"),
    leeway: number({ least: 0 }),
    token_lifetime: number({ least: 1, most: 157_788_000 }),
    infinite_token_lifetime: bool,
    idle_token_lifetime: number({ least: 1 }),
    infinite_idle_token_lifetime: bool,
    policies: orNull(
      list(record({ audience: text({ least: 1 }), scope: list(text({ least: 1 })) }, ["audience", "scope"])),
    ),
  },
  ["rotation_type", "expiration_type"],
);

export const sessionTransfer = record({
  can_create_session_transfer_token: bool,
  enforce_cascade_revocation: bool,
  allowed_authentication_methods: orNull(set(oneOf("cookie", "query"))),
  enforce_device_binding: oneOf("ip", "asn", "none"),
  allow_refresh_token: bool,
  enforce_online_refresh_tokens: bool,
  delegation: orNull(record({ allow_delegated_access: bool, enforce_device_binding: oneOf("ip", "asn", "none") })),
});

export const backchannelLogout = open({
  backchannel_logout_urls: list(secureUri),
  backchannel_logout_initiators: open({
    mode: oneOf("custom", "all"),
    selected_initiators: set(
      oneOf(
        "rp-logout",
        "idp-logout",
        "password-changed",
        "session-expired",
        "session-revoked",
        "account-deleted",
        "email-identifier-changed",
        "mfa-phone-unenrolled",
        "account-deactivated",
      ),
    ),
  }),
  backchannel_logout_session_metadata: orNull(open({ include: bool })),
});

export const jwtConfiguration = open({
  lifetime_in_seconds: number({ least: 0, most: 2_592_000 }),
  secret_encoded: bool,
  scopes: object,
  alg: oneOf("HS256", "RS256", "RS512", "PS256"),
});

export const mobile = open({
  android: open({ app_package_name: text({ least: 1 }), sha256_cert_fingerprints: list(text()) }),
  ios: open({ team_id: text(), app_bundle_identifier: text() }),
});

const switchedOn = record({ enabled: bool });
export const nativeSocialLogin = record({ apple: switchedOn, facebook: switchedOn, google: switchedOn });

export const fedcmLogin = record({ google: record({ is_enabled: bool }) });

export const defaultOrganization = record(
  { organization_id: text({ least: 1, most: 50 }), flows: set(oneOf("client_credentials"), 1, 1) },
  ["organization_id", "flows"],
);

export const tokenQuota = record(
  {
    client_credentials: record({
      enforce: bool,
      per_day: number({ least: 1, most: 2_147_483_647 }),
      per_hour: number({ least: 1, most: 2_147_483_647 }),
    }),
  },
  ["client_credentials"],
);

export const tokenExchange = record({
  allow_any_profile_of_type: set(oneOf("custom_authentication", "on_behalf_of_token_exchange")),
});

export const expressConfiguration = record(
  {
    initiate_login_uri_template: text({ least: 1, most: 256 }),
    user_attribute_profile_id: text({ least: 1 }),
    connection_profile_id: text({ least: 1 }),
    enable_client: bool,
    enable_organization: bool,
    linked_clients: list(record({ client_id: text({ least: 1 }) }, ["client_id"])),
    okta_oin_client_id: text({ least: 1 }),
    admin_login_domain: text({ least: 1 }),
    oin_submission_id: text({ least: 1 }),
  },
  [
    "initiate_login_uri_template",
    "user_attribute_profile_id",
    "connection_profile_id",
    "enable_client",
    "enable_organization",
    "okta_oin_client_id",
    "admin_login_domain",
  ],
);

export const myOrganization = record(
  {
    connection_profile_id: text({ least: 1 }),
    user_attribute_profile_id: text({ least: 1 }),
    allowed_strategies: set(oneOf("pingfederate", "adfs", "waad", "google-apps", "okta", "oidc", "samlp")),
    third_party_client_access: record(
      { default_value: oneOf("block", "allow"), allowed_values: set(oneOf("block", "allow")) },
      ["default_value", "allowed_values"],
    ),
    connection_deletion_behavior: oneOf("allow", "allow_if_empty"),
    invitation_landing_client_id: text({ least: 1 }),
  },
  ["allowed_strategies", "connection_deletion_behavior"],
);

export const integration = record({
  sso_profiles: list(text({ least: 1 })),
  integration_type: oneOf("custom_auth_server", "third_party", "application"),
});

/** `{active: …}`, as several features are switched. */
export const active = record({ active: bool }, ["active"]);
