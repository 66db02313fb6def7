/** An element of a small XML document. */
export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
  readonly text: string;
}

/** Reads what reports are made of, strictly: elements, attributes, text and numeric references. Throws for all else. */
export function parseXml(text: string): Element {
  const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';
  if (!text.startsWith(declaration)) throw new Error("no XML declaration");
  let rest = text.slice(declaration.length);
  const take = (pattern: RegExp): RegExpExecArray => {
    const found = pattern.exec(rest);
    if (found === null || found.index !== 0) throw new Error(`not well formed at ${JSON.stringify(rest.slice(0, 60))}`);
    rest = rest.slice(found[0].length);
    return found;
  };
  const element = (): Element => {
    const name = take(/^<([a-z-]+)/)[1] ?? "";
    const attributes: Record<string, string> = {};
    while (/^\s+[a-z]/.test(rest)) {
      const [, key = "", value = ""] = take(/^\s+([a-z]+)="([^"<]*)"/);
      if (key in attributes) throw new Error(`${key} twice`);
      attributes[key] = decoded(value);
    }
    if (rest.startsWith("/>")) {
      take(/^\/>/);
      return { name, attributes, children: [], text: "" };
    }
    take(/^>/);
    const children: Element[] = [];
    let inner = "";
    while (!rest.startsWith("</")) {
      if (rest.startsWith("<")) children.push(element());
      else inner += decoded(take(/^[^<]+/)[0]);
    }
    if (take(/^<\/([a-z-]+)>/)[1] !== name) throw new Error(`${name} is not closed`);
    return { name, attributes, children, text: inner };
  };
  const root = element();
  if (rest.trim() !== "") throw new Error("something behind the root");
  return root;
}

function decoded(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 has none of them
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/.test(text)) throw new Error("a character that XML cannot hold");
  if (/&(?!#\d+;)/.test(text)) throw new Error("a bare ampersand");
  return text.replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));
}
