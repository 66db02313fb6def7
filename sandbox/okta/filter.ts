import { OktaProblem } from "./problem.ts";

type Fields<Item> = Readonly<Record<string, (item: Item) => readonly string[]>>;

const condition = /^\s*([A-Za-z.]+)\s+(eq|sw)\s+"((?:[^"\\]|\\.)*)"\s*$/;

/**
 * The condition of a `filter` or `search` parameter: `FIELD eq "VALUE"` or `sw` (starts with), several joined with
 * `and`. `search` compares without regard to case, `filter` exactly. Throws Okta's 400 for anything else.
 */
export function readFilter<Item>(
  text: string | null,
  fields: Fields<Item>,
  ignoreCase = false,
): (item: Item) => boolean {
  const plain = (value: string): string => (ignoreCase ? value.toLowerCase() : value);
  if (text === null || text.trim() === "") return () => true;
  const tests = text.split(/\s+and\s+/i).map((each) => {
    const match = condition.exec(each);
    const values = match === null ? undefined : fields[match[1] ?? ""];
    if (match === null || values === undefined) {
      throw new OktaProblem(400, "E0000031", `Invalid search criteria: ${each}`);
    }
    const wanted = plain((match[3] ?? "").replace(/\\(.)/g, "$1"));
    return match[2] === "eq"
      ? (item: Item) => values(item).some((value) => plain(value) === wanted)
      : (item: Item) => values(item).some((value) => plain(value).startsWith(wanted));
  });
  return (item) => tests.every((test) => test(item));
}
