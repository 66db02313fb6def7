import type { Fields } from "./shape.ts";

const texts = { list: "text" } as const;

/** What the fields of an app are that need no more than that. */
export const appFields: Fields = {
  accessibility: { fields: { selfService: "flag", errorRedirectUrl: "text", loginRedirectUrl: "text" } },
  visibility: {
    fields: { autoLaunch: "flag", autoSubmitToolbar: "flag", hide: { fields: { iOS: "flag", web: "flag" } } },
  },
  credentials: {
    fields: {
      userNameTemplate: {
        fields: { template: "some text", type: ["NONE", "BUILT_IN", "CUSTOM"], userSuffix: "text", pushStatus: "text" },
      },
    },
  },
  settings: {
    fields: {
      implicitAssignment: "flag",
      emOptInStatus: ["DISABLED", "DISABLING", "ENABLED", "ENABLING", "NONE"],
      notes: { fields: { admin: "text", enduser: "text" } },
      notifications: {
        fields: {
          vpn: {
            fields: {
              helpUrl: "text",
              message: "text",
              network: {
                fields: {
                  connection: ["DISABLED", "ANYWHERE", "ON_NETWORK", "OFF_NETWORK", "ZONE"],
                  include: texts,
                  exclude: texts,
                },
              },
            },
          },
        },
      },
      oauthClient: {
        fields: {
          client_uri: "text",
          logo_uri: "text",
          policy_uri: "text",
          tos_uri: "text",
          initiate_login_uri: "text",
          jwks_uri: "text",
          consent_method: ["REQUIRED", "TRUSTED"],
          issuer_mode: ["CUSTOM_URL", "DYNAMIC", "ORG_URL"],
          wildcard_redirect: ["DISABLED", "SUBDOMAIN"],
          dpop_bound_access_tokens: "flag",
          participate_slo: "flag",
          idp_initiated_login: { fields: { mode: ["DISABLED", "SPEC", "OKTA"], default_scope: texts } },
          jwks: { fields: { keys: { list: { fields: { kid: "text", kty: "text", use: "text", alg: "text" } } } } },
        },
      },
    },
  },
};
