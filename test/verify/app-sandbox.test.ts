import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { AppMistake } from "../../sandbox/portal/mistakes.ts";
import type { ConnectionKey } from "../../src/desired/connection.ts";
import { type AppSubject, type AppVerification, verifyApp } from "../../src/verify/app/verify-app.ts";
import { openTestWorkspace, type TestWorkspace } from "../support/workspace.ts";
import { ioOf } from "./subject.ts";

// The app's half against the sandbox's portal, which reads the records that an apply wrote.

describe("the app's half, at the sandbox's portal", () => {
  let workspace: TestWorkspace;
  beforeAll(async () => {
    workspace = await openTestWorkspace();
    const applied = await workspace.tenantry("apply", "--yes");
    expect(applied.exit, applied.err + applied.out).toBe(0);
  });
  afterAll(() => workspace.close());

  function subject(): AppSubject {
    const [row] = workspace.portal("select * from sso_connection_active where key = 'whiterabbit/portal'");
    if (row === undefined) throw new Error("no record");
    return {
      key: "whiterabbit/portal" as ConnectionKey,
      startUrl: `https://portal.acme.example/openid/start/${row.org_id}`,
      issuer: String(row.issuer),
      authorizationEndpoint: String(row.authorization_endpoint),
      redirectUri: String(row.redirect_uri),
      clientId: String(row.client_id),
      scopes: JSON.parse(String(row.scopes)) as string[],
      acrValues: [],
      pkce: "S256",
      responseMode: row.response_mode === "form_post" ? "form_post" : "query",
    };
  }

  async function prove(mistakes: readonly AppMistake[], appCode = true): Promise<AppVerification> {
    const { host, port, ca, apps } = workspace.sandbox;
    apps.portal.mistakes.clear();
    for (const mistake of mistakes) apps.portal.mistakes.add(mistake);
    const io = { ...ioOf({ network: { connect: { host, port, ca } } }), clock: Date.now };
    return verifyApp(subject(), io, { appProbe: true, appCode });
  }

  const failed = ({ checks }: AppVerification): unknown =>
    checks.filter(({ verdict }) => verdict === "fail").map(({ id, code, level }) => `${id} ${code} ${level}`);

  test("passes whole, its deployed secret too", async () => {
    const verification = await prove([]);
    expect(verification.checks.map(({ id, verdict, message }) => [id, verdict, message])).toEqual(
      ["A1", "A2", "A3", "A4", "A5", "A6", "A7", "A8", "A9"].map((id) => [id, "pass", expect.any(String)]),
    );
    expect([verification.verdict, verification.appSecret]).toEqual(["pass", true]);
  });

  test("sends no code when none was asked for", async () => {
    const before = workspace.sandbox.apps;
    expect(before.portal.place.host).toBe("portal.acme.example");
    const verification = await prove([], false);
    expect(verification.checks.at(-1)).toMatchObject({ id: "A9", verdict: "skipped" });
  });

  test.each<[AppMistake, readonly string[], AppVerification["verdict"]]>([
    ["start-404", ["A1 VERIFY_APP_START_MISSING must"], "fail"],
    ["start-500", ["A1 VERIFY_APP_START_MISSING must"], "fail"],
    ["start-login", ["A1 VERIFY_APP_START_ASTRAY must"], "fail"],
    ["start-elsewhere", ["A1 VERIFY_APP_START_ASTRAY must"], "fail"],
    ["wrong-client", ["A2 VERIFY_APP_CLIENT_DIFFERS must"], "fail"],
    ["wrong-scope", ["A2 VERIFY_APP_REQUEST_DIFFERS must"], "fail"],
    ["http-redirect", ["A3 VERIFY_APP_REDIRECT_PROXY must"], "fail"],
    ["wrong-redirect", ["A3 VERIFY_APP_REDIRECT_DIFFERS must"], "fail"],
    // Okta refuses a request without a state, and an app without one takes whatever comes.
    [
      "no-state",
      ["A4 VERIFY_APP_STATE_WEAK must", "A6 VERIFY_APP_REQUEST_REFUSED must", "A8 VERIFY_APP_STATE_UNCHECKED must"],
      "fail",
    ],
    ["fixed-state", ["A4 VERIFY_APP_STATE_WEAK must"], "fail"],
    ["short-state", ["A4 VERIFY_APP_STATE_WEAK must"], "fail"],
    ["no-nonce", ["A4 VERIFY_APP_NONCE_WEAK should"], "pass"],
    ["no-pkce", ["A4 VERIFY_APP_PKCE_WEAK must", "A6 VERIFY_APP_REQUEST_REFUSED must"], "fail"],
    ["strict-cookie", ["A5 VERIFY_APP_COOKIE_LOST must"], "fail"],
    ["insecure-cookie", ["A5 VERIFY_APP_COOKIE_OPEN should"], "pass"],
    ["no-cookie", ["A5 VERIFY_APP_COOKIE_UNBOUND should", "A8 VERIFY_APP_STATE_UNCHECKED must"], "fail"],
    ["callback-404", ["A7 VERIFY_APP_CALLBACK_BROKEN should"], "pass"],
    ["callback-500", ["A7 VERIFY_APP_CALLBACK_BROKEN should"], "pass"],
    ["clock-ahead", ["A7 VERIFY_APP_CLOCK_DIFFERS must"], "fail"],
    ["forged-state", ["A8 VERIFY_APP_STATE_UNCHECKED must"], "fail"],
    ["signs-anybody-in", ["A8 VERIFY_APP_STATE_UNCHECKED must"], "fail"],
    ["stale-secret", ["A9 VERIFY_APP_SECRET_STALE must"], "fail"],
    ["silent", [], "pass"],
    ["serves-pending", [], "pass"],
  ])("%s: %j", async (mistake, expected, verdict) => {
    const verification = await prove([mistake]);
    expect(failed(verification), JSON.stringify(verification.checks, undefined, 1)).toEqual(expected);
    expect(verification.verdict).toBe(verdict);
    for (const { verdict: one, hint, id } of verification.checks) {
      if (one === "fail") expect([id, hint]).toEqual([id, expect.stringMatching(/\w/)]);
    }
  });

  test("what it does not tell of the token endpoint is no proof of its secret", async () => {
    const verification = await prove(["silent"]);
    expect(verification.checks.at(-1)).toMatchObject({ id: "A9", verdict: "inconclusive", level: "should" });
    expect(verification.appSecret).toBe(false);
    // A stale secret that the app does not tell of must not look right either.
    const stale = await prove(["silent", "stale-secret"]);
    expect([stale.checks.at(-1)?.verdict, stale.appSecret]).toEqual(["inconclusive", false]);
  });

  test("form_post: the cookie must say SameSite=None", async () => {
    workspace.changePortal("update sso_connection set response_mode = 'form_post' where key = 'whiterabbit/portal'");
    try {
      const good = await prove([]);
      expect([good.verdict, failed(good)], JSON.stringify(good.checks)).toEqual(["pass", []]);
      expect(failed(await prove(["lax-cookie"]))).toEqual(["A5 VERIFY_APP_COOKIE_LOST must"]);
    } finally {
      workspace.changePortal("update sso_connection set response_mode = 'query' where key = 'whiterabbit/portal'");
    }
  });

  test("a portal that cannot be reached is no pass and no fail", async () => {
    const { faults } = workspace.sandbox;
    const id = faults.add({ host: "portal.acme.example", effect: "status-before", status: 503, times: 9 } as never);
    try {
      const verification = await prove([]);
      expect(verification.verdict).toBe("inconclusive");
      expect(failed(verification)).toEqual([]);
    } finally {
      faults.remove(id);
    }
  });
});
