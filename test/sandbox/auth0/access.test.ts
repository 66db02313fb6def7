import { describe, expect, test } from "vitest";
import { billingClientId, fernhillConnection } from "../../../sandbox/sandbox.ts";
import { startTestSandbox } from "../../support/sandbox.ts";
import { sharedSandbox } from "../../support/shared-sandbox.ts";
import { basic, call, code, managementRequest, managementToken, problem, token } from "./auth0-caller.ts";

const at = sharedSandbox();

describe("a management token", () => {
  test("comes for the secret in the body, in the header, as a form and as JSON", async () => {
    const { client_id, client_secret, ...rest } = managementRequest(at);
    const inBody = { ...rest, client_id: client_id ?? "", client_secret: client_secret ?? "" };
    for (const json of [false, true]) {
      const answer = await token(at, inBody, { json });
      expect(answer).toMatchObject({ status: 200, json: { token_type: "Bearer", expires_in: 86_400 } });
      expect(answer.json.scope.split(" ")).toEqual(expect.arrayContaining(["read:clients", "update:connections"]));
      expect((await call(at, "GET", "/clients", undefined, answer.json.access_token)).status).toBe(200);
    }
    expect((await token(at, rest, { headers: basic(client_id ?? "", client_secret ?? "") })).status).toBe(200);
  });

  test("has fewer scopes when fewer are asked for, and never more than the grant", async () => {
    const answer = await token(at, { ...managementRequest(at), scope: "read:clients read:organizations" });
    expect(answer.json.scope).toBe("read:clients read:organizations");
    expect(await token(at, { ...managementRequest(at), scope: "read:clients read:users" })).toMatchObject({
      status: 403,
      json: { error: "access_denied", error_description: "Client has not been granted scopes: read:users" },
    });
  });

  test("is refused for a wrong secret or audience, and to a client without grant", async () => {
    const request = managementRequest(at);
    const refused = { status: 401, json: { error: "access_denied", error_description: "Unauthorized" } };
    expect(await token(at, { ...request, client_secret: "wrong" })).toMatchObject(refused);
    const audience = "https://orders.acme.example";
    expect(await token(at, { ...request, audience })).toMatchObject({
      status: 403,
      json: { error: "access_denied", error_description: `Service not found: ${audience}` },
    });
    const { audience: _audience, ...without } = request;
    expect(await token(at, without)).toMatchObject({ status: 403, json: { error: "access_denied" } });
    const { json } = await call(at, "POST", "/clients", { name: "other", grant_types: ["client_credentials"] });
    const { client_id, client_secret } = json;
    const other = await token(at, { ...request, client_id, client_secret });
    expect(other).toMatchObject({ status: 403, json: { error: "access_denied" } });
    expect(other.json.error_description).toContain("is not authorized to access");
  });

  test("ends after a day", async () => {
    let now = Date.parse("2026-03-01T00:00:00Z");
    const clocked = await startTestSandbox({ clock: () => now });
    try {
      const bearer = await managementToken(clocked);
      expect((await call(clocked, "GET", "/clients", undefined, bearer)).status).toBe(200);
      now += 86_400_000;
      expect(await call(clocked, "GET", "/clients", undefined, bearer)).toMatchObject({ status: 401 });
    } finally {
      await clocked.close();
    }
  });
});

describe("access", () => {
  test("is refused without a token and with a wrong one", async () => {
    expect(await problem(at, "GET", "/clients", undefined, "")).toEqual([401, undefined, "Missing authentication"]);
    expect(await problem(at, "GET", "/clients", undefined, "bogus")).toEqual([401, undefined, "Invalid token"]);
  });

  test.each([
    [
      "GET",
      "/clients",
      "read:organizations",
      "read:clients,read:client_keys,read:client_credentials,read:client_summary",
    ],
    ["POST", "/clients", "read:clients", "create:clients"],
    ["DELETE", "/clients/x", "read:clients", "delete:clients"],
    ["POST", "/clients/x/rotate-secret", "update:clients", "update:client_keys"],
    ["GET", "/clients/x/credentials", "read:clients", "read:client_credentials"],
    ["PATCH", "/connections/x/clients", "read:connections", "update:connections"],
    ["POST", "/organizations", "read:organizations", "create:organizations"],
    ["GET", "/organizations/x/enabled_connections", "read:organizations", "read:organization_connections"],
  ])("%s %s is refused to a token with %s only", async (method, path, scope, expected) => {
    const bearer = await managementToken(at, scope);
    expect(await problem(at, method, path, undefined, bearer)).toEqual([
      403,
      "insufficient_scope",
      `Insufficient scope, expected any of: ${expected}`,
    ]);
  });

  test("shows the secret of a client only with a scope for keys", async () => {
    const path = `/clients/${billingClientId}`;
    const plain = await call(at, "GET", path, undefined, await managementToken(at, "read:clients"));
    expect(plain.json).not.toHaveProperty("client_secret");
    expect(plain.json).toHaveProperty("callbacks");
    const keys = await call(at, "GET", path, undefined, await managementToken(at, "read:client_keys"));
    expect(keys.json.client_secret).toHaveLength(64);
    const credentials = await call(at, "GET", path, undefined, await managementToken(at, "read:client_credentials"));
    expect(Object.keys(credentials.json).sort()).toEqual([
      "app_type",
      "client_id",
      "client_secret",
      "name",
      "signing_keys",
    ]);
  });

  test("changes a secret or a key only with its own scope", async () => {
    const { client_id } = (await call(at, "POST", "/clients", { name: "scoped" })).json;
    const plain = await managementToken(at, "update:clients");
    const path = `/clients/${client_id}`;
    const secret = "s".repeat(48);
    expect(await code(at, "PATCH", path, { client_secret: secret }, plain)).toBe("403 insufficient_scope");
    const methods = { client_authentication_methods: { private_key_jwt: { credentials: [] } } };
    expect(await code(at, "PATCH", path, methods, plain)).toBe("403 insufficient_scope");
    const keys = await managementToken(at, "update:client_keys");
    expect((await call(at, "PATCH", path, { client_secret: secret }, keys)).status).toBe(200);
    expect(await code(at, "PATCH", path, { name: "x" }, keys)).toBe("403 insufficient_scope");
    expect(at.sandbox.auth0.clients.get(client_id)?.secret).toBe(secret);
  });

  test("a token without the scopes for it cannot read the options of connections, nor make or delete one", async () => {
    const bearer = await managementToken(at, "read:connections", "update:connections");
    const id = at.sandbox.auth0.connection(fernhillConnection)?.id;
    expect((await call(at, "GET", `/connections/${id}`, undefined, bearer)).json).not.toHaveProperty("options");
    expect((await call(at, "GET", `/connections/${id}`)).json.options).toHaveProperty("issuer");
    expect((await call(at, "POST", "/connections", {}, bearer)).status).toBe(403);
    expect((await call(at, "DELETE", `/connections/${id}`, undefined, bearer)).status).toBe(403);
    expect((await call(at, "PATCH", `/connections/${id}`, { options: {} }, bearer)).status).toBe(403);
  });
});
