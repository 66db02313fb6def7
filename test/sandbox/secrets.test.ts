import { expect, test } from "vitest";
import { sharedSandbox } from "../support/shared-sandbox.ts";
import { call, webApp } from "./okta-caller.ts";

const at = sharedSandbox();

test("the secrets of an app: at most two, one always active, only an inactive one can go", async () => {
  const app = (await call(at, "POST", "/api/v1/apps", webApp("secrets"))).json;
  const base = `/api/v1/apps/${app.id}/credentials/secrets`;
  const [first] = (await call(at, "GET", base)).json;
  expect(first).toMatchObject({ status: "ACTIVE", client_secret: app.credentials.oauthClient.client_secret });
  expect(first.id).toMatch(/^ocs\w{17}$/);
  expect(first.secret_hash).toMatch(/^[\w-]{22}$/);

  const last = await call(at, "POST", `${base}/${first.id}/lifecycle/deactivate`);
  expect(last).toMatchObject({ status: 400, json: { errorCode: "E0000001" } });

  const second = await call(at, "POST", base, {});
  expect(second).toMatchObject({ status: 201, json: { status: "ACTIVE" } });
  const third = await call(at, "POST", base, {});
  expect(third.status).toBe(400);
  expect(third.json.errorCauses).toEqual([
    { errorSummary: "You have reached the maximum number of client secrets per client." },
  ]);

  expect((await call(at, "DELETE", `${base}/${first.id}`)).status).toBe(400);
  expect((await call(at, "POST", `${base}/${first.id}/lifecycle/deactivate`)).json.status).toBe("INACTIVE");
  expect((await call(at, "POST", `${base}/${first.id}/lifecycle/activate`)).json.status).toBe("ACTIVE");
  await call(at, "POST", `${base}/${first.id}/lifecycle/deactivate`);
  expect((await call(at, "DELETE", `${base}/${first.id}`)).status).toBe(204);
  expect((await call(at, "GET", `${base}/${first.id}`)).status).toBe(404);
  expect((await call(at, "GET", base)).json).toHaveLength(1);
  expect((await call(at, "GET", `${base}/${second.json.id}`)).json.client_secret).toBe(second.json.client_secret);
});

test("a chosen secret is taken when it is long enough", async () => {
  const app = (await call(at, "POST", "/api/v1/apps", webApp("chosen secret"))).json;
  const base = `/api/v1/apps/${app.id}/credentials/secrets`;
  expect((await call(at, "POST", base, { client_secret: "short" })).status).toBe(400);
  const value = "a-secret-of-our-own";
  expect((await call(at, "POST", base, { client_secret: value })).json.client_secret).toBe(value);
});

test("a PUT that sends a rotated secret makes it good again, one that sends none keeps what is there", async () => {
  const body = webApp("put secret");
  const app = (await call(at, "POST", "/api/v1/apps", body)).json;
  const path = `/api/v1/apps/${app.id}`;
  const old = app.credentials.oauthClient.client_secret;
  const fresh = at.sandbox.okta.replaceSecret(app.id);
  expect((await call(at, "PUT", path, body)).json.credentials.oauthClient.client_secret).toBe(fresh);
  await call(at, "PUT", path, webApp("put secret", { client: { client_secret: old } }));
  const [only] = (await call(at, "GET", `${path}/credentials/secrets`)).json;
  expect(only.client_secret).toBe(old);
});

test("an app that signs with a key has no secret", async () => {
  const keys = [{ kty: "RSA", kid: "k1", e: "AQAB", n: "AQAB" }];
  const body = webApp("keys", { client: { token_endpoint_auth_method: "private_key_jwt" }, oauth: { jwks: { keys } } });
  const app = (await call(at, "POST", "/api/v1/apps", body)).json;
  expect(app.credentials.oauthClient).not.toHaveProperty("client_secret");
  expect(app.settings.oauthClient.jwks.keys[0]).toMatchObject({ kid: "k1", status: "ACTIVE", use: null });
  const base = `/api/v1/apps/${app.id}/credentials/secrets`;
  expect((await call(at, "GET", base)).json).toEqual([]);
  expect((await call(at, "POST", base, {})).status).toBe(400);
});
