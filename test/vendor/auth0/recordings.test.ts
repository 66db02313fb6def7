import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Auth0Clients, auth0Clients } from "../../../src/vendor/auth0/clients.ts";
import { type Auth0Connections, auth0Connections } from "../../../src/vendor/auth0/connections.ts";
import { Auth0Failure, failureOfAnswer } from "../../../src/vendor/auth0/failure.ts";
import { type Auth0Organizations, auth0Organizations } from "../../../src/vendor/auth0/organizations.ts";
import type { Auth0Transport } from "../../../src/vendor/auth0/transport.ts";
import { isJsonObject, textIn } from "../../../src/vendor/json.ts";

/** One recorded exchange of a real Auth0 tenant (MPL-2.0, auth0/terraform-provider-auth0). */
interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly status: number;
  readonly response: unknown;
}

const folder = join(import.meta.dirname, "../../../../shared/fixtures/auth0");
const present = existsSync(folder);
const exchanges = (name: string): readonly Exchange[] =>
  present ? (JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8")) as Exchange[]) : [];

const sent: { method: string; path: string; body: unknown }[] = [];

/** Our calls, answered with one recorded answer. */
function answeredBy({ status, response }: Exchange) {
  const transport: Auth0Transport = {
    host: "acme.eu.auth0.com",
    async send({ method, path, body, purpose }) {
      sent.push({ method, path, body });
      if (status < 400) return response ?? undefined;
      const said = { status, message: textIn(response, "message"), errorCode: textIn(response, "errorCode") };
      throw failureOfAnswer("acme.eu.auth0.com", purpose, said);
    },
    close: async () => {},
  };
  return {
    clients: auth0Clients(transport),
    connections: auth0Connections(transport),
    organizations: auth0Organizations(transport),
  };
}

type Calls = { clients: Auth0Clients; connections: Auth0Connections; organizations: Auth0Organizations };

/** The call of ours that a recorded path stands for, and what it must make of the answer. */
const ours: readonly (readonly [RegExp, (calls: Calls, exchange: Exchange) => Promise<unknown>])[] = [
  [/^GET \/api\/v2\/clients\/(\w{32}|this-[a-z-]+)$/, ({ clients }) => clients.read("x")],
  [/^GET \/api\/v2\/clients\?/, ({ clients }) => clients.all()],
  [/^POST \/api\/v2\/clients$/, ({ clients }, { body }) => clients.create(body as never)],
  [/^PATCH \/api\/v2\/clients\/\w{32}$/, ({ clients }, { body }) => clients.change("x", body as never)],
  [/^DELETE \/api\/v2\/clients\/\w{32}$/, ({ clients }) => clients.remove("x")],
  [/^GET \/api\/v2\/clients\/\w{32}\/credentials\?/, ({ clients }) => clients.keys("x")],
  [/^POST \/api\/v2\/clients\/\w{32}\/credentials$/, ({ clients }, { body }) => clients.addKey("x", body as never)],
  [/^DELETE \/api\/v2\/clients\/\w{32}\/credentials\//, ({ clients }) => clients.removeKey("x", "cred_x")],
  [/^GET \/api\/v2\/connections\/con_\w+$/, ({ connections }) => connections.read("con_x")],
  [/^PATCH \/api\/v2\/connections\/con_\w+\/clients$/, ({ connections }) => connections.switchFor("c", "x", true)],
  [/^GET \/api\/v2\/organizations\/name\//, ({ organizations }) => organizations.named("x")],
  [/^POST \/api\/v2\/organizations$/, ({ organizations }) => organizations.create({ ...org, enabled: [] })],
  [/^PATCH \/api\/v2\/organizations\/org_\w+$/, ({ organizations }) => organizations.change("org_x", org)],
  [/^DELETE \/api\/v2\/organizations\/org_\w+$/, ({ organizations }) => organizations.remove("org_x")],
];
const org = { name: "x", displayName: "X", metadata: {} };

const names = [
  "ClientAuthenticationMethodsPrivateKeyJWT",
  "ClientConfig",
  "ClientCredentialsPrivateKeyJWTFullRotation",
  "ClientJWTConfiguration",
  "ClientMetadataBehavior",
  "ClientRefreshToken",
  "ConnectionClients",
  "DataClients",
  "DataSourceClientNonexistentID",
  "DataSourceOrganization",
  "Organization",
];

describe.skipIf(!present)("answers of a real Auth0 tenant", () => {
  test.each(names)("%s: every answer is understood", async (name) => {
    let understood = 0;
    for (const exchange of exchanges(name)) {
      const call = ours.find(([pattern]) => pattern.test(`${exchange.method} ${exchange.path}`));
      if (call === undefined) continue;
      const result = await call[1](answeredBy(exchange), exchange);
      understood += 1;
      if (exchange.status === 404) expect(result).toBeUndefined();
      expect(JSON.stringify(result ?? null)).not.toContain("REDACTED");
      if (isJsonObject(result) && isJsonObject(exchange.response) && "clientId" in result) {
        expect(result.clientId).toBe(exchange.response.client_id);
      }
    }
    expect(understood).toBeGreaterThan(0);
  });

  test("a key is registered and put to use in the form that was recorded", async () => {
    const recorded = exchanges("ClientCredentialsPrivateKeyJWTFullRotation");
    const post = recorded.find(({ method, path }) => method === "POST" && path.endsWith("/credentials"));
    if (post === undefined) throw new Error("the recording has changed");
    const key = await answeredBy(post).clients.addKey("x", { name: "n", kid: "k", alg: "RS256", pem: "p" });
    expect(key).toMatchObject({ id: expect.stringMatching(/^cred_/), name: textIn(post.response, "name") });
    const body = sent.at(-1)?.body as object;
    expect(Object.keys(post.body as object).filter((member) => !(member in body))).toEqual([
      // Of certificates only.
      "parse_expiry_from_cert",
    ]);
  });

  test("what Auth0 says of a missing scope or object becomes our codes", () => {
    const purpose = { what: "read client x", scope: "read:clients", writes: false };
    const [missing] = exchanges("DataSourceClientNonexistentID").filter(({ status }) => status === 404);
    const failure = failureOfAnswer("acme.eu.auth0.com", purpose, {
      status: 404,
      message: textIn(missing?.response, "message"),
    });
    expect(failure).toBeInstanceOf(Auth0Failure);
    expect(failure).toMatchObject({
      code: "AUTH0_NOT_FOUND",
      message: "Auth0 (acme.eu.auth0.com) could not read client x, it is not there: The client does not exist",
    });
  });

  test("metadata: a client's is merged, an organization's is replaced", () => {
    const merged = exchanges("ClientMetadataBehavior").filter(({ method }) => method === "PATCH");
    expect(merged.map(({ response }) => (response as { client_metadata: unknown }).client_metadata)).toEqual([
      { foo: "newZooButOldFoo", newBar: "newBaz" },
      { bar: "baz" },
      {},
    ]);
    const replaced = exchanges("Organization").filter(({ method }) => method === "PATCH");
    for (const { body, response } of replaced) {
      expect((response as { metadata?: unknown }).metadata ?? {}).toEqual((body as { metadata: unknown }).metadata);
    }
    expect(replaced.length).toBeGreaterThan(2);
  });
});
