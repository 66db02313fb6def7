// The deploy-time constants of Mendix's OIDC SSO module and of its user onboarding, as data: which there are, from which
// version of the module on, and what each is when nobody sets it (mendix/docs, modules/oidc.md).

/** Which module of the app a constant lives in; `onboarding` is an option of the app, because the docs do not say. */
export type MendixModule = "OIDC" | "onboarding" | "UserCommons" | "Encryption";

/** One constant. */
export interface MendixConstant {
  readonly module: MendixModule;
  /** First version of the OIDC SSO module that has it. */
  readonly since: string;
  /** First version that has it no more. */
  readonly until?: string | undefined;
  /** What the module does when nobody sets it; empty when there is no such value. */
  readonly default: string;
}

const one = (module: MendixModule, since: string, fallback = "", until?: string): MendixConstant => ({
  ...{ module, since, until, default: fallback },
});

/** What describes one identity provider. By default an app has one set of these, so one identity provider. */
export const mendixIdpConstants = {
  ClientID: one("OIDC", "2.3"),
  ClientAlias: one("OIDC", "2.3"),
  ClientSecret: one("OIDC", "2.3"),
  AutomaticConfigurationURL: one("OIDC", "2.3"),
  ClientAuthenticationMethod: one("OIDC", "2.3", "client_secret_basic"),
  JWTSignAlgorithm: one("OIDC", "4.1", "RS256"),
  KeyPair_ExpirationDays: one("OIDC", "4.1", "90"),
  CallbackResponseMode: one("OIDC", "2.3", "Query"),
  CustomATP: one("OIDC", "2.3"),
  CustomATPTokenType: one("OIDC", "4.3", "ACCESS-TOKEN"),
  CustomCallbackURL: one("OIDC", "2.3"),
  SelectedClaim: one("OIDC", "2.3"),
  SelectedScope: one("OIDC", "2.3"),
  ACRValues: one("OIDC", "2.3"),
  SessionEndPoint: one("OIDC", "2.3"),
  UserProvisioningFlow: one("OIDC", "2.3", "Standard OIDC", "3.0"),
  UserParsing: one("OIDC", "3.0", "OIDC_CustomUserParsing_Standard"),
  EnablePKCE: one("OIDC", "3.0", "true"),
  UseAuthenticationToken: one("OIDC", "3.0", "false"),
  JWKConnectTimeout: one("OIDC", "3.0", "1000"),
  JWKReadTimeout: one("OIDC", "3.0", "2000"),
  IsClientGrantOnly: one("OIDC", "3.0", "false"),
  EnableAudienceValidation: one("OIDC", "4.7", "true"),
  CustomUserEntity: one("onboarding", "3.0", "Administration.Account"),
  PrincipalEntityAttribute: one("onboarding", "3.0", "Name"),
  PrincipalIdPAttribute: one("onboarding", "3.0", "sub"),
  NamedUserIdentifier: one("onboarding", "3.0"),
  AllowcreateUsers: one("onboarding", "3.0", "true"),
  Userrole: one("onboarding", "3.0"),
  UserType: one("onboarding", "3.0", "Internal"),
  CustomUserProvisioning: one("onboarding", "3.0"),
} as const satisfies Readonly<Record<string, MendixConstant>>;

/** Name of a constant of one identity provider, without its module. */
export type MendixIdpConstant = keyof typeof mendixIdpConstants;

/** What is the same for all identity providers of an app. */
export const mendixAppConstants = {
  "Encryption.EncryptionKey": one("Encryption", "2.3", "", "4.4"),
  "OIDC.Encryptionkey": one("OIDC", "4.4"),
  "OIDC.NonceCookieSameSite": one("OIDC", "4.6", "Lax"),
  "OIDC.EnableMultiDomainSupport": one("OIDC", "4.5", "false"),
  "OIDC.AllowedHosts": one("OIDC", "4.5"),
  "UserCommons.DisableMxAdmin": one("UserCommons", "3.0", "false"),
} as const satisfies Readonly<Record<string, MendixConstant>>;

/** Full name of a constant of the whole app. */
export type MendixAppConstant = keyof typeof mendixAppConstants;

/** First version of the module that reads constants. */
export const firstMendixModule = "2.3";

/** Whether a version of the module is that version or a later one; `4.10` is later than `4.9`. */
export function isMendixModule(version: string, atLeast: string): boolean {
  const [have, want] = [version, atLeast].map((text) => text.split(".").map(Number));
  for (const [index, part] of (want ?? []).entries()) {
    const own = have?.[index] ?? 0;
    if (own !== part) return own > part;
  }
  return true;
}

/** Whether a version of the module has a constant. */
export function hasMendixConstant(version: string, { since, until }: MendixConstant): boolean {
  return isMendixModule(version, since) && (until === undefined || !isMendixModule(version, until));
}

/** The constant that holds the key by which the module encrypts what it stores. */
export function mendixEncryptionKey(version: string): MendixAppConstant {
  return isMendixModule(version, "4.4") ? "OIDC.Encryptionkey" : "Encryption.EncryptionKey";
}

/** Full name of a constant of the module's own set: the one that describes an app's only identity provider. */
export function ownMendixConstant(name: MendixIdpConstant, onboardingModule: string): string {
  const { module } = mendixIdpConstants[name];
  return `${module === "onboarding" ? onboardingModule : module}.${name}`;
}

/** A qualified name of the model: `Module.Name`. */
export const mendixQualifiedName = /^[A-Za-z_][A-Za-z0-9_]{0,99}\.[A-Za-z_][A-Za-z0-9_]{0,199}$/;
