import { type JsonObject, objectIn, textIn } from "../../vendor/json.ts";
import type { OktaApp } from "../../vendor/okta/apps.ts";
import type { ClientAuth } from "../../workspace/workspace.ts";

// Okta fixes `application_type` when an app is made: a replace with another one is refused ("'application_type' cannot
// be modified"), and Okta's own Terraform provider makes a new app instead. A `web` app with the code flow takes every
// client authentication but `none`; a `native` one takes all of them (okta/terraform-provider-okta#580, and Okta's
// support article on switching PKCE off). Single-page apps (`browser`) always demand PKCE.

/**
 * The type of a new app. A client without a secret is `native`, because from there it can still be given a secret or a
 * key in place.
 */
export function newApplicationType(clientAuth: ClientAuth): "web" | "native" {
  return clientAuth === "none" ? "native" : "web";
}

/** The type of an app that is there; undefined when it does not say. */
export function applicationTypeOf(raw: JsonObject): string | undefined {
  return textIn(objectIn(objectIn(raw, "settings"), "oauthClient"), "application_type");
}

/** Whether an app of this type can have this client authentication with the code flow. */
export function allowsClientAuth(type: string | undefined, clientAuth: ClientAuth): boolean {
  return (type ?? "web") === "web" ? clientAuth !== "none" : type === "native" || type === "browser";
}

/** Why an app that is there cannot be given this client authentication; undefined when it can. */
export function typeInTheWay(host: string, app: OktaApp, clientAuth: ClientAuth): string | undefined {
  const type = applicationTypeOf(app.raw);
  if (allowsClientAuth(type, clientAuth)) return undefined;
  return (
    `At Okta (${host}) app ${app.id} is of the type ${type ?? "web"}, which Okta never changes, ` +
    `and cannot have \`clientAuth: ${clientAuth}\``
  );
}
