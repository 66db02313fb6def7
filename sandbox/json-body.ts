/** Deepest nesting of lists and objects that is read: more would overflow the stack of whoever walks through it. */
const deepest = 200;

/** Whether a content type is JSON's, also with a prefix as in `application/merge-patch+json`. */
export function isJsonType(contentType = ""): boolean {
  return /^application\/([\w.-]+\+)?json\s*(;|$)/i.test(contentType);
}

/** The JSON in a body. Throws a `SyntaxError` for what is none, is no UTF-8, or is nested deeper than 200 levels. */
export function parseJsonBody(body: Uint8Array): unknown {
  const text = decode(body);
  if (isTooDeep(text)) throw new SyntaxError("nested too deep");
  return JSON.parse(text);
}

function decode(body: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body);
  } catch (cause) {
    throw new SyntaxError("not UTF-8", { cause });
  }
}

/** Counts brackets outside of texts; what is no JSON may be counted wrong and is refused by the parser. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  let inText = false;
  for (let index = 0; index < text.length; index += 1) {
    const sign = text.charCodeAt(index);
    if (sign === 0x22) inText = !inText;
    else if (inText) {
      // A backslash takes the next sign with it.
      if (sign === 0x5c) index += 1;
    } else if (sign === 0x5b || sign === 0x7b) {
      depth += 1;
      if (depth > deepest) return true;
    } else if (sign === 0x5d || sign === 0x7d) depth -= 1;
  }
  return false;
}
