import { readShownClient } from "../sign-in/shown-client.ts";
import type { Exchange, RequestChange } from "./exchange.ts";
import { withParameters } from "./replies.ts";

/** Who a request to the back channel says it comes from. */
export interface ShownSecret {
  readonly clientId: string;
  readonly secret: string;
  readonly method: "client_secret_basic" | "client_secret_post" | "private_key_jwt" | "none";
}

/** The client that a posted form shows; undefined when it cannot be read. */
export function shownIn({ authorization, form }: Exchange): ShownSecret | undefined {
  const shown = readShownClient(authorization === undefined ? {} : { authorization }, form);
  if (shown === "malformed") return undefined;
  const { clientId, credential, method } = shown;
  return { clientId, secret: credential, method };
}

/** The same request with the secret shown in the other of the two ways; undefined where none is shown. */
export function shownOtherwise(exchange: Exchange): RequestChange | undefined {
  const shown = shownIn(exchange);
  switch (shown?.method) {
    case "client_secret_basic":
      return {
        authorization: undefined,
        form: withParameters(exchange.form, { client_id: shown.clientId, client_secret: shown.secret }),
      };
    case "client_secret_post":
      return {
        authorization: basic(shown.clientId, shown.secret),
        form: withParameters(exchange.form, { client_id: undefined, client_secret: undefined }),
      };
    default:
      return undefined;
  }
}

function basic(clientId: string, secret: string): string {
  return `Basic ${Buffer.from([clientId, secret].map(encodeURIComponent).join(":")).toString("base64")}`;
}

/** The same request with another secret, shown in the same way. An assertion loses its signature. */
export function withSecret(exchange: Exchange, secret: string): RequestChange {
  const shown = shownIn(exchange);
  switch (shown?.method) {
    case "client_secret_basic":
      return { authorization: basic(shown.clientId, secret) };
    case "client_secret_post":
      return { form: withParameters(exchange.form, { client_secret: secret }) };
    case "private_key_jwt":
      return { form: withParameters(exchange.form, { client_assertion: shown.secret.replace(/[^.]+$/, "AAAA") }) };
    default:
      return {};
  }
}
