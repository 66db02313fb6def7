import { z } from "zod";
import type { JsonReply } from "../../vendor/json-caller.ts";

// A receiver's answers are outside data: what a member may be is what docs/receiver/openapi.yaml says. Members that it
// does not name are left out.

const text = z.string();
const maybe = z.string().nullable();
const texts = z.array(z.string());
const path = z.union([z.string(), texts]);

const values = z.object({
  issuer: text,
  authorizationEndpoint: text,
  tokenEndpoint: text,
  userinfoEndpoint: maybe,
  jwksUri: text,
  endSessionEndpoint: maybe,
  clientId: text,
  redirectUri: text,
  clientAuth: text,
  pkce: text,
  responseMode: text,
  scopes: texts,
  acrValues: texts,
  extraParams: z.record(text, text),
  claims: z.record(text, path),
  roles: z.object({ claim: path, map: z.record(text, text), default: text.optional() }).nullable(),
  require: z.record(text, text),
  provision: z.object({ create: z.boolean(), update: z.boolean() }),
  endSession: z.boolean(),
  session: z.object({ absolute: z.number().optional(), idle: z.number().optional() }).nullable(),
});

const connection = z.object({
  tenant: text,
  signIn: text,
  managedBy: maybe,
  state: z.enum(["pending", "active", "disabled", "tombstone"]),
  values,
  secretId: maybe,
  specDigest: maybe,
  previous: z.object({ values }).nullable(),
});

const domain = z.object({ domain: text, routed: z.boolean(), verification: maybe, verifiedAt: maybe });

const tenant = z.object({
  tenant: text,
  id: text,
  name: text,
  status: z.enum(["draft", "active", "suspended", "offboarded"]),
  managedBy: maybe,
  domains: z.array(domain),
});

const page = <Item extends z.ZodType>(item: Item) => z.object({ items: z.array(item), next: maybe });

/** A record as a receiver shows it: everything but the secret. */
export type ShownConnection = z.output<typeof connection>;

/** What of a record its proof hangs on. */
export type ConnectionValues = z.output<typeof values>;

/** A tenant as a receiver shows it. */
export type ShownTenant = z.output<typeof tenant>;

/** A domain of a tenant; only a routed one has a verification. */
export type ShownDomain = z.output<typeof domain>;

/** One resource with the tag of what was seen. */
export interface Tagged<T> {
  readonly value: T;
  /** The `ETag`, as it came. */
  readonly tag: string;
}

const connectionPage = page(connection);
const tenantPage = page(tenant);

/** Readers of answers: undefined when it is none, or the place that does not fit. */
export const readers = {
  connection: (reply: JsonReply) => fitTo(connection, reply),
  tenant: (reply: JsonReply) => fitTo(tenant, reply),
  connections: (reply: JsonReply) => fitTo(connectionPage, reply),
  tenants: (reply: JsonReply) => fitTo(tenantPage, reply),
};

/** An answer that fits, or where it does not. */
export type Fitted<T> = { readonly value: T } | { readonly misfit: string };

function fitTo<T>(schema: z.ZodType<T>, reply: JsonReply): Fitted<T> {
  if (reply.body === undefined) return { misfit: "is no JSON" };
  const result = schema.safeParse(reply.body);
  if (result.success) return { value: result.data };
  const place = result.error.issues[0]?.path.join(".") ?? "";
  return { misfit: place === "" ? "is no object" : `has an unexpected ${place}` };
}

const problem = z.object({ code: text, detail: text.optional(), title: text.optional() });

/** What a receiver says with a refusal (RFC 9457); undefined when it says nothing that the contract knows. */
export function problemOf(reply: JsonReply): { readonly code: string; readonly detail: string } | undefined {
  const result = problem.safeParse(reply.body);
  if (!result.success) return undefined;
  const { code, detail, title } = result.data;
  return { code, detail: plain(detail ?? title ?? "") };
}

/** One line, not too long, nothing that moves a terminal's cursor. */
function plain(said: string): string {
  return said
    .replace(/[\p{C}\s]+/gu, " ")
    .trim()
    .replace(/\.$/, "")
    .slice(0, 300);
}
