import { randomToken } from "../random.ts";
import { shownIn, shownOtherwise, withSecret } from "./client-change.ts";
import type { Exchange, Layer, Reply } from "./exchange.ts";
import type { Misbehaviour } from "./misbehaviour.ts";
import { json, members, objectIn, on, page, redirect } from "./replies.ts";

/** What a client is answered at the token endpoint (RFC 6749, sections 2.3 and 5.2). */
export const tokenMisbehaviours: readonly Misbehaviour[] = [
  {
    name: "secret-wrong",
    kind: "token",
    about: "The client has another secret than the one that the app was given.",
    layer: on(["token", "pushed"], (exchange) => exchange.ask(withSecret(exchange, `another ${randomToken(8)}`))),
  },
  {
    name: "secret-expired",
    kind: "token",
    about: "The client's secret has expired.",
    layer: on(["token", "pushed"], async () =>
      refusal(400, "invalid_client", "could not authenticate the client - its client secret is expired"),
    ),
  },
  {
    name: "client-key-unregistered",
    kind: "token",
    about: "The app's public key is not registered at the client: its assertions are refused.",
    layer: on(["token", "pushed"], (exchange) =>
      shownIn(exchange)?.method === "private_key_jwt" ? exchange.ask(withSecret(exchange, "")) : exchange.ask(),
    ),
  },
  {
    name: "client-not-public",
    kind: "token",
    about: "A client without credentials is refused: it is registered as one that has some.",
    layer: on(["token", "pushed"], async (exchange) =>
      shownIn(exchange)?.method === "none"
        ? refusal(401, "invalid_client", "client authentication failed")
        : exchange.ask(),
    ),
  },
  {
    name: "client-unknown-at-token-endpoint",
    kind: "token",
    about: "The token endpoint does not know the client, as after the app was deleted and made anew.",
    layer: on(["token", "pushed"], async () => refusal(401, "invalid_client", "client is not registered")),
  },
  {
    name: "secret-any-accepted",
    kind: "token",
    about: "Every secret is taken; only who shows none is refused. No other endpoint asks for it.",
    layer: alone(
      on("token", async (exchange) => (shownIn(exchange)?.method === "none" ? exchange.ask() : grantRefused())),
    ),
  },
  {
    name: "code-checked-before-client",
    kind: "token",
    about: "The token endpoint looks at the code before it looks at the client, and no other endpoint looks at it.",
    layer: alone(on("token", async () => grantRefused())),
  },
  {
    name: "token-for-bogus-code",
    kind: "token",
    about: "The token endpoint gives a token for whatever code it gets.",
    layer: on("token", async () =>
      json(
        200,
        { access_token: randomToken(24), token_type: "Bearer", expires_in: 3600 },
        { "cache-control": "no-store" },
      ),
    ),
  },
  {
    name: "auth-method-basic-only",
    kind: "token",
    about: "The client is registered for client_secret_basic and for nothing else.",
    layer: on(["token", "pushed"], onlyBy("client_secret_basic")),
  },
  {
    name: "auth-method-post-only",
    kind: "token",
    about: "The client is registered for client_secret_post and for nothing else.",
    layer: on(["token", "pushed"], onlyBy("client_secret_post")),
  },
  {
    name: "auth-method-key-only",
    kind: "token",
    about: "The client is registered for private_key_jwt and for nothing else.",
    layer: on(["token", "pushed"], onlyBy("private_key_jwt")),
  },
  {
    name: "basic-not-form-decoded",
    kind: "token",
    about: "The token endpoint takes id and secret from the Basic header without decoding them.",
    layer: on(["token", "pushed"], undecoded),
  },
  {
    name: "client-not-allowed-code-grant",
    kind: "token",
    about: "The client may not use the authorization code grant.",
    layer: on("token", async () =>
      refusal(400, "unauthorized_client", "The client is not authorized to use the provided grant type."),
    ),
  },
  {
    name: "code-grant-unsupported",
    kind: "token",
    about: "The token endpoint does not know the authorization code grant.",
    layer: on("token", async () => refusal(400, "unsupported_grant_type", "The grant type is not supported.")),
  },
  {
    name: "token-endpoint-404",
    kind: "token",
    about: "There is nothing at the token endpoint.",
    layer: on("token", async () => page(404, "Not found")),
  },
  {
    name: "token-endpoint-html",
    kind: "token",
    about: "A page stands where the token endpoint should be.",
    layer: on("token", async () => page(200, "Sign in to continue")),
  },
  {
    name: "token-endpoint-429",
    kind: "token",
    about: "The token endpoint answers too many requests.",
    layer: on("token", async () => json(429, { error: "too_many_requests" }, { "retry-after": "60" })),
  },
  {
    name: "token-endpoint-500",
    kind: "token",
    about: "The token endpoint fails.",
    layer: on("token", async () => json(500, { error: "server_error" })),
  },
  {
    name: "token-endpoint-redirects",
    kind: "token",
    about: "The token endpoint redirects to another host.",
    layer: on("token", async ({ host, path }) => redirect(`https://www.${host}${path}`, 307)),
  },
  {
    name: "token-endpoint-empty",
    kind: "token",
    about: "The token endpoint answers status 200 with nothing in it.",
    layer: on("token", async () => ({ status: 200, headers: {}, body: Buffer.alloc(0) })),
  },
  {
    name: "pushed-request-refused",
    kind: "token",
    about: "The endpoint for pushed authorization requests refuses what the app pushes.",
    layer: on("pushed", async () => refusal(400, "invalid_request", "the request is refused")),
  },
  {
    name: "pushed-request-any-redirect-uri",
    kind: "token",
    about: "The endpoint for pushed authorization requests takes every redirect URI.",
    layer: on("pushed", async (exchange) => {
      const reply = await exchange.ask();
      if (reply.status !== 400) return reply;
      return json(201, { request_uri: `urn:ietf:params:oauth:request_uri:${randomToken(24)}`, expires_in: 60 });
    }),
  },
];

function refusal(status: number, error: string, description: string): Reply {
  const headers: Record<string, string> = { "cache-control": "no-store" };
  return json(status, { error, error_description: description }, headers);
}

function grantRefused(): Reply {
  return refusal(400, "invalid_grant", "grant request is invalid");
}

/** Lets in whoever comes by this method, and refuses all others without a word about methods. */
function onlyBy(method: string): Layer {
  return async (exchange) =>
    shownIn(exchange)?.method === method
      ? asEither(exchange)
      : refusal(401, "invalid_client", "client authentication failed");
}

/** Lets the client in by the way that it is registered for, whichever of the two it shows its secret in. */
async function asEither(exchange: Exchange): Promise<Reply> {
  const reply = await exchange.ask();
  const otherwise = shownOtherwise(exchange);
  return otherwise === undefined || objectIn(reply)?.error === "invalid_grant" || reply.status < 300
    ? reply
    : exchange.ask(otherwise);
}

/** Against RFC 6749, section 2.3.1: a secret with anything but letters and digits in it is never the right one. */
async function undecoded(exchange: Exchange): Promise<Reply> {
  const [, basic] = /^Basic (\S+)$/i.exec(exchange.authorization ?? "") ?? [];
  if (basic === undefined) return asEither(exchange);
  const [id = "", secret = ""] = Buffer.from(basic, "base64").toString("utf8").split(":").map(encodeURIComponent);
  return exchange.ask({ authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}` });
}

/** Where no other endpoint asks a client to prove itself, so that only the token endpoint could tell. */
function alone(token: () => Layer): () => Layer {
  const others = members(() => ({ revocation_endpoint: undefined, introspection_endpoint: undefined }));
  return () => {
    const [document, rest] = [others(), token()];
    return (exchange) => (exchange.purpose === "document" ? document(exchange) : rest(exchange));
  };
}
