// Characters that are not seen as what they are: controls (a terminal obeys them), line and paragraph separators, lone
// surrogates, and format characters such as bidirectional overrides, which show another text than the one that is
// there. The two joiners are left out: scripts and emoji need them.
const hidden = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]|(?![\u200c\u200d])\p{Cf}/u;
const everyHidden = new RegExp(hidden, "gu");

/** Text for one line of a terminal, a log or a page: every hidden character, line breaks included, is written `\u{…}`. */
export function visibleText(text: string): string {
  return hidden.test(text) ? text.replace(everyHidden, (found) => `\\u{${codeOf(found).toString(16)}}`) : text;
}

/** The first hidden character that is neither a tab nor a line break, with its index; undefined when there is none. */
export function findHidden(text: string): { readonly index: number; readonly name: string } | undefined {
  // Nearly every text of a fleet; line breaks, which match too, make the search below slow.
  if (/^[\t\n\r -~]*$/.test(text)) return undefined;
  for (const { 0: found, index } of text.matchAll(everyHidden)) {
    if (found === "\t" || found === "\n" || found === "\r") continue;
    return { index, name: `U+${codeOf(found).toString(16).toUpperCase().padStart(4, "0")}` };
  }
  return undefined;
}

function codeOf(character: string): number {
  return character.codePointAt(0) ?? 0;
}
