import { createHash } from "node:crypto";
import { type Answer, BodyTooLarge, readBody, send } from "../answer.ts";
import type { Json } from "../json.ts";
import { isJsonType } from "../json-body.ts";
import { randomToken } from "../random.ts";
import { sameText } from "../same-text.ts";
import type { Site, SiteRequest } from "../site.ts";
import { bodies } from "./body.ts";
import { ReceiverProblem } from "./problem.ts";
import { type Sent, Signatures } from "./signature.ts";
import { type HeldRecord, type HeldTenant, Tables } from "./tables.ts";

const slug = "[a-z0-9]+(?:-[a-z0-9]+)*";
const listPath = new RegExp(`^/tenantry/v1/apps/(${slug})/(tenants|connections)$`);
const tenantPath = new RegExp(`^/tenantry/v1/apps/(${slug})/tenants/(${slug})$`);
const recordPath = new RegExp(
  `^/tenantry/v1/apps/(${slug})/connections/(${slug})/(${slug})(/state|/previous|/restore)?$`,
);

/** Seconds for which an access token is good. */
const tokenLife = 3_600;
const pageSize = 200;

/** Who may write. */
export interface ReceiverKeys {
  /** Keys for signatures, by their ids. */
  readonly signing: ReadonlyMap<string, string>;
  /** Secrets of clients of `/oauth/token`, by their ids. */
  readonly clients: ReadonlyMap<string, string>;
}

/** One call of the contract. */
interface Call extends Sent {
  readonly path: string;
  readonly query: URLSearchParams;
}

/**
 * A team's receiver of connection records, as docs/apps/http.md describes it. It keeps everything in memory and tells
 * nobody a secret.
 */
export class Receiver {
  readonly host: string;
  readonly #keys: ReceiverKeys;
  readonly #clock: () => number;
  readonly #signatures: Signatures;
  readonly #tables = new Map<string, Tables>();
  readonly #tokens = new Map<string, number>();
  readonly #done = new Map<string, { readonly request: string; readonly answer: Answer }>();

  constructor(host: string, keys: ReceiverKeys, clock: () => number) {
    this.host = host;
    this.#keys = keys;
    this.#clock = clock;
    this.#signatures = new Signatures(keys.signing);
  }

  /** What it has of an app. */
  tables(app: string): Tables {
    const there = this.#tables.get(app) ?? new Tables();
    this.#tables.set(app, there);
    return there;
  }

  get site(): Site {
    return {
      hosts: [this.host],
      logsQuery: () => true,
      problem: (status) => new ReceiverProblem(status, status === 429 ? "too_many" : "failed", "not now").toAnswer(),
      tokens: {
        expire: () => this.#tokens.clear(),
        refusal: () => new ReceiverProblem(401, "unauthorized", "the token is not known").toAnswer(),
      },
      handle: async (request) => send(request.response, await this.#handle(request)),
    };
  }

  async #handle({ request, path, query }: SiteRequest): Promise<Answer> {
    try {
      const { headers, method = "GET" } = request;
      const body = await readBody(request);
      if (path === "/oauth/token" && method === "POST") return this.#token(headers.authorization ?? "", body);
      const url = `https://${this.host}${path}${query === "" ? "" : `?${query}`}`;
      return this.answer({ method, url, path, query: new URLSearchParams(query), headers, body });
    } catch (error) {
      if (error instanceof BodyTooLarge)
        return new ReceiverProblem(413, "too_large", "the body is too large").toAnswer();
      throw error;
    }
  }

  /** Answers one call of the contract. */
  answer(call: Call): Answer {
    try {
      const who = this.#who(call);
      if (call.method === "GET") return this.#read(call);
      return this.#once(who, call);
    } catch (error) {
      if (error instanceof ReceiverProblem) return error.toAnswer();
      throw error;
    }
  }

  #who(call: Call): string {
    const [, token] = /^Bearer (\S+)$/.exec(call.headers.authorization ?? "") ?? [];
    if (token === undefined) return this.#signatures.check(call, this.#clock());
    if ((this.#tokens.get(token) ?? 0) > this.#clock()) return "token";
    throw new ReceiverProblem(401, "unauthorized", "the token is not known");
  }

  #token(authorization: string, body: Buffer): Answer {
    const [, pair = ""] = /^Basic (\S+)$/.exec(authorization) ?? [];
    const [id = "", secret = ""] = Buffer.from(pair, "base64").toString().split(":").map(decoded);
    const known = this.#keys.clients.get(id);
    if (known === undefined || !sameText(known, secret)) return { status: 401, json: { error: "invalid_client" } };
    if (new URLSearchParams(body.toString()).get("grant_type") !== "client_credentials") {
      return { status: 400, json: { error: "unsupported_grant_type" } };
    }
    const token = randomToken(32);
    this.#tokens.set(token, this.#clock() + tokenLife * 1_000);
    return { status: 200, json: { access_token: token, token_type: "Bearer", expires_in: tokenLife } };
  }

  #read({ path, query }: Call): Answer {
    const [, app, of] = listPath.exec(path) ?? [];
    if (app !== undefined) {
      const tables = this.tables(app);
      return of === "tenants"
        ? listed([...tables.tenants.values()], shownTenant, query)
        : listed([...tables.records.values()], shownRecord, query);
    }
    const [, tenantApp = "", tenant] = tenantPath.exec(path) ?? [];
    if (tenant !== undefined) return tagged(200, found(this.tables(tenantApp).tenants.get(tenant)), shownTenant);
    const [, recordApp = "", of2, signIn, part] = recordPath.exec(path) ?? [];
    if (signIn === undefined || part !== undefined) throw nothing();
    return tagged(200, found(this.tables(recordApp).records.get(`${of2}/${signIn}`)), shownRecord);
  }

  /** A write of one idempotency key is done once; its answer is given again. */
  #once(who: string, call: Call): Answer {
    const { method, path, headers, body } = call;
    const [, key] = /^"([\x21\x23-\x7e]{16,100})"$/.exec(String(headers["idempotency-key"] ?? "")) ?? [];
    if (key === undefined) throw new ReceiverProblem(400, "invalid", "a write has an Idempotency-Key");
    const request = createHash("sha256").update(`${method} ${path}\n`).update(body).digest("hex");
    const done = this.#done.get(`${who} ${key}`);
    if (done !== undefined && done.request !== request) {
      throw new ReceiverProblem(422, "idempotency_key_reused", "the key belongs to another request");
    }
    const answer = done?.answer ?? this.#write(call);
    if (this.#done.size > 10_000) this.#done.clear();
    this.#done.set(`${who} ${key}`, { request, answer });
    return answer;
  }

  #write(call: Call): Answer {
    const { method, path, headers, body } = call;
    if (body.length > 0 && !isJsonType(headers["content-type"])) {
      throw new ReceiverProblem(415, "invalid", "a body is application/json");
    }
    const [, tenantApp = "", slugOf] = tenantPath.exec(path) ?? [];
    if (slugOf !== undefined && method === "PUT") {
      const tables = this.tables(tenantApp);
      const there = tables.tenants.get(slugOf);
      expectUnchanged(there, call);
      return tagged(there === undefined ? 201 : 200, tables.putTenant(slugOf, bodies.tenant(body)), shownTenant);
    }
    const [, app = "", tenant = "", signIn, part = ""] = recordPath.exec(path) ?? [];
    if (signIn === undefined) throw nothing();
    const tables = this.tables(app);
    const there = tables.records.get(`${tenant}/${signIn}`);
    if (method !== "PUT" || part !== "") found(there);
    expectUnchanged(there, call);
    switch (`${method} ${part}`) {
      case "PUT ":
        return tagged(
          there === undefined ? 201 : 200,
          tables.putRecord(tenant, signIn, bodies.record(body)),
          shownRecord,
        );
      case "PUT /state": {
        const { state, keepPrevious } = bodies.state(body);
        return tagged(200, tables.setState(found(there), state, keepPrevious), shownRecord);
      }
      case "DELETE /previous":
        return tagged(200, tables.forgetPrevious(found(there)), shownRecord);
      case "POST /restore":
        return tagged(200, tables.restore(found(there)), shownRecord);
      case "DELETE ":
        return tagged(200, tables.bury(found(there)), shownRecord);
      default:
        throw new ReceiverProblem(405, "invalid", "there is no such call");
    }
  }
}

function listed<T extends HeldRecord | HeldTenant>(
  all: readonly T[],
  show: (item: T) => Json,
  query: URLSearchParams,
): Answer {
  const managedBy = query.get("managedBy");
  const tenant = query.get("tenant");
  const ours = all
    .filter((item) => item.managedBy === managedBy && (tenant === null || item.tenant === tenant))
    .map((item) => ({ at: "signIn" in item ? `${item.tenant}/${item.signIn}` : item.tenant, item }))
    .sort((a, b) => (a.at < b.at ? -1 : 1));
  const cursor = query.get("cursor");
  const rest = cursor === null ? ours : ours.filter(({ at }) => at > cursor);
  const limit = Math.min(pageSize, Math.max(1, Number(query.get("limit") ?? pageSize) || pageSize));
  const items = rest.slice(0, limit);
  const next = rest.length > limit ? (items.at(-1)?.at ?? null) : null;
  return { status: 200, headers: noStore, json: { items: items.map(({ item }) => show(item)), next } };
}

const noStore = { "cache-control": "no-store" } as const;

function tagged<T extends HeldRecord | HeldTenant>(status: number, item: T, show: (item: T) => Json): Answer {
  return { status, headers: { ...noStore, etag: tagOf(item) }, json: show(item) };
}

function tagOf({ version }: HeldRecord | HeldTenant): string {
  return `"${version}"`;
}

/** A write says what it has seen: the tag, or that there was nothing. */
function expectUnchanged(there: HeldRecord | HeldTenant | undefined, { headers }: Call): void {
  const [match, none] = [headers["if-match"], headers["if-none-match"]];
  if (match === undefined && none !== "*") {
    throw new ReceiverProblem(428, "precondition_required", "a write has If-Match, or If-None-Match: *");
  }
  if (there === undefined ? match === undefined : match === tagOf(there)) return;
  throw new ReceiverProblem(412, "precondition_failed", "it was changed meanwhile");
}

function shownTenant({ version: _version, ...tenant }: HeldTenant): Json {
  return { ...tenant, domains: tenant.domains.map((domain) => ({ ...domain })) };
}

/** Everything but the secret. */
function shownRecord({ tenant, signIn, managedBy, state, values, secret, specDigest, previous }: HeldRecord): Json {
  const secretId = secret?.id ?? null;
  const old = previous && {
    values: previous.values,
    secretId: previous.secret?.id ?? null,
    specDigest: previous.specDigest,
  };
  return { tenant, signIn, managedBy, state, values, secretId, specDigest, previous: old };
}

function found<T>(there: T | undefined): T {
  if (there === undefined) throw nothing();
  return there;
}

function nothing(): ReceiverProblem {
  return new ReceiverProblem(404, "not_found", "there is nothing here");
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}
