/**
 * Scopes that Tenantry's own client is granted: clients with their secrets and keys, organizations with their domains,
 * and connections with their options, which hold the secrets at the customers' providers.
 */
export const managementScopes = [
  "create:clients",
  "read:clients",
  "update:clients",
  "delete:clients",
  "read:client_keys",
  "update:client_keys",
  "create:client_credentials",
  "read:client_credentials",
  "update:client_credentials",
  "delete:client_credentials",
  "create:connections",
  "read:connections",
  "update:connections",
  "delete:connections",
  "read:connections_options",
  "update:connections_options",
  "create:organizations",
  "read:organizations",
  "update:organizations",
  "delete:organizations",
  "create:organization_connections",
  "read:organization_connections",
  "update:organization_connections",
  "delete:organization_connections",
  "create:organization_discovery_domains",
  "read:organization_discovery_domains",
  "update:organization_discovery_domains",
  "delete:organization_discovery_domains",
] as const;

/** What the Management API has scopes for, by the verbs that go with it. */
const things: Readonly<Record<string, string>> = {
  "create read update delete": [
    "actions agents authentication_methods client_credentials client_grants clients",
    "connection_profiles connections custom_domains custom_signing_keys directory_provisionings",
    "email_provider encryption_keys event_streams flows flows_vault_connections forms hooks",
    "log_streams network_acls organization_clients organization_connections",
    "organization_discovery_domains organizations phone_providers phone_templates rate_limit_policies",
    "resource_servers roles rules scim_config self_service_profiles token_exchange_profiles",
    "user_attribute_profiles users vdcs_templates",
  ].join(" "),
  read: [
    "client_summary events group_members logs logs_users organization_groups",
    "organization_member_effective_roles organization_member_role_source_groups",
    "organization_templates organizations_summary stats user_effective_permissions",
    "user_effective_roles user_idp_tokens user_permission_source_roles user_role_source_groups",
  ].join(" "),
  "create read delete": [
    "group_roles network_acl_keys organization_client_grants organization_group_roles",
    "organization_invitations organization_member_roles organization_members role_members scim_token",
  ].join(" "),
  "read update": [
    "attack_protection client_keys connections_options event_deliveries guardian_factors mfa_policies prompts",
    "self_service_profile_custom_texts tenant_settings",
  ].join(" "),
  "read delete": [
    "anomaly_blocks current_user device_credentials flows_executions grants groups",
    "guardian_enrollments",
  ].join(" "),
  update: [
    "client_token_vault_privileged_access current_user_identities current_user_metadata",
    "experimentation users_app_metadata",
  ].join(" "),
  "read update delete": "branding refresh_tokens rules_configs sessions",
  "create read update": "connections_keys email_templates signing_keys",
  "create delete": "current_user_device_credentials sso_access_tickets",
  create: "guardian_enrollment_tickets user_tickets",
};

/** Every scope of the Management API, which is what the API token of a sandbox has. */
export const allScopes: readonly string[] = Object.entries(things).flatMap(([verbs, names]) =>
  names.split(" ").flatMap((name) => verbs.split(" ").map((verb) => `${verb}:${name}`)),
);

/** The scopes as the Management API describes them: `read:client_grants` is "Read Client Grants". */
export const describedScopes: readonly { readonly value: string; readonly description: string }[] = allScopes.map(
  (value) => ({
    value,
    description: value.replace(/(^|[:_])(\w)/g, (_all, _mark, letter) => ` ${letter.toUpperCase()}`).trim(),
  }),
);
