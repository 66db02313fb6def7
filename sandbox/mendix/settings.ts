import { isObject, type Json, type JsonObject } from "../json.ts";

/** One constant of a deployed model. */
export interface DeployedConstant {
  readonly name: string;
  readonly dataType: "String" | "_Boolean" | "Integer" | "DateTime";
  /** What the app has from its next start on. */
  value: string;
  /** What it has now. */
  deployed: string;
  /** Masked in the portal: nobody reads it back. */
  hidden: boolean;
  /** Members that the portal keeps besides. */
  readonly more: JsonObject;
}

/** Constants of the OIDC SSO module, version 4.7, and of UserCommons, with their data types and defaults. */
const modelled: readonly (readonly [name: string, dataType: DeployedConstant["dataType"], value: string])[] = [
  ["OIDC.ClientID", "String", ""],
  ["OIDC.ClientAlias", "String", ""],
  ["OIDC.ClientSecret", "String", ""],
  ["OIDC.AutomaticConfigurationURL", "String", ""],
  ["OIDC.ClientAuthenticationMethod", "String", "client_secret_basic"],
  ["OIDC.JWTSignAlgorithm", "String", "RS256"],
  ["OIDC.KeyPair_ExpirationDays", "Integer", "90"],
  ["OIDC.CallbackResponseMode", "String", "Query"],
  ["OIDC.CustomATP", "String", ""],
  ["OIDC.CustomATPTokenType", "String", "ACCESS-TOKEN"],
  ["OIDC.CustomCallbackURL", "String", ""],
  ["OIDC.SelectedClaim", "String", ""],
  ["OIDC.SelectedScope", "String", ""],
  ["OIDC.ACRValues", "String", ""],
  ["OIDC.SessionEndPoint", "String", ""],
  ["OIDC.UserParsing", "String", "OIDC_CustomUserParsing_Standard"],
  ["OIDC.EnablePKCE", "_Boolean", "true"],
  ["OIDC.UseAuthenticationToken", "_Boolean", "false"],
  ["OIDC.JWKConnectTimeout", "Integer", "1000"],
  ["OIDC.JWKReadTimeout", "Integer", "2000"],
  ["OIDC.IsClientGrantOnly", "_Boolean", "false"],
  ["OIDC.EnableAudienceValidation", "_Boolean", "true"],
  ["OIDC.NonceCookieSameSite", "String", "Lax"],
  ["OIDC.Encryptionkey", "String", ""],
  ["OIDC.EnableMultiDomainSupport", "_Boolean", "false"],
  ["OIDC.AllowedHosts", "String", ""],
  ["UserCommons.CustomUserEntity", "String", "Administration.Account"],
  ["UserCommons.PrincipalEntityAttribute", "String", "Name"],
  ["UserCommons.PrincipalIdPAttribute", "String", "sub"],
  ["UserCommons.NamedUserIdentifier", "String", ""],
  ["UserCommons.AllowcreateUsers", "_Boolean", "true"],
  ["UserCommons.Userrole", "String", ""],
  ["UserCommons.UserType", "String", "Internal"],
  ["UserCommons.CustomUserProvisioning", "String", ""],
  ["UserCommons.DisableMxAdmin", "_Boolean", "false"],
  ["Service.WelcomeText", "String", "Welcome"],
];

/** Settings of one environment, as the portal keeps them. */
export class EnvironmentSettings {
  readonly constants = new Map<string, DeployedConstant>();
  customSettings: Json = [{ Name: "com.mendix.core.SessionTimeout", Value: "600000" }];
  scheduledEvents: Json = [{ Name: "Service.SE_Nightly", DeployedValue: "Enabled", Value: "Enabled" }];
  /** How often settings were set. */
  posts = 0;
  /** How often the app was started since. */
  restarts = 0;

  constructor() {
    this.reset();
  }

  /** All constants are what the model says, and nobody's besides. */
  reset(): void {
    this.constants.clear();
    for (const [name, dataType, value] of modelled) this.add(name, dataType, value);
  }

  /** A constant of the model that is deployed. */
  add(name: string, dataType: DeployedConstant["dataType"] = "String", value = "", more: JsonObject = {}): void {
    this.constants.set(name, { name, dataType, value, deployed: value, hidden: false, more });
  }

  /** The app starts anew: what is set is what it has. */
  restart(): void {
    this.restarts += 1;
    for (const constant of this.constants.values()) constant.deployed = constant.value;
  }

  /** What the running app has, by full name. */
  running(): Readonly<Record<string, string>> {
    return Object.fromEntries([...this.constants.values()].map(({ name, deployed }) => [name, deployed]));
  }

  /** As the API shows it. */
  view(): Json {
    return {
      Constants: [...this.constants.values()].map(({ name, dataType, value, deployed, hidden, more }) => ({
        ...more,
        Name: name,
        DataType: dataType,
        Value: hidden ? "******" : value,
        DeployedValue: hidden ? "******" : deployed,
      })),
      CustomSettings: this.customSettings,
      ScheduledEvents: this.scheduledEvents,
    };
  }

  /** Sets what a body names. Gives the code and the words of the refusal; then nothing is set. */
  set(body: unknown): { readonly status: number; readonly code: string; readonly message: string } | undefined {
    if (!isObject(body)) return { status: 400, code: "INVALID_PARAMETERS", message: "Not enough parameters given." };
    const { Constants: constants = [], CustomSettings: custom, ScheduledEvents: events } = body;
    if (!Array.isArray(constants) || !constants.every(isObject)) {
      return { status: 400, code: "INVALID_PARAMETERS", message: "Constants is a list." };
    }
    for (const { Name: name, Value: value } of constants) {
      const known = this.constants.get(String(name));
      if (known === undefined) {
        return { status: 400, code: "CONSTANT_NOT_FOUND", message: `Constant not found: ${String(name)}.` };
      }
      if (typeof value !== "string" || !fits(known.dataType, value)) {
        return { status: 400, code: "INVALID_PARAMETERS", message: `${known.name} takes a ${known.dataType}.` };
      }
    }
    if (!isEvents(events)) {
      const message = "Scheduled Event parameter should be Enabled or Disabled.";
      return { status: 500, code: "INVALID_SCHEDULED_EVENT_PARAMETER", message };
    }
    for (const { Name: name, Value: value } of constants) {
      const known = this.constants.get(String(name));
      if (known !== undefined) known.value = String(value);
    }
    // What a body leaves out of these lists is gone.
    this.customSettings = custom ?? [];
    this.scheduledEvents = events;
    this.posts += 1;
    return undefined;
  }
}

function fits(dataType: DeployedConstant["dataType"], value: string): boolean {
  if (value === "") return dataType === "String";
  if (dataType === "_Boolean") return value === "true" || value === "false";
  return dataType !== "Integer" || /^-?\d+$/.test(value);
}

function isEvents(events: Json | undefined): events is readonly JsonObject[] {
  if (!Array.isArray(events) || !events.every(isObject)) return false;
  return events.every(({ Value: value }) => value === "Enabled" || value === "Disabled");
}
