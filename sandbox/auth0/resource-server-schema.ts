import { bool, type Check, list, number, object, oneOf, open, orNull, record, text } from "./validate.ts";

/** A day short of 30 days and one more: the longest lifetime of a token, in seconds. */
const longest = 2_592_000;

const policy = (...values: readonly string[]): Check => open({ policy: oneOf(...values) });

/** What both creating and changing an API take. */
const shared = {
  name: text({ most: 200, pattern: /^[^<>]*$/ }),
  scopes: list(record({ value: text({ least: 1, most: 280 }), description: text({ most: 500 }) }, ["value"]), 1000),
  signing_alg: oneOf("HS256", "RS256", "RS512", "PS256"),
  signing_secret: text({ least: 16 }),
  allow_offline_access: bool,
  allow_online_access: bool,
  allow_online_access_with_ephemeral_sessions: bool,
  token_lifetime: number({ least: 0, most: longest }),
  token_lifetime_for_web: number({ least: 0, most: longest }),
  token_lifetime_for_anonymous_access_tokens: orNull(number({ least: 0, most: longest })),
  token_dialect: oneOf("access_token", "access_token_authz", "rfc9068_profile", "rfc9068_profile_authz"),
  skip_consent_for_verifiable_first_party_clients: bool,
  enforce_policies: bool,
  token_encryption: orNull(
    record(
      {
        format: oneOf("compact-nested-jwe"),
        encryption_key: record(
          {
            name: text({ most: 128 }),
            alg: oneOf("RSA-OAEP-256", "RSA-OAEP-384", "RSA-OAEP-512"),
            kid: text({ least: 1 }),
            pem: text({ least: 1 }),
          },
          ["alg", "pem"],
        ),
      },
      ["format", "encryption_key"],
    ),
  ),
  consent_policy: orNull(oneOf("transactional-authorization-with-mfa")),
  authorization_details: orNull(list(object)),
  proof_of_possession: orNull(
    record(
      {
        mechanism: oneOf("mtls", "dpop"),
        required: bool,
        required_for: oneOf("public_clients", "all_clients"),
      },
      ["mechanism", "required"],
    ),
  ),
  subject_type_authorization: record({
    user: policy("allow_all", "deny_all", "require_client_grant"),
    client: policy("deny_all", "require_client_grant"),
    anonymous_user: policy("allow_all", "deny_all", "require_client_grant"),
  }),
  authorization_policy: orNull(record({ policy_id: text({ least: 1 }) }, ["policy_id"])),
};

/** The body of `POST /resource-servers`. */
export const createResourceServer = record({ ...shared, identifier: text({ least: 1, most: 600 }) }, ["identifier"]);

/** The body of `PATCH /resource-servers/{id}`. The identifier is for ever. */
export const updateResourceServer = record(shared);
