import type { InnerCalls } from "../inner-call.ts";
import { isObject, type JsonObject } from "../json.ts";

/** Where an option of a connection stands in a discovery document. */
const endpoints = ["issuer", "authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri"] as const;

/** Members that Auth0 writes down even when the document is silent about them. */
const silence: JsonObject = {
  claims_parameter_supported: false,
  request_parameter_supported: false,
  request_uri_parameter_supported: false,
  require_request_uri_registration: false,
};

/**
 * Options of a connection with what Auth0 reads from the issuer's discovery document: `oidc_metadata`, and the issuer
 * and endpoints that were not sent. As they are when the issuer is in no site of this sandbox, or does not answer with
 * a document, or for a strategy that has none, or when the metadata is there already.
 */
export async function withDiscovery(calls: InnerCalls, strategy: string, options: JsonObject): Promise<JsonObject> {
  if (isObject(options.oidc_metadata) && Object.keys(options.oidc_metadata).length > 0) return options;
  const document = await readDiscovery(calls, strategy, options);
  return document === undefined ? options : withMetadata(options, document);
}

/** The options with what this document says. */
export function withMetadata(options: JsonObject, document: JsonObject): JsonObject {
  const found = endpoints.flatMap((name) => {
    const value = document[name];
    return typeof value === "string" && (options[name] ?? null) === null ? [[name, value] as const] : [];
  });
  return { ...options, ...Object.fromEntries(found), oidc_metadata: { ...silence, ...document } };
}

/** The document of the issuer that the options name; undefined when there is none to be had. */
export async function readDiscovery(
  calls: InnerCalls,
  strategy: string,
  options: JsonObject,
): Promise<JsonObject | undefined> {
  const url = discoveryUrl(strategy, options);
  if (url === undefined || !calls.reaches(url)) return undefined;
  try {
    const { status, text } = await calls.ask(url);
    const document: unknown = status === 200 ? JSON.parse(text) : undefined;
    return isObject(document) ? document : undefined;
  } catch {
    return undefined;
  }
}

const wellKnown = "/.well-known/openid-configuration";

/** Where the document is: named, or below the issuer, the Okta domain or the directory of Entra ID. */
function discoveryUrl(strategy: string, options: JsonObject): string | undefined {
  const text = (name: string): string | undefined => {
    const value = options[name];
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  switch (strategy) {
    case "oidc": {
      const issuer = text("issuer");
      return text("discovery_url") ?? (issuer === undefined ? undefined : `${issuer.replace(/\/$/, "")}${wellKnown}`);
    }
    case "okta": {
      const domain = text("domain");
      return domain === undefined ? undefined : `https://${domain}${wellKnown}`;
    }
    case "waad": {
      const directory = text("tenantId") ?? text("tenant_domain") ?? text("domain");
      return directory === undefined ? undefined : `https://login.microsoftonline.com/${directory}/v2.0${wellKnown}`;
    }
    default:
      return undefined;
  }
}
