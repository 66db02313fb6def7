import { escapeHtml } from "../sign-in/html.ts";

/** Markup that is known to be harmless: made by `html` only. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What can stand in a template: text and numbers are escaped, markup stays, nothing is nothing. */
export type Content = Html | string | number | undefined | readonly Content[];

/** Markup in which everything that is filled in is escaped, unless it is markup itself. Attributes stand in double quotes. */
export function html(parts: TemplateStringsArray, ...values: readonly Content[]): Html {
  return new Html(parts.map((part, index) => part + (index < values.length ? render(values[index]) : "")).join(""));
}

function render(content: Content): string {
  if (content === undefined) return "";
  if (content instanceof Html) return content.text;
  if (typeof content === "object") return content.map(render).join("");
  return escapeHtml(String(content));
}
