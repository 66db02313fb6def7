import { generateKeyPairSync } from "node:crypto";
import type { Json, JsonObject } from "../json.ts";
import type { Call, Route } from "./call.ts";
import { invalid, notFound } from "./problem.ts";
import { bodyOf, serverOf } from "./server-input.ts";
import type { OktaKey } from "./server-model.ts";
import { rotateKeys } from "./server-rotation.ts";
import { serverRoute } from "./server-routes.ts";
import { selfOf, serversPath } from "./server-view.ts";

const path = `${serversPath}/:serverId/credentials`;

/** The signing keys of an authorization server. */
export const serverKeyRoutes: readonly Route[] = [
  serverRoute("GET", `${path}/keys`, (call) => ({ status: 200, json: viewKeys(call) })),
  serverRoute("GET", `${path}/keys/:keyId`, (call) => {
    const key = serverOf(call).keys.find(({ kid }) => kid === call.params.keyId);
    if (key === undefined) throw notFound(call.params.keyId ?? "", "JsonWebKey");
    return { status: 200, json: viewKey(call, key) };
  }),
  serverRoute("POST", `${path}/lifecycle/keyRotate`, (call) => {
    if (bodyOf(call).use !== "sig") throw invalid("use", ["use: The field must be sig"]);
    const server = serverOf(call);
    server.lastUpdated = call.org.timestamp();
    rotateKeys(server, server.lastUpdated);
    return { status: 200, json: viewKeys(call) };
  }),
];

/** The private JWK of the key, made when it is first needed. */
export function privateKeyOf(key: OktaKey): JsonObject {
  if (key.jwk === undefined) {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    key.jwk = { ...(privateKey.export({ format: "jwk" }) as JsonObject), kid: key.kid, use: "sig", alg: "RS256" };
  }
  return key.jwk;
}

/** The public half, as key sets publish it. */
export function publicKeyOf(key: OktaKey): { readonly [name: string]: Json } {
  const { kty = "RSA", n = "", e = "" } = privateKeyOf(key);
  return { kty, alg: "RS256", kid: key.kid, use: "sig", e, n };
}

function viewKeys(call: Call): Json {
  const order = ["ACTIVE", "NEXT", "EXPIRED"];
  const keys = serverOf(call).keys.toSorted((a, b) => order.indexOf(a.status) - order.indexOf(b.status));
  return keys.map((key) => viewKey(call, key));
}

function viewKey(call: Call, key: OktaKey): Json {
  const href = `${selfOf(call.org, serverOf(call))}/credentials/keys/${key.kid}`;
  return { status: key.status, ...publicKeyOf(key), _links: { self: { href, hints: { allow: ["GET"] } } } };
}
