import type { JsonObject } from "../json.ts";
import { defaultUserName, type OAuthSettings } from "./model.ts";
import type { OktaOrg } from "./org.ts";
import { addClaim, addServerPolicy, addServerRule } from "./server-new.ts";

/** Client id of the org's service app, by which Tenantry itself comes in; the same at every start. */
export const serviceClientId = "0oa1tenantryservice0";

/** Scopes of the management API that the service app was granted. */
const serviceScopes = [
  "okta.apps.manage",
  "okta.apps.read",
  "okta.authorizationServers.read",
  "okta.groups.manage",
  "okta.groups.read",
  "okta.policies.read",
] as const;

/** Client id of an app that is nobody's: it must never be changed by Tenantry. */
export const payrollClientId = "0oa1payroll000000000";

/** Ids of two custom authorization servers of the org; the same at every start. */
export const partnersServerId = "aus1partners00000000";
export const restrictedServerId = "aus1restricted000000";

/** Puts into a new org what every org of the example has: groups, people, the service app, one foreign app, policies, servers. */
export function seedOrg(org: OktaOrg, servicePublicKey: JsonObject): void {
  const everyone = org.addGroup("Everyone", "All users in your organization", "BUILT_IN");
  const staff = org.addGroup("whiterabbit-staff", "People of Whiterabbit Foods");
  const admins = org.addGroup("whiterabbit-admins", "Admins of Whiterabbit Foods");
  org.addUser("staff@whiterabbit.example", { first: "Test", last: "Staff" }, [staff]);
  org.addUser("admin@whiterabbit.example", { first: "Test", last: "Admin" }, [staff, admins]);
  org.addUser("guest@whiterabbit.example", { first: "Test", last: "Guest" }, []);
  org.addApp({
    ...common(org),
    id: serviceClientId,
    clientId: serviceClientId,
    label: "Tenantry service",
    authMethod: "private_key_jwt",
    oauth: oauth("service", ["client_credentials"], ["token"], [], { jwks: { keys: [servicePublicKey] } }),
    grants: serviceScopes,
  });
  const payroll = org.addApp({
    ...common(org),
    id: payrollClientId,
    clientId: payrollClientId,
    label: "Payroll",
    authMethod: "client_secret_basic",
    oauth: oauth("web", ["authorization_code"], ["code"], ["https://payroll.acme.example/callback"], {}),
    grants: [],
  });
  org.assign(payroll, everyone);
  org.addPolicy("Phishing resistant");
  seedServers(org);
}

/** Custom servers, which send the groups in ID tokens for any scope, as an admin has set them up. */
function seedServers(org: OktaOrg): void {
  const standard = org.addServer("default", {
    description: "Default Authorization Server for your Applications",
    isDefault: true,
    issuerMode: "DYNAMIC",
    rotationMode: "MANUAL",
  });
  const partners = org.addServer("partners", { id: partnersServerId, description: "For the partners' apps" });
  const restricted = org.addServer("payroll", { id: restrictedServerId, description: "For the payroll only" });
  for (const server of [standard, partners, restricted]) {
    addClaim(org, server, {
      name: "groups",
      claimType: "IDENTITY",
      valueType: "GROUPS",
      groupFilterType: "REGEX",
      value: ".*",
    });
    // Another client than the payroll is told that no policy matches.
    const clients = server === restricted ? [payrollClientId] : ["ALL_CLIENTS"];
    const policy = addServerPolicy(org, server, "Default Policy", clients, {
      description: "Default policy description",
    });
    addServerRule(org, policy, { name: "Default Policy Rule" });
  }
}

function common(org: OktaOrg) {
  return {
    status: "ACTIVE" as const,
    profile: undefined,
    accessibility: { selfService: false, errorRedirectUrl: null, loginRedirectUrl: null },
    visibility: { autoLaunch: false, autoSubmitToolbar: false, hide: { iOS: true, web: true } },
    userNameTemplate: { ...defaultUserName },
    autoKeyRotation: true,
    pkceRequired: false,
    settings: {},
    accessPolicy: org.defaultPolicy.id,
    idToken: { issuerMode: "ORG_URL" },
  };
}

function oauth(
  application_type: string,
  grant_types: string[],
  response_types: string[],
  redirect_uris: string[],
  more: JsonObject,
): OAuthSettings {
  return {
    client_uri: null,
    logo_uri: null,
    redirect_uris,
    response_types,
    grant_types,
    ...more,
    application_type,
    consent_method: "TRUSTED",
    issuer_mode: "ORG_URL",
    idp_initiated_login: { mode: "DISABLED", default_scope: [] },
    wildcard_redirect: "DISABLED",
    dpop_bound_access_tokens: false,
    participate_slo: false,
  };
}
