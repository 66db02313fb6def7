import { isObject, type JsonObject } from "../json.ts";

/** Strategies whose connections are to another OpenID provider. */
const oidcStrategies = ["oidc", "okta"];

/** Strategies of the customers' own directories, which can be shown as a button. */
const enterpriseStrategies = [...oidcStrategies, "waad", "samlp", "adfs", "google-apps"];

/** What Auth0 fills in beside the options of a new connection. */
export function connectionDefaults(strategy: string): JsonObject {
  return {
    is_domain_connection: false,
    ...(enterpriseStrategies.includes(strategy) ? { show_as_button: false } : {}),
    authentication: { active: true },
    connected_accounts: { active: false },
  };
}

/**
 * The options as Auth0 keeps them: what was sent, with what it fills in for the strategy. It would also read the
 * discovery document (`oidc_metadata`), which the sandbox cannot. Options of a change that name no PKCE switch it off,
 * as they did in the recordings; those of a new connection leave it on.
 */
export function fillOptions(strategy: string, sent: JsonObject, pkce: "auto" | "disabled" = "auto"): JsonObject {
  if (oidcStrategies.includes(strategy)) {
    return {
      schema_version: "oidc-V4",
      type: "back_channel",
      attribute_map: { mapping_mode: strategy === "okta" ? "basic_profile" : "bind_all" },
      connection_settings: { pkce },
      ...sent,
    };
  }
  if (strategy !== "auth0") return sent;
  return {
    mfa: { active: true, return_enroll_settings: true },
    passwordPolicy: "good",
    strategy_version: 2,
    authentication_methods: { password: { enabled: true, api_behavior: "required" }, passkey: { enabled: false } },
    passkey_options: { challenge_ui: "both", progressive_enrollment_enabled: true, local_enrollment_enabled: true },
    brute_force_protection: true,
    ...sent,
    ...(isObject(sent.mfa) ? { mfa: sent.mfa } : {}),
  };
}
