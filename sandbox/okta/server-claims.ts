import type { Call, Route } from "./call.ts";
import { invalid, notFound } from "./problem.ts";
import { bodyOf, Fields, serverOf } from "./server-input.ts";
import { groupFilterTypes, type OktaClaim } from "./server-model.ts";
import { addClaim } from "./server-new.ts";
import { serverRoute } from "./server-routes.ts";
import { serversPath, viewClaim } from "./server-view.ts";

const path = `${serversPath}/:serverId/claims`;

/** What a token says by itself; no claim can have these names. */
const reserved: readonly string[] = [
  ...["acr", "active", "amr", "at_hash", "aud", "auth_time", "azp", "c_hash", "cid", "client_id", "cnf", "events"],
  ...["exp", "iat", "idp", "iss", "jti", "nonce", "rpt_hash", "scp", "sid", "token_type", "uid", "ver"],
];

/** The claims of an authorization server. */
export const serverClaimRoutes: readonly Route[] = [
  serverRoute("GET", path, (call) => {
    const server = serverOf(call);
    return { status: 200, json: [...server.claims.values()].map((claim) => viewClaim(call.org, server, claim)) };
  }),
  serverRoute("POST", path, (call) => {
    const server = serverOf(call);
    const claim = addClaim(call.org, server, readClaim(call, undefined));
    return { status: 201, json: viewClaim(call.org, server, claim) };
  }),
  serverRoute("GET", `${path}/:claimId`, (call) => ({
    status: 200,
    json: viewClaim(call.org, serverOf(call), claimOf(call)),
  })),
  serverRoute("PUT", `${path}/:claimId`, (call) => {
    const claim = claimOf(call);
    const sent = readClaim(call, claim);
    for (const name of ["name", "claimType", "valueType"] as const) {
      if (claim.system && sent[name] !== claim[name]) {
        throw invalid(name, [`${name}: The field of a system claim cannot be changed`]);
      }
    }
    Object.assign(claim, sent);
    return { status: 200, json: viewClaim(call.org, serverOf(call), claim) };
  }),
  serverRoute("DELETE", `${path}/:claimId`, (call) => {
    const claim = claimOf(call);
    if (claim.system) throw invalid("claim", ["A system claim cannot be deleted"]);
    serverOf(call).claims.delete(claim.id);
    return { status: 204 };
  }),
];

function claimOf(call: Call): OktaClaim {
  const id = call.params.claimId ?? "";
  const claim = serverOf(call).claims.get(id);
  if (claim === undefined) throw notFound(id, "OAuth2Claim");
  return claim;
}

function readClaim(call: Call, present: OktaClaim | undefined): Omit<OktaClaim, "id" | "sequence" | "system"> {
  const fields = new Fields(bodyOf(call));
  const name = fields.text("name");
  const claimType = fields.oneOf("claimType", ["RESOURCE", "IDENTITY"], present?.claimType);
  const valueType = fields.oneOf("valueType", ["EXPRESSION", "GROUPS", "SYSTEM"], present?.valueType);
  if (valueType === "SYSTEM" && present?.system !== true) {
    throw invalid("valueType", ["valueType: Only Okta's own claims are of type SYSTEM"]);
  }
  if (reserved.includes(name)) throw invalid("name", [`name: '${name}' is a reserved claim name`]);
  const server = serverOf(call);
  const twin = [...server.claims.values()].find((each) => each.name === name && each.claimType === claimType);
  if (twin !== undefined && twin.id !== present?.id) {
    throw invalid("name", ["name: An object with this field already exists in the current organization"]);
  }
  const scopes = fields.inner("conditions").texts("scopes") ?? [];
  const known = new Set([...server.scopes.values()].map((scope) => scope.name));
  const strange = scopes.find((scope) => !known.has(scope));
  if (strange !== undefined) {
    throw invalid("conditions.scopes", [`conditions.scopes: The scope '${strange}' does not exist`]);
  }
  const groupFilterType = valueType === "GROUPS" ? fields.oneOf("group_filter_type", groupFilterTypes) : undefined;
  const value = valueType === "SYSTEM" ? undefined : fields.text("value", 4096);
  if (groupFilterType === "REGEX" && !isPattern(value)) {
    throw invalid("value", ["value: The field must be a regular expression"]);
  }
  return {
    name,
    claimType,
    valueType,
    value,
    groupFilterType,
    scopes,
    status: fields.oneOf("status", ["ACTIVE", "INACTIVE"], "ACTIVE"),
    alwaysIncludeInToken: claimType === "RESOURCE" || fields.flag("alwaysIncludeInToken", false),
  };
}

function isPattern(text: string | undefined): boolean {
  try {
    return new RegExp(text ?? "") instanceof RegExp;
  } catch {
    return false;
  }
}
