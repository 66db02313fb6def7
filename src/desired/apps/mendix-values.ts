import type { MendixEntry } from "../../tenant/apps/mendix.ts";
import type { MendixApp } from "../../workspace/apps/mendix.ts";
import {
  hasMendixConstant,
  isMendixModule,
  type MendixIdpConstant,
  mendixIdpConstants,
  ownMendixConstant,
} from "../../workspace/apps/mendix-constants.ts";
import type { ClientAuth } from "../../workspace/client-auth.ts";
import type { AppUse } from "../app-kind.ts";

// What the constants of one identity provider are to hold, as far as the files alone tell it. Values of the model (client,
// scopes…) are written by the adapter; these are the others.

/** Where the callback is when `CustomCallbackURL` is empty. */
export const mendixCallback = "/oauth/v2/callback";

/** The module's own microflows that make roles of a token, by the words of a tenant's file. */
const tokenProcessing: Readonly<Record<string, string>> = {
  entra: "OIDC.Default_Azure_TokenProcessing_CustomATP",
  sam: "OIDC.Default_SAM_TokenProcessing_CustomATP",
  oidcProvider: "OIDC.Default_OIDCProvider_TokenProcessing_CustomATP",
};

const userParsing: Readonly<Record<string, string>> = {
  standard: "OIDC_CustomUserParsing_Standard",
  userInfo: "OIDC_CustomUserParsing_UserInfo",
  salesforce: "OIDC_CustomUserParsing_Salesforce",
};

/** As the flows were called before version 3.0. */
const provisioningFlow: Readonly<Record<string, string>> = {
  standard: "Standard OIDC",
  userInfo: "UserProvisioning_UserInfo",
  salesforce: "UserProvisioning_Salesforce",
};

/** The alias by which the app knows the identity provider of a connection. */
export function mendixAlias({ tenant, entry }: Pick<AppUse, "tenant" | "entry">): string {
  return entry.mendix?.alias ?? tenant.tenant;
}

/** The constants that describe this identity provider, by the module's names; only those that its version has. */
export function mendixNames(
  app: Pick<MendixApp, "module" | "onboardingModule">,
  entry: MendixEntry | undefined,
): Readonly<Partial<Record<MendixIdpConstant, string>>> {
  const there = (Object.keys(mendixIdpConstants) as MendixIdpConstant[]).filter((name) =>
    hasMendixConstant(app.module, mendixIdpConstants[name]),
  );
  const constants = entry?.constants;
  return Object.fromEntries(
    there.flatMap((name) => {
      const full =
        constants === undefined
          ? ownMendixConstant(name, app.onboardingModule)
          : typeof constants === "string"
            ? constants.replace("{name}", name)
            : constants[name];
      return full === undefined ? [] : [[name, full]];
    }),
  );
}

/** A claim's name as a constant takes it; undefined for a path into nested objects. */
function plainClaim(claim: unknown): string | undefined {
  return typeof claim === "string" ? claim : undefined;
}

/** The values besides the model's own, by the module's names; what the files leave open is missing. */
export function mendixValues(use: AppUse<MendixApp>): Readonly<Partial<Record<MendixIdpConstant, string>>> {
  const { app, signIn } = use;
  const entry = use.entry.mendix ?? {};
  const { users = {}, keySetTimeouts = {} } = entry;
  const flag = (value: boolean | undefined): string | undefined => (value === undefined ? undefined : String(value));
  const flow = entry.userParsing ?? "standard";
  const parser =
    entry.tokenProcessing === undefined ? "" : (tokenProcessing[entry.tokenProcessing] ?? entry.tokenProcessing);
  const values: Partial<Record<MendixIdpConstant, string | undefined>> = {
    ClientAlias: mendixAlias(use),
    CustomATP: parser,
    CustomATPTokenType: entry.tokenType === undefined ? undefined : `${entry.tokenType.toUpperCase()}-TOKEN`,
    KeyPair_ExpirationDays: entry.keyExpirationDays?.toString(),
    SelectedClaim: (entry.selectedClaims ?? []).join(" "),
    UserProvisioningFlow: provisioningFlow[flow] ?? flow,
    UserParsing: userParsing[flow] ?? flow,
    UseAuthenticationToken: flag(entry.authenticationToken),
    JWKConnectTimeout: keySetTimeouts.connect?.toString(),
    JWKReadTimeout: keySetTimeouts.read?.toString(),
    IsClientGrantOnly: flag(entry.clientGrantOnly),
    EnableAudienceValidation: flag(entry.audienceValidation),
    CustomUserEntity: users.entity,
    PrincipalEntityAttribute: users.attribute,
    PrincipalIdPAttribute: plainClaim(signIn.claims.externalId) ?? mendixIdpConstants.PrincipalIdPAttribute.default,
    NamedUserIdentifier: users.namedIdentifier,
    Userrole: users.role ?? signIn.roles?.default,
    UserType: users.type,
    CustomUserProvisioning: users.provisioning,
  };
  const wanted =
    entry.clientGrantOnly === true
      ? Object.entries(values).filter(([name]) => isOfApiOnly(name))
      : Object.entries(values);
  return Object.fromEntries(
    wanted.flatMap(([name, value]): [string, string][] =>
      value !== undefined && hasMendixConstant(app.module, mendixIdpConstants[name as MendixIdpConstant])
        ? [[name, value]]
        : [],
    ),
  );
}

/** A record for callers of the API alone has no more than these. */
const apiOnly: ReadonlySet<string> = new Set([
  "ClientAlias",
  "AutomaticConfigurationURL",
  "CustomATP",
  "CustomATPTokenType",
  "JWKConnectTimeout",
  "JWKReadTimeout",
  "IsClientGrantOnly",
  "EnableAudienceValidation",
] satisfies MendixIdpConstant[]);

/** Whether a constant means anything to a record for callers of the API alone. */
export function isOfApiOnly(name: string): boolean {
  return apiOnly.has(name);
}

/** Constants without which the module makes no configuration of them. */
export function mandatoryMendix(clientAuth: ClientAuth, clientGrantOnly: boolean): readonly MendixIdpConstant[] {
  if (clientGrantOnly) return ["ClientAlias", "AutomaticConfigurationURL", "CustomATP", "IsClientGrantOnly"];
  const all: readonly MendixIdpConstant[] = ["ClientID", "ClientAlias", "AutomaticConfigurationURL"];
  return clientAuth.startsWith("client_secret") ? [...all, "ClientSecret"] : all;
}

/** What the whole app is to have; the encryption key is a secret and not among them. */
export function mendixAppValues(app: MendixApp): Readonly<Record<string, string>> {
  const { nonceCookieSameSite, allowedHosts, disableMxAdmin } = app;
  return {
    ...(nonceCookieSameSite === undefined ? {} : { "OIDC.NonceCookieSameSite": nonceCookieSameSite }),
    ...(allowedHosts === undefined
      ? {}
      : {
          "OIDC.EnableMultiDomainSupport": String(allowedHosts.length > 0),
          "OIDC.AllowedHosts": allowedHosts.join(" "),
        }),
    ...(disableMxAdmin === undefined ? {} : { "UserCommons.DisableMxAdmin": String(disableMxAdmin) }),
  };
}

/** Whether the module switches PKCE by a constant; older ones use it when the identity provider announces it. */
export function hasPkceSwitch(module: string): boolean {
  return isMendixModule(module, mendixIdpConstants.EnablePKCE.since);
}
