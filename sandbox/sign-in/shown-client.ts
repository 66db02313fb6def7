import type { IncomingHttpHeaders } from "node:http";
import { decodeJwt } from "jose";

const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/** How a token request says which client it comes from (RFC 6749, section 2.3; RFC 7523, section 2.2). */
export interface ShownClient {
  readonly clientId: string;
  readonly method: "client_secret_basic" | "client_secret_post" | "private_key_jwt" | "none";
  /** The secret or assertion; empty for `none`. */
  readonly credential: string;
}

/**
 * The client that a token request shows. `malformed` when it shows several, or one that cannot be read. HTTP Basic is
 * form-decoded, as section 2.3.1 wants it.
 */
export function readShownClient(headers: IncomingHttpHeaders, form: URLSearchParams): ShownClient | "malformed" {
  for (const name of ["client_id", "client_secret", "client_assertion", "client_assertion_type"]) {
    if (form.getAll(name).length > 1) return "malformed";
  }
  const basic = headers.authorization;
  const secret = form.get("client_secret") ?? undefined;
  const assertion = form.get("client_assertion") ?? undefined;
  const named = form.get("client_id") ?? "";
  if ([basic, secret, assertion].filter((value) => value !== undefined).length > 1) return "malformed";
  const shown =
    basic !== undefined
      ? readBasic(basic)
      : assertion !== undefined
        ? readAssertion(assertion, form.get("client_assertion_type"))
        : secret !== undefined
          ? ({ clientId: named, method: "client_secret_post", credential: secret } as const)
          : ({ clientId: named, method: "none", credential: "" } as const);
  if (shown === undefined || (named !== "" && named !== shown.clientId)) return "malformed";
  return shown;
}

function readBasic(header: string): ShownClient | undefined {
  const match = /^Basic ([A-Za-z0-9+/]+={0,2})$/i.exec(header.trim());
  const text = Buffer.from(match?.[1] ?? "", "base64").toString("utf8");
  const colon = text.indexOf(":");
  if (match === null || colon < 1) return undefined;
  try {
    const decode = (part: string): string => decodeURIComponent(part.replaceAll("+", " "));
    const clientId = decode(text.slice(0, colon));
    return { clientId, method: "client_secret_basic", credential: decode(text.slice(colon + 1)) };
  } catch {
    return undefined;
  }
}

function readAssertion(assertion: string, type: string | null): ShownClient | undefined {
  if (type !== assertionType) return undefined;
  try {
    const { sub } = decodeJwt(assertion);
    return typeof sub === "string" ? { clientId: sub, method: "private_key_jwt", credential: assertion } : undefined;
  } catch {
    return undefined;
  }
}
