import { Ajv, type ValidateFunction } from "ajv";

// Bodies that WorkOS takes: those of its OpenAPI document (workos/openapi-spec, MIT), and of `POST /connections`, which
// its API reference has and the document has not. Stricter than either: a member that is not known is refused.

const text = { type: "string", minLength: 1 } as const;

const metadata = {
  type: ["object", "null"],
  additionalProperties: { type: "string", maxLength: 600 },
  maxProperties: 50,
  propertyNames: { maxLength: 40 },
};

const externalId = { type: ["string", "null"], maxLength: 128, pattern: "^[\\x00-\\x7F]+$" };

const organization = {
  name: text,
  allow_profiles_outside_organization: { type: "boolean" },
  domain_data: {
    type: "array",
    items: {
      type: "object",
      additionalProperties: false,
      required: ["domain", "state"],
      properties: { domain: text, state: { type: "string", enum: ["pending", "verified"] } },
    },
  },
  metadata,
  external_id: externalId,
};

/** @see https://workos.com/docs/reference/sso/connection/create */
const connection = {
  organization_id: text,
  name: text,
  external_id: text,
  connection_type: { type: "string", enum: ["GenericOIDC", "AdpOidc", "EntraIdOIDC", "LoginGovOidc"] },
  oidc_options: {
    type: "object",
    additionalProperties: false,
    required: ["discovery_endpoint", "client_id"],
    properties: {
      discovery_endpoint: { type: "string", pattern: "^https://.+/\\.well-known/openid-configuration$" },
      client_id: text,
      client_secret: text,
      redirect_uri: { type: "string", pattern: "^https://" },
      pkce: { type: "boolean" },
      token_authentication_method: {
        type: "string",
        enum: ["client_secret_basic", "client_secret_post", "private_key_jwt"],
      },
      id_token_signature_algorithm: text,
      fetch_user_info: { type: "boolean" },
    },
  },
  attribute_maps: {
    type: "object",
    additionalProperties: false,
    properties: {
      standard_attributes: {
        type: "object",
        additionalProperties: false,
        properties: {
          ...{ idp_id: text, email: text, first_name: text, last_name: text },
          ...{ groups: { type: ["string", "null"] }, name: { type: ["string", "null"] } },
        },
      },
      custom_attributes: { type: "object", additionalProperties: text },
    },
  },
};

const object = (properties: Readonly<Record<string, unknown>>, required: readonly string[] = []) => ({
  ...{ type: "object", additionalProperties: false, properties, required },
});

const schemas = {
  createOrganization: object(organization, ["name"]),
  updateOrganization: object(organization),
  createDomain: object({ domain: text, organization_id: text }, ["domain", "organization_id"]),
  createConnection: object(connection, ["organization_id", "oidc_options"]),
  generateLink: object(
    {
      return_url: text,
      success_url: text,
      organization: text,
      intent: {
        type: "string",
        enum: [
          "sso",
          "dsync",
          "audit_logs",
          "log_streams",
          "domain_verification",
          "certificate_renewal",
          "bring_your_own_key",
        ],
      },
      it_contact_emails: { type: "array", maxItems: 20, items: text },
    },
    ["organization"],
  ),
} as const;

/** A body that WorkOS takes. */
export type ShapeName = keyof typeof schemas;

const compiled = new Map<ShapeName, ValidateFunction>();
let ajv: Ajv | undefined;

/** What is wrong with a body; undefined when it is as it should be. Never shows a value. */
export function faultOf(name: ShapeName, body: unknown): string | undefined {
  ajv ??= new Ajv({ allowUnionTypes: true, unicodeRegExp: false });
  let validate = compiled.get(name);
  if (validate === undefined) {
    validate = ajv.compile(schemas[name]);
    compiled.set(name, validate);
  }
  if (validate(body)) return undefined;
  const [error] = validate.errors ?? [];
  const { additionalProperty } = (error?.params ?? {}) as { readonly additionalProperty?: string };
  return `${error?.instancePath ?? ""} ${error?.message ?? "is wrong"} ${additionalProperty ?? ""}`.trim();
}
