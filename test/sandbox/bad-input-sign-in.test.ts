import { Agent } from "node:https";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { auth0Host, managementClientId, oktaHost, payrollClientId } from "../../sandbox/sandbox.ts";
import { startTestSandbox, type TestSandbox } from "../support/sandbox.ts";
import { seededRuns } from "../support/seed.ts";
import { type Got, type Sent, send, showsNoInside } from "./bad-input-api.ts";

// The sign-in half of every issuer and the sandbox's own API, with what careless and hostile clients send.

let at: TestSandbox;
let agent: Agent;
beforeAll(async () => {
  at = await startTestSandbox();
  agent = new Agent({ keepAlive: true, maxSockets: 4 });
});
afterAll(async () => {
  agent.destroy();
  await at.close();
});

interface Endpoints {
  readonly name: string;
  readonly token: string;
  readonly authorize: string;
  /** Other addresses of the issuer. */
  readonly others: readonly string[];
  readonly clientId: string;
}

const fixed: readonly Endpoints[] = [
  ...["", "/default"].map((server) => ({
    name: `Okta${server}`,
    token: `https://${oktaHost}/oauth2${server}/v1/token`,
    authorize: `https://${oktaHost}/oauth2${server}/v1/authorize`,
    others: ["introspect", "revoke", "userinfo", "logout", "keys", "authorize/x"]
      .map((each) => `https://${oktaHost}/oauth2${server}/v1/${each}`)
      .concat(`https://${oktaHost}/signin/org/x`, `https://${oktaHost}/.well-known/openid-configuration`),
    clientId: payrollClientId,
  })),
  {
    name: "Auth0",
    token: `https://${auth0Host}/oauth/token`,
    authorize: `https://${auth0Host}/authorize`,
    others: ["oauth/revoke", "userinfo", "v2/logout", "oidc/logout", "authorize/x", "u/login/x", "login/callback"].map(
      (each) => `https://${auth0Host}/${each}`,
    ),
    clientId: managementClientId,
  },
];

function all(): readonly Endpoints[] {
  const customers = Object.entries(at.sandbox.providers).map(([name, { vendor, clients, issuer }]) => ({
    name,
    token: vendor.endpoints.token,
    authorize: vendor.endpoints.authorization,
    others: [
      vendor.endpoints.jwks,
      vendor.endpoints.userinfo,
      `${issuer}/.well-known/openid-configuration`,
      new URL("/sandbox/sign-in/x", vendor.endpoints.authorization).href,
      ...(vendor.endpoints.endSession === undefined ? [] : [vendor.endpoints.endSession]),
    ],
    clientId: clients[0]?.clientId ?? "nobody",
  }));
  return [...fixed, ...customers];
}

/** Sends it; the answer is a page, or JSON that names an error where it is one, and shows no inside. */
async function answered(url: string, sent: Omit<Sent, "path"> & { readonly query?: string }): Promise<Got> {
  const { host, pathname } = new URL(url);
  const path = sent.query === undefined ? pathname : `${pathname}?${sent.query}`;
  const got = await send(at, host, { ...sent, path }, agent);
  const what = `${sent.method} ${url} ${JSON.stringify(sent).slice(0, 300)}: ${got.status} ${got.text.slice(0, 300)}`;
  showsNoInside(got.text, what);
  expect(got.status, what).toBeLessThan(500);
  const type = String(got.headers["content-type"] ?? "");
  if (got.status >= 400 && got.text !== "" && type.includes("json")) {
    const json = JSON.parse(got.text) as Record<string, unknown>;
    expect(typeof (json.error ?? json.errorCode ?? json.errorMessage), what).toBe("string");
  } else if (got.text !== "") expect(type, what).toMatch(/html|json|jwt|plain/);
  return got;
}

const form = "application/x-www-form-urlencoded";

const bodies: readonly (readonly [string, string | undefined, string | Uint8Array])[] = [
  ["nothing", form, ""],
  ["no type", undefined, "grant_type=authorization_code"],
  ["text", "text/plain", "grant_type=authorization_code"],
  ["XML", "application/xml", "<a/>"],
  ["parts without a boundary", "multipart/form-data", "x"],
  ["malformed JSON", "application/json", '{"grant_type":'],
  ["a JSON list", "application/json", "[]"],
  ["JSON null", "application/json", "null"],
  ["JSON of other types", "application/json", '{"grant_type":1,"client_id":{},"client_secret":[null]}'],
  ["deep JSON", "application/json", `${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}`],
  ["JSON prototype keys", "application/json", '{"__proto__":{"grant_type":"client_credentials"},"constructor":"x"}'],
  [
    "a form of prototype keys",
    form,
    "__proto__=1&constructor=2&__proto__[a]=b&grant_type=__proto__&client_id=__proto__",
  ],
  [
    "everything twice",
    form,
    "grant_type=a&grant_type=b&client_id=a&client_id=b&code=a&code=b&client_secret=a&client_secret=b",
  ],
  ["broken percent-encoding", form, "grant_type=%&client_id=%zz&code=%E0%A4%A&%=%"],
  ["no UTF-8", form, new Uint8Array([0x61, 0x3d, 0xff, 0xfe, 0x26, 0xc3])],
  ["NULs", form, "grant_type=authorization_code%00&client_id=%00&code=\0"],
  [
    "line breaks",
    form,
    "grant_type=authorization_code&redirect_uri=https://a.example/%0d%0aset-cookie:x=y&client_id=%0d%0a",
  ],
  ["a thousand parameters", form, Array.from({ length: 1000 }, (_, index) => `p${index}=1`).join("&")],
  [
    "an assertion of nonsense",
    form,
    "client_assertion=a.b.c&client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
  ],
  ["an assertion of another type", form, "client_assertion=x&client_assertion_type=x&grant_type=client_credentials"],
  ["a long code", form, `grant_type=authorization_code&code=${"x".repeat(20_000)}`],
  ["an unknown grant", form, "grant_type=urn:x&client_id=x"],
];

test.each(bodies)("%s at a token endpoint gives an OAuth error", async (_name, type, body) => {
  for (const { token, clientId } of all()) {
    for (const authorization of [undefined, `Basic ${Buffer.from(`${clientId}:x`).toString("base64")}`]) {
      const headers = { "content-type": type, ...(authorization === undefined ? {} : { authorization }) };
      const got = await answered(token, { method: "POST", body, headers });
      expect([400, 401, 403, 405, 411, 413, 415], `${token}: ${got.text}`).toContain(got.status);
      expect(got.headers["set-cookie"], token).toBeUndefined();
    }
  }
});

test("a form beyond the limit is refused, told in advance or in pieces", async () => {
  const body = `grant_type=authorization_code&code=${"x".repeat(2 * 1024 * 1024)}`;
  for (const { token } of all()) {
    for (const headers of [{}, { "transfer-encoding": "chunked" }]) {
      const got = await answered(token, { method: "POST", body, headers: { "content-type": form, ...headers } });
      expect(got.status, token).toBe(413);
    }
  }
});

test.each([
  ["Basic without base64", "Basic %%%"],
  ["Basic without a colon", `Basic ${Buffer.from("x").toString("base64")}`],
  ["Basic of no UTF-8", `Basic ${Buffer.from([0xff, 0x3a, 0xfe]).toString("base64")}`],
  ["Basic of broken percent-encoding", `Basic ${Buffer.from("%zz:%").toString("base64")}`],
  ["Basic of a prototype key", `Basic ${Buffer.from("__proto__:constructor").toString("base64")}`],
  ["Bearer of nonsense", "Bearer a.b.c"],
  ["Bearer of nothing", "Bearer"],
  ["a very long one", `Bearer ${"x".repeat(8000)}`],
])("an Authorization header that is %s is refused everywhere", async (_name, authorization) => {
  for (const { token, others } of all()) {
    const headers = { authorization, "content-type": form };
    const got = await answered(token, { method: "POST", body: "grant_type=authorization_code&code=x", headers });
    expect([400, 401, 403]).toContain(got.status);
    for (const url of others) {
      await answered(url, { method: "GET", headers: { authorization } });
      await answered(url, { method: "POST", body: "token=x", headers });
    }
  }
});

const queries: readonly (readonly [string, string])[] = [
  ["nothing", ""],
  ["an unknown client", "client_id=__proto__&redirect_uri=https://a.example/&response_type=code"],
  ["everything twice", "client_id=CLIENT&client_id=b&redirect_uri=a&redirect_uri=b&scope=a&scope=b"],
  ["markup", "client_id=%3Cscript%3Ealert(1)%3C/script%3E&redirect_uri=javascript:alert(1)&state=%3Cb%3E"],
  ["a redirect to a script", "client_id=CLIENT&redirect_uri=javascript:alert(1)&response_type=code"],
  ["a redirect elsewhere", "client_id=CLIENT&redirect_uri=https://evil.example/&response_type=code"],
  [
    "a redirect with line breaks",
    "client_id=CLIENT&redirect_uri=https://a.example/%0d%0aset-cookie:x=y&response_type=code",
  ],
  ["broken percent-encoding", "client_id=%&redirect_uri=%zz&%=%&response_type=%E0%A4%A"],
  ["lists and objects", "client_id[]=CLIENT&redirect_uri[a]=b&request=x.y.z&claims=%7B%22a%22%3A"],
  ["odd claims", "client_id=CLIENT&claims=%5B1%5D&max_age=-1&acr_values=%00&ui_locales=%FF&prompt=x"],
];

test.each(queries)("%s at an authorization endpoint never sends anybody elsewhere", async (_name, query) => {
  for (const { authorize, clientId } of all()) {
    for (const method of ["GET", "POST"]) {
      const text = query.replaceAll("CLIENT", encodeURIComponent(clientId));
      const got = await answered(
        authorize,
        method === "GET" ? { method, query: text } : { method, body: text, headers: { "content-type": form } },
      );
      const location = String(got.headers.location ?? "");
      expect(location, authorize).not.toMatch(/evil\.example|^javascript:|a\.example/);
      expect(got.text, authorize).not.toMatch(/<script>alert|href="javascript:|action="javascript:/);
    }
  }
});

test("every address answers every method", async () => {
  for (const { token, authorize, others } of all()) {
    for (const url of [token, authorize, ...others]) {
      for (const method of ["HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"]) {
        const got = await answered(url, { method, query: "a=%&b=__proto__" });
        if (method === "HEAD") expect(got.text).toBe("");
      }
    }
  }
});

describe("the sandbox's own API", () => {
  const base = "https://127.0.0.1";
  const json = { "content-type": "application/json" };

  const calls: readonly (readonly [method: string, path: string, body?: string | Uint8Array])[] = [
    ["POST", "/faults", "{"],
    ["POST", "/faults", "null"],
    ["POST", "/faults", "[]"],
    ["POST", "/faults", "1"],
    ["POST", "/faults", '{"effect":"__proto__"}'],
    ["POST", "/faults", '{"__proto__":{"effect":"delay"},"effect":"delay"}'],
    ["POST", "/faults", '{"effect":"delay","milliseconds":"x"}'],
    ["POST", "/faults", '{"effect":"delay","milliseconds":1e99}'],
    ["POST", "/faults", '{"effect":"reset-before","path":"("}'],
    ["POST", "/faults", '{"effect":"reset-before","path":7}'],
    ["POST", "/faults", '{"effect":"reset-before","host":"nobody.example"}'],
    ["POST", "/faults", '{"effect":"reset-before","times":-1}'],
    ["POST", "/faults", `${"[".repeat(20_000)}${"]".repeat(20_000)}`],
    ["POST", "/faults", new Uint8Array([0x22, 0xff, 0x22])],
    ["POST", "/faults", "x".repeat(2 * 1024 * 1024)],
    ["POST", "/providers/__proto__/clients", "{}"],
    ["POST", "/providers/constructor/clients", '{"redirectUris":[]}'],
    ["POST", "/providers/ostrava-steel/clients", '{"redirectUris":"x"}'],
    ["POST", "/providers/ostrava-steel/clients", '{"redirectUris":[1]}'],
    ["POST", "/providers/ostrava-steel/clients", '{"redirectUris":[],"method":"none"}'],
    ["POST", "/providers/ostrava-steel/clients/__proto__/secret"],
    ["PUT", "/providers/northwind-rail/clients/%/redirect-uris", "[]"],
    ["PUT", "/providers/northwind-rail/clients/7d9f2c4a-1b3e-4f5a-8c6d-0e9b8a7f6c5d/redirect-uris", '{"a":1}'],
    ["PUT", "/faults", "{}"],
    ["DELETE", "/requests"],
    ["POST", "/"],
    ["GET", "/providers/../../etc/passwd"],
    ["GET", "/%2e%2e/env"],
    ["GET", "/__proto__"],
  ];

  test.each(calls)("%s %s is refused, with a reason and without an effect", async (...call: readonly unknown[]) => {
    const [method, path, body] = call as unknown as (typeof calls)[number];
    const before = JSON.stringify([
      at.sandbox.faults.counts(),
      Object.values(at.sandbox.providers).map((each) => each.clients),
    ]);
    for (const authorization of [`Bearer ${at.sandbox.adminToken}`, "Bearer x", undefined]) {
      const headers = { ...json, ...(authorization === undefined ? {} : { authorization }) };
      const sent = { method, path, headers, ...(body === undefined ? {} : { body }) };
      const got = await send(at, "127.0.0.1", sent, agent);
      expect([400, 401, 404, 413], got.text).toContain(got.status);
      expect(JSON.parse(got.text)).toEqual({ error: expect.any(String) });
      showsNoInside(got.text, path);
    }
    expect(
      JSON.stringify([at.sandbox.faults.counts(), Object.values(at.sandbox.providers).map((each) => each.clients)]),
    ).toBe(before);
  });

  test("nothing is changed without the token, however it is spelled", async () => {
    const { adminToken } = at.sandbox;
    for (const authorization of [
      "",
      adminToken,
      `Basic ${adminToken}`,
      `Bearer ${adminToken}x`,
      `Bearer  ${adminToken}`,
      "Bearer",
    ]) {
      const got = await answered(`${base}/faults`, {
        method: "POST",
        body: '{"effect":"reset-before"}',
        headers: { ...json, authorization },
      });
      expect(got.status, authorization.replace(adminToken, "TOKEN")).toBe(401);
    }
    expect(at.sandbox.faults.counts()).toEqual([]);
  });
});

test("whatever is sent to whichever host, an answer comes and shows no inside", async () => {
  const hosts = [
    oktaHost,
    auth0Host,
    "127.0.0.1",
    "login.microsoftonline.com",
    "accounts.google.com",
    "id.tannberg.example",
  ];
  const word = fc.constantFrom(
    ..."api v1 v2 apps groups users oauth2 oauth token authorize default .. . lifecycle signin logout clients organizations connections policies rules faults providers requests .well-known openid-configuration __proto__ u login".split(
      " ",
    ),
  );
  const segment = fc.oneof(
    { weight: 4, arbitrary: word },
    { weight: 1, arbitrary: fc.string({ maxLength: 8, unit: "binary" }).map(percent) },
  );
  const request = fc.record({
    host: fc.constantFrom(...hosts),
    method: fc.constantFrom("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"),
    path: fc.array(segment, { maxLength: 6 }).map((segments) => `/${segments.join("/")}`),
    query: fc.string({ maxLength: 20, unit: "binary" }).map(percent),
    type: fc.constantFrom("application/json", form, "text/plain", "multipart/form-data; boundary=x"),
    body: fc.oneof(fc.json(), fc.string(), fc.uint8Array({ maxLength: 50 })),
    signed: fc.boolean(),
  });
  const tokens: Readonly<Record<string, string | undefined>> = {
    [oktaHost]: `SSWS ${at.sandbox.env.OKTA_API_TOKEN}`,
    [auth0Host]: `Bearer ${at.sandbox.env.AUTH0_API_TOKEN}`,
    "127.0.0.1": `Bearer ${at.sandbox.adminToken}`,
  };
  await fc.assert(
    fc.asyncProperty(request, async ({ host, method, path, query, type, body, signed }) => {
      const authorization = signed ? tokens[host] : undefined;
      const headers = { "content-type": type, ...(authorization === undefined ? {} : { authorization }) };
      const withBody = ["POST", "PUT", "PATCH"].includes(method) ? { body } : {};
      const got = await send(at, host, { method, path: `${path}?${query}`, headers, ...withBody }, agent);
      expect(got.status).toBeLessThan(500);
      // The log of requests repeats what was asked, nonsense included.
      if (host !== "127.0.0.1" || path !== "/requests") showsNoInside(got.text, path);
    }),
    seededRuns("BAD_INPUT_SEED", 600),
  );
});

/** Percent-encoded, also where a text is no Unicode. */
function percent(text: string): string {
  return Buffer.from(text, "utf8").reduce((sum, byte) => `${sum}%${byte.toString(16).padStart(2, "0")}`, "");
}
