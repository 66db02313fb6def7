import type { Json } from "../json.ts";
import { type Expression, parseFilter } from "./filter-grammar.ts";
import { OktaProblem } from "./problem.ts";

/** What a field of an item holds: one value, or several of which any may match. */
type Field<Item> = (item: Item) => Json | undefined;

export interface FilterRules<Item> {
  /** By the name that a condition uses. */
  readonly fields: Readonly<Record<string, Field<Item>>>;
  /** For what belongs to an item besides its fields, asked with `eq`: whether this id does. */
  readonly relations?: Readonly<Record<string, (item: Item, id: string) => boolean>>;
  /** For names that are not listed, such as attributes of a profile; undefined when the name is none. */
  readonly other?: (name: string) => Field<Item> | undefined;
  /** `search` compares texts without regard to case, `filter` exactly. */
  readonly ignoreCase?: boolean;
  /** What may be asked; all operators when absent. */
  readonly operators?: readonly string[];
}

/**
 * The condition of a `filter` or `search` parameter, in SCIM's language: `FIELD eq "VALUE"`, `sw`, `co`, `pr`, `gt` and
 * so on, joined with `and` and `or`, in parentheses. Times are compared as times. Throws Okta's 400 for anything else.
 * @see https://developer.okta.com/docs/api/#filter
 */
export function readFilter<Item>(text: string | null, rules: FilterRules<Item>): (item: Item) => boolean {
  if (text === null || text.trim() === "") return () => true;
  const expression = parseFilter(text);
  if (expression === undefined) throw refuse(text);
  return compile(expression, rules, text);
}

function compile<Item>(expression: Expression, rules: FilterRules<Item>, text: string): (item: Item) => boolean {
  if (expression.kind !== "condition") {
    const parts = expression.parts.map((part) => compile(part, rules, text));
    return expression.kind === "and"
      ? (item) => parts.every((part) => part(item))
      : (item) => parts.some((part) => part(item));
  }
  const { field: name, operator, value: wanted } = expression;
  const { relations = {} } = rules;
  const relation = Object.hasOwn(relations, name) ? relations[name] : undefined;
  if (relation !== undefined) {
    if (operator !== "eq" || typeof wanted !== "string") throw refuse(text);
    return (item) => relation(item, wanted);
  }
  const field = Object.hasOwn(rules.fields, name) ? rules.fields[name] : rules.other?.(name);
  if (field === undefined || (rules.operators !== undefined && !rules.operators.includes(operator))) {
    throw refuse(text);
  }
  const plain = (value: Json): Json =>
    typeof value === "string" && rules.ignoreCase === true ? value.toLowerCase() : value;
  const sought = wanted === undefined ? undefined : plain(wanted);
  return (item) => {
    const found = field(item);
    const values = (Array.isArray(found) ? (found as readonly Json[]) : [found ?? null])
      .filter((value) => value !== null)
      .map(plain);
    if (operator === "pr") return values.length > 0;
    if (operator === "ne") return values.every((value) => value !== sought);
    if (sought === null) return values.length === 0;
    return values.some((value) => matches(value, operator, sought));
  };
}

function matches(value: Json, operator: string, sought: Json | undefined): boolean {
  if (operator === "eq") return value === sought;
  if (typeof value === "string" && typeof sought === "string") {
    if (operator === "sw") return value.startsWith(sought);
    if (operator === "co") return value.includes(sought);
    if (operator === "ew") return value.endsWith(sought);
  }
  const order = compare(value, sought);
  if (order === undefined) return false;
  if (operator === "gt") return order > 0;
  if (operator === "ge") return order >= 0;
  return operator === "lt" ? order < 0 : operator === "le" && order <= 0;
}

function compare(value: Json, sought: Json | undefined): number | undefined {
  if (typeof value === "number" && typeof sought === "number") return value - sought;
  if (typeof value !== "string" || typeof sought !== "string") return undefined;
  const [a, b] = [Date.parse(value), Date.parse(sought)];
  if (!Number.isNaN(a) && !Number.isNaN(b)) return a - b;
  return value < sought ? -1 : Number(value > sought);
}

function refuse(text: string): OktaProblem {
  return new OktaProblem(400, "E0000031", `Invalid search criteria: ${text}`);
}
