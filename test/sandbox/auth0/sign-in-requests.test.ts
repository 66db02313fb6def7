import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { auth0Host } from "../../../sandbox/sandbox.ts";
import { startTestSandbox, type TestSandbox } from "../../support/sandbox.ts";
import { token } from "./auth0-caller.ts";
import { authorizationQuery, Browser, callback, register, type TestClient, verifier } from "./browser.ts";

const hour = 3_600_000;
const audience = "https://orders.acme.example";
let at: TestSandbox;
let client: TestClient;

beforeEach(async () => {
  at = await startTestSandbox({ clock: () => Date.now() });
  client = await register(at, { grant_types: ["authorization_code", "refresh_token"] });
  at.sandbox.auth0.addResourceServer(audience, { name: "Orders", signing_alg: "RS256", allow_offline_access: true });
});
afterEach(async () => {
  vi.useRealTimers();
  await at.close();
});

/** A sign-in in a browser of its own: its tokens, and what the tenant remembers it by. */
async function signIn(changes: Record<string, string> = {}) {
  const back = await new Browser(at).signIn(authorizationQuery(client, changes), "editor@fernhill.example");
  const code = back.searchParams.get("code") ?? `${back}`;
  const json = await redeem({
    grant_type: "authorization_code",
    code,
    redirect_uri: callback,
    code_verifier: verifier,
  });
  return { json, grant: [...at.sandbox.auth0.state.signInRequests.keys()].at(-1) };
}

async function redeem(form: Record<string, string>) {
  const { client_id, client_secret } = client;
  const { status, json } = await token(at, { client_id, client_secret, ...form });
  expect(status).toBe(200);
  return json;
}

function remembered(): readonly (string | undefined)[] {
  return [...at.sandbox.auth0.state.signInRequests.keys()];
}

function grantsStored(): readonly string[] {
  const names = [...at.sandbox.auth0.state.issuer.stored.keys()];
  return names.filter((name) => name.startsWith("Grant:")).map((name) => name.slice("Grant:".length));
}

test("what a sign-in asked for is forgotten after an hour, unless a token of it lives", async () => {
  const start = Date.now();
  const plain = await signIn();
  const staying = await signIn({ audience, scope: "openid offline_access" });
  vi.useFakeTimers({ toFake: ["Date"], now: start + 2 * hour });
  const late = await signIn();
  expect(remembered()).toEqual([plain.grant, staying.grant, late.grant]);
  const authorization = `Bearer ${plain.json.access_token}`;
  expect((await at.fetch(auth0Host, "/userinfo", { headers: { authorization } })).status).toBe(200);

  // The access tokens have ended, the refresh token has not.
  vi.setSystemTime(start + 25 * hour);
  const next = await signIn();
  expect(remembered()).toEqual([staying.grant, late.grant, next.grant]);
  expect(grantsStored()).toEqual(remembered());
  const again = await redeem({ grant_type: "refresh_token", refresh_token: staying.json.refresh_token });
  expect(again.access_token.split(".")).toHaveLength(3);
});

test("what has no token yet is kept for an hour by the tenant's clock", async () => {
  const start = Date.now();
  vi.useFakeTimers({ toFake: ["Date"], now: start });
  await new Browser(at).signIn(authorizationQuery(client), "editor@fernhill.example");
  const abandoned = remembered().at(-1);
  // As when the code has ended.
  at.sandbox.auth0.state.issuer.stored.clear();
  vi.setSystemTime(start + 0.9 * hour);
  await signIn();
  expect(remembered()).toContain(abandoned);
  vi.setSystemTime(start + 1.1 * hour);
  await signIn();
  expect(remembered()).not.toContain(abandoned);
});
