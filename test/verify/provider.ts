import { generateKeyPairSync } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import https from "node:https";
import type { AddressInfo } from "node:net";
import type { Network } from "../../src/vendor/network.ts";
import { type Authority, createAuthority, type Leaf } from "./authority.ts";

export const issuer = "https://idp.example";
export const redirectUri = "https://app.example/openid/callback/7vk2";
export const clientId = "tnclient";
export const clientSecret = "s3cr3t-canary-value";

/** What a server says. `raw` takes the response over. */
export type Reply =
  | {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string | Buffer;
    }
  | { readonly raw: (response: ServerResponse) => void };

/** One request as it came in. */
export interface Seen {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly form: URLSearchParams;
  readonly headers: IncomingMessage["headers"];
}

/** What a test changes of a well-behaved provider. Each gets what would have been said. */
export interface Misbehaviour {
  readonly discovery?: (document: Record<string, unknown>, seen?: Seen) => Reply | Record<string, unknown>;
  readonly jwks?: (set: { keys: unknown[] }, seen?: Seen) => Reply | Record<string, unknown>;
  readonly authorize?: (seen: Seen, usual: () => Reply) => Reply;
  readonly token?: (seen: Seen, usual: () => Reply) => Reply;
  readonly other?: (seen: Seen) => Reply;
  /** How the client is registered. */
  readonly client?: { readonly method?: string; readonly redirectUris?: readonly string[] };
}

export interface Provider {
  readonly network: Network;
  readonly authority: Authority;
  readonly port: number;
  readonly seen: Seen[];
  /** Behaves well again, but for what is given; forgets what it has seen. */
  behave(misbehaviour?: Misbehaviour): void;
  /** Another certificate from now on. */
  use(leaf: Leaf): void;
  close(): Promise<void>;
}

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });

/** The provider's public key, as it stands in the key set. */
export const publicJwk = { ...rsa.publicKey.export({ format: "jwk" }), kid: "k1", use: "sig", alg: "RS256" };
/** With its private members: what must never be published. */
export const privateJwk = { ...rsa.privateKey.export({ format: "jwk" }), kid: "k1", use: "sig", alg: "RS256" };

export const html = (status: number, body: string): Reply => ({
  status,
  headers: { "content-type": "text/html; charset=utf-8" },
  body: `<!doctype html><html><body>${body}</body></html>`,
});

export const json = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Reply => ({
  status,
  headers: { "content-type": "application/json", ...headers },
  body: JSON.stringify(body),
});

export const redirect = (location: string, status = 303): Reply => ({ status, headers: { location } });

/** A small OpenID provider on loopback over TLS that does as it should, until told otherwise. */
export async function startProvider(): Promise<Provider> {
  const authority = await createAuthority();
  const leaf = await authority.issue(["idp.example", "*.idp.example", "keys.example", "login.microsoftonline.com"]);
  let misbehaviour: Misbehaviour = {};
  const seen: Seen[] = [];
  /** What its document called itself: a server names itself alike everywhere. */
  let named = issuer;

  const server = https.createServer({ cert: leaf.cert, key: leaf.key }, (request, response) => {
    void handle(request, response);
  });

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const url = new URL(request.url ?? "/", `https://${request.headers.host}`);
    const one: Seen = {
      method: request.method ?? "",
      host: request.headers.host ?? "",
      path: url.pathname,
      query: url.searchParams,
      form: new URLSearchParams(Buffer.concat(chunks).toString("utf8")),
      headers: request.headers,
    };
    seen.push(one);
    send(answer(one), response);
  }

  function answer(one: Seen): Reply {
    switch (one.path) {
      case "/.well-known/openid-configuration": {
        const document = misbehaviour.discovery?.(discoveryDocument(), one) ?? discoveryDocument();
        named = "issuer" in document && typeof document.issuer === "string" ? document.issuer : issuer;
        return asReply(document);
      }
      case "/keys": {
        const set = { keys: [publicJwk] };
        return asReply(misbehaviour.jwks?.(set, one) ?? set);
      }
      case "/authorize": {
        const usual = () => authorize(one, misbehaviour.client, named);
        return misbehaviour.authorize?.(one, usual) ?? usual();
      }
      case "/token": {
        const usual = () => token(one, misbehaviour.client);
        return misbehaviour.token?.(one, usual) ?? usual();
      }
      default:
        return misbehaviour.other?.(one) ?? html(404, "not found");
    }
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    network: { connect: { host: "127.0.0.1", port, ca: authority.ca } },
    authority,
    port,
    seen,
    behave(next = {}) {
      misbehaviour = next;
      seen.length = 0;
      named = issuer;
    },
    use(other) {
      server.setSecureContext({ cert: other.cert, key: other.key });
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export function discoveryDocument(): Record<string, unknown> {
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/keys`,
    userinfo_endpoint: `${issuer}/userinfo`,
    end_session_endpoint: `${issuer}/logout`,
    response_types_supported: ["code", "code id_token"],
    grant_types_supported: ["authorization_code", "refresh_token"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ["RS256"],
    token_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post"],
    code_challenge_methods_supported: ["S256"],
  };
}

function authorize({ query }: Seen, client: Misbehaviour["client"], iss: string): Reply {
  if (query.get("client_id") !== clientId) return html(400, "invalid_client");
  const asked = query.get("redirect_uri") ?? "";
  if (!(client?.redirectUris ?? [redirectUri]).includes(asked)) {
    return html(400, "The 'redirect_uri' parameter must be a Login redirect URI in the client app settings");
  }
  if (query.get("prompt") !== "none") return redirect("/login");
  return redirect(back(asked, { error: "login_required", state: query.get("state") ?? "", iss }));
}

/** The redirect URI with parameters behind it. */
export function back(uri: string, parameters: Record<string, string>): string {
  return `${uri}${uri.includes("?") ? "&" : "?"}${new URLSearchParams(parameters).toString()}`;
}

function token({ form, headers }: Seen, client: Misbehaviour["client"]): Reply {
  const basic = /^Basic (.+)$/.exec(headers.authorization ?? "")?.[1];
  const [id = "", value = ""] =
    basic === undefined
      ? [form.get("client_id") ?? "", form.get("client_secret") ?? ""]
      : Buffer.from(basic, "base64")
          .toString("utf8")
          .split(":")
          .map((part) => decodeURIComponent(part.replaceAll("+", " ")));
  const method = basic === undefined ? "client_secret_post" : "client_secret_basic";
  if (id !== clientId || value !== clientSecret || method !== (client?.method ?? "client_secret_basic")) {
    return json(401, { error: "invalid_client" }, { "www-authenticate": 'Basic realm="idp", error="invalid_client"' });
  }
  return json(400, { error: "invalid_grant", error_description: "The authorization code is invalid or has expired." });
}

function asReply(value: Reply | Record<string, unknown>): Reply {
  if ("raw" in value || typeof value.status === "number") return value as Reply;
  return json(200, value);
}

function send(reply: Reply, response: ServerResponse): void {
  if ("raw" in reply) {
    reply.raw(response);
    return;
  }
  response.writeHead(reply.status, { ...reply.headers });
  response.end(reply.body ?? "");
}
