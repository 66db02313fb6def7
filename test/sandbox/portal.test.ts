import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type AppMistake, appMistakes } from "../../sandbox/portal/mistakes.ts";
import { type Companies, openCompanies } from "../support/companies.ts";
import { Visitor } from "../support/visitor.ts";

const portal = "https://portal.acme.example";

describe("the apps that the sandbox plays", () => {
  let companies: Companies;
  let visitor: Visitor;
  beforeAll(async () => {
    companies = await openCompanies("sqlite");
    const applied = await companies.tenantry("apply", "--yes");
    expect(applied.exit, applied.err + applied.out).toBe(0);
  });
  afterAll(() => companies.close());
  beforeEach(() => {
    visitor = new Visitor(companies.workspace.sandbox);
    for (const app of Object.values(companies.workspace.sandbox.apps)) app.mistakes.clear();
    return () => visitor.close();
  });

  const make = (...mistakes: AppMistake[]): void => {
    for (const mistake of mistakes) companies.workspace.sandbox.apps.portal.mistakes.add(mistake);
  };

  it.each([
    ["admin@whiterabbit.example", "admin"],
    ["writer@fernhill.example", "member"],
    ["admin@northwindrail.example", "admin"],
    ["staff@bluefin.example", undefined],
    ["admin@aldervoss.example", "admin"],
    ["admin@tannberg.example", "admin"],
  ])("let %s in at the portal, by the e-mail address", async (login, role) => {
    const shown = await visitor.signIn(`${portal}/sign-in?email=${encodeURIComponent(login)}`, login);
    expect([shown.status, shown.url.href], shown.text).toEqual([200, `${portal}/home`]);
    expect(shown.text).toMatch(/Signed in as <strong>[^<]+<\/strong>/);
    if (role !== undefined) expect(shown.text).toContain(`(${role})`);
  });

  it("let somebody in at the second app, by a path of its own", async () => {
    const shown = await visitor.signIn(
      "https://orders.acme.example/sso/fernhill/default/start",
      "editor@fernhill.example",
    );
    expect(shown.url.href, shown.text).toBe("https://orders.acme.example/home");
    expect(shown.text).toContain("Signed in as");
  });

  it("sign people out, at the identity provider too", async () => {
    const login = "admin@whiterabbit.example";
    const start = `${portal}/sign-in?email=${login}`;
    await visitor.signIn(start, login);
    const left = await visitor.open(`${portal}/sign-out`, {});
    expect(left.url.href, left.text).toBe(`${portal}/`);
    expect((await visitor.open(`${portal}/home`)).url.href).toBe(`${portal}/`);
    // The session there is gone as well: the form comes again.
    expect((await visitor.open(start)).text).toContain("username");
  });

  it("let nobody in who is not theirs, unknown, or of a company that is switched off", async () => {
    const stranger = await visitor.signIn(
      `${portal}/sign-in?email=staff@bluefin.example`,
      "stranger@private-mail.example",
    );
    expect([stranger.status, stranger.text.includes("(hd)")]).toEqual([403, true]);
    for (const domain of ["elsewhere", "ostravasteel", "cobaltclinics"]) {
      expect((await visitor.open(`${portal}/sign-in?email=a@${domain}.example`)).status).toBe(404);
    }
    expect((await visitor.ask(`${portal}/openid/start/nobody`)).status).toBe(404);
  });

  it("refuse a callback that nobody in this browser asked for", async () => {
    const callback = `${portal}/openid/callback/7vk2m9qhx4rw8t3nbcd5`;
    expect((await visitor.ask(`${callback}?code=a&state=b`)).status).toBe(400);
    const { headers } = await visitor.ask(`${portal}/openid/start/7vk2m9qhx4rw8t3nbcd5`);
    const state = new URL(headers.get("location") ?? "").searchParams.get("state") ?? "";
    const other = new Visitor(companies.workspace.sandbox);
    expect((await other.ask(`${callback}?code=a&state=${state}`)).status).toBe(400);
    await other.close();
    // An invented code with the own state gets as far as the token endpoint, once.
    const told = await visitor.ask(`${callback}?code=invented&state=${state}`);
    expect([told.status, told.headers.get("x-oidc-error")]).toEqual([400, "invalid_grant"]);
    expect((await visitor.ask(`${callback}?code=invented&state=${state}`)).headers.get("x-oidc-error")).toBe(null);
  });

  it("open the secrets that Tenantry sealed: a stale one is refused", async () => {
    make("stale-secret");
    const login = "admin@whiterabbit.example";
    const shown = await visitor.signIn(`${portal}/sign-in?email=${login}`, login);
    expect([shown.status, shown.headers.get("x-oidc-error")]).toEqual([400, "invalid_client"]);
  });

  it("serve no record that is not switched on, unless they are told to", async () => {
    const start = `${portal}/openid/start/7vk2m9qhx4rw8t3nbcd5`;
    companies.workspace.changePortal("update sso_connection set state = 'pending' where key = 'whiterabbit/portal'");
    try {
      expect((await visitor.ask(start)).status).toBe(404);
      make("serves-pending");
      expect((await visitor.ask(start)).status).toBe(303);
      const login = "admin@whiterabbit.example";
      expect((await visitor.signIn(start, login)).status).toBe(403);
    } finally {
      companies.workspace.changePortal("update sso_connection set state = 'active' where key = 'whiterabbit/portal'");
    }
  });

  it("are told to make mistakes by the admin API, with the token", async () => {
    const { port, adminToken } = companies.workspace.sandbox;
    const at = `https://127.0.0.1:${port}/apps`;
    const { Agent, fetch } = await import("undici");
    const dispatcher = new Agent({ connect: { ca: companies.workspace.sandbox.ca } });
    const call = async (path: string, init: object = {}) => {
      const response = await fetch(at + path, { ...init, dispatcher });
      return [response.status, await response.json()] as const;
    };
    const put = (body: unknown, token: string) => ({
      method: "PUT",
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    });
    expect(await call("")).toEqual([
      200,
      {
        apps: [
          { name: "portal", host: "portal.acme.example", mistakes: [] },
          { name: "orders", host: "orders.acme.example", mistakes: [] },
        ],
        mistakes: appMistakes,
      },
    ]);
    expect((await call("/portal/mistakes", put(["no-state"], "wrong")))[0]).toBe(401);
    expect((await call("/portal/mistakes", put(["no-such"], adminToken)))[0]).toBe(400);
    expect((await call("/nobody/mistakes", put([], adminToken)))[0]).toBe(404);
    expect((await call("/portal/mistakes", put(["no-state"], adminToken)))[0]).toBe(200);
    const { headers } = await visitor.ask(`${portal}/openid/start/7vk2m9qhx4rw8t3nbcd5`);
    expect(new URL(headers.get("location") ?? "").searchParams.has("state")).toBe(false);
    await dispatcher.destroy();
  });
});
