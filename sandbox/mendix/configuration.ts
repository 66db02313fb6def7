/** One identity provider as the module makes it of constants when the app starts. */
export interface Configuration {
  readonly alias: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly documentUrl: string;
  readonly clientAuth: string;
  readonly responseMode: "query" | "form_post";
  readonly callbackUrl: string;
  readonly scopes: string;
  readonly acrValues: readonly string[];
  readonly endSession: string;
  readonly pkce: boolean;
  readonly userParsing: string;
  readonly customAtp: string;
  readonly atpToken: "access" | "id";
  readonly apiOnly: boolean;
  readonly principal: string;
  readonly createsUsers: boolean;
  readonly defaultRole: string;
}

/** Names of constants of one identity provider: the module's own, or those of a custom microflow. */
export type NameConstant = (name: string) => string;

const onboarding = new Set(["PrincipalIdPAttribute", "AllowcreateUsers", "Userrole"]);

/** `Default_CreateIDPConfiguration`: the module's own set. */
export const ownSet: NameConstant = (name) => `${onboarding.has(name) ? "UserCommons" : "OIDC"}.${name}`;

/** What a custom `Custom_CreateIdPConfiguration` reads: constants of the app's own, by a template with `{name}`. */
export function customSet(template: string): NameConstant {
  return (name) => template.replace("{name}", name);
}

/** The configuration of a set; a text for the log when a mandatory constant is blank. */
export function configurationOf(
  constants: Readonly<Record<string, string>>,
  nameOf: NameConstant,
  baseUrl: string,
): Configuration | string {
  const value = (name: string, fallback = ""): string => constants[nameOf(name)] || fallback;
  const apiOnly = isTrue(value("IsClientGrantOnly"));
  const clientAuth = value("ClientAuthenticationMethod", "client_secret_basic");
  const mandatory = apiOnly
    ? ["ClientAlias", "AutomaticConfigurationURL", "CustomATP"]
    : [
        "ClientID",
        "ClientAlias",
        "AutomaticConfigurationURL",
        ...(clientAuth === "private_key_jwt" ? [] : ["ClientSecret"]),
      ];
  const blank = mandatory.filter((name) => value(name) === "");
  if (blank.length > 0) return `no configuration: ${blank.map(nameOf).join(", ")} is blank`;
  const documentUrl = value("AutomaticConfigurationURL");
  if (!documentUrl.endsWith("/.well-known/openid-configuration"))
    return `no configuration: ${documentUrl} is no well-known URL`;
  const customAtp = value("CustomATP");
  return {
    alias: value("ClientAlias"),
    clientId: value("ClientID"),
    clientSecret: value("ClientSecret"),
    documentUrl,
    clientAuth,
    responseMode: value("CallbackResponseMode", "Query") === "Form_Post" ? "form_post" : "query",
    callbackUrl: value("CustomCallbackURL", `${baseUrl}/oauth/v2/callback`),
    scopes: value("SelectedScope", "openid"),
    acrValues: value("ACRValues")
      .split(" ")
      .filter((each) => each !== ""),
    endSession: value("SessionEndPoint"),
    pkce: isTrue(value("EnablePKCE", "true")),
    userParsing: value("UserParsing", "OIDC_CustomUserParsing_Standard"),
    customAtp,
    atpToken: value("CustomATPTokenType", "ACCESS-TOKEN") === "ID-TOKEN" ? "id" : "access",
    apiOnly,
    principal: value("PrincipalIdPAttribute", "sub"),
    createsUsers: isTrue(value("AllowcreateUsers", "true")),
    defaultRole: value("Userrole"),
  };
}

function isTrue(text: string): boolean {
  return text.toLowerCase() === "true";
}

/** What a running app has of a file of variables: `MX_…` wins over `CONSTANTS`, both over the model's defaults. */
export function constantsOfEnvironment(
  model: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  const json = JSON.parse(environment.CONSTANTS ?? "{}") as Readonly<Record<string, string>>;
  return Object.fromEntries(
    Object.entries(model).map(([name, fallback]) => [
      name,
      environment[`MX_${name.replaceAll(".", "_")}`] ?? json[name] ?? fallback,
    ]),
  );
}
