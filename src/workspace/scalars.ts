import { domainToASCII } from "node:url";
import { z } from "zod";
import { parseDuration } from "./duration.ts";
import { parseReference, type Reference, referenceForms } from "./reference.ts";

// The small values that files are made of. Messages end a sentence that begins with the field's name.

/** The message by which `schemaIssues` knows that a literal stands where a reference must. */
export const literalSecretMessage = "must be a reference to a secret, never the secret itself";

export const slug = z
  .string()
  .max(50, "must have at most 50 characters")
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "must be lower-case letters, digits and single hyphens, such as `acme-foods`");

/** What is wrong with a text that begins as a reference does and is none. */
function referenceFault(text: string): string | undefined {
  if (parseReference(text) !== undefined) return undefined;
  if (/(^|[:/\\])\.\.([/\\#]|$)/.test(text)) return "must not hold `..`";
  const scheme = /^[a-z-]+(?=:)/.exec(text)?.[0] as Reference["scheme"] | undefined;
  const form = scheme === undefined ? undefined : referenceForms[scheme];
  if (form === undefined || scheme === "env" || scheme === "file") return undefined;
  return `must be \`${form}\`: letters, digits, \`_\`, \`.\` and \`-\`, nothing empty`;
}

/** Says what is wrong with a text that begins as a reference does. */
function wellFormed(context: z.core.ParsePayload<string>): void {
  const message = referenceFault(context.value);
  if (message !== undefined) context.issues.push({ code: "custom", input: context.value, message, continue: true });
}

/** Begins as the reference to a secret does; `parseReference` says whether it is one. */
const referenceStart = /^(env:[A-Za-z_][A-Za-z0-9_]*|(file|vault|aws-sm|gcp-sm):[^\0]+|op:\/\/[^\0]+)$/;

export const reference = z.string().regex(referenceStart, literalSecretMessage).check(wellFormed);

/** A reference that needs no secret manager: what the way to one is made of. */
export const localReference = z
  .string()
  .regex(/^(env:[A-Za-z_][A-Za-z0-9_]*|file:[^\0]+)$/, "must be `env:NAME` or `file:PATH`, never the secret itself")
  .check(wellFormed);

/** `sqlite:PATH`, `postgres://…` without a password, or a reference to such an address. */
export const databaseAddress = z
  .string()
  .max(1_000, "must have at most 1000 characters")
  .regex(
    /^(env:[A-Za-z_][A-Za-z0-9_]*|(file|vault|aws-sm|gcp-sm|sqlite):.+|op:\/\/.+|postgres(ql)?:\/\/.+)$/,
    "must be `sqlite:PATH`, `postgres://HOST/NAME` or a reference such as `env:NAME`",
  )
  .check((context) => {
    if (referenceStart.test(context.value)) wellFormed(context);
  })
  // What stands before the `@` is `user:password`.
  .refine((text) => !/^postgres(ql)?:\/\/[^/?#]*:[^/?#]*@|[?&]password=/.test(text), literalSecretMessage);

export const duration = z
  .string()
  .regex(/^[1-9][0-9]{0,5}[smhd]$/, "must be a duration such as `10s`, `5m`, `24h` or `30d`")
  .refine((text) => parseDuration(text) !== undefined);

/** A check that says how to mend the very text that was written; `schemaIssues` takes the hint from it. */
function spelt(check: (text: string) => { readonly message: string; readonly hint: string } | undefined) {
  return (context: z.core.ParsePayload<string>): void => {
    const found = check(context.value);
    if (found === undefined) return;
    context.issues.push({
      code: "custom",
      input: context.value,
      message: found.message,
      params: { hint: found.hint },
      continue: true,
    });
  };
}

/** What is wrong with a host name that people write as they see it. */
function hostSpelling(text: string): { readonly message: string; readonly hint: string } | undefined {
  if (text.length > 300) return undefined;
  const bare = text
    .replace(/^(https?:\/\/|\*?@|\*?\.)/i, "")
    .replace(/\/.*$|\.$/g, "")
    .trim();
  const ascii = domainToASCII(bare);
  if (!ascii.includes(".")) return undefined;
  const hint = `write it as \`${ascii}\``;
  if (bare !== text) return { message: "must be a bare host name, without scheme, `@`, `*`, path or final dot", hint };
  if (/\P{ASCII}/u.test(text))
    return { message: "must be in A-labels, the ASCII form of a name with other letters", hint };
  if (/[A-Z]/.test(text)) return { message: "must be in lower case", hint };
  return undefined;
}

/** A host name in A-labels, lower case. */
export const hostName = z
  .string()
  .check(spelt(hostSpelling))
  .max(253, "must have at most 253 characters")
  .regex(
    /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/,
    "must be a host name in lower case, without scheme or path, such as `acme.okta.com`",
  );

/** `org`, `default`, or the id of a custom authorization server of an Okta org. */
export const oktaAuthorizationServer = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/, "must be `org`, `default` or the id of an authorization server");

/**
 * Ends of URLs that are copied in place of the issuer, and what likely stands there instead. Not `/oauth2/token`: that is
 * WSO2's issuer.
 */
const notIssuers: readonly (readonly [end: RegExp, instead: string])[] = [
  [/\/\.well-known\/(openid-configuration|oauth-authorization-server).*$/, ""],
  [/\/oauth2\/v2\.0\/(authorize|token)\/?$/, "/v2.0"],
  [/\/(oauth2\/)?v\d\/(authorize|token|keys|userinfo)\/?$/, ""],
  [/\/protocol\/openid-connect\/(auth|token|certs|userinfo)\/?$/, ""],
  [/\/(oauth2?\/)?authorize\/?$/, ""],
];

/** What is wrong with an issuer that was copied from somewhere else. */
function issuerSpelling(text: string): { readonly message: string; readonly hint: string } | undefined {
  if (text.startsWith("http://")) {
    return { message: "must be an https URL", hint: "ask the customer for the https address of their provider" };
  }
  const bare = text.replace(/[?#].*$/s, "");
  const found = notIssuers.find(([end]) => end.test(bare));
  if (found === undefined || !/^https:\/\/[a-z0-9.-]{1,253}[:/][^@]{0,400}$/.test(bare)) return undefined;
  return {
    message: "must be the issuer, not the URL of its discovery document or of an endpoint",
    hint: `write what the provider's discovery document calls \`issuer\`; likely \`${bare.replace(...found)}\``,
  };
}

/** An https URL as OpenID Connect Discovery 1.0 writes issuers: no query, no fragment, no userinfo. Kept byte for byte. */
export const issuerUrl = z
  .string()
  .check(spelt(issuerSpelling))
  .max(500, "must have at most 500 characters")
  .regex(
    /^https:\/\/[a-z0-9.-]+(:[0-9]{1,5})?(\/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*)?$/,
    "must be an https URL without query and fragment, exactly as the provider writes it, such as `https://id.acme.example`",
  )
  .refine((text) => URL.canParse(text), "must be a URL");

/** An absolute https URL of an endpoint; a query is allowed. */
export const endpointUrl = z
  .string()
  .max(1_000, "must have at most 1000 characters")
  .regex(
    /^https:\/\/[a-z0-9.-]+(:[0-9]{1,5})?(\/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*)?(\?[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*)?$/,
    "must be an https URL without fragment, such as `https://id.acme.example/token`",
  )
  .refine((text) => URL.canParse(text), "must be a URL");

/** An https origin with an optional path and no slash at its end. */
export const httpsBase = z
  .string()
  .regex(
    /^https:\/\/[a-z0-9.-]+(:[0-9]{1,5})?(\/[A-Za-z0-9._~/-]*[A-Za-z0-9._~-])?$/,
    "must be an https URL without query, fragment or slash at the end, such as `https://portal.acme.example`",
  )
  // Redirect URIs are compared byte by byte: what a URL parser would rewrite (a default port, `..`) is refused.
  .refine(
    (text) => URL.canParse(text) && new URL(text).href === (new URL(text).pathname === "/" ? `${text}/` : text),
    "must be a URL in its normal form: no default port, no `.` or `..`, no unusual number",
  );

/** An address, a CIDR range, or a host name with an optional port, that may be asked although it is private. */
export const privateTarget = z
  .string()
  .max(300, "must have at most 300 characters")
  .regex(
    /^([0-9a-fA-F:.]+(\/[0-9]{1,3})?|\[[0-9a-fA-F:.]+\](:[0-9]{1,5})?|([a-z0-9]([a-z0-9-]*[a-z0-9])?)(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*(:[0-9]{1,5})?)$/,
    "must be an address, a range such as `10.0.0.0/8`, or a host such as `idp.corp.example:8443`",
  )
  .refine((text) => {
    const [address = "", bits] = text.split("/");
    return bits === undefined || Number(bits) <= (address.includes(":") ? 128 : 32);
  }, "must have at most 32 bits behind the slash, for IPv6 128");

/** A DNS server: an address, with a port where it is not 53. A name would have to be looked up first. */
export const dnsServer = z
  .string()
  .max(60, "must have at most 60 characters")
  .refine(isDnsServer, "must be an IP address, with a port as in `192.0.2.53:5353` or `[2001:db8::53]:5353`");

/** An IPv6 address has a port only behind brackets. */
function isDnsServer(text: string): boolean {
  if (z.ipv6().safeParse(text).success) return true;
  const [, six, four, port = "53"] = /^(?:\[(.+)\]|([^:]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const address = six === undefined ? z.ipv4().safeParse(four) : z.ipv6().safeParse(six);
  return address.success && Number(port) > 0 && Number(port) < 65_536;
}

/** An HTTP proxy. What it wants to know of the user is no matter for a file. */
export const proxyAddress = z
  .string()
  .max(300, "must have at most 300 characters")
  .regex(
    /^https?:\/\/([a-z0-9.-]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?\/?$/,
    "must be an http or https URL of a host and a port, without user information",
  );

export const clientAuth = z.enum(["client_secret_basic", "client_secret_post", "private_key_jwt", "none"]);

/** Text without line breaks, as people write names. */
export const line = (longest: number) =>
  z
    .string()
    .min(1, "must not be empty")
    .max(longest, `must have at most ${longest} characters`)
    .regex(/^[^\r\n\t]*$/, "must be one line")
    .regex(/^\S(.*\S)?$/s, "must not begin or end with a space");

export const isoDate = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/, "must be a date such as `2027-01-31`, in quotes or not")
  // The parser takes 31 February for 3 March.
  .refine((text) => {
    const time = Date.parse(`${text}T00:00:00Z`);
    return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
  }, "must be a date of the calendar");
