import { gzipSync } from "node:zlib";
import type { JsonObject } from "../json.ts";
import type { Layer } from "./exchange.ts";
import type { Misbehaviour } from "./misbehaviour.ts";
import { members, objectIn, on, page, redirect, withJson } from "./replies.ts";

/** How the document is given out, and what it says that the provider can do. */
export const documentMisbehaviours: readonly Misbehaviour[] = [
  {
    name: "discovery-404",
    kind: "document",
    about: "There is no discovery document.",
    layer: on("document", async () => page(404, "Not found")),
  },
  {
    name: "discovery-500",
    kind: "document",
    about: "The discovery document is answered by an error of the server.",
    layer: on("document", async () => page(500, "Internal server error")),
  },
  {
    name: "discovery-html-login-wall",
    kind: "document",
    about: "A sign-in page stands where the discovery document should be.",
    layer: on("document", async () => page(200, "Sign in to continue")),
  },
  {
    name: "discovery-redirect",
    kind: "document",
    about: "The discovery document redirects to another host.",
    layer: on("document", async ({ host, path }) => redirect(`https://www.${host}${path}`, 301)),
  },
  {
    name: "discovery-text-plain",
    kind: "document",
    about: "The discovery document comes as text/plain.",
    layer: on("document", async (exchange) => {
      const reply = await exchange.ask();
      return { ...reply, headers: { ...reply.headers, "content-type": "text/plain; charset=utf-8" } };
    }),
  },
  {
    name: "discovery-array",
    kind: "document",
    about: "The discovery document is a JSON list.",
    layer: on("document", async (exchange) => withJson(await exchange.ask(), [])),
  },
  {
    name: "discovery-broken-json",
    kind: "document",
    about: "The discovery document ends in the middle.",
    layer: on("document", async (exchange) => {
      const reply = await exchange.ask();
      return { ...reply, body: reply.body.subarray(0, Math.floor(reply.body.length / 2)) };
    }),
  },
  {
    name: "discovery-gzip",
    kind: "document",
    about: "The discovery document comes compressed although nobody asked for that.",
    layer: on("document", async (exchange) => {
      const reply = await exchange.ask();
      return { ...reply, headers: { ...reply.headers, "content-encoding": "gzip" }, body: gzipSync(reply.body) };
    }),
  },
  {
    name: "discovery-too-large",
    kind: "document",
    about: "The discovery document has five megabytes.",
    layer: on("document", async (exchange) => {
      const reply = await exchange.ask();
      return withJson(reply, { ...objectIn(reply), padding: "x".repeat(5_000_000) });
    }),
  },
  {
    name: "document-flaps",
    kind: "document",
    about:
      "Every second request gets a document with an http issuer, as from two machines that are set up differently.",
    layer: () => {
      let asked = 0;
      return async (exchange) => {
        const reply = await exchange.ask();
        const document = exchange.purpose === "document" ? objectIn(reply) : undefined;
        if (document === undefined) return reply;
        asked += 1;
        const issuer = String(document.issuer).replace(/^https:/, "http:");
        return asked % 2 === 1 ? reply : withJson(reply, { ...document, issuer });
      };
    },
  },
  {
    name: "discovery-missing-jwks-uri",
    kind: "document",
    about: "The discovery document names no key set.",
    layer: members(() => ({ jwks_uri: undefined })),
  },
  {
    name: "discovery-missing-token-endpoint",
    kind: "document",
    about: "The discovery document names no token endpoint.",
    layer: members(() => ({ token_endpoint: undefined })),
  },
  {
    name: "discovery-missing-authorization-endpoint",
    kind: "document",
    about: "The discovery document names no authorization endpoint.",
    layer: members(() => ({ authorization_endpoint: undefined })),
  },
  {
    name: "userinfo-missing",
    kind: "document",
    about: "The discovery document names no userinfo endpoint.",
    layer: members(() => ({ userinfo_endpoint: undefined })),
  },
  {
    name: "only-implicit-flow",
    kind: "document",
    about: "The provider offers the implicit flow only.",
    layer: members(() => ({ response_types_supported: ["id_token"], grant_types_supported: ["implicit"] })),
  },
  {
    name: "code-grant-unlisted",
    kind: "document",
    about: "The provider lists no authorization code grant.",
    layer: members(() => ({ grant_types_supported: ["client_credentials"] })),
  },
  {
    name: "only-hs256",
    kind: "document",
    about: "ID tokens are signed with the client secret (HS256) only.",
    layer: members(() => ({ id_token_signing_alg_values_supported: ["HS256"] })),
  },
  {
    name: "only-unsigned",
    kind: "document",
    about: "ID tokens are not signed at all (none).",
    layer: members(() => ({ id_token_signing_alg_values_supported: ["none"] })),
  },
  {
    name: "auth-method-unlisted",
    kind: "document",
    about: "The provider lists mutual TLS as the only way in which a client may authenticate.",
    layer: members(() => ({ token_endpoint_auth_methods_supported: ["tls_client_auth"] })),
  },
  {
    name: "pkce-plain-only",
    kind: "document",
    about: "The provider takes PKCE with the method plain only.",
    layer: members(() => ({ code_challenge_methods_supported: ["plain"] })),
  },
  {
    name: "pkce-unlisted",
    kind: "document",
    about: "The discovery document does not speak of PKCE.",
    layer: members(() => ({ code_challenge_methods_supported: undefined })),
  },
  {
    name: "query-mode-unlisted",
    kind: "document",
    about: "The provider lists form_post as the only response mode.",
    layer: members(() => ({ response_modes_supported: ["form_post"] })),
  },
  {
    name: "openid-scope-unlisted",
    kind: "document",
    about: "The provider lists scopes, and openid is not among them.",
    layer: members(() => ({ scopes_supported: ["profile", "email"] })),
  },
  {
    name: "scope-unlisted",
    kind: "document",
    about: "The provider lists scopes, and of those that apps ask for openid only.",
    layer: members(() => ({ scopes_supported: ["openid"] })),
  },
  {
    name: "claims-unlisted",
    kind: "document",
    about: "The provider lists claims, and of those that apps read sub only.",
    layer: members(() => ({ claims_supported: ["sub"] })),
  },
  {
    name: "par-required",
    kind: "document",
    about: "The provider takes pushed authorization requests only.",
    layer: parRequired(),
  },
  {
    name: "request-object-required",
    kind: "document",
    about: "The provider takes signed request objects only.",
    layer: members(() => ({ require_signed_request_object: true, request_parameter_supported: true })),
  },
  {
    name: "empty-arrays",
    kind: "document",
    about: "Lists of the discovery document that a sign-in does not need are empty instead of absent.",
    layer: members(() => ({ acr_values_supported: [], ui_locales_supported: [], display_values_supported: [] })),
  },
  {
    name: "boolean-as-text",
    kind: "document",
    about: 'The discovery document says "true" in place of true.',
    layer: members(() => ({ claims_parameter_supported: "true", request_uri_parameter_supported: "false" })),
  },
];

function parRequired(): () => Layer {
  const said = members((document) => ({
    require_pushed_authorization_requests: true,
    pushed_authorization_request_endpoint: document.pushed_authorization_request_endpoint ?? `${origin(document)}/par`,
  }));
  return () => {
    const document = said();
    return (exchange) => {
      const plain = exchange.purpose === "authorization" && !exchange.query.has("request_uri");
      return plain ? Promise.resolve(page(400, "Pushed Authorization Request must be used")) : document(exchange);
    };
  };
}

function origin({ issuer }: JsonObject): string {
  return URL.canParse(String(issuer)) ? new URL(String(issuer)).origin : "";
}
