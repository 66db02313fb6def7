import type { AuthorizationRequest } from "./authorization-request.ts";

// Pages that bring an answer to the app by way of the browser: a form, a script, a message to a window. They are read
// as text; nothing of them is run.

/** What a page brings to the redirect URI, and how. */
export interface Brought {
  readonly parameters: URLSearchParams;
  readonly mode: "form_post" | "query" | "web_message";
}

/** What a page brings to the redirect URI; undefined when it brings nothing there. */
export function broughtBy(html: string, { redirectUri, state }: AuthorizationRequest): Brought | undefined {
  if (!URL.canParse(redirectUri)) return undefined;
  return returnedForm(html, redirectUri) ?? webMessage(html, redirectUri, state);
}

/** Whether a page has a form that posts to the host of the redirect URI, though not to the redirect URI itself. */
export function postsNearby(html: string, { redirectUri, url, hosts }: AuthorizationRequest): boolean {
  return [...tags(html, "form")].some((attributes) => {
    const action = attribute(attributes, "action") ?? "";
    if (!URL.canParse(action, url)) return false;
    const target = new URL(action, url);
    return sameHost(target, redirectUri) && !hosts.has(target.host);
  });
}

/** The parameters behind the redirect URI in a page that holds it with the state among them, as a script or link would. */
export function sentOn(html: string, { redirectUri, state }: AuthorizationRequest): URLSearchParams | undefined {
  if (redirectUri === "") return undefined;
  const text = decodeEntities(html).replaceAll("\\/", "/").replaceAll("\\u0026", "&");
  for (let at = text.indexOf(redirectUri); at !== -1; at = text.indexOf(redirectUri, at + 1)) {
    const rest = text.slice(at + redirectUri.length, at + redirectUri.length + 2_000);
    const query = /^[?#&]([^\s"'<>]*)/.exec(rest)?.[1];
    if (query?.includes(`state=${state}`) === true) return new URLSearchParams(query);
  }
  return undefined;
}

/** Whether a URL is at the host of another one, a final dot and the port aside. */
export function sameHost(url: URL, other: string): boolean {
  const bare = (hostname: string): string => hostname.replace(/\.$/, "");
  return URL.canParse(other) && bare(url.hostname) === bare(new URL(other).hostname);
}

/** The inputs of a form whose action is the redirect URI (OAuth 2.0 Form Post Response Mode, section 2). */
function returnedForm(html: string, redirectUri: string): Brought | undefined {
  for (const attributes of tags(html, "form")) {
    if (attribute(attributes, "action") !== redirectUri) continue;
    const parameters = new URLSearchParams();
    for (const input of tags(html, "input")) {
      const name = attribute(input, "name");
      if (name !== undefined) parameters.append(name, attribute(input, "value") ?? "");
    }
    const posts = attribute(attributes, "method")?.toLowerCase() === "post";
    return { parameters, mode: posts ? "form_post" : "query" };
  }
  return undefined;
}

/** A script that posts the answer to the window of the app (OAuth 2.0 Web Message Response Mode, section 2). */
function webMessage(html: string, redirectUri: string, state: string): Brought | undefined {
  const text = html.replaceAll("\\/", "/").replaceAll("\\u0026", "&");
  if (!/\bpostMessage\s*\(/.test(text) || !text.includes(new URL(redirectUri).origin) || !text.includes(state)) {
    return undefined;
  }
  const parameters = new URLSearchParams();
  for (const name of ["error", "code", "id_token", "access_token", "state", "iss"]) {
    const value = new RegExp(`["']?\\b${name}["']?\\s*:\\s*["']([^"']{1,4000})["']`).exec(text)?.[1];
    if (value !== undefined) parameters.set(name, value);
  }
  // Sign-in pages hold their own scripts and repeat what they were asked.
  const answers = parameters.get("state") === state && (parameters.has("error") || parameters.has("code"));
  return answers ? { parameters, mode: "web_message" } : undefined;
}

/** Characters of a tag that are read. */
const longestTag = 10_000;

/**
 * What stands in the tags of a name, up to the first `>`. Each character is looked at once, also in a page of nothing but
 * tags that never end.
 */
function* tags(html: string, name: string): Generator<string> {
  const opening = new RegExp(`<${name}\\b`, "gi");
  let end = 0;
  while (opening.exec(html) !== null) {
    const start = opening.lastIndex;
    if (end < start) end = html.indexOf(">", start);
    if (end === -1) return;
    if (end - start > longestTag) continue;
    yield html.slice(start, end);
    opening.lastIndex = end;
  }
}

function attribute(attributes: string, name: string): string | undefined {
  const match = new RegExp(`(?:^|\\s)${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s"'>]+))`, "i").exec(attributes);
  const value = match?.[1] ?? match?.[2] ?? match?.[3];
  return value === undefined ? undefined : decodeEntities(value);
}

const entities: Readonly<Record<string, string>> = { amp: "&", quot: '"', apos: "'", lt: "<", gt: ">" };

function decodeEntities(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|([a-z]{2,5}));/gi, (whole, hex, decimal, name) => {
    if (name !== undefined) return entities[String(name).toLowerCase()] ?? whole;
    const code = hex !== undefined ? Number.parseInt(hex, 16) : Number(decimal);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
