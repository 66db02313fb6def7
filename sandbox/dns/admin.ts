import type { Answer } from "../answer.ts";
import { isObject, isTexts, type Json } from "../json.ts";
import { bareKinds, type DnsEntry, type DnsZone } from "./zone.ts";

/** One call of the admin API about the sandbox's DNS. */
export interface DnsCall {
  readonly method: string;
  /** Below `/dns`, such as `/_tenantry.acme.example`. */
  readonly path: string;
  /** The JSON body; undefined when there is none. */
  readonly body: unknown;
}

/** What whoever runs the DNS of the customers' domains does: looks, sets what is under a name, and takes it away. */
export function answerDnsCall(zone: DnsZone, { method, path, body }: DnsCall): Answer {
  if (path === "") {
    const names = [...zone.entries].map(([name, entry]): Json => ({ name, ...entry }) as Json);
    return method === "GET" ? { status: 200, json: { names } } : notFound;
  }
  const name = path.slice(1);
  if (!/^[A-Za-z0-9._-]{1,253}$/.test(name)) return notFound;
  if (method === "DELETE") return zone.remove(name) ? { status: 204 } : notFound;
  if (method !== "PUT") return notFound;
  const entry = entryOf(body);
  if (entry === undefined) {
    return {
      status: 400,
      json: { error: "the body is {texts: […]}, {alias: NAME} or {answer: broken|refused|silent}" },
    };
  }
  zone.set(name, entry);
  return { status: 204 };
}

const notFound: Answer = { status: 404, json: { error: "not found" } };

function entryOf(body: unknown): DnsEntry | undefined {
  if (!isObject(body)) return undefined;
  const { texts, alias, answer } = body;
  if (isTexts(texts)) return { kind: "texts", texts };
  if (typeof alias === "string") return { kind: "alias", to: alias };
  const kind = bareKinds.find((each) => each === answer);
  return kind === undefined ? undefined : { kind };
}
