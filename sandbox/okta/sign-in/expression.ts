import { isObject, type Json } from "../../json.ts";
import { type ExpressionContext, ExpressionProblem } from "./expression-context.ts";
import { callFunction, callMethod } from "./expression-functions.ts";

export { ExpressionProblem } from "./expression-context.ts";

type Evaluation = (context: ExpressionContext) => Json;

const token =
  /\s*(?:("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(\d+(?:\.\d+)?)|([A-Za-z_$][\w$]*)|(\?:|==|!=|<=|>=|&&|\|\||[-+!<>?:.,(){}[\]]))/y;

/** Words that are operators. */
const words = new Map([
  ["OR", "||"],
  ["or", "||"],
  ["AND", "&&"],
  ["and", "&&"],
  ["NOT", "!"],
  ["not", "!"],
  ["eq", "=="],
  ["ne", "!="],
]);

/**
 * What an expression of Okta's language comes to. Played are paths (`user.login`, `app.profile.x`), literals, lists,
 * `? :`, `?:`, logic, comparison, `+`, `-`, and the functions of `expression-functions.ts`. A name that is not there is
 * null. Throws an `ExpressionProblem` for what cannot be read or is not played.
 * @see https://developer.okta.com/docs/reference/okta-expression-language/
 */
export function evaluate(text: string, context: ExpressionContext): Json {
  return new Parser(text).parse()(context);
}

class Parser {
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(text: string) {
    this.#tokens = tokensOf(text);
  }

  parse(): Evaluation {
    const result = this.#choice();
    if (this.#at < this.#tokens.length) throw new ExpressionProblem(`unexpected ${this.#tokens[this.#at]}`);
    return result;
  }

  #choice(): Evaluation {
    const test = this.#or();
    if (this.#take("?:")) {
      const other = this.#choice();
      return (context) => {
        const value = test(context);
        return isTrue(value) ? value : other(context);
      };
    }
    if (!this.#take("?")) return test;
    const then = this.#choice();
    this.#expect(":");
    const otherwise = this.#choice();
    return (context) => (isTrue(test(context)) ? then(context) : otherwise(context));
  }

  #or(): Evaluation {
    let left = this.#and();
    while (this.#take("||")) {
      const [first, second] = [left, this.#and()];
      left = (context) => isTrue(first(context)) || isTrue(second(context));
    }
    return left;
  }

  #and(): Evaluation {
    let left = this.#comparison();
    while (this.#take("&&")) {
      const [first, second] = [left, this.#comparison()];
      left = (context) => isTrue(first(context)) && isTrue(second(context));
    }
    return left;
  }

  #comparison(): Evaluation {
    const left = this.#sum();
    const operator = ["==", "!=", "<=", ">=", "<", ">"].find((each) => this.#take(each));
    if (operator === undefined) return left;
    const right = this.#sum();
    return (context) => compare(operator, left(context), right(context));
  }

  #sum(): Evaluation {
    let left = this.#unary();
    for (;;) {
      const operator = ["+", "-"].find((each) => this.#take(each));
      if (operator === undefined) return left;
      const [first, second] = [left, this.#unary()];
      left = (context) => add(operator, first(context), second(context));
    }
  }

  #unary(): Evaluation {
    if (this.#take("!")) {
      const inner = this.#unary();
      return (context) => !isTrue(inner(context));
    }
    if (this.#take("-")) {
      const inner = this.#unary();
      return (context) => add("-", 0, inner(context));
    }
    return this.#path();
  }

  #path(): Evaluation {
    const start = this.#tokens[this.#at] ?? "";
    const isName = /^[A-Za-z_$]/.test(start) && !["true", "false", "null"].includes(start);
    if (isName && this.#tokens[this.#at + 1] === "(") return this.#steps(this.#call(this.#next()));
    // `String.append(…)`: a namespace, not a variable.
    if (/^[A-Z]\w*$/.test(start) && this.#tokens[this.#at + 1] === "." && this.#tokens[this.#at + 3] === "(") {
      this.#at += 2;
      return this.#steps(this.#call(`${start}.${this.#next()}`));
    }
    return this.#steps(this.#primary());
  }

  #call(name: string): Evaluation {
    const args = this.#list("(", ")");
    return (context) =>
      callFunction(
        name,
        args.map((arg) => arg(context)),
        context,
      );
  }

  #steps(start: Evaluation): Evaluation {
    let value = start;
    for (;;) {
      const inner = value;
      if (this.#take("[")) {
        const key = this.#choice();
        this.#expect("]");
        value = (context) => member(inner(context), key(context));
      } else if (this.#take(".")) {
        const name = this.#next();
        if (!/^[A-Za-z_$]/.test(name)) throw new ExpressionProblem(`unexpected ${name}`);
        if (this.#tokens[this.#at] === "(") {
          const args = this.#list("(", ")");
          value = (context) =>
            callMethod(
              inner(context),
              name,
              args.map((arg) => arg(context)),
              context,
            );
        } else value = (context) => member(inner(context), name);
      } else return value;
    }
  }

  #primary(): Evaluation {
    if (this.#tokens[this.#at] === "{") {
      const items = this.#list("{", "}");
      return (context) => items.map((item) => item(context));
    }
    if (this.#take("(")) {
      const inner = this.#choice();
      this.#expect(")");
      return inner;
    }
    const text = this.#next();
    if (/^["']/.test(text)) {
      const value = text.slice(1, -1).replace(/\\(.)/g, "$1");
      return () => value;
    }
    if (/^\d/.test(text)) return () => Number(text);
    if (text === "true" || text === "false") return () => text === "true";
    if (text === "null") return () => null;
    if (!/^[A-Za-z_$]/.test(text)) throw new ExpressionProblem(`unexpected ${text}`);
    return ({ variables }) => (Object.hasOwn(variables, text) ? (variables[text] ?? null) : null);
  }

  #list(open: string, close: string): Evaluation[] {
    this.#expect(open);
    const items: Evaluation[] = [];
    if (this.#take(close)) return items;
    do items.push(this.#choice());
    while (this.#take(","));
    this.#expect(close);
    return items;
  }

  #take(text: string): boolean {
    if (this.#tokens[this.#at] !== text) return false;
    this.#at += 1;
    return true;
  }

  #expect(text: string): void {
    if (!this.#take(text)) throw new ExpressionProblem(`${text} is missing`);
  }

  #next(): string {
    const text = this.#tokens[this.#at];
    if (text === undefined) throw new ExpressionProblem("it ends too early");
    this.#at += 1;
    return text;
  }
}

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  token.lastIndex = 0;
  const end = text.trimEnd().length;
  while (token.lastIndex < end) {
    const from = token.lastIndex;
    const match = token.exec(text);
    if (match === null) throw new ExpressionProblem(`it cannot be read from character ${from + 1} on`);
    const [, quoted, number, name, sign] = match;
    tokens.push(quoted ?? number ?? (name === undefined ? (sign ?? "") : (words.get(name) ?? name)));
  }
  return tokens;
}

function isTrue(value: Json): boolean {
  return value === true || value === "true";
}

function member(value: Json, key: Json): Json {
  if (Array.isArray(value)) return value[Number(key)] ?? null;
  return isObject(value) && Object.hasOwn(value, String(key)) ? (value[String(key)] ?? null) : null;
}

function compare(operator: string, left: Json, right: Json): boolean {
  if (operator === "==") return same(left, right);
  if (operator === "!=") return !same(left, right);
  if (
    (typeof left !== "number" || typeof right !== "number") &&
    (typeof left !== "string" || typeof right !== "string")
  ) {
    return false;
  }
  switch (operator) {
    case "<":
      return left < right;
    case ">":
      return left > right;
    case "<=":
      return left <= right;
    default:
      return left >= right;
  }
}

function same(left: Json, right: Json): boolean {
  return left === right || JSON.stringify(left) === JSON.stringify(right);
}

function add(operator: string, left: Json, right: Json): Json {
  if (typeof left === "number" && typeof right === "number") return operator === "+" ? left + right : left - right;
  if (operator === "-") throw new ExpressionProblem("only numbers can be subtracted");
  const shown = (value: Json): string => (typeof value === "object" ? JSON.stringify(value) : String(value));
  return shown(left) + shown(right);
}
