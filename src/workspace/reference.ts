/**
 * A reference to a secret: where it is, never what it is. Written `env:NAME` or `file:PATH`.
 * `text` is the spelling in the file, fit for messages.
 */
export type Reference =
  | { readonly scheme: "env"; readonly name: string; readonly text: string }
  | { readonly scheme: "file"; readonly path: string; readonly text: string };

const environmentName = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Parses `env:NAME` or `file:PATH`; undefined when the text is no reference of a known scheme. */
export function parseReference(text: string): Reference | undefined {
  if (text.startsWith("env:")) {
    const name = text.slice("env:".length);
    return environmentName.test(name) ? { scheme: "env", name, text } : undefined;
  }
  if (text.startsWith("file:")) {
    const path = text.slice("file:".length);
    if (path === "" || path.split(/[\\/]/).includes("..") || path.includes("\0")) return undefined;
    return { scheme: "file", path, text };
  }
  return undefined;
}
