import { expect, test } from "vitest";
import { httpApp, resolveHttpApp } from "../../../src/workspace/apps/http.ts";

const base = {
  kind: "http",
  baseUrl: "https://billing.acme.example",
  callback: "/sso/{tenant}/callback",
  receiver: "https://records.acme.example",
};
const hmac = { hmac: { keyId: "tenantry-1", secret: "env:KEY" } };

test("both ways of authentication, resolved", () => {
  expect(resolveHttpApp("billing", httpApp.parse({ ...base, auth: hmac }))).toMatchObject({
    kind: "http",
    name: "billing",
    auth: { kind: "hmac", keyId: "tenantry-1", secret: { scheme: "env", name: "KEY" } },
    clientAuth: ["client_secret_basic", "client_secret_post"],
  });
  const oauth = { tokenUrl: "https://login.acme.example/token", clientId: "tenantry", clientSecret: "env:SECRET" };
  expect(resolveHttpApp("billing", httpApp.parse({ ...base, auth: { oauth } })).auth).toMatchObject({
    ...{ kind: "oauth", tokenUrl: oauth.tokenUrl, clientSecret: { scheme: "env" } },
  });
});

test.each([
  [{ receiver: "http://records.acme.example", auth: hmac }, "receiver"],
  [{ receiver: "https://records.acme.example/", auth: hmac }, "receiver"],
  [{ auth: { hmac: { keyId: 'a"; alg="none', secret: "env:KEY" } } }, "auth"],
  [{ auth: { hmac: { keyId: "a", secret: "the-key-itself" } } }, "auth"],
  [{ auth: { ...hmac, oauth: {} } }, "auth"],
  [{}, "auth"],
  [{ auth: hmac, idempotency: true }, ""],
])("%j is refused at %s", (change, place) => {
  const { error } = httpApp.safeParse({ ...base, ...change });
  expect(error?.issues.map(({ path }) => String(path[0] ?? ""))).toContain(place);
  expect(JSON.stringify(error?.issues.map(({ message }) => message))).not.toContain("the-key-itself");
});
