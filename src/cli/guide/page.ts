// A page as data: what is on it, without how it looks. Two renderers read it.

/** A piece of a line: plain words, something to be typed or read letter by letter, or words that stand out. */
export type Inline = string | { readonly code: string } | { readonly strong: string };

export type Line = readonly Inline[];

export type Block =
  | { readonly kind: "text"; readonly text: Line }
  /** Something to look at before going on. */
  | { readonly kind: "note"; readonly text: Line }
  /** A value that is copied whole, letter by letter. */
  | { readonly kind: "value"; readonly label: string; readonly value: string; readonly note?: Line | undefined }
  /** Labels and what is said under them. */
  | { readonly kind: "facts"; readonly rows: readonly Fact[] }
  | { readonly kind: "list"; readonly items: readonly Line[] }
  /** What is done in this order. */
  | { readonly kind: "steps"; readonly items: readonly Line[] };

/** A label and what is said under it. */
export type Fact = readonly [label: Inline, text: Line];

export interface Section {
  /** Unique on the page: letters, digits and hyphens. */
  readonly id: string;
  readonly title: Line;
  readonly blocks: readonly Block[];
  readonly sections?: readonly Section[] | undefined;
}

export interface Page {
  readonly title: string;
  readonly blocks: readonly Block[];
  readonly sections: readonly Section[];
}

/** A line from a template: what is filled in is plain words, unless it is a piece already. */
export function line(parts: TemplateStringsArray, ...values: readonly (Inline | Line)[]): Line {
  return parts.flatMap((part, index): readonly Inline[] => {
    const value = values[index];
    const words: readonly Inline[] = part === "" ? [] : [part];
    if (value === undefined) return words;
    return [...words, ...(isLine(value) ? value : [value])];
  });
}

function isLine(value: Inline | Line): value is Line {
  return Array.isArray(value);
}

export const code = (text: string): Inline => ({ code: text });

export const strong = (text: string): Inline => ({ strong: text });

/** Our own words with code between backticks, such as a preset's. Never for words of others. */
export function told(text: string): Line {
  return text
    .split("`")
    .map((part, index): Inline => (index % 2 === 0 ? part : code(part)))
    .filter((piece) => piece !== "" && (typeof piece === "string" || !("code" in piece) || piece.code !== ""));
}

/** `a`, `b` and `c`. */
export function listed(items: readonly string[], word = "and"): Line {
  return items.flatMap((item, index): readonly Inline[] => {
    if (index === 0) return [code(item)];
    return [index === items.length - 1 ? ` ${word} ` : ", ", code(item)];
  });
}

/** A sentence with its full stop, as presets' lines have none. */
export function sentence(text: string): Line {
  const words = text.charAt(0).toUpperCase() + text.slice(1);
  return told(/[.!?]$/.test(words) ? words : `${words}.`);
}
