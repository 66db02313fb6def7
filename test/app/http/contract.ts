import { readFileSync } from "node:fs";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { parse } from "yaml";
import type { Exchange } from "./place.ts";

type Any = Record<string, never> & Record<string, unknown>;

const text = readFileSync(new URL("../../../docs/receiver/openapi.yaml", import.meta.url), "utf8");

/** The contract's document as it is written. */
export const document = parse(text) as {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Any>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, Any>>>>;
};

const ajv = new Ajv2020({ strict: false, allErrors: true });
ajv.addSchema(document, "contract");
const validators = new Map<string, ValidateFunction>();

/** A pointer into the document, as a schema of its own. */
function validator(pointer: string): ValidateFunction {
  const made = validators.get(pointer) ?? ajv.compile({ $ref: `contract#${pointer}` });
  validators.set(pointer, made);
  return made;
}

/** Follows a `$ref` of the document, with the pointer of where it leads. */
function resolved(pointer: string): { readonly pointer: string; readonly value: Any } {
  let value: unknown = document;
  for (const part of pointer.split("/").slice(1))
    value = (value as Any)[part.replaceAll("~1", "/").replaceAll("~0", "~")];
  const ref = (value as { $ref?: string }).$ref;
  return ref === undefined ? { pointer, value: value as Any } : resolved(ref.slice(1));
}

function escaped(part: string): string {
  return part.replaceAll("~", "~0").replaceAll("/", "~1");
}

/** What of an exchange does not fit the contract; empty when all does. */
export function misfits({ method, path, headers, body, status, answer, answerHeaders }: Exchange): readonly string[] {
  const [pathname = "", query = ""] = path.split("?");
  const found = Object.keys(document.paths)
    .map((template) => ({ template, match: pattern(template).exec(pathname) }))
    .find(({ match }) => match !== null);
  const lower = method.toLowerCase();
  const item = found && document.paths[found.template];
  if (found === undefined || item?.[lower] === undefined) return [`${method} ${pathname} is no operation`];
  const here = `/paths/${escaped(found.template)}`;
  const problems: string[] = [];
  const check = (pointer: string, value: unknown, what: string): void => {
    const validate = validator(pointer);
    if (!validate(value)) problems.push(`${what}: ${ajv.errorsText(validate.errors)}`);
  };
  const operation = resolved(`${here}/${lower}`).value as { parameters?: unknown[]; requestBody?: unknown };
  const parameters = [
    ...((item.parameters ?? []) as unknown as unknown[]).map((_, at) => `${here}/parameters/${at}`),
    ...(operation.parameters ?? []).map((_, at) => `${here}/${lower}/parameters/${at}`),
  ].map((pointer) => resolved(pointer));
  const sent = new URLSearchParams(query);
  const known = new Set<string>();
  for (const { pointer, value } of parameters) {
    const { name, in: where, required } = value as unknown as { name: string; in: string; required?: boolean };
    if (where === "query") known.add(name);
    const raw =
      where === "path"
        ? found.match?.groups?.[name]
        : where === "query"
          ? (sent.get(name) ?? undefined)
          : headers[name.toLowerCase()];
    if (raw === undefined) {
      if (required === true) problems.push(`${name} is missing`);
      continue;
    }
    check(`${pointer}/schema`, name === "limit" ? Number(raw) : raw, `parameter ${name}`);
  }
  for (const name of sent.keys()) if (!known.has(name)) problems.push(`the query ${name} is not named`);
  if (operation.requestBody === undefined && body !== "") problems.push("a body that is not named");
  if (operation.requestBody !== undefined) {
    check(`${here}/${lower}/requestBody/content/application~1json/schema`, JSON.parse(body), "body");
  }
  const responses = resolved(`${here}/${lower}/responses`).value;
  const which = String(status) in responses ? String(status) : "default";
  const response = resolved(`${here}/${lower}/responses/${which}`);
  const type = String(answerHeaders["content-type"]);
  if (!(type in (response.value.content as unknown as Any))) problems.push(`${status} with ${type}`);
  else check(`${response.pointer}/content/${escaped(type)}/schema`, JSON.parse(answer), `answer ${status}`);
  if (response.value.headers !== undefined) {
    check("/components/headers/ETag/schema", answerHeaders.etag, "ETag");
  }
  return problems.map((problem) => `${method} ${pathname} ${status}  ${problem}`);
}

function pattern(template: string): RegExp {
  const names = template.replaceAll(/\{(\w+)\}/g, "(?<$1>[^/]+)");
  return new RegExp(`^/tenantry/v1${names}$`);
}
