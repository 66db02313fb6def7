import type { Json } from "../../json.ts";
import { type ExpressionContext, ExpressionProblem } from "./expression-context.ts";

type Arguments = readonly Json[];

/** A call of a function by its full name, as `String.append`. Throws an `ExpressionProblem` for one that is not played. */
export function callFunction(name: string, args: Arguments, context: ExpressionContext): Json {
  const found = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (found === undefined) throw new ExpressionProblem(`the sandbox does not play ${name}()`);
  return found(args, context);
}

/** A call of a method on a text or a list. Throws an `ExpressionProblem` for one that is not played. */
export function callMethod(on: Json, name: string, args: Arguments, context: ExpressionContext): Json {
  if (on === null) return null;
  const methods = typeof on === "string" ? textMethods : Array.isArray(on) ? listMethods : {};
  const equivalent = Object.hasOwn(methods, name) ? methods[name] : undefined;
  if (equivalent === undefined) throw new ExpressionProblem(`the sandbox does not play .${name}()`);
  return callFunction(equivalent, [on, ...args], context);
}

const textMethods: Readonly<Record<string, string>> = {
  toUpperCase: "String.toUpperCase",
  toLowerCase: "String.toLowerCase",
  trim: "String.trim",
  length: "String.len",
  substring: "String.substring",
  startsWith: "String.startsWith",
  endsWith: "String.endsWith",
  contains: "String.stringContains",
  replace: "String.replace",
  equals: "String.equals",
};

const listMethods: Readonly<Record<string, string>> = {
  contains: "Arrays.contains",
  size: "Arrays.size",
  isEmpty: "Arrays.isEmpty",
};

const functions: Readonly<Record<string, (args: Arguments, context: ExpressionContext) => Json>> = {
  "String.append": ([text, more]) => textOf(text) + textOf(more),
  "String.join": ([separator, ...parts]) => parts.map(textOf).join(textOf(separator)),
  "String.len": ([text]) => textOf(text).length,
  "String.trim": ([text]) => textOf(text).trim(),
  "String.equals": ([text, other]) => text === other,
  "String.removeSpaces": ([text]) => textOf(text).replaceAll(" ", ""),
  "String.replace": ([text, from, to]) => textOf(text).replaceAll(textOf(from), () => textOf(to)),
  "String.replaceFirst": ([text, from, to]) => textOf(text).replace(textOf(from), () => textOf(to)),
  "String.startsWith": ([text, start]) => textOf(text).startsWith(textOf(start)),
  "String.endsWith": ([text, end]) => textOf(text).endsWith(textOf(end)),
  "String.stringContains": ([text, part]) => textOf(text).includes(textOf(part)),
  "String.stringSwitch": ([text, standard = null, ...pairs]) => {
    for (let at = 0; at + 1 < pairs.length; at += 2) {
      if (textOf(text).includes(textOf(pairs[at]))) return pairs[at + 1] ?? null;
    }
    return standard;
  },
  "String.substring": ([text, from, to]) =>
    textOf(text).slice(numberOf(from), to === undefined ? undefined : numberOf(to)),
  "String.substringAfter": ([text, part]) => {
    const at = textOf(text).indexOf(textOf(part));
    return at < 0 ? "" : textOf(text).slice(at + textOf(part).length);
  },
  "String.substringBefore": ([text, part]) => {
    const at = textOf(text).indexOf(textOf(part));
    return at < 0 ? textOf(text) : textOf(text).slice(0, at);
  },
  "String.toUpperCase": ([text]) => textOf(text).toUpperCase(),
  "String.toLowerCase": ([text]) => textOf(text).toLowerCase(),
  "Convert.toInt": ([value]) => Math.round(numberOf(value)),
  "Convert.toNum": ([value]) => numberOf(value),
  "Arrays.add": ([list, item = null]) => [...listOf(list), item],
  "Arrays.remove": ([list, item]) => listOf(list).filter((each) => each !== item),
  "Arrays.clear": () => [],
  "Arrays.get": ([list, at]) => listOf(list)[numberOf(at)] ?? null,
  "Arrays.flatten": (args) => args.flat(20) as Json[],
  "Arrays.contains": ([list, item]) => listOf(list).some((each) => each === item),
  "Arrays.size": ([list]) => listOf(list).length,
  "Arrays.isEmpty": ([list]) => list === null || listOf(list).length === 0,
  "Arrays.toCsvString": ([list]) => listOf(list).map(textOf).join(","),
  "Groups.startsWith": (args, context) => groupNames(args, context, (name, text) => name.startsWith(text)),
  "Groups.endsWith": (args, context) => groupNames(args, context, (name, text) => name.endsWith(text)),
  "Groups.contains": (args, context) => groupNames(args, context, (name, text) => name.includes(text)),
  getFilteredGroups: ([ids, field, limit], { groups }) => {
    const wanted = listOf(ids).map(textOf);
    const shown = groups.filter(({ id }) => wanted.includes(id)).slice(0, numberOf(limit));
    return shown.map(({ id, name }) => (textOf(field).endsWith("id") ? id : name));
  },
  isMemberOfGroup: ([id], { groups }) => groups.some((group) => group.id === id),
  isMemberOfAnyGroup: (ids, { groups }) => groups.some((group) => ids.includes(group.id)),
  isMemberOfGroupName: ([name], { groups }) => groups.some((group) => group.name === name),
  isMemberOfGroupNameStartsWith: ([text], { groups }) => groups.some(({ name }) => name.startsWith(textOf(text))),
  isMemberOfGroupNameContains: ([text], { groups }) => groups.some(({ name }) => name.includes(textOf(text))),
  isMemberOfGroupNameRegex: ([text], { groups }) => {
    const pattern = patternOf(textOf(text));
    return groups.some(({ name }) => pattern.test(name));
  },
};

/** `Groups.startsWith(app, text, limit)`; the first says in which app the groups are, `OKTA` for the org's own. */
function groupNames(
  [app, text, limit]: Arguments,
  { groups }: ExpressionContext,
  test: (name: string, text: string) => boolean,
): Json {
  const own = textOf(app) === "OKTA";
  const shown = groups.filter(({ name, type }) => (type === "APP_GROUP") !== own && test(name, textOf(text)));
  return shown.slice(0, limit === undefined ? 100 : numberOf(limit)).map(({ name }) => name);
}

function patternOf(text: string): RegExp {
  try {
    return new RegExp(`^(?:${text})$`, "s");
  } catch {
    throw new ExpressionProblem("the regular expression cannot be read");
  }
}

function textOf(value: Json | undefined): string {
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function numberOf(value: Json | undefined): number {
  const number = Number(value);
  if (!Number.isFinite(number)) throw new ExpressionProblem("a number is needed");
  return number;
}

function listOf(value: Json | undefined): readonly Json[] {
  if (value === null || value === undefined) return [];
  return Array.isArray(value) ? value : [value as Json];
}
