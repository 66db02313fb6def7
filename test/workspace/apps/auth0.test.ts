import { describe, expect, test } from "vitest";
import { auth0Entry } from "../../../src/tenant/apps/auth0.ts";
import { auth0App, resolveAuth0App } from "../../../src/workspace/apps/auth0.ts";

const written = { kind: "auth0", identityProvider: "customers" } as const;

/** Where a text is refused, and with what words. */
function refused(change: object): readonly string[] {
  const { error } = auth0App.safeParse({ ...written, ...change });
  return (error?.issues ?? []).map(({ path, message }) => `${path.join(".")}: ${message}`);
}

test("an app needs nothing but its identity provider, and has the callback of its sign-in host", () => {
  const app = resolveAuth0App("people", auth0App.parse(written), "login.acme.example");
  expect(app).toMatchObject({
    baseUrl: "https://login.acme.example",
    callback: "/login/callback",
    clientAuth: ["client_secret_post", "none"],
    connectionName: "{tenant}",
    strategy: "oidc",
    clients: [],
    membership: true,
    showAsButton: false,
  });
  expect(app.probe).toBeUndefined();
});

describe("refused", () => {
  test.each<[string, object, string]>([
    ["client_secret_basic", { clientAuth: ["client_secret_basic"] }, "client_secret_post"],
    ["an address of its own", { baseUrl: "https://x.example" }, "baseUrl"],
    ["a callback", { callback: "/x" }, "callback"],
    ["a place for the secret", { secretSink: "vault:a/b#c" }, "secretSink"],
    ["a name without the tenant", { connectionName: "all" }, "{tenant}"],
    ["a name that Auth0 does not take", { connectionName: "{tenant}_x" }, "hyphens"],
    ["the same application twice", { clients: ["A", "A"] }, "twice"],
    [
      "people at the application of the proof",
      { clients: ["A"], probe: { clientId: "A", redirectUri: "https://x.example/done" } },
      "probe.clientId",
    ],
    ["a proof without TLS", { probe: { clientId: "A", redirectUri: "http://x.example/done" } }, "probe.redirectUri"],
  ])("%s", (_what, change, words) => {
    expect(refused(change).join("\n")).toContain(words);
  });

  test.each(["a--b", "a_b", "-a", "a-", "ä", "", "a".repeat(129)])("a name outside Auth0's pattern: %j", (name) => {
    expect(auth0Entry.safeParse({ name }).success).toBe(false);
    expect(auth0Entry.safeParse({ name: "Fernhill-Media-2" }).success).toBe(true);
  });
});
