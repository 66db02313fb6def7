import type { MendixApp } from "../../workspace/apps/mendix.ts";
import type { AppKind, AppUse } from "../app-kind.ts";
import { auditMendix } from "./mendix-audit.ts";
import { mendixSteps } from "./mendix-steps.ts";
import { mendixAppValues, mendixNames, mendixValues } from "./mendix-values.ts";

/** What an app of kind `mendix` can express. */
export const mendixKind: AppKind<"mendix"> = {
  kind: "mendix",
  gate: "atomic",
  tenantRow: false,
  callback: () => "computed",
  // The module has one callback for all identity providers of an app.
  sharedCallback: true,
  // All identity providers of an app are in one file, or one list of settings.
  lockScope: () => "app",
  secret: (app) => (app.secretSink === undefined ? "written" : "sink"),
  capability: {
    name: { as: "app", note: "people see the alias" },
    domains: { as: "app", note: "people choose the alias, or a link names it" },
    issuer: { as: "applied", note: "AutomaticConfigurationURL" },
    endpoints: { as: "cannot", note: "by hand on the admin page only" },
    clientId: { as: "applied", note: "ClientID" },
    clientSecret: { as: "applied", note: "ClientSecret, or a secret store's mx-const-…ClientSecret" },
    clientAuth: { as: "applied", note: "ClientAuthenticationMethod; private_key_jwt from 4.1" },
    redirectUri: { as: "applied", note: "CustomCallbackURL where it is not /oauth/v2/callback" },
    scopes: { as: "applied", note: "SelectedScope" },
    pkce: { as: "applied", note: "EnablePKCE; 2.x decides by what discovery announces" },
    responseMode: { as: "applied", note: "CallbackResponseMode" },
    acrValues: { as: "applied", note: "ACRValues: each is one more way in on the login page" },
    extraParams: { as: "cannot", note: "no constant" },
    claims: { as: "manual", note: "externalId by PrincipalIdPAttribute, the others on the admin page" },
    roles: { as: "manual", note: "a microflow makes them: CustomATP; the default role by Userrole" },
    require: { as: "cannot", note: "no constant; a microflow of the app's can" },
    provision: { as: "applied", note: "AllowcreateUsers from 3.0; users are always updated" },
    endSession: { as: "applied", note: "SessionEndPoint" },
    session: { as: "cannot", note: "the app's own setting" },
    suspended: { as: "applied", note: "mandatory constants are blanked; takes effect with the restart" },
  },
  target: (use) => {
    const { ClientAlias = "", ...values } = mendixValues(use);
    const constants = use.entry.mendix?.constants;
    const options = { ...mendixAppValues(use.app), ...values };
    return { ClientAlias, options, ...(constants === undefined ? {} : { constants }) };
  },
  audit: auditMendix,
  manualSteps: mendixSteps,
  unique: uniqueConstants,
};

/** The constant set must be one connection's alone, and so must the alias: people choose by it. */
function uniqueConstants(use: AppUse<MendixApp>): ReturnType<AppKind["unique"]> {
  const { app, entry } = use;
  const constants = entry.mendix?.constants;
  const values = mendixValues(use);
  const alias = {
    name: `alias ${values.ClientAlias ?? ""}`,
    path: entry.mendix?.alias === undefined ? [] : ["mendix", "alias"],
  };
  if (constants === undefined) return [{ name: "constant set OIDC", path: [] }, alias];
  const names = mendixNames(app, entry.mendix);
  return [
    ...Object.entries(names).map(([short, full]) => ({
      name: `constant ${full}`,
      path: typeof constants === "string" ? ["mendix", "constants"] : ["mendix", "constants", short],
    })),
    alias,
  ];
}
