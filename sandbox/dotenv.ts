import { parseEnv } from "node:util";

/**
 * The values as a dotenv file that `util.parseEnv` reads back equal: in double quotes with line breaks as `\n`, or, when
 * the value does not allow it, as it is in single quotes or backticks. Such a file has no way to spell every text: throws
 * a `TypeError` for a value with all three quotes or a carriage return.
 */
export function formatEnv(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => {
      if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) throw new TypeError(`${name} is no name for a variable`);
      const spellings = [`"${value.replaceAll("\n", "\\n")}"`, `'${value}'`, `\`${value}\``];
      const line = spellings.map((text) => `${name}=${text}\n`).find((text) => readsBackAs(text, name, value));
      if (line === undefined) throw new TypeError(`the value of ${name} cannot be spelled in a dotenv file`);
      return line;
    })
    .join("");
}

/** Whether a line, with another behind it, gives this value and nothing else. */
function readsBackAs(line: string, name: string, value: string): boolean {
  const next = `AFTER_${name}`;
  const read = parseEnv(`${line}${next}=1\n`);
  return Object.keys(read).length === 2 && read[name] === value && read[next] === "1";
}
