import type { JsonObject } from "../json.ts";
import { isObject } from "../json.ts";
import { strategies } from "./connection-strategies.ts";
import { Auth0Problem } from "./problem.ts";
import { bool, integer, list, metadata, object, oneOf, orNull, record, text } from "./validate.ts";

const resourceApp = record({ status: oneOf("enabled", "disabled") }, ["status"]);

const shared = {
  display_name: text({ most: 128 }),
  is_domain_connection: bool,
  show_as_button: bool,
  realms: list(text()),
  metadata: metadata(orNull(text({ most: 255 }))),
  authentication: record({ active: bool }, ["active"]),
  connected_accounts: record({ active: bool, cross_app_access: bool, allow_missing_user_id: bool }, ["active"]),
  cross_app_access_requesting_app: record({ active: bool }, ["active"]),
};

/** Options of any strategy: what is known is checked, what is not is kept. */
const known = {
  domain_aliases: list(text()),
  non_persistent_attrs: orNull(list(text())),
  set_user_root_attributes: oneOf("on_each_login", "on_first_login", "never_on_login"),
  upstream_params: orNull(object),
  strategy_version: integer,
  type: oneOf("back_channel", "front_channel"),
  connection_settings: record({ pkce: oneOf("auto", "S256", "plain", "disabled") }),
  dpop_signing_alg: oneOf("ES256", "ES384", "ES512", "Ed25519"),
  passwordPolicy: orNull(oneOf("none", "low", "fair", "good", "excellent")),
  attributes: object,
  authentication_methods: object,
  configuration: object,
  mfa: object,
};

function options(value: unknown): string | undefined {
  if (!isObject(value)) return object(value);
  const checked = Object.fromEntries(Object.entries(value).filter(([name]) => Object.hasOwn(known, name)));
  return record(known)(checked);
}

export const createSchema = record(
  {
    ...shared,
    name: text({ least: 1, most: 128, pattern: /^[a-zA-Z0-9](-[a-zA-Z0-9]|[a-zA-Z0-9])*$/ }),
    strategy: oneOf(...strategies),
    options,
    cross_app_access_resource_app: resourceApp,
  },
  ["name", "strategy"],
);

export const updateSchema = record({
  ...shared,
  options: orNull(options),
  cross_app_access_resource_app: orNull(resourceApp),
});

/** Most clients of one change. */
export const mostClients = 50;

export const clientChanges = list(record({ client_id: text({ least: 1 }), status: bool }, ["client_id", "status"]));

const requesting: ReadonlySet<string> = new Set(["oidc", "okta"]);

/** Throws the 400 of Auth0 for a purpose that the strategy cannot have. */
export function checkPurposes(strategy: string, sent: JsonObject): void {
  const { cross_app_access_requesting_app: requestingApp } = sent;
  if (!isObject(requestingApp) || requestingApp.active !== true || requesting.has(strategy)) return;
  throw new Auth0Problem(
    400,
    "Cross App Access Requesting App is not supported for this connection.",
    "operation_not_supported",
  );
}
