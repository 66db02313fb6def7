/** A condition as it was written; `value` is missing for `pr` only. */
export type Expression =
  | { readonly kind: "and" | "or"; readonly parts: readonly Expression[] }
  | {
      readonly kind: "condition";
      readonly field: string;
      readonly operator: string;
      readonly value: string | number | boolean | null | undefined;
    };

const operators = ["eq", "ne", "sw", "co", "ew", "gt", "ge", "lt", "le"];
const token = /\s*(?:([()])|("(?:[^"\\]|\\.)*")|([^\s()"]+))/y;
/** Deeper nesting than this is nobody's filter. */
const deepest = 50;

/** Reads a filter; `and` binds stronger than `or`. Undefined when it is none. */
export function parseFilter(text: string): Expression | undefined {
  const tokens = split(text);
  if (tokens === undefined) return undefined;
  const reader = new Reader(tokens);
  const expression = reader.either(0);
  return reader.atEnd ? expression : undefined;
}

function split(text: string): string[] | undefined {
  const tokens: string[] = [];
  token.lastIndex = 0;
  const end = text.trimEnd().length;
  while (token.lastIndex < end) {
    const match = token.exec(text);
    if (match === null) return undefined;
    tokens.push(match[1] ?? match[2] ?? match[3] ?? "");
  }
  return tokens;
}

class Reader {
  readonly #tokens: readonly string[];
  #next = 0;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  get atEnd(): boolean {
    return this.#next === this.#tokens.length;
  }

  either(depth: number): Expression | undefined {
    return this.#joined("or", () => this.#joined("and", () => this.#single(depth)));
  }

  #joined(kind: "and" | "or", read: () => Expression | undefined): Expression | undefined {
    const parts: Expression[] = [];
    do {
      const part = read();
      if (part === undefined) return undefined;
      parts.push(part);
    } while (this.#takes(kind));
    const [only] = parts;
    return parts.length === 1 ? only : { kind, parts };
  }

  #single(depth: number): Expression | undefined {
    if (depth > deepest) return undefined;
    if (this.#takes("(")) {
      const inner = this.either(depth + 1);
      return this.#takes(")") ? inner : undefined;
    }
    const field = this.#take();
    const operator = this.#take()?.toLowerCase();
    if (field === undefined || !/^[A-Za-z_][\w.-]*$/.test(field) || operator === undefined) return undefined;
    if (operator === "pr") return { kind: "condition", field, operator, value: undefined };
    const value = readValue(this.#take());
    return operators.includes(operator) && value !== undefined
      ? { kind: "condition", field, operator, value }
      : undefined;
  }

  #take(): string | undefined {
    const taken = this.#tokens[this.#next];
    this.#next += 1;
    return taken;
  }

  #takes(expected: string): boolean {
    if (this.#tokens[this.#next]?.toLowerCase() !== expected) return false;
    this.#next += 1;
    return true;
  }
}

function readValue(text: string | undefined): string | number | boolean | null | undefined {
  if (text === undefined) return undefined;
  if (text.startsWith('"')) return text.slice(1, -1).replace(/\\(.)/g, "$1");
  if (text === "true" || text === "false") return text === "true";
  if (text === "null") return null;
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
}
