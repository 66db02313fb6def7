import type { Answer } from "../answer.ts";
import { isObject, type JsonObject } from "../json.ts";
import { type Call, connectionOf, type Route } from "./call.ts";
import { keyAlgorithms, newConnectionKey } from "./connection-key.ts";
import { oidcStrategies } from "./connection-strategies.ts";
import type { Auth0Connection, ConnectionKey } from "./model.ts";
import { Auth0Problem } from "./problem.ts";
import { checked, oneOf, record } from "./validate.ts";

const rotation = record({ signing_alg: oneOf(...keyAlgorithms) });

/** Keys by which a connection proves itself to its OpenID provider: list, and rotate. Made when first asked for. */
export const connectionKeyRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/connections/:connectionId/keys",
    scopes: ["read:connections_keys"],
    bucket: "readConnections",
    handle: async (call) => {
      const keys = await keysOf(call, withKeys(call));
      return { status: 200, json: keys.map((key) => view(key, subject(call))) };
    },
  },
  {
    method: "POST",
    path: "/connections/:connectionId/keys/rotate",
    scopes: ["create:connections_keys", "update:connections_keys"],
    bucket: "rest",
    handle: rotate,
  },
];

/** The next key becomes the current one, the current one the previous, and a new one is the next. */
async function rotate(call: Call): Promise<Answer> {
  const { signing_alg } = call.body === undefined ? {} : checked(call.body, rotation);
  const connection = withKeys(call);
  const before = await keysOf(call, connection);
  const algorithm = typeof signing_alg === "string" ? signing_alg : (before[0]?.algorithm ?? "RS256");
  const next = await makeKey(call, connection, algorithm, "next");
  const kept = (connection.keys ?? before).filter(({ role }) => role !== "previous");
  for (const key of kept) {
    if (key.role === "current") key.role = "previous";
    else {
      key.role = "current";
      key.currentSince = call.tenant.timestamp();
    }
  }
  connection.keys = [...kept.toSorted((a, b) => (a.role < b.role ? -1 : 1)), next];
  return { status: 201, json: view(next, subject(call)) };
}

/** The connection that the path names. Throws a 404 when it is no connection to an OpenID provider. */
function withKeys(call: Call): Auth0Connection {
  const connection = connectionOf(call);
  if (oidcStrategies.has(connection.strategy)) return connection;
  throw new Auth0Problem(404, "The connection has no keys", "inexistent_connection_keys");
}

async function keysOf(call: Call, connection: Auth0Connection): Promise<readonly ConnectionKey[]> {
  if (connection.keys !== undefined) return connection.keys;
  const { options } = connection.settings;
  const wanted = isObject(options) ? options.token_endpoint_auth_signing_alg : undefined;
  const algorithm = typeof wanted === "string" && keyAlgorithms.includes(wanted) ? wanted : "RS256";
  const made = await Promise.all([
    makeKey(call, connection, algorithm, "current"),
    makeKey(call, connection, algorithm, "next"),
  ]);
  connection.keys ??= made;
  return connection.keys;
}

async function makeKey(
  { tenant }: Call,
  { name }: Auth0Connection,
  algorithm: string,
  role: ConnectionKey["role"],
): Promise<ConnectionKey> {
  const key = await newConnectionKey(name, algorithm, tenant.now());
  return { ...key, role, currentSince: role === "current" ? tenant.timestamp() : undefined };
}

function subject(call: Call): string {
  return `/CN=${connectionOf(call).name}`;
}

function view(key: ConnectionKey, subjectDn: string): JsonObject {
  return {
    kid: key.kid,
    algorithm: key.algorithm,
    key_use: "signing",
    subject_dn: subjectDn,
    cert: key.certificate,
    fingerprint: key.thumbprint.match(/../g)?.join(":") ?? "",
    thumbprint: key.thumbprint,
    pkcs: key.pkcs,
    [key.role]: true,
    ...(key.role === "current" && key.currentSince !== undefined ? { current_since: key.currentSince } : {}),
  };
}
