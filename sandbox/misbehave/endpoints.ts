import { isObject, type Json, type JsonObject } from "../json.ts";
import type { Layer } from "./exchange.ts";
import type { Misbehaviour } from "./misbehaviour.ts";
import { members } from "./replies.ts";

const names = ["token_endpoint", "authorization_endpoint", "jwks_uri", "userinfo_endpoint", "end_session_endpoint"];

/** Endpoints that are no addresses for a secret (OpenID Connect Discovery 1.0, section 3; RFC 8414, section 2). */
export const endpointMisbehaviours: readonly Misbehaviour[] = [
  {
    name: "endpoint-http",
    kind: "endpoints",
    about: "The token endpoint is named with http.",
    layer: changed("token_endpoint", (url) => url.replace(/^https:/, "http:")),
  },
  {
    name: "endpoints-all-http",
    kind: "endpoints",
    about: "Every endpoint is named with http, as behind a proxy that ends TLS.",
    layer: members((document) => everyEndpoint(document, (url) => url.replace(/^https:/, "http:"))),
  },
  {
    name: "endpoint-private-address",
    kind: "endpoints",
    about: "The token endpoint is at the address of a cloud's metadata service.",
    layer: changed("token_endpoint", (url) => `https://169.254.169.254${new URL(url).pathname}`),
  },
  {
    name: "endpoint-loopback-decimal",
    kind: "endpoints",
    about: "The token endpoint is at 127.0.0.1, written as one number.",
    layer: changed("token_endpoint", (url) => `https://2130706433${new URL(url).pathname}`),
  },
  {
    name: "endpoint-userinfo",
    kind: "endpoints",
    about: "The token endpoint has a user name before its host.",
    layer: changed("token_endpoint", (url) => url.replace("https://", "https://idp.example@")),
  },
  {
    name: "endpoint-fragment",
    kind: "endpoints",
    about: "The token endpoint has a fragment.",
    layer: changed("token_endpoint", (url) => `${url}#token`),
  },
  {
    name: "endpoint-relative",
    kind: "endpoints",
    about: "The authorization endpoint is a path without a host.",
    layer: changed("authorization_endpoint", (url) => new URL(url).pathname),
  },
  {
    name: "endpoint-no-text",
    kind: "endpoints",
    about: "The token endpoint is a list.",
    layer: members(({ token_endpoint }) => ({ token_endpoint: [token_endpoint ?? ""] })),
  },
  {
    name: "jwks-uri-http",
    kind: "endpoints",
    about: "The key set is named with http.",
    layer: changed("jwks_uri", (url) => url.replace(/^https:/, "http:")),
  },
  {
    name: "logout-endpoint-http",
    kind: "endpoints",
    about: "The sign-out endpoint is named with http.",
    layer: changed("end_session_endpoint", (url) => url.replace(/^https:/, "http:")),
  },
];

function changed(name: string, change: (url: string) => Json): () => Layer {
  return members((document) => {
    const url = document[name];
    return typeof url === "string" ? { [name]: change(url) } : {};
  });
}

function everyEndpoint(document: JsonObject, change: (url: string) => string): JsonObject {
  const found = names.flatMap((name) => (typeof document[name] === "string" ? [[name, change(document[name])]] : []));
  const all: unknown = Object.fromEntries(found);
  return isObject(all) ? all : {};
}
