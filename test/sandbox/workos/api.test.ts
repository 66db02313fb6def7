import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestSandbox, type TestSandbox } from "../../support/sandbox.ts";

let box: TestSandbox;
beforeAll(async () => {
  box = await startTestSandbox();
});
afterAll(() => box.close());

const world = () => box.sandbox.standIns.workos;

async function ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const response = await box.fetch("api.workos.com", path, {
    method,
    headers: {
      authorization: `Bearer ${box.sandbox.env.CREW_WORKOS_KEY}`,
      "content-type": "application/json",
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === "" ? undefined : (JSON.parse(text) as Record<string, unknown>) };
}

const connection = (organizationId: string, change = {}) => ({
  organization_id: organizationId,
  external_id: "acme.crew",
  oidc_options: {
    ...{ discovery_endpoint: "https://id.acme.example/.well-known/openid-configuration", client_id: "c" },
    ...{ client_secret: "s", ...change },
  },
});

async function organization(name: string): Promise<string> {
  const made = await ask("POST", "/organizations", { name });
  return String(made.body?.id);
}

describe("the stand-in of WorkOS", () => {
  test("answers nobody without the key of its environment", async () => {
    for (const authorization of ["", "Bearer sk_test_other", "Basic eA=="]) {
      expect(await ask("GET", "/organizations", undefined, { authorization })).toMatchObject({ status: 401 });
    }
  });

  test.each([
    ["POST", "/organizations", {}, 422],
    ["POST", "/organizations", { name: "x", domains_data: [] }, 422],
    ["POST", "/organizations", { name: "x", external_id: "é" }, 422],
    ["POST", "/organizations", { name: "x", metadata: { k: "v".repeat(601) } }, 422],
    ["POST", "/organizations", { name: "x", domain_data: [{ domain: "a.example", state: "proven" }] }, 422],
    ["POST", "/connections", { organization_id: "org_x" }, 422],
    ["POST", "/connections", connection("org_x", { discovery_endpoint: "http://id.acme.example" }), 422],
    ["POST", "/connections", connection("org_x", { scope: "openid" }), 422],
    ["POST", "/connections", connection("org_x"), 404],
    ["PUT", "/organizations/org_x", { name: "x" }, 404],
    ["POST", "/organization_domains", { domain: "a.example", organization_id: "org_x" }, 404],
    ["DELETE", "/organization_domains/org_domain_x", undefined, 404],
    ["DELETE", "/connections/conn_x", undefined, 404],
    ["GET", "/connections/conn_x", undefined, 404],
    ["GET", "/organizations/org_x", undefined, 404],
    ["GET", "/organizations?limit=101", undefined, 422],
    ["POST", "/portal/generate_link", { organization: "org_x" }, 404],
    ["PATCH", "/organizations/org_x", {}, 404],
  ] as const)("refuses %s %s with %j as %i", async (method, path, body, status) => {
    const answer = await ask(method, path, body);
    expect(answer.status).toBe(status);
    expect(answer.body?.message).toEqual(expect.any(String));
  });

  test("makes one organization for one idempotency key, and one for one external id", async () => {
    const headers = { "idempotency-key": "one" };
    const body = { name: "Once", external_id: "once" };
    const [first, second] = [
      await ask("POST", "/organizations", body, headers),
      await ask("POST", "/organizations", body, headers),
    ];
    expect(second).toEqual(first);
    expect(await ask("POST", "/organizations", body)).toMatchObject({
      status: 400,
      body: { code: "external_id_already_used" },
    });
  });

  test("makes one connection in an organization, and gives it back for its external id", async () => {
    const id = await organization("One connection");
    const made = await ask("POST", "/connections", connection(id));
    expect(made).toMatchObject({ status: 201, body: { state: "active", connection_type: "GenericOIDC" } });
    expect(made.body?.callback_endpoint).toMatch(/^https:\/\/auth\.workos\.com\/sso\/oidc\/\w+\/callback$/);
    expect(JSON.stringify(made.body)).not.toContain('client_secret":');
    expect(await ask("POST", "/connections", connection(id))).toMatchObject({
      status: 200,
      body: { id: made.body?.id },
    });
    const other = { ...connection(id), external_id: "other" };
    expect(await ask("POST", "/connections", other)).toMatchObject({
      status: 400,
      body: { code: "connection_already_exists_for_organization" },
    });
    const shown = await ask("GET", `/connections/${made.body?.id}`);
    expect(shown.body).not.toHaveProperty("callback_endpoint");
    expect(await ask("DELETE", `/connections/${made.body?.id}`)).toEqual({ status: 204, body: undefined });
  });

  test("says so where the environment makes no connections by API", async () => {
    const id = await organization("No API");
    world().environment.makesConnections = false;
    const answer = await ask("POST", "/connections", connection(id));
    world().environment.makesConnections = true;
    expect(answer).toMatchObject({ status: 404, body: { message: expect.stringContaining("migration capabilities") } });
  });

  test("keeps a domain for one organization, and gives links to the Admin Portal", async () => {
    const [first, second] = [await organization("First"), await organization("Second")];
    const made = await ask("POST", "/organization_domains", { domain: "only.example", organization_id: first });
    expect(made).toMatchObject({ status: 201, body: { state: "pending", organization_id: first } });
    const taken = await ask("POST", "/organization_domains", { domain: "only.example", organization_id: second });
    expect(taken).toMatchObject({ status: 409, body: { code: "domain_already_exists" } });
    const found = await ask("GET", "/organizations?domains=only.example");
    expect(found.body?.data).toEqual([expect.objectContaining({ id: first })]);
    expect(await ask("POST", "/portal/generate_link", { organization: first, intent: "sso" })).toMatchObject({
      status: 201,
      body: { link: expect.stringContaining("https://setup.workos.com?token=") },
    });
  });

  test("begins no sign-in for an organization without a connection, nor for one that is not there", async () => {
    const id = await organization("Nobody");
    for (const query of [`organization=${id}`, "organization=org_x", "connection=conn_x", ""]) {
      expect((await box.fetch("auth.workos.com", `/sso/authorize?${query}`)).status).toBe(404);
    }
    expect((await box.fetch("crew.acme.example", "/login/nobody")).status).toBe(404);
    expect((await box.fetch("crew.acme.example", "/callback?code=forged")).status).toBe(404);
    expect((await box.fetch("auth.workos.com", "/sso/oidc/unknown/callback?code=x&state=y")).status).toBe(404);
  });
});
