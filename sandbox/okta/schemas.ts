import { isObject, type Json, type JsonObject, spelled } from "../json.ts";
import { type Call, type Route, sentFields } from "./call.ts";
import { invalid, notFound } from "./problem.ts";
import { groupBase, userBase } from "./profile-attributes.ts";
import { userTypeId } from "./user-view.ts";

type Kind = "user" | "group";

/** What the profiles of people and groups hold, and what the org adds to them. */
export const schemaRoutes: readonly Route[] = (["user", "group"] as const).flatMap((kind): readonly Route[] => [
  {
    method: "GET",
    path: `/api/v1/meta/schemas/${kind}/:schemaId`,
    scope: "okta.schemas.read",
    bucket: "rest",
    handle: (call) => ({ status: 200, json: view(call, checked(call, kind)) }),
  },
  {
    method: "POST",
    path: `/api/v1/meta/schemas/${kind}/:schemaId`,
    scope: "okta.schemas.manage",
    bucket: "rest",
    handle: (call) => {
      change(call, checked(call, kind));
      return { status: 200, json: view(call, kind) };
    },
  },
]);

function checked(call: Call, kind: Kind): Kind {
  const id = call.params.schemaId ?? "";
  if (id === "default" || (kind === "user" && id === `osc${userTypeId(call.org).slice(3)}`)) return kind;
  throw notFound(id, "Schema");
}

function attributesOf(call: Call, kind: Kind): Map<string, JsonObject> {
  return kind === "user" ? call.org.state.userAttributes : call.org.state.groupAttributes;
}

/** Adds, changes and, for `null`, removes attributes of the org's own, in every profile too. */
function change(call: Call, kind: Kind): void {
  const { definitions } = sentFields(call);
  const custom = isObject(definitions) && isObject(definitions.custom) ? definitions.custom.properties : undefined;
  const known = attributesOf(call, kind);
  const base = kind === "user" ? userBase : groupBase;
  const wanted = Object.entries(isObject(custom) ? custom : {});
  for (const [name, schema] of wanted) {
    if (!/^[A-Za-z]\w{0,99}$/.test(name) || Object.hasOwn(base, name)) {
      throw invalid("schema", [`'${name}' is not a valid name of a custom property`]);
    }
    if (schema !== null && (!isObject(schema) || !types.includes(spelled(schema.type)))) {
      throw invalid("schema", [`'${name}' has no valid type`]);
    }
  }
  for (const [name, schema] of wanted) {
    if (isObject(schema)) {
      known.set(name, { mutability: "READ_WRITE", scope: "NONE", ...standard, ...known.get(name), ...schema });
      continue;
    }
    known.delete(name);
    const owners = kind === "user" ? call.org.users : call.org.groups;
    for (const { profile } of owners) delete (profile as JsonObject)[name];
  }
}

const types = ["string", "boolean", "number", "integer", "array"];
const standard: JsonObject = {
  permissions: [{ principal: "SELF", action: "READ_ONLY" }],
  master: { type: "PROFILE_MASTER" },
};

function view(call: Call, kind: Kind): Json {
  const path = `/meta/schemas/${kind}/default`;
  const base = kind === "user" ? userBase : groupBase;
  const required = kind === "user" ? ["login", "firstName", "lastName", "email"] : ["name"];
  const { created } = call.org.owner;
  return {
    id: `${call.org.url}${path}`,
    $schema: "http://json-schema.org/draft-04/schema#",
    name: kind,
    title: kind === "user" ? "User" : "Okta group",
    description: `Okta ${kind} profile template${kind === "user" ? " with default permission settings" : ""}`,
    lastUpdated: created,
    created,
    definitions: {
      custom: {
        id: "#custom",
        type: "object",
        properties: Object.fromEntries(attributesOf(call, kind)),
        required: [],
      },
      base: {
        id: "#base",
        type: "object",
        properties: Object.fromEntries(
          Object.entries(base).map(([name, maxLength]) => [
            name,
            {
              title: name,
              type: "string",
              ...(required.includes(name) ? { required: true } : {}),
              mutability: "READ_WRITE",
              scope: "NONE",
              maxLength,
              ...standard,
            },
          ]),
        ),
        required,
      },
    },
    type: "object",
    properties: { profile: { allOf: [{ $ref: "#/definitions/custom" }, { $ref: "#/definitions/base" }] } },
    _links: { self: { rel: "self", href: `${call.org.url}/api/v1${path}`, method: "GET" } },
  };
}
