import { z } from "zod";
import { baseSchema, environmentSchema } from "../workspace/schema.ts";
import { tenantSchema } from "./schema.ts";

type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * The JSON Schemas (draft 2020-12) of `tenantry.yaml` and of a tenant file, for editors. They say the shape: what needs
 * more than one file, or more than one field, only `tenantry validate` finds.
 */
export function jsonSchemas(): Readonly<Record<string, JsonSchema>> {
  return {
    tenant: { ...toJsonSchema(tenantSchema), title: "Tenantry: one enterprise customer" },
    workspace: { ...workspaceSchema(), title: "Tenantry: the workspace" },
  };
}

function workspaceSchema(): JsonSchema {
  const base = toJsonSchema(baseSchema);
  const properties = base.properties as Readonly<Record<string, JsonSchema>>;
  const environment = toJsonSchema(environmentSchema).properties as Readonly<Record<string, JsonSchema>>;
  const { version: _version, workspace: _workspace, environment: _environment, ...overridable } = environment;
  const override = {
    type: "object",
    properties: Object.fromEntries(
      Object.entries(overridable).map(([key, value]) => [key, key === "connect" ? value : withoutRequired(value)]),
    ),
    additionalProperties: false,
  };
  return {
    ...base,
    properties: {
      ...properties,
      environments: { ...properties.environments, additionalProperties: override },
    },
  };
}

function toJsonSchema(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, { io: "input", target: "draft-2020-12" }) as JsonSchema;
}

/**
 * A section as an environment may override it (`connect` is its own and whole): entries and fields may be left out, `kind` included. Fields themselves
 * (two levels down for `identityProviders` and `apps`) are replaced whole, so they keep what they require.
 */
function withoutRequired(section: JsonSchema): JsonSchema {
  const { required: _required, default: _default, ...rest } = section;
  const entries = rest.additionalProperties;
  if (typeof entries !== "object" || entries === null) return rest;
  const branches = (entries as { readonly oneOf?: readonly JsonSchema[] }).oneOf ?? [entries as JsonSchema];
  return { ...rest, additionalProperties: { anyOf: branches.map(({ required: _needed, ...branch }) => branch) } };
}
