import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Ajv, type ValidateFunction } from "ajv";
import type { Json } from "../json.ts";
import type { Members } from "./state.ts";

// What the configuration of a plugin may be: Kong's published schema of openid-connect, closed, because a gateway refuses
// unknown fields.

interface Schema {
  type?: string;
  properties?: Record<string, Schema>;
  items?: Schema;
  default?: Json;
  additionalProperties?: boolean;
}

const terminationSchema: Schema & { readonly [name: string]: unknown } = {
  type: "object",
  additionalProperties: false,
  properties: {
    status_code: { type: "integer", default: 503 },
    message: { type: "string" },
    body: { type: "string" },
    content_type: { type: "string" },
    echo: { type: "boolean", default: false },
    trigger: { type: "string" },
  },
};

interface PluginKind {
  readonly schema: Schema;
  readonly validate: ValidateFunction;
}

let kinds: Readonly<Record<string, PluginKind>> | undefined;

function pluginKinds(): Readonly<Record<string, PluginKind>> {
  kinds ??= makeKinds();
  return kinds;
}

function makeKinds(): Readonly<Record<string, PluginKind>> {
  const ajv = new Ajv({ allErrors: true, strict: false });
  const published = JSON.parse(readFileSync(schemaFile(), "utf8")) as {
    readonly properties: { readonly config: Schema };
  };
  const openid = closed(published.properties.config);
  return {
    "openid-connect": { schema: openid, validate: ajv.compile(openid) },
    "request-termination": { schema: terminationSchema, validate: ajv.compile(terminationSchema) },
    // Of another team; its settings are nobody's business here.
    "rate-limiting": { schema: { type: "object" }, validate: ajv.compile({ type: "object" }) },
  };
}

/** In the package's folder: the sources run from `sandbox` or from `dist/sandbox`. */
function schemaFile(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); dirname(folder) !== folder; folder = dirname(folder)) {
    const file = join(folder, "schema", "kong", "openid-connect-3.15.schema.json");
    if (existsSync(file)) return file;
  }
  throw new Error("the package has no schema/kong");
}

function closed(schema: Schema): Schema {
  return {
    ...schema,
    ...(schema.items === undefined ? {} : { items: closed(schema.items) }),
    ...(schema.properties === undefined
      ? {}
      : {
          additionalProperties: false,
          properties: Object.fromEntries(Object.entries(schema.properties).map(([name, one]) => [name, closed(one)])),
        }),
  };
}

/** What is wrong with a plugin's configuration, by field; undefined when the gateway has no such plugin. */
export function configFaults(name: string, config: unknown): Readonly<Record<string, string>> | undefined {
  const kind = Object.hasOwn(pluginKinds(), name) ? pluginKinds()[name] : undefined;
  if (kind === undefined) return undefined;
  if (kind.validate(config)) return {};
  return Object.fromEntries(
    (kind.validate.errors ?? []).map(({ instancePath, keyword, params, message }) =>
      keyword === "additionalProperties"
        ? [`${instancePath.slice(1)}${String(params.additionalProperty)}`, "unknown field"]
        : [instancePath.slice(1).replaceAll("/", ".") || "config", message ?? keyword],
    ),
  );
}

/** The configuration with Kong's defaults; what has none is null. */
export function filledIn(name: string, config: Members): Members {
  return fill(pluginKinds()[name]?.schema ?? {}, config);
}

function fill({ properties = {} }: Schema, value: Members): Members {
  const names = [...new Set([...Object.keys(properties), ...Object.keys(value)])].sort();
  return Object.fromEntries(
    names.map((name): [string, Json] => {
      const schema = properties[name] ?? {};
      const given = value[name];
      if (given === undefined) return [name, schema.default ?? null];
      const inner =
        schema.properties !== undefined && typeof given === "object" && given !== null && !Array.isArray(given);
      return [name, inner ? fill(schema, given as Members) : given];
    }),
  );
}
