/**
 * The values as a dotenv file that `util.parseEnv` reads back equal: double quotes, line breaks as `\n`. Such a file has
 * no way to spell every text: throws a `TypeError` for a value with a double quote, a backslash or a carriage return.
 */
export function formatEnv(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => {
      if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) throw new TypeError(`${name} is no name for a variable`);
      if (/["\\\r]/.test(value)) throw new TypeError(`the value of ${name} cannot be spelled in a dotenv file`);
      return `${name}="${value.replaceAll("\n", "\\n")}"\n`;
    })
    .join("");
}
