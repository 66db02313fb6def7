import { isObject, isTexts, type JsonObject } from "../json.ts";
import type { Call } from "./call.ts";
import { invalid, notFound } from "./problem.ts";
import type { OktaServer, OktaServerPolicy, OktaServerRule } from "./server-model.ts";
import { rotated } from "./server-rotation.ts";

/** The server that the path names, by id or as `default`. Throws the 404 of Okta. */
export function serverOf(call: Call): OktaServer {
  const id = call.params.serverId ?? "";
  const server = call.org.server(id);
  if (server === undefined) throw notFound(id, "AuthorizationServer");
  return rotated(server, call.org.now());
}

/** The policy that the path names. Throws the 404 of Okta. */
export function serverPolicyOf(call: Call): OktaServerPolicy {
  const id = call.params.policyId ?? "";
  const policy = serverOf(call).policies.get(id);
  if (policy === undefined) throw notFound(id, "Policy");
  return policy;
}

/** The rule that the path names. Throws the 404 of Okta. */
export function serverRuleOf(call: Call): OktaServerRule {
  const id = call.params.ruleId ?? "";
  const rule = serverPolicyOf(call).rules.get(id);
  if (rule === undefined) throw notFound(id, "PolicyRule");
  return rule;
}

/** The body as an object; empty when there was none. Throws a 400 for anything else. */
export function bodyOf(call: Call): JsonObject {
  if (call.body === undefined || call.body === null) return {};
  if (!isObject(call.body)) throw invalid("body", ["The request body must be a JSON object"]);
  return call.body;
}

/** The fields of one body, each read with the check that Okta makes; every reader throws a 400 that names its field. */
export class Fields {
  readonly #body: JsonObject;
  readonly #prefix: string;

  constructor(body: JsonObject, prefix = "") {
    this.#body = body;
    this.#prefix = prefix;
  }

  /** A text that must be there and not be blank. */
  text(name: string, most = 1024): string {
    const value = this.optionalText(name, most);
    if (value === undefined || value.trim() === "") this.#refuse(name, "The field cannot be left blank");
    return value;
  }

  optionalText(name: string, most = 1024): string | undefined {
    const value = this.#body[name];
    if (value === undefined || value === null) return undefined;
    if (typeof value !== "string") this.#refuse(name, "The field must be a text");
    if (value.length > most) this.#refuse(name, `The field is too long, at most ${most} characters are allowed`);
    return value;
  }

  flag(name: string, standard: boolean): boolean {
    const value = this.#body[name];
    if (value === undefined || value === null) return standard;
    if (value === true || value === "true") return true;
    if (value === false || value === "false") return false;
    return this.#refuse(name, "The field must be true or false");
  }

  oneOf<Choice extends string>(name: string, choices: readonly Choice[], standard?: Choice): Choice {
    const value = this.#body[name] ?? standard;
    if (value === undefined) this.#refuse(name, "The field cannot be left blank");
    const choice = choices.find((each) => each === value);
    return choice ?? this.#refuse(name, `The field must be one of ${choices.join(", ")}`);
  }

  /** A whole number in the range, or undefined when none was sent. */
  number(name: string, least: number, most: number): number | undefined {
    const value = this.#body[name];
    if (value === undefined || value === null) return undefined;
    if (typeof value !== "number" || !Number.isInteger(value) || value < least || value > most) {
      this.#refuse(name, `The field must be a whole number from ${least} to ${most}`);
    }
    return value;
  }

  /** A list of texts, or undefined when none was sent. */
  texts(name: string): readonly string[] | undefined {
    const value = this.#body[name];
    if (value === undefined || value === null) return undefined;
    return isTexts(value) ? value : this.#refuse(name, "The field must be a list of texts");
  }

  /** The fields of an inner object; it counts as empty when none was sent. */
  inner(name: string): Fields {
    const value = this.#body[name];
    if (value === undefined || value === null) return new Fields({}, `${this.#prefix}${name}.`);
    if (!isObject(value)) this.#refuse(name, "The field must be an object");
    return new Fields(value, `${this.#prefix}${name}.`);
  }

  #refuse(name: string, why: string): never {
    throw invalid(this.#prefix + name, [`${this.#prefix}${name}: ${why}`]);
  }
}

/** Throws Okta's 400 when one of the others has this name. */
export function refuseTaken(
  others: Iterable<{ readonly id: string; readonly name: string }>,
  name: string,
  self: string | undefined,
): void {
  for (const other of others) {
    if (other.id !== self && other.name === name) {
      throw invalid("name", ["name: An object with this field already exists in the current organization"]);
    }
  }
}
