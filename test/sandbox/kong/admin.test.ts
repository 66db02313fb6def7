import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { kongAdminHost, kongGatewayHost } from "../../../sandbox/kong/hosts.ts";
import type { PlayedKong } from "../../../sandbox/kong/stand-in.ts";
import { startTestSandbox, type TestSandbox } from "../../support/sandbox.ts";

const id = "0c6a2a3e-6d5f-5f0a-9d0e-0a1b2c3d4e5f";

describe("the Admin API that the sandbox plays", () => {
  let box: TestSandbox;
  let kong: PlayedKong;
  beforeAll(async () => {
    box = await startTestSandbox();
    kong = box.sandbox.standIns.kong;
  });
  afterAll(() => box.close());
  beforeEach(() => kong.state.workspace("default").plugins.clear());

  const ask = async (method: string, path: string, body?: unknown, token = kong.env.KONG_ADMIN_TOKEN ?? "") => {
    const reply = await box.fetch(kongAdminHost, path, {
      method,
      headers: { "content-type": "application/json", "kong-admin-token": token },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await reply.text();
    return { status: reply.status, body: (text === "" ? undefined : JSON.parse(text)) as never };
  };
  const route = (): string =>
    [...kong.state.workspace("default").routes.values()].find(({ name }) => name === "api-whiterabbit")?.id ?? "";
  const plugin = (change: Readonly<Record<string, unknown>> = {}) => ({
    name: "openid-connect",
    route: { id: route() },
    config: { issuer: "https://acme.okta.com", client_id: ["a"] },
    ...change,
  });

  test("makes a plugin by PUT, fills in Kong's defaults, and replaces it", async () => {
    const made = await ask("PUT", `/default/plugins/${id}`, plugin());
    expect(made).toMatchObject({
      status: 200,
      body: { id, enabled: true, config: { scopes: ["openid"], session_idling_timeout: 900, client_secret: null } },
    });
    await ask("PUT", `/default/plugins/${id}`, plugin({ config: { issuer: "https://other.example" } }));
    expect((await ask("GET", `/plugins/${id}`)).body).toMatchObject({
      config: { issuer: "https://other.example", client_id: null },
    });
    expect((await ask("DELETE", `/default/plugins/${id}`)).status).toBe(204);
    expect((await ask("GET", `/default/plugins/${id}`)).status).toBe(404);
  });

  test.each([
    [
      "an unknown field of the plugin",
      { config: { issuer: "x", client_ids: ["a"] } },
      "config.client_ids: unknown field",
    ],
    ["a text where a list belongs", { config: { issuer: "x", client_id: "a" } }, "config.client_id: must be array"],
    ["no issuer", { config: { client_id: ["a"] } }, "must have required property 'issuer'"],
    ["a null", { config: { issuer: "x", login_tokens: null } }, "config.login_tokens: must be array"],
    ["an unknown member", { enabeld: true }, "enabeld: unknown field"],
    ["a plugin that is not there", { name: "openid" }, "plugin 'openid' not enabled"],
    ["a tag with a comma", { tags: ["a,b"] }, "invalid tag"],
    ["a tag with a slash", { tags: ["a/b"] }, "invalid tag"],
    ["a route that is not there", { route: { id } }, "does not reference an existing 'routes' entity"],
  ])("refuses %s", async (_what, change, message) => {
    const { status, body } = await ask("PUT", `/default/plugins/${id}`, plugin(change));
    expect(status).toBe(400);
    expect((body as { message: string }).message).toContain(message);
    expect(kong.state.plugins).toEqual([]);
  });

  test("has one plugin of a name on a route, and one instance name", async () => {
    await ask("PUT", `/plugins/${id}`, plugin({ instance_name: "sso" }));
    const twice = await ask("POST", "/plugins", plugin());
    expect(twice).toMatchObject({ status: 409, body: { code: 5, name: "unique constraint violation" } });
    const named = await ask("POST", "/plugins", plugin({ route: null, instance_name: "sso" }));
    expect(named.status).toBe(409);
  });

  test("takes no other token, and knows its workspaces", async () => {
    expect((await ask("GET", "/default/plugins", undefined, "another")).status).toBe(401);
    expect(await ask("GET", "/nobody/plugins")).toMatchObject({
      status: 404,
      body: { message: "Workspace 'nobody' not found" },
    });
    expect((await ask("GET", "/default/routes/nobody")).status).toBe(404);
  });

  test("lists in pages, by tags that are all there", async () => {
    await ask("PUT", `/plugins/${id}`, plugin({ tags: ["a", "b"] }));
    expect((await ask("GET", "/plugins?tags=a,b")).body).toMatchObject({ data: [{ id }], next: null });
    expect((await ask("GET", "/plugins?tags=a,c")).body).toMatchObject({ data: [] });
    const seen: string[] = [];
    for (let next = "?size=3"; ; ) {
      const { data, offset } = (await ask("GET", `/routes${next}`)).body as {
        data: { name: string }[];
        offset?: string;
      };
      seen.push(...data.map(({ name }) => name));
      if (offset === undefined) break;
      next = `?size=3&offset=${offset}`;
    }
    expect(seen.length).toBeGreaterThan(6);
    expect(new Set(seen)).toEqual(
      new Set([...kong.state.workspace("default").routes.values()].map(({ name }) => name)),
    );
    expect(new Set(seen).size).toBe(seen.length);
  });

  test("a gateway without a plugin lets everybody through; a closed one nobody", async () => {
    expect((await box.fetch(kongGatewayHost, "/whiterabbit")).status).toBe(200);
    await ask("PUT", `/plugins/${id}`, {
      name: "request-termination",
      route: { id: route() },
      config: { status_code: 403 },
    });
    expect((await box.fetch(kongGatewayHost, "/whiterabbit")).status).toBe(403);
    expect((await box.fetch(kongGatewayHost, "/fernhill")).status).toBe(200);
    expect((await box.fetch(kongGatewayHost, "/nobody")).status).toBe(404);
  });

  test("what closes a route comes after the sign-in, unless its ordering says before", async () => {
    await ask("PUT", `/plugins/${id}`, plugin());
    const other = id.replace(/^0/, "1");
    const closing = { name: "request-termination", route: { id: route() }, config: { status_code: 403 } };
    await ask("PUT", `/plugins/${other}`, closing);
    expect((await box.fetch(kongGatewayHost, "/whiterabbit")).status).toBe(302);
    await ask("PUT", `/plugins/${other}`, { ...closing, ordering: { before: { access: ["openid-connect"] } } });
    expect((await box.fetch(kongGatewayHost, "/whiterabbit")).status).toBe(403);
  });
});
