import { beforeEach, describe, expect, test } from "vitest";
import { sharedSandbox } from "../../support/shared-sandbox.ts";
import { call, code } from "./auth0-caller.ts";

const at = sharedSandbox();

let count = 0;
let organization: string;
let base: string;
beforeEach(() => {
  count += 1;
  organization = at.sandbox.auth0.addOrganization(`domains-${count}`).id;
  base = `/organizations/${organization}/discovery-domains`;
});

describe("a discovery domain", () => {
  test("is pending until somebody says otherwise, and says how it would be proved", async () => {
    const domain = `acme-${count}.example`;
    const { status, json } = await call(at, "POST", base, { domain: domain.toUpperCase() });
    expect({ status, json }).toEqual({
      status: 201,
      json: {
        id: expect.stringMatching(/^ord_[A-Za-z0-9]{22}$/),
        domain,
        status: "pending",
        verification_host: `_ss-verification.${organization}.${domain}`,
        verification_txt: expect.stringMatching(/^[0-9a-f]{32}$/),
        use_for_organization_discovery: true,
      },
    });
    const path = `${base}/${json.id}`;
    expect((await call(at, "GET", path)).json).toEqual(json);
    expect((await call(at, "GET", `${base}/name/${domain}`)).json).toEqual(json);
    const change = { status: "verified", use_for_organization_discovery: false };
    expect(await call(at, "PATCH", path, change)).toMatchObject({ status: 200, json: { ...json, ...change } });
    expect((await call(at, "GET", base)).json).toEqual({ domains: [{ ...json, ...change }] });
    expect((await call(at, "DELETE", path)).status).toBe(204);
    expect((await call(at, "DELETE", path)).status).toBe(204);
    expect(await code(at, "GET", path)).toBe("404 inexistent_discovery_domain");
    expect(await code(at, "GET", `${base}/name/${domain}`)).toBe("404 inexistent_discovery_domain");
  });

  test("is there once in an organization, and verified in one organization at most", async () => {
    const domain = `once-${count}.example`;
    await call(at, "POST", base, { domain });
    expect(await code(at, "POST", base, { domain })).toBe("409 conflict");
    const other = `/organizations/${at.sandbox.auth0.addOrganization(`others-${count}`).id}/discovery-domains`;
    expect((await call(at, "POST", other, { domain, status: "verified" })).status).toBe(201);
    const third = `/organizations/${at.sandbox.auth0.addOrganization(`thirds-${count}`).id}/discovery-domains`;
    expect(await code(at, "POST", third, { domain, status: "verified" })).toBe("409 conflict");
    expect((await call(at, "POST", third, { domain })).status).toBe(201);
    const own = (await call(at, "GET", base)).json.domains[0].id;
    expect(await code(at, "PATCH", `${base}/${own}`, { status: "verified" })).toBe("409 conflict");
  });

  test.each([
    [{}],
    [{ domain: "no domain" }],
    [{ domain: "localhost" }],
    [{ domain: "https://a.example" }],
    [{ domain: "a.example", status: "maybe" }],
    [{ domain: "a.example", id: "ord_1" }],
  ])("%j is refused", async (body) => {
    expect(await code(at, "POST", base, body)).toBe("400 invalid_body");
    expect((await call(at, "GET", base)).json).toEqual({ domains: [] });
  });

  test("is one of at most a hundred, listed by checkpoint", async () => {
    const { auth0 } = at.sandbox;
    const own = auth0.organizations.get(organization);
    if (own === undefined) throw new Error("the organization is gone");
    for (let index = 0; index < 100; index += 1) auth0.addDiscoveryDomain(own, `d${index}.example`);
    expect(await code(at, "POST", base, { domain: "more.example" })).toBe("400 limit_reached");
    const first = (await call(at, "GET", `${base}?take=60`)).json;
    expect(first.domains).toHaveLength(60);
    const rest = (await call(at, "GET", `${base}?take=60&from=${encodeURIComponent(first.next)}`)).json;
    expect(rest.domains).toHaveLength(40);
    expect(rest).not.toHaveProperty("next");
  });
});
