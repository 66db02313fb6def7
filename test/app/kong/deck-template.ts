// What decK does to a file before it reads the YAML, strictly: Go's text/template with the delimiters `${{` and `}}`, and
// decK's own function `env`. Everything else in an action is an error, as it would be a surprise.

/** The text with its templates filled in. Throws for an action that is not one variable, and for one that is not set. */
export function fillInTemplates(text: string, variables: Readonly<Record<string, string>>): string {
  let out = "";
  let rest = text;
  for (;;) {
    const open = rest.indexOf(`\${{`);
    if (open === -1) return out + rest;
    out += rest.slice(0, open);
    const close = rest.indexOf("}}", open);
    if (close === -1) throw new Error("an action is not closed");
    const action = rest.slice(open + 3, close);
    const [, name] = /^ env "(DECK_[A-Z0-9_]+)" $/.exec(action) ?? [];
    if (name === undefined) throw new Error(`an action that is no variable: ${action}`);
    const value = variables[name];
    if (value === undefined) throw new Error(`${name} is not set`);
    out += value;
    rest = rest.slice(close + 2);
  }
}
