import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";

const file = join(import.meta.dirname, "../../../shared/fixtures/okta-management.openapi.json");

/** Whether Okta's OpenAPI document is beside this checkout. */
export const hasContract = existsSync(file);

type Schema = { [key: string]: unknown };

interface Operation {
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema?: Schema }>> }>
  >;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** Where real answers of Okta, in the recordings, are not what its own document says. */
const exceptions: readonly ContractException[] = [
  {
    path: /\/(accessibility\/(error|login)RedirectUrl|settings\/notes\/\w+|notifications\/vpn\/(helpUrl|message))$/,
    keyword: "type",
    reason: "null where an app has none; the document says a text",
  },
  {
    path: /\/settings\/oauthClient\/(client|logo)_uri$/,
    keyword: "type",
    reason: "null where an app has none; the document says a text",
  },
  { path: /\/universalLogout$/, keyword: "type", reason: "null where an app has none; the document says an object" },
  { path: /\/jwks\/keys\/\*\/use$/, keyword: "enum", reason: "null where none was sent; the document says enc or sig" },
  { path: /\/_embedded\/resourceType$/, keyword: "type", is: "string", reason: "a text; the document says an object" },
  {
    operation: /\/rules/,
    path: /\/conditions$/,
    keyword: "type",
    reason: "null for a system rule; the document says an object",
  },
  {
    operation: /authorizationServers/,
    path: /\/description$/,
    keyword: "type",
    reason: "null where none was sent; the document says a text",
  },
  {
    operation: /authorizationServers.*rules/,
    path: /\/(created|lastUpdated)$/,
    keyword: "type",
    reason: "null for the rule that every server comes with; the document says a time",
  },
  // The type of a group's profile is a choice of two, which then fits neither.
  { path: /\/profile$/, keyword: "anyOf", reason: "its description is null where none was sent" },
  {
    path: /\/externalId$/,
    keyword: "type",
    reason: "null for a person of no other directory; the document says a text",
  },
  {
    operation: /^GET \/api\/v1\/apps/,
    path: /\/_embedded\/user\/\w+$/,
    keyword: "type",
    is: "string",
    reason: "a person of the app, as the same document says elsewhere; here it says an object of objects",
  },
  {
    operation: /^GET \/api\/v1\/apps/,
    path: /\/_embedded\/user\/passwordChanged$/,
    keyword: "type",
    reason: "a person of the app, as the same document says elsewhere; here it says an object of objects",
  },
  {
    operation: /^GET \/api\/v1\/policies/,
    path: /\/_embedded\/rules$/,
    keyword: "type",
    is: "object",
    reason: "a list; the document says an object",
  },
  {
    operation: /apps/,
    path: /\/name$/,
    keyword: "enum",
    reason: "apps of the catalogue have other names than oidc_client",
  },
];

interface ContractException {
  /** Fits `METHOD /template STATUS`; any when absent. */
  readonly operation?: RegExp;
  /** Of what the message is about, list indexes written as `*`. */
  readonly path: RegExp;
  /** Of JSON Schema. */
  readonly keyword: string;
  /** JavaScript type of the value, for a wrong type; null when absent. */
  readonly is?: string;
  readonly reason: string;
}

/** What became of one answer. */
export type ContractResult =
  | { readonly kind: "unknown operation" }
  | { readonly kind: "checked"; readonly violations: readonly string[] };

/** Okta's OpenAPI document, to hold answers against. Reads it once; a schema is compiled when it is first needed. */
export class OpenApiContract {
  readonly #document = JSON.parse(readFileSync(file, "utf8")) as Document;
  readonly #ajv = new Ajv({ strict: false, allErrors: true, verbose: true, validateFormats: true });
  readonly #operations: readonly { readonly template: string; readonly segments: readonly string[] }[];
  readonly #validators = new Map<string, ValidateFunction>();

  constructor() {
    this.#ajv.addFormat(
      "date-time",
      (text: string) => !Number.isNaN(Date.parse(text)) && /T.*(Z|[+-]\d\d:\d\d)$/.test(text),
    );
    for (const format of ["email", "password", "int32", "uri"]) this.#ajv.addFormat(format, true);
    const schemas = Object.fromEntries(
      Object.entries(this.#document.components.schemas).map(([name, schema]) => [name, convert(schema)]),
    );
    this.#ajv.addSchema({ $id: "https://openapi.example/okta", components: { schemas } });
    this.#operations = Object.keys(this.#document.paths).map((template) => ({
      template,
      segments: template.split("/"),
    }));
  }

  /** Holds the answer to a request against the document: its status must be declared and its body fit the schema. */
  check(method: string, path: string, status: number, body: unknown): ContractResult {
    const template = this.#templateOf(path);
    const operation = template === undefined ? undefined : this.#document.paths[template]?.[method.toLowerCase()];
    if (template === undefined || operation === undefined) return { kind: "unknown operation" };
    const name = `${method} ${template} ${status}`;
    // Errors have one shape everywhere; the document does not name each status that can come.
    if (status >= 400) return { kind: "checked", violations: this.#violations("error", errorSchema, name, body) };
    const response = operation.responses[String(status)];
    if (response === undefined)
      return { kind: "checked", violations: [`${name}: the document declares no such status`] };
    const schema = response.content?.["application/json"]?.schema;
    if (schema === undefined) return { kind: "checked", violations: [] };
    return { kind: "checked", violations: this.#violations(name, convert(schema), name, body) };
  }

  #violations(key: string, schema: Schema, name: string, body: unknown): readonly string[] {
    let validator = this.#validators.get(key);
    if (validator === undefined) {
      validator = this.#ajv.compile(schema);
      this.#validators.set(key, validator);
    }
    if (validator(body)) return [];
    return (validator.errors ?? [])
      .filter((error) => !isConsequence(error))
      .flatMap((error) => {
        const path = error.instancePath.replace(/\/\d+(?=\/|$)/g, "/*");
        const isKnown = exceptions.some(
          (each) =>
            each.keyword === error.keyword &&
            each.path.test(path) &&
            (error.keyword !== "type" ||
              (each.is === undefined ? error.data === null : typeof error.data === each.is)) &&
            (each.operation === undefined || each.operation.test(name)),
        );
        return isKnown ? [] : [`${name}: ${path} ${error.message ?? error.keyword} ${JSON.stringify(error.params)}`];
      });
  }

  /** The template of the path; one that spells a segment out goes before one that names a parameter. */
  #templateOf(path: string): string | undefined {
    const segments = path.split("/");
    const fitting = this.#operations.filter(
      ({ segments: expected }) =>
        expected.length === segments.length &&
        expected.every((segment, index) => segment.startsWith("{") || segment === segments[index]),
    );
    const parameters = (template: string): number => template.split("{").length;
    return fitting.toSorted((a, b) => parameters(a.template) - parameters(b.template))[0]?.template;
  }
}

const errorSchema: Schema = {
  type: "object",
  required: ["errorCode", "errorSummary", "errorLink", "errorId", "errorCauses"],
  properties: {
    errorCode: { type: "string", pattern: "^E0000\\d{3}$" },
    errorSummary: { type: "string" },
    errorLink: { type: "string" },
    errorId: { type: "string" },
    errorCauses: { type: "array", items: { type: "object", required: ["errorSummary"] } },
  },
};

/** True for the errors of `if` and `anyOf` themselves, which only repeat those of their branches. */
function isConsequence(error: ErrorObject): boolean {
  return error.keyword === "if";
}

/** An OpenAPI 3.0 schema as JSON Schema: `nullable` and discriminators are put into its words. */
function convert(schema: unknown): Schema {
  return convertValue(schema) as Schema;
}

function convertValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(convertValue);
  if (typeof value !== "object" || value === null) return value;
  const { nullable, discriminator, oneOf, example: _example, examples: _examples, ...rest } = value as Schema;
  const converted: Schema = {};
  for (const [key, inner] of Object.entries(rest)) {
    // Texts of which the document names all values that it knows.
    if (key === "x-okta-known-values" && rest.type === "string") converted.enum = inner;
    if (key.startsWith("x-")) continue;
    converted[key] =
      key === "$ref"
        ? String(inner).replace("#/components", "https://openapi.example/okta#/components")
        : convertValue(inner);
  }
  if (Array.isArray(oneOf)) {
    const branches = branchesOf(discriminator);
    if (branches === undefined) converted.anyOf = convertValue(oneOf);
    else Object.assign(converted, branches);
  }
  return nullable === true ? { anyOf: [{ type: "null" }, converted] } : converted;
}

/** By the discriminator's value the one schema that it names. */
function branchesOf(discriminator: unknown): Schema | undefined {
  if (typeof discriminator !== "object" || discriminator === null || !("mapping" in discriminator)) return undefined;
  const { propertyName, mapping } = discriminator as {
    propertyName: string;
    mapping: Readonly<Record<string, string>>;
  };
  return {
    type: "object",
    required: [propertyName],
    properties: { [propertyName]: { enum: Object.keys(mapping) } },
    allOf: Object.entries(mapping).map(([constant, reference]) => ({
      if: { properties: { [propertyName]: { const: constant } } },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema.
      then: { $ref: reference.replace("#/components", "https://openapi.example/okta#/components") },
    })),
  };
}
