// A receiver of connection records, to copy and to make your own: docs/apps/http.md has the contract, openapi.yaml every
// call. It runs on Node 24 without packages, behind whatever ends TLS for it.
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingMessage, RequestListener } from "node:http";
import { DatabaseSync } from "node:sqlite";

export interface ReceiverOptions {
  /** As clients write it, such as `https://records.acme.example`: it is part of what they sign. */
  readonly origin: string;
  /** Keys for signatures by their ids, each with whose records it may write: `<workspace>/<environment>`. */
  readonly keys: Readonly<Record<string, { readonly secret: string; readonly managedBy: string }>>;
  /** Encrypts a client secret with your own key before it is stored. */
  readonly seal: (secret: string) => string;
  /** Path of the SQLite file. */
  readonly database?: string;
  readonly clock?: () => number;
}

// biome-ignore lint/suspicious/noExplicitAny: JSON, whose shape a receiver should check against openapi.yaml
type Any = any;
type Held = { body: Any; version: number } | undefined;
type Answer = { status: number; body: Any; version?: number | undefined };

class Refused extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, detail = code) {
    super(detail);
    this.status = status;
    this.code = code;
  }
}

const slug = "[a-z0-9]+(?:-[a-z0-9]+)*";
const paths = new RegExp(
  `^/tenantry/v1/apps/(?<app>${slug})/(?:(?<list>tenants|connections)|tenants/(?<org>${slug})|connections/(?<tenant>${slug})/(?<signIn>${slug})(?:/(?<part>state|previous|restore))?)$`,
);

/** Answers the contract's calls; give it to `http.createServer`. */
export function createReceiver({
  origin,
  keys,
  seal,
  database = ":memory:",
  clock = Date.now,
}: ReceiverOptions): RequestListener {
  const db = new DatabaseSync(database);
  db.exec(`create table if not exists resource (path text primary key, owner text, body text, version integer);
    create table if not exists done (key text primary key, request text, answer text);
    create table if not exists nonce (value text primary key, until integer)`);
  const held = (path: string): Held => {
    const row = db.prepare("select body, version from resource where path = ?").get(path);
    return row && { body: JSON.parse(String(row.body)), version: Number(row.version) };
  };
  const put = (path: string, body: Any): Answer => {
    const { version } = db.prepare("select coalesce(max(version), 0) + 1 as version from resource").get() as {
      version: number;
    };
    db.prepare("insert or replace into resource values (?, ?, ?, ?)").run(
      path,
      body.managedBy,
      JSON.stringify(body),
      version,
    );
    return { status: 200, body, version };
  };

  /** Who signed (RFC 9421). Everything that decides what a call does must be signed, and no signature counts twice. */
  function signer({ method, url, headers }: IncomingMessage, body: Buffer): string {
    const input =
      /^tenantry=(\(([^)]*)\);created=(\d+);nonce="([\w-]{16,64})";keyid="([^"]*)";alg="hmac-sha256";tag="tenantry")$/.exec(
        String(headers["signature-input"]),
      );
    const [, params = "", list = "", created = "", nonce = "", keyId = ""] = input ?? [];
    const key = Object.hasOwn(keys, keyId) ? keys[keyId] : undefined;
    if (key === undefined) throw new Refused(401, "unauthorized", "no signature of a known key");
    const names = list.split(" ").map((name) => name.slice(1, -1));
    const must = [
      "@method",
      "@target-uri",
      ...["content-digest", "content-type", "idempotency-key", "if-match", "if-none-match"].filter(
        (name) => name in headers,
      ),
    ];
    if (body.length > 0) must.push("content-digest");
    if (must.some((name) => !names.includes(name))) throw new Refused(401, "unauthorized", "not everything is signed");
    const value = (name: string) =>
      name === "@method" ? method : name === "@target-uri" ? origin + url : headers[name];
    const base = [...names.map((name) => `"${name}": ${value(name)}`), `"@signature-params": ${params}`].join("\n");
    const right = createHmac("sha256", key.secret).update(base).digest();
    const sent = Buffer.from(/^tenantry=:([\w+/=]+):$/.exec(String(headers.signature))?.[1] ?? "", "base64");
    const digest = `sha-256=:${createHash("sha256").update(body).digest("base64")}:`;
    if (
      sent.length !== right.length ||
      !timingSafeEqual(sent, right) ||
      (body.length > 0 && headers["content-digest"] !== digest)
    ) {
      throw new Refused(401, "unauthorized", "the signature is wrong");
    }
    const now = Math.floor(clock() / 1000);
    if (Math.abs(now - Number(created)) > 300) throw new Refused(401, "signature_expired");
    db.prepare("delete from nonce where until < ?").run(now);
    if (db.prepare("insert or ignore into nonce values (?, ?)").run(`${keyId} ${nonce}`, now + 600).changes === 0)
      throw new Refused(401, "replayed");
    return key.managedBy;
  }

  function read(path: string, at: Any, query: URLSearchParams): Answer {
    if (at.list === undefined) {
      const there = at.part === undefined ? held(path) : undefined;
      if (there === undefined) throw new Refused(404, "not_found");
      return { status: 200, ...there };
    }
    const limit = Math.min(200, Number(query.get("limit")) || 200);
    const rows = db
      .prepare("select path, body from resource where path > ? and path glob ? and owner = ? order by path limit ?")
      .all(
        query.get("cursor") ?? "",
        `${path}/${query.get("tenant") ?? ""}${query.has("tenant") ? "/" : ""}*`,
        query.get("managedBy"),
        limit + 1,
      );
    const items = rows.slice(0, limit).map((row) => shown(JSON.parse(String(row.body))));
    return { status: 200, body: { items, next: rows.length > limit ? String(rows[limit - 1]?.path) : null } };
  }

  function write(
    method: string,
    path: string,
    at: Any,
    sent: Any,
    { headers }: IncomingMessage,
    managedBy: string,
  ): Answer {
    const target = at.part === undefined ? path : path.slice(0, path.lastIndexOf("/"));
    const there = held(target);
    const { "if-match": match, "if-none-match": none } = headers;
    if (match === undefined && none !== "*") throw new Refused(428, "precondition_required");
    if (there === undefined ? match !== undefined : match !== `"${there.version}"`)
      throw new Refused(412, "precondition_failed");
    if (sent?.managedBy !== undefined && sent.managedBy !== managedBy) throw new Refused(403, "forbidden");
    if (there !== undefined && there.body.managedBy !== managedBy) throw new Refused(409, "foreign");
    const old = there?.body;
    if (at.org !== undefined && method === "PUT") {
      for (const row of db
        .prepare("select path, body from resource where path glob ? and path <> ?")
        .all(`/tenantry/v1/apps/${at.app}/tenants/*`, path)) {
        const other = JSON.parse(String(row.body));
        if (other.id === sent.id) throw new Refused(409, "id_taken");
        const taken = sent.domains.find((mine: Any) =>
          other.domains.some((theirs: Any) => theirs.domain === mine.domain),
        );
        if (taken !== undefined) throw new Refused(409, "domain_taken", `${taken.domain} belongs to ${other.tenant}`);
      }
      if (old !== undefined && old.id !== sent.id) throw new Refused(409, "id_taken");
      return put(path, { ...sent, tenant: at.org });
    }
    const call = `${method} ${at.part ?? ""}`;
    if (old === undefined && call !== "PUT ") throw new Refused(404, "not_found");
    if (old?.state === "tombstone") throw new Refused(410, "retired");
    const kept = old && {
      state: old.state,
      values: old.values,
      secret: old.secret,
      secretId: old.secretId,
      specDigest: old.specDigest,
    };
    switch (call) {
      case "PUT ": {
        if (held(`/tenantry/v1/apps/${at.app}/tenants/${at.tenant}`)?.body.managedBy !== managedBy)
          throw new Refused(409, "tenant_missing");
        const { values, specDigest, secret } = sent;
        const secretId = secret?.id ?? null;
        const active = old?.state === "active";
        const same =
          JSON.stringify([old?.values, old?.specDigest, old?.secretId]) ===
          JSON.stringify([values, specDigest, secretId]);
        if (active && same) return { status: 200, body: old, version: there?.version };
        const next = {
          tenant: at.tenant,
          signIn: at.signIn,
          managedBy,
          values,
          specDigest,
          secretId,
          secret: secret?.value === undefined ? (secret?.reference ?? null) : seal(secret.value),
        };
        return put(target, {
          ...next,
          state: active ? "active" : "pending",
          previous: active ? (old.previous ?? kept) : (old?.previous ?? null),
        });
      }
      case "PUT state":
        if (sent.state === "disabled") return put(target, { ...old, state: "disabled", previous: null });
        if (old.state === "disabled") throw new Refused(409, "not_pending");
        return put(target, {
          ...old,
          state: "active",
          previous: old.state === "pending" && sent.keepPrevious ? (old.previous ?? kept) : old.previous,
        });
      case "DELETE previous":
        return put(target, { ...old, previous: null });
      case "POST restore":
        return put(
          target,
          old.previous === null
            ? old
            : {
                ...old,
                ...old.previous,
                state: old.state === "active" ? old.previous.state : old.state,
                previous: null,
              },
        );
      case "DELETE ":
        return put(target, { ...old, state: "tombstone", secret: null, secretId: null, previous: null });
      default:
        throw new Refused(405, "invalid");
    }
  }

  function answer(request: IncomingMessage, body: Buffer): Answer {
    const { method = "GET", url = "/", headers } = request;
    const { pathname: path, searchParams } = new URL(url, origin);
    const managedBy = signer(request, body);
    const at = paths.exec(path)?.groups;
    if (at === undefined) throw new Refused(404, "not_found");
    if (method === "GET") return read(path, at, searchParams);
    const key = headers["idempotency-key"];
    if (typeof key !== "string") throw new Refused(400, "invalid", "a write has an Idempotency-Key");
    const sameRequest = createHash("sha256").update(`${method} ${path}\n`).update(body).digest("hex");
    const done = db.prepare("select request, answer from done where key = ?").get(`${managedBy} ${key}`);
    if (done !== undefined && done.request !== sameRequest) throw new Refused(422, "idempotency_key_reused");
    if (done !== undefined) return JSON.parse(String(done.answer));
    const written = write(method, path, at, body.length === 0 ? undefined : parsed(body), request, managedBy);
    const told = { ...written, body: shown(written.body) };
    db.prepare("insert into done values (?, ?, ?)").run(`${managedBy} ${key}`, sameRequest, JSON.stringify(told));
    return told;
  }

  return async (request, response) => {
    let found: Answer;
    let type = "application/json";
    try {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      found = answer(request, Buffer.concat(chunks));
    } catch (error) {
      const { status, code, message } = error instanceof Refused ? error : new Refused(500, "failed");
      found = { status, body: { type: "about:blank", title: code, status, code, detail: message } };
      type = "application/problem+json";
    }
    if (found.version !== undefined) response.setHeader("etag", `"${found.version}"`);
    response.statusCode = found.status;
    response.setHeader("content-type", type);
    response.setHeader("cache-control", "no-store");
    response.end(JSON.stringify(found.body === undefined ? {} : shown(found.body)));
  };
}

/** What answers show: never a secret. */
function shown({ secret: _secret, ...body }: Any): Any {
  if (body.previous == null) return body;
  const { secret: _old, state: _state, ...previous } = body.previous;
  return { ...body, previous };
}

function parsed(body: Buffer): Any {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    throw new Refused(400, "invalid", "the body is no JSON");
  }
}
