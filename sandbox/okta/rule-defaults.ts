import type { OktaPolicyRule } from "./model.ts";
import { oktaId } from "./okta-id.ts";

/** The rule of Okta's own that every access policy ends with; only in a policy that an admin made it asks for a device. */
export function catchAllRule(now: string, system: boolean): OktaPolicyRule {
  return {
    id: oktaId("rul"),
    created: now,
    lastUpdated: now,
    name: "Catch-all Rule",
    status: "ACTIVE",
    priority: 99,
    system: true,
    conditions: null,
    actions: {
      appSignOn: {
        access: "ALLOW",
        verificationMethod: {
          factorMode: "2FA",
          type: "ASSURANCE",
          reauthenticateIn: "PT12H",
          ...(system ? {} : { constraints: [{ possession: { required: true, deviceBound: "REQUIRED" } }] }),
        },
        keepMeSignedIn: { postAuth: "NOT_ALLOWED" },
      },
    },
  };
}
