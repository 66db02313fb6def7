import type { ConnectionKey } from "../../desired/connection.ts";
import type { Json } from "../../desired/json.ts";
import type { Fields, ObservedRegistration } from "../../plan/observed.ts";
import { type JsonObject, objectIn, textIn, textsIn } from "../../vendor/json.ts";
import type { OktaApp } from "../../vendor/okta/apps.ts";
import { observedClientKey } from "./client-keys.ts";

/** Parts of an app that take calls of their own; missing when they were not read. */
export interface AppParts {
  /** Sorted names, or `everyone`. */
  readonly assignment?: Json | undefined;
  /** Name of the access policy. */
  readonly accessPolicy?: Json | undefined;
  /** What its policy at an authorization server of ours allows it to ask for. */
  readonly serverScopes?: readonly string[] | undefined;
  readonly secretId?: string | undefined;
}

/** An app in the words of the model, with the same field names as `registrationFields` of a wanted registration. */
export function observedApp(key: ConnectionKey, app: OktaApp, parts: AppParts): ObservedRegistration {
  const client = oauthClientOf(app.raw);
  const oauth = objectIn(objectIn(app.raw, "settings"), "oauthClient");
  const assignment = letsEverybodyIn(app.raw) ? "everyone" : parts.assignment;
  const fields: Fields = {
    label: app.label,
    active: app.active,
    clientId: textIn(client, "client_id") ?? "",
    redirectUris: textsIn(oauth, "redirect_uris"),
    postLogoutRedirectUris: [...textsIn(oauth, "post_logout_redirect_uris")].sort(),
    grantTypes: [...textsIn(oauth, "grant_types")].sort(),
    responseTypes: [...textsIn(oauth, "response_types")].sort(),
    clientAuth: textIn(client, "token_endpoint_auth_method") ?? "",
    pkce: client.pkce_required === true ? "S256" : "off",
    ...(client.token_endpoint_auth_method === "private_key_jwt" ? { clientKey: observedClientKey(oauth) } : {}),
    ...(parts.accessPolicy === undefined ? {} : { accessPolicy: parts.accessPolicy }),
    ...(parts.serverScopes === undefined ? {} : { serverScopes: parts.serverScopes }),
    ...(assignment === undefined ? {} : { assignment }),
  };
  return { id: app.id, key, active: app.active, fields, secretId: parts.secretId };
}

export function clientIdOf(app: OktaApp): string | undefined {
  return textIn(oauthClientOf(app.raw), "client_id");
}

/** Whether the app proves itself with a secret that Okta keeps. */
export function usesSecret(app: OktaApp): boolean {
  return (textIn(oauthClientOf(app.raw), "token_endpoint_auth_method") ?? "").startsWith("client_secret");
}

/** Federation broker mode: assignments do not count. */
function letsEverybodyIn(raw: JsonObject): boolean {
  return objectIn(raw, "settings").implicitAssignment === true;
}

function oauthClientOf(raw: JsonObject): JsonObject {
  return objectIn(objectIn(raw, "credentials"), "oauthClient");
}
