import { Resolver } from "node:dns/promises";

/** How DNS is asked. */
export interface LookupSettings {
  /** `IP` or `IP:PORT`, IPv6 in brackets with a port; absent or empty: those of the system. */
  readonly resolvers?: readonly string[] | undefined;
  /** Milliseconds for one try at one server; 2 seconds when absent. */
  readonly patience?: number | undefined;
  /** Milliseconds for a whole look-up, aliases included; 6 seconds when absent. */
  readonly deadline?: number | undefined;
}

/** What DNS says under a name. */
export type TxtAnswer =
  /** The texts there, each joined from its parts. */
  | { readonly kind: "texts"; readonly texts: readonly string[]; readonly aliases: readonly string[] }
  /** No such name, or nothing of the type there. */
  | { readonly kind: "none"; readonly aliases: readonly string[] }
  /** The resolver cannot have or cannot trust an answer: a broken zone, or signatures that do not fit (DNSSEC). */
  | { readonly kind: "broken" }
  | { readonly kind: "timeout" }
  | { readonly kind: "unreachable" }
  /** The resolver refuses to answer, or what it sends is no DNS answer. */
  | { readonly kind: "unclear"; readonly because: string };

/** Tries of each server; what is lost on the way is asked for once more. */
const tries = 2;

/** So many aliases in a row are followed. */
const longestChain = 8;

/** Bytes of a name in DNS, as text without the final dot (RFC 1035, section 2.3.4). */
const longestName = 253;

/**
 * The TXT records of a name (RFC 1035, section 3.3.14). Aliases are followed, by the resolver or here when it gives the
 * alias alone; an answer that is too long for UDP is asked for by TCP.
 */
export async function lookUpTexts(name: string, settings: LookupSettings = {}): Promise<TxtAnswer> {
  if (name.length > longestName) {
    return { kind: "unclear", because: `the name has ${name.length} characters, and DNS takes ${longestName}` };
  }
  const { resolvers = [], patience = 2_000, deadline = 6_000 } = settings;
  const resolver = new Resolver({ timeout: patience, tries, maxTimeout: patience });
  if (resolvers.length > 0) resolver.setServers([...resolvers]);
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    resolver.cancel();
  }, deadline);
  try {
    return await follow(resolver, name, []);
  } catch (error) {
    return late ? { kind: "timeout" } : answerOf(error);
  } finally {
    clearTimeout(timer);
    resolver.cancel();
  }
}

async function follow(resolver: Resolver, name: string, aliases: readonly string[]): Promise<TxtAnswer> {
  const texts = await textsAt(resolver, name);
  if (texts.length > 0) return { kind: "texts", texts, aliases };
  const alias = await aliasOf(resolver, name);
  if (alias === undefined) return { kind: "none", aliases };
  if (alias === name || aliases.includes(alias) || aliases.length >= longestChain) {
    return { kind: "unclear", because: "its aliases lead in a circle or on and on" };
  }
  return follow(resolver, alias, [...aliases, alias]);
}

/** None where there are none, and where the resolver gives an alias alone. */
async function textsAt(resolver: Resolver, name: string): Promise<readonly string[]> {
  try {
    const records = await resolver.resolveTxt(name);
    return records.map((parts) => parts.join(""));
  } catch (error) {
    if (codeOf(error) === "ENODATA") return [];
    throw error;
  }
}

async function aliasOf(resolver: Resolver, name: string): Promise<string | undefined> {
  try {
    const [alias] = await resolver.resolveCname(name);
    return alias?.toLowerCase();
  } catch (error) {
    if (nothingThere.has(codeOf(error))) return undefined;
    throw error;
  }
}

const nothingThere: ReadonlySet<string> = new Set(["ENODATA", "ENOTFOUND"]);

function answerOf(error: unknown): TxtAnswer {
  const code = codeOf(error);
  switch (code) {
    case "ENODATA":
    case "ENOTFOUND":
      return { kind: "none", aliases: [] };
    case "ESERVFAIL":
      return { kind: "broken" };
    case "ETIMEOUT":
      return { kind: "timeout" };
    case "ECONNREFUSED":
      return { kind: "unreachable" };
    case "EREFUSED":
      return { kind: "unclear", because: "the resolver refuses to answer for it" };
    case "ENOTIMP":
      return { kind: "unclear", because: "the resolver does not answer such questions" };
    case "EFORMERR":
    case "EBADRESP":
    case "EBADNAME":
      return { kind: "unclear", because: "the resolver's answer is no DNS answer to the question" };
    default:
      // Whatever else the resolver library says is its code and no text from outside; other errors are ours.
      if (/^E[A-Z]+$/.test(code)) return { kind: "unclear", because: `the look-up ended with ${code}` };
      throw error;
  }
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : "";
}
