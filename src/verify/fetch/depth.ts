/** Levels of nesting that are read; metadata and key sets have four at most. */
const deepest = 64;

const [quote, backslash, openList, closeList, openObject, closeObject] = [...'"\\[]{}'].map((c) => c.charCodeAt(0));

/**
 * Whether JSON text is nested no deeper than 64 levels, looked at without parsing it: whatever walks a deeper value by
 * calling itself would run out of stack. Says nothing about text that is no JSON.
 */
export function isShallow(text: Uint8Array): boolean {
  let depth = 0;
  let isInText = false;
  for (let index = 0; index < text.length; index += 1) {
    const byte = text[index];
    if (isInText) {
      if (byte === backslash) index += 1;
      else if (byte === quote) isInText = false;
    } else if (byte === quote) isInText = true;
    else if (byte === openList || byte === openObject) {
      depth += 1;
      if (depth > deepest) return false;
    } else if (byte === closeList || byte === closeObject) depth -= 1;
  }
  return true;
}
