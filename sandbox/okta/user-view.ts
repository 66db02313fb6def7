import type { Json, JsonObject } from "../json.ts";
import type { OktaUser } from "./model.ts";
import type { OktaOrg } from "./org.ts";

/** A person as a single read shows them; in a list there is only the link to themselves. */
export function viewUser(org: OktaOrg, user: OktaUser, listed = false): Json {
  const type = userTypeId(org);
  const self = { href: `${org.url}/api/v1/users/${user.id}` };
  return {
    id: user.id,
    status: user.status,
    created: user.created,
    activated: user.activated,
    statusChanged: user.statusChanged,
    lastLogin: user.lastLogin,
    lastUpdated: user.lastUpdated,
    passwordChanged: user.passwordChanged,
    ...(user.realmId === undefined ? {} : { realmId: user.realmId }),
    type: { id: type },
    profile: user.profile,
    credentials: viewCredentials(user),
    _links: listed
      ? { self }
      : {
          ...actions(self.href, user),
          schema: { href: `${org.url}/api/v1/meta/schemas/user/osc${type.slice(3)}` },
          self,
          type: { href: `${org.url}/api/v1/meta/types/user/${type}` },
        },
  };
}

/** Secrets are never shown; an empty object says that there is one. */
export function viewCredentials({ credentials: { password, question, provider } }: OktaUser): JsonObject {
  return {
    ...(password === undefined ? {} : { password: {} }),
    ...(question === undefined ? {} : { recovery_question: { question } }),
    provider: { ...provider },
  };
}

/** Id of the only type of people in the org. */
export function userTypeId(org: OktaOrg): string {
  return `oty${org.id.slice(3)}`;
}

const lifecycle: Readonly<Record<string, string>> = {
  suspend: "lifecycle/suspend",
  unsuspend: "lifecycle/unsuspend",
  unlock: "lifecycle/unlock",
  activate: "lifecycle/activate",
  reactivate: "lifecycle/reactivate",
  deactivate: "lifecycle/deactivate",
  resetPassword: "lifecycle/reset_password",
  expirePassword: "lifecycle/expire_password",
  resetFactors: "lifecycle/reset_factors",
  forgotPassword: "credentials/forgot_password",
  changePassword: "credentials/change_password",
  changeRecoveryQuestion: "credentials/change_recovery_question",
};

const withPassword = ["forgotPassword", "expirePassword", "changeRecoveryQuestion", "changePassword"];

function actionsOf({ status, credentials }: OktaUser): readonly string[] {
  switch (status) {
    case "STAGED":
      return ["activate", "resetFactors"];
    case "PROVISIONED":
    case "RECOVERY":
      return ["suspend", "resetPassword", "reactivate", "resetFactors", "deactivate"];
    case "SUSPENDED":
      return ["unsuspend", "resetPassword", "resetFactors", "deactivate"];
    case "LOCKED_OUT":
      return ["unlock", "resetPassword", "resetFactors", "deactivate"];
    case "DEPROVISIONED":
      return ["activate", "delete", "resetFactors"];
    default: {
      const more = credentials.password === undefined ? [] : withPassword;
      return ["suspend", "resetPassword", ...more, "resetFactors", "deactivate"];
    }
  }
}

function actions(self: string, user: OktaUser): JsonObject {
  return Object.fromEntries(
    actionsOf(user).map((name) => [
      name,
      name === "delete" ? { href: self, method: "DELETE" } : { href: `${self}/${lifecycle[name]}`, method: "POST" },
    ]),
  );
}
