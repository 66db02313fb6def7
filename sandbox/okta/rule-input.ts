import { isObject, type Json, type JsonObject, spelled } from "../json.ts";
import { invalid } from "./problem.ts";
import { type Fields, fitted } from "./shape.ts";

const membership = { fields: { include: { list: "text" }, exclude: { list: "text" } } } as const;

const conditionFields: Fields = {
  people: { fields: { users: membership, groups: membership } },
  network: { fields: { connection: ["ANYWHERE", "ZONE"], include: { list: "text" }, exclude: { list: "text" } } },
  userType: membership,
};

const actionFields: Fields = {
  appSignOn: { fields: { keepMeSignedIn: { fields: { postAuth: ["ALLOWED", "NOT_ALLOWED"] } } } },
};

/** The conditions of an access-policy rule as Okta keeps them: what says nothing is left out. Throws its 400. */
export function readConditions(sent: unknown): JsonObject {
  const given = isObject(sent) ? fitted(sent, conditionFields) : {};
  const { people, network, platform, userType, elCondition, ...more } = given;
  if (isObject(sent) && !isObject(network)) throw invalid("conditions", ["conditions: 'network' is required"]);
  return {
    ...without(more),
    people: readPeople(people),
    network: isObject(network) ? network : { connection: "ANYWHERE" },
    ...readPlatform(platform),
    ...(isObject(elCondition) && typeof elCondition.condition === "string" && elCondition.condition !== ""
      ? { elCondition: { condition: elCondition.condition } }
      : {}),
    userType: { include: [], exclude: [], ...(isObject(userType) ? userType : {}) },
  };
}

function without(value: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== null));
}

function readPeople(sent: Json | undefined): JsonObject {
  const { users, ...more } = isObject(sent) ? sent : {};
  return { ...more, users: { exclude: [], ...(isObject(users) ? users : {}) } };
}

function readPlatform(sent: Json | undefined): JsonObject {
  if (!isObject(sent) || !Array.isArray(sent.include) || sent.include.length === 0) return {};
  const include = sent.include
    .filter(isObject)
    .map((each) => ({ ...each, os: isObject(each.os) ? without(each.os) : {} }));
  return { platform: { exclude: [], ...sent, include } };
}

/** The actions of a rule; how somebody proves themselves has the defaults of Okta. Throws its 400. */
export function readActions(given: JsonObject): JsonObject {
  const sent = fitted(given, actionFields);
  const { access, verificationMethod, keepMeSignedIn } = isObject(sent.appSignOn) ? sent.appSignOn : {};
  if (access !== undefined && access !== "ALLOW" && access !== "DENY") {
    throw invalid("access", ["access: Must be ALLOW or DENY"]);
  }
  return {
    ...sent,
    appSignOn: {
      access: access ?? "ALLOW",
      verificationMethod: readMethod(isObject(verificationMethod) ? verificationMethod : {}),
      keepMeSignedIn: isObject(keepMeSignedIn) ? keepMeSignedIn : { postAuth: "NOT_ALLOWED" },
    },
  };
}

function readMethod(sent: JsonObject): JsonObject {
  const { type = "ASSURANCE", factorMode, reauthenticateIn, inactivityPeriod, constraints, chains } = sent;
  const reauthenticate = reauthenticateIn === undefined ? {} : { reauthenticateIn };
  if (type === "AUTH_METHOD_CHAIN") {
    if (!Array.isArray(chains) || chains.length === 0) {
      throw invalid("chains", ["chains: The field cannot be left blank"]);
    }
    return { type, chains: chains as readonly Json[], ...reauthenticate };
  }
  if (type !== "ASSURANCE") throw invalid("type", [`type: '${spelled(type)}' is not a valid verification method`]);
  if (factorMode !== undefined && factorMode !== "1FA" && factorMode !== "2FA") {
    throw invalid("factorMode", ["factorMode: Must be 1FA or 2FA"]);
  }
  return {
    factorMode: factorMode ?? "2FA",
    type,
    reauthenticateIn: "PT12H",
    ...reauthenticate,
    ...(inactivityPeriod === undefined ? {} : { inactivityPeriod }),
    ...(Array.isArray(constraints) ? { constraints: (constraints as readonly Json[]).map(readConstraint) } : {}),
  };
}

/** Kinds of proof are named by class; anything else in there Okta drops. */
function readConstraint(sent: Json): Json {
  const { knowledge, possession } = isObject(sent) ? sent : {};
  return { ...(knowledge === undefined ? {} : { knowledge }), ...(possession === undefined ? {} : { possession }) };
}
