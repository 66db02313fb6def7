import type { Connection } from "../../desired/connection.ts";
import type { Position } from "../../errors/issue.ts";
import type { CheckResult } from "../../store/evidence.ts";
import type { Tenant } from "../../tenant/tenant.ts";
import { externalIdp } from "../../workspace/workspace.ts";

/** The field of a sign-in that a check of the client is about; the others are about the issuer. */
const fields: Readonly<Record<string, string>> = {
  D9: "clientAuth",
  D10: "pkce",
  D11: "responseMode",
  D12: "scopes",
  D13: "claims",
  D14: "acrValues",
  P6: "responseMode",
};

/**
 * Where the tenant's file says what a check is about: the sign-in's field, the domains, or the connection. The nearest
 * that is written, when the field itself is not.
 */
export function placeOf(connection: Connection, tenant: Tenant | undefined, { id, link }: CheckResult): Position {
  if (tenant === undefined) return connection.position;
  const external = connection.registration.idp === externalIdp;
  const inSignIn = (...path: readonly string[]): Position => tenant.positionOf(["signIns", connection.signIn, ...path]);
  const field = fields[id];
  if (field !== undefined) return inSignIn(field);
  switch (link) {
    case "discovery":
    case "keys":
      return external ? inSignIn("external", "issuer") : inSignIn("idp");
    case "secret":
      return external ? inSignIn("external", "clientSecret") : inSignIn("clientAuth");
    case "domain":
      return tenant.positionOf(["domains"]);
    case "callback":
    case "record":
    case "app":
      return connection.position;
    default:
      return link satisfies never;
  }
}

/** `tenants/acme.yaml:7`, as editors and terminals take it. */
export function shownPlace({ file, line }: Position): string {
  return `${file}:${line}`;
}
