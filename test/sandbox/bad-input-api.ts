import { generateKeyPairSync } from "node:crypto";
import { Agent, request as httpsRequest, type RequestOptions } from "node:https";
import { serialize } from "node:v8";
import { expect } from "vitest";
import { routes as auth0Routes } from "../../sandbox/auth0/management.ts";
import { routes as oktaRoutes } from "../../sandbox/okta/management.ts";
import { auth0Host, oktaHost } from "../../sandbox/sandbox.ts";
import type { TestSandbox } from "../support/sandbox.ts";

/** A request of a careless or hostile client. The path goes out as it stands. */
export interface Sent {
  readonly method: string;
  readonly path: string;
  readonly body?: string | Uint8Array;
  /** `undefined` takes one away. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

export interface Got {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
}

/** One of the two management APIs, with something in it of every kind. */
export interface Api {
  readonly host: string;
  /** Method, and path with `:names`. */
  readonly routes: readonly { readonly method: string; readonly path: string; readonly query?: readonly string[] }[];
  /** The path with the ids of what is there. */
  resolve(path: string): string;
  /** A body that the call would take, as far as one is known. */
  body(method: string, path: string): Promise<unknown>;
  /** Sends it with the API's token. */
  send(sent: Sent): Promise<Got>;
  /**
   * Sends it, and fails unless the answer is of the API's kind: no 500, no inside, every refusal in the vendor's shape
   * and without an effect.
   */
  try(sent: Sent, what?: string): Promise<Got>;
  close(): void;
}

/** Both, for `describe.each`: the vendor's name, and how its API is opened. */
export const apis = [
  ["Okta", openOkta],
  ["Auth0", openAuth0],
] as const;

/** The methods whose calls have a body. */
export const writes: readonly string[] = ["POST", "PUT", "PATCH"];

/** Longest that an answer may take, in milliseconds. */
const patience = 10_000;

/** Sends one request over TLS under this host name. Throws when no answer comes. */
export function send(at: TestSandbox, host: string, sent: Sent, agent: Agent): Promise<Got> {
  const { method, path, body } = sent;
  const headers = Object.entries({ host, ...sent.headers }).filter(([, value]) => value !== undefined);
  const options: RequestOptions = {
    host: "127.0.0.1",
    port: at.sandbox.port,
    servername: /^[\d.]+$/.test(host) ? "" : host,
    ca: at.sandbox.ca,
    agent,
    method,
    path,
    headers: Object.fromEntries(headers),
    timeout: patience,
  };
  return new Promise((resolve, reject) => {
    const outgoing = httpsRequest(options, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
      incoming.on("error", reject);
      incoming.on("end", () => {
        const text = Buffer.concat(chunks).toString("utf8");
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text });
      });
    });
    outgoing.on("timeout", () => outgoing.destroy(new Error(`no answer to ${method} ${path}`)));
    outgoing.on("error", (error: NodeJS.ErrnoException) => {
      // The sandbox closed an idle connection just as it was used again; whatever is wrong with the request comes back.
      if (outgoing.reusedSocket && error.code === "ECONNRESET") resolve(send(at, host, sent, agent));
      else reject(error);
    });
    outgoing.end(body);
  });
}

/** No answer shows where it was made. */
export function showsNoInside(text: string, what: string): void {
  expect(/node_modules|\bat .*\.(ts|js):\d|TypeError|RangeError|\/sandbox\//.test(text), `${what}: ${text}`).toBe(
    false,
  );
}

type Seed = readonly [path: string, body: Record<string, unknown>, method?: "PUT"];

async function open(
  at: TestSandbox,
  host: string,
  routes: Api["routes"],
  authorization: string,
  seeds: (id: (prefix: string) => string) => readonly (() => Seed)[],
  idOf: (prefix: string, json: Record<string, unknown>) => unknown,
  state: () => unknown,
  checkShape: (status: number, json: unknown, what: string) => void,
): Promise<Api> {
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  const ids = new Map<string, string>();
  const bodies = new Map<string, unknown>();
  const resolve = (path: string): string => {
    const segments = path.split("/");
    return segments
      .map((segment, index) => {
        if (!segment.startsWith(":")) return segment;
        const id = ids.get(segments.slice(0, index + 1).join("/")) ?? ids.get(segment) ?? "nothing";
        return encodeURIComponent(id);
      })
      .join("/");
  };
  const withToken = (sent: Sent): Promise<Got> =>
    send(at, host, { ...sent, headers: { authorization, "content-type": "application/json", ...sent.headers } }, agent);
  for (const seed of seeds((prefix) => ids.get(prefix) ?? "")) {
    const [path, body, method = "POST"] = seed();
    const got = await withToken({ method, path: resolve(path), body: JSON.stringify(body) });
    if (got.status >= 300) throw new Error(`${method} ${path}: ${got.text}`);
    bodies.set(path, body);
    const parameter = routes
      .find((route) => route.path.startsWith(`${path}/:`))
      ?.path.slice(path.length + 1)
      .split("/")[0];
    const id = got.text === "" ? undefined : idOf(path, JSON.parse(got.text) as Record<string, unknown>);
    if (parameter === undefined || typeof id !== "string") continue;
    ids.set(`${path}/${parameter}`, id);
    if (!ids.has(parameter)) ids.set(parameter, id);
  }
  /** Everything that the API kept after the last write. */
  let before: Buffer | undefined;
  const check = ({ status, text }: Got, what: string): void => {
    showsNoInside(text, what);
    expect(status, `${what}: ${text}`).toBeLessThan(500);
    if (status < 400) return;
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch {
      throw new Error(`${what}: ${status} is no JSON: ${text.slice(0, 200)}`);
    }
    checkShape(status, json, what);
  };
  return {
    host,
    routes,
    resolve,
    body: async (method, path) => {
      if (method === "POST" && bodies.has(path)) return bodies.get(path);
      const got = await withToken({ method: "GET", path: resolve(path) });
      return got.status === 200 && got.text.startsWith("{") ? JSON.parse(got.text) : (bodies.get(path) ?? {});
    },
    send: withToken,
    try: async (sent, what = `${sent.method} ${sent.path.slice(0, 200)} ${String(sent.body).slice(0, 200)}`) => {
      const reads = sent.method === "GET";
      const earlier = reads ? undefined : (before ?? serialize(state()));
      const got = await withToken(sent);
      // A first look may make what is only there when somebody looks, such as keys.
      before = reads ? undefined : serialize(state());
      check(got, what);
      const same = before === undefined || earlier?.equals(before) === true;
      if (got.status >= 400) expect(same, `${what}: ${got.status}, and yet it changed`).toBe(true);
      return got;
    },
    close: () => agent.destroy(),
  };
}

/** Okta's management API, with an app, a group, a person, a policy and a server of our own. */
export function openOkta(at: TestSandbox): Promise<Api> {
  const server = "/api/v1/authorizationServers/:serverId";
  const all = { include: ["ALL_CLIENTS"] };
  return open(
    at,
    oktaHost,
    oktaRoutes,
    `SSWS ${at.sandbox.env.OKTA_API_TOKEN}`,
    (id) => [
      () => ["/api/v1/groups", { profile: { name: "bad input", description: "x" } }],
      () => [
        "/api/v1/users",
        { profile: { login: "bad@input.example", email: "bad@input.example", firstName: "Bad", lastName: "Input" } },
      ],
      () => [
        "/api/v1/apps",
        {
          name: "oidc_client",
          label: "bad input",
          signOnMode: "OPENID_CONNECT",
          profile: { note: "x" },
          visibility: { autoSubmitToolbar: false, hide: { iOS: true, web: true } },
          accessibility: { selfService: false },
          credentials: {
            oauthClient: {
              token_endpoint_auth_method: "client_secret_basic",
              autoKeyRotation: true,
              pkce_required: true,
            },
            userNameTemplate: { template: "source.login", type: "BUILT_IN" },
          },
          settings: {
            oauthClient: {
              application_type: "web",
              redirect_uris: ["https://portal.acme.example/callback"],
              post_logout_redirect_uris: ["https://portal.acme.example/"],
              response_types: ["code"],
              grant_types: ["authorization_code", "refresh_token"],
              refresh_token: { rotation_type: "ROTATE", leeway: 30 },
              jwks: { keys: [{ kty: "EC", crv: "P-256", x: "eA", y: "eQ", kid: "one" }] },
              idp_initiated_login: { mode: "DISABLED", default_scope: [] },
              issuer_mode: "ORG_URL",
              consent_method: "TRUSTED",
              wildcard_redirect: "DISABLED",
            },
          },
        },
      ],
      () => ["/api/v1/apps/:appId/groups/:groupId", { priority: 0, profile: {} }, "PUT"],
      () => [
        "/api/v1/apps/:appId/users",
        { id: id(":userId"), scope: "USER", credentials: { userName: "x" }, profile: {} },
      ],
      () => ["/api/v1/apps/:appId/grants", { scopeId: "okta.users.read", issuer: `https://${oktaHost}` }],
      () => ["/api/v1/apps/:appId/credentials/secrets", { client_secret: "x".repeat(40), status: "ACTIVE" }],
      () => [
        "/api/v1/policies",
        { type: "ACCESS_POLICY", name: "bad input", description: "x", status: "ACTIVE", priority: 1 },
      ],
      () => [
        "/api/v1/policies/:policyId/rules",
        {
          name: "bad input",
          type: "ACCESS_POLICY",
          conditions: { network: { connection: "ANYWHERE" }, people: { groups: { include: [id(":groupId")] } } },
          actions: {
            appSignOn: {
              access: "ALLOW",
              verificationMethod: { factorMode: "1FA", type: "ASSURANCE", reauthenticateIn: "PT2H", constraints: [] },
            },
          },
        },
      ],
      () => ["/api/v1/authorizationServers", { name: "bad input", description: "x", audiences: ["api://bad"] }],
      () => [`${server}/scopes`, { name: "bad:input", description: "x", consent: "IMPLICIT", default: false }],
      () => [
        `${server}/claims`,
        {
          name: "bad_input",
          status: "ACTIVE",
          claimType: "RESOURCE",
          valueType: "EXPRESSION",
          value: "user.email",
          conditions: { scopes: [] },
        },
      ],
      () => [
        `${server}/policies`,
        {
          type: "OAUTH_AUTHORIZATION_POLICY",
          status: "ACTIVE",
          name: "bad input",
          description: "x",
          priority: 1,
          conditions: { clients: all },
        },
      ],
      () => [
        `${server}/policies/:policyId/rules`,
        {
          type: "RESOURCE_ACCESS",
          name: "bad input",
          priority: 1,
          conditions: {
            people: { users: { include: [] }, groups: { include: ["EVERYONE"] } },
            grantTypes: { include: ["authorization_code"] },
            scopes: { include: ["*"] },
          },
          actions: {
            token: {
              accessTokenLifetimeMinutes: 60,
              refreshTokenLifetimeMinutes: 0,
              refreshTokenWindowMinutes: 10_080,
            },
          },
        },
      ],
    ],
    (_path, json) => json.id,
    () => at.sandbox.okta.state,
    (status, json, what) => {
      expect(json, what).toEqual({
        errorCode: expect.stringMatching(/^E\d{7}$/),
        errorSummary: expect.stringMatching(/\S/),
        errorLink: expect.stringMatching(/^E\d{7}$/),
        errorId: expect.stringMatching(/^oae/),
        errorCauses: expect.any(Array),
      });
      const { errorCauses } = json as { errorCauses: readonly unknown[] };
      for (const cause of errorCauses) expect(cause, what).toMatchObject({ errorSummary: expect.stringMatching(/\S/) });
      expect([400, 401, 403, 404, 405, 409, 413, 415, 429, 501], what).toContain(status);
    },
  );
}

/** Auth0's management API, with a client, a connection, an organization, a role, an API and a person of our own. */
function openAuth0(at: TestSandbox): Promise<Api> {
  const pem = () =>
    generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey.export({ type: "spki", format: "pem" }).toString();
  const permission = { resource_server_identifier: "https://bad.input.example", permission_name: "read:x" };
  return open(
    at,
    auth0Host,
    auth0Routes.map((route) => ({ ...route, path: `/api/v2${route.path}` })),
    `Bearer ${at.sandbox.env.AUTH0_API_TOKEN}`,
    (id) =>
      (
        [
          () => [
            "/clients",
            {
              name: "bad input",
              description: "x",
              app_type: "regular_web",
              callbacks: ["https://portal.acme.example/callback"],
              allowed_logout_urls: ["https://portal.acme.example/"],
              grant_types: ["authorization_code", "client_credentials"],
              token_endpoint_auth_method: "client_secret_post",
              client_metadata: { note: "x" },
              jwt_configuration: { alg: "RS256", lifetime_in_seconds: 60 },
              refresh_token: { rotation_type: "rotating", expiration_type: "expiring" },
              organization_usage: "allow",
              oidc_conformant: true,
            },
          ],
          () => [
            "/clients/:clientId/credentials",
            { credential_type: "public_key", name: "x", pem: pem(), alg: "RS256" },
          ],
          () => [
            "/connections",
            { name: "bad-input", strategy: "auth0", options: { passwordPolicy: "good" }, metadata: { note: "x" } },
          ],
          () => [
            "/organizations",
            {
              name: "bad-input",
              display_name: "x",
              metadata: { note: "x" },
              branding: { colors: { primary: "#000000", page_background: "#FFFFFF" } },
            },
          ],
          () => [
            "/organizations/:organizationId/enabled_connections",
            { connection_id: id(":connectionId"), assign_membership_on_login: true, show_as_button: true },
          ],
          () => [
            "/users",
            { connection: "bad-input", email: "bad@input.example", password: "Xy7!zzzzQ9", user_metadata: { a: 1 } },
          ],
          () => ["/organizations/:organizationId/members", { members: [id(":userId")] }],
          () => ["/organizations/:organizationId/discovery-domains", { domain: "bad-input.example" }],
          () => [
            "/resource-servers",
            {
              identifier: "https://bad.input.example",
              name: "bad input",
              scopes: [{ value: "read:x", description: "x" }],
              signing_alg: "RS256",
              token_lifetime: 600,
            },
          ],
          () => [
            "/client-grants",
            { client_id: id(":clientId"), audience: "https://bad.input.example", scope: ["read:x"] },
          ],
          () => ["/roles", { name: "bad input", description: "x" }],
          () => ["/roles/:roleId/permissions", { permissions: [permission] }],
          () => ["/users/:userId/permissions", { permissions: [permission] }],
          () => ["/users/:userId/roles", { roles: [id(":roleId")] }],
        ] as readonly (() => Seed)[]
      ).map((seed) => () => {
        const [path, body] = seed();
        return [`/api/v2${path}`, body] as const;
      }),
    (path, json) =>
      path.endsWith("/clients")
        ? json.client_id
        : path.endsWith("/users")
          ? json.user_id
          : path.endsWith("/enabled_connections")
            ? json.connection_id
            : json.id,
    () => at.sandbox.auth0.state,
    (status, json, what) => {
      const { statusCode, error, message, errorCode, ...more } = json as Record<string, unknown>;
      expect([statusCode, typeof error, typeof message, more], `${what}: ${JSON.stringify(json)}`).toEqual([
        status,
        "string",
        "string",
        {},
      ]);
      expect(["string", "undefined"], what).toContain(typeof errorCode);
    },
  );
}
