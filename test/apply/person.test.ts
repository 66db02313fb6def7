import { createHash, randomUUID } from "node:crypto";
import * as oidc from "openid-client";
import { Agent, buildConnector, fetch as undiciFetch } from "undici";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSealer } from "../../src/secret/seal.ts";
import { Secret } from "../../src/secret/secret.ts";
import { openTestWorkspace, type TestWorkspace } from "../support/workspace.ts";

/**
 * The app as a team would write it: it finds the connection by the e-mail domain in the view, opens the secret with its
 * own key, and signs a person in with a library of its own choice. Nothing of Tenantry's proof is used.
 */
describe("a person signs in at an app that reads what an apply has written", () => {
  let workspace: TestWorkspace;
  let agent: Agent;
  beforeAll(async () => {
    workspace = await openTestWorkspace();
    expect((await workspace.tenantry("apply", "--yes")).exit).toBe(0);
    const { ca, host, port } = workspace.sandbox;
    const connector = buildConnector({ ca });
    agent = new Agent({
      connect: (target, done) =>
        connector({ ...target, hostname: host, port: String(port), servername: target.hostname }, done),
    });
  });
  afterAll(async () => {
    await agent.close();
    await workspace.close();
  });

  const reach = ((url: string, init: object) => undiciFetch(url, { ...init, dispatcher: agent })) as oidc.CustomFetch;

  const connectionOf = (domain: string): Record<string, unknown> | undefined =>
    workspace.portal(
      "select c.* from sso_connection_active c join org_domain d on d.org_id = c.org_id " +
        `where c.app = 'portal' and d.domain = '${domain}'`,
    )[0];

  async function clientOf(record: Record<string, unknown>): Promise<oidc.Configuration> {
    const key = new Secret(String(workspace.sandbox.env.PORTAL_SEALING_KEY));
    const purpose = { table: "sso_connection", record: String(record.key), column: "client_secret" };
    const secret = createSealer([{ name: "portal", value: key }]).open(String(record.client_secret), purpose);
    expect(record.client_auth).toBe("client_secret_basic");
    return oidc.discovery(
      new URL(String(record.issuer)),
      String(record.client_id),
      undefined,
      oidc.ClientSecretBasic(secret.reveal()),
      { [oidc.customFetch]: reach },
    );
  }

  /** What a browser does: follows the redirects, fills the form in, and comes back at the callback. */
  async function browse(start: URL, login: string): Promise<URL> {
    const cookies = new Map<string, string>();
    const visit = async (url: URL, body?: string) => {
      const response = await undiciFetch(url, {
        method: body === undefined ? "GET" : "POST",
        redirect: "manual",
        dispatcher: agent,
        ...(body === undefined ? {} : { body }),
        headers: {
          accept: "text/html",
          cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; "),
          ...(body === undefined ? {} : { "content-type": "application/x-www-form-urlencoded" }),
        },
      });
      for (const line of response.headers.getSetCookie()) {
        const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
        cookies.set(name, value);
      }
      return new URL(response.headers.get("location") ?? "", url);
    };
    const form = await visit(start);
    const resume = await visit(form, `username=${encodeURIComponent(login)}`);
    return visit(resume);
  }

  async function signIn(login: string) {
    const record = connectionOf(login.split("@")[1] ?? "");
    if (record === undefined) return undefined;
    const client = await clientOf(record);
    const pkceCodeVerifier = oidc.randomPKCECodeVerifier();
    const expectedState = oidc.randomState();
    const expectedNonce = createHash("sha256").update(randomUUID()).digest("base64url");
    const start = oidc.buildAuthorizationUrl(client, {
      redirect_uri: String(record.redirect_uri),
      scope: (JSON.parse(String(record.scopes)) as string[]).join(" "),
      state: expectedState,
      nonce: expectedNonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: String(record.pkce),
    });
    const back = await browse(start, login);
    expect(back.href.startsWith(`${record.redirect_uri}?`)).toBe(true);
    return oidc.authorizationCodeGrant(client, back, { pkceCodeVerifier, expectedState, expectedNonce });
  }

  it("comes in with the claims that the record names, when they are in an assigned group", async () => {
    const tokens = await signIn("staff@whiterabbit.example");
    const claims = tokens?.claims();
    expect(claims).toMatchObject({ email: "staff@whiterabbit.example" });
    const { externalId } = JSON.parse(String(connectionOf("whiterabbit.example")?.claims));
    expect(claims?.[externalId]).toEqual(expect.any(String));
  });

  it("is refused by the identity provider when they are in no assigned group", async () => {
    await expect(signIn("guest@whiterabbit.example")).rejects.toMatchObject({ error: "access_denied" });
  });

  it("finds no way in at a domain that is nobody's, nor once the tenant is suspended", async () => {
    expect(await signIn("staff@elsewhere.example")).toBeUndefined();
    const before = connectionOf("whiterabbit.example");
    workspace.edit("tenants/whiterabbit.yaml", "status: active", "status: suspended");
    expect((await workspace.tenantry("apply", "--yes")).exit).toBe(0);
    expect(await signIn("staff@whiterabbit.example")).toBeUndefined();
    // Even an app that kept the old record gets nowhere: the client is off at the org.
    const client = await clientOf(before ?? {});
    const start = oidc.buildAuthorizationUrl(client, { redirect_uri: String(before?.redirect_uri), scope: "openid" });
    const answer = await undiciFetch(start, { redirect: "manual", dispatcher: agent });
    expect(answer.status).toBe(400);
  });
});
