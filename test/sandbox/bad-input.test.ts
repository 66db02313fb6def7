import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sharedSandbox } from "../support/shared-sandbox.ts";
import { type Api, apis, writes } from "./bad-input-api.ts";

// Every call of both management APIs, with everything that clients get wrong. That nothing inside the sandbox throws
// is held by the sandbox's own close, which fails for each bug it was told of.

describe.each(apis)("%s", (vendor, open) => {
  const at = sharedSandbox();
  let api: Api;

  beforeAll(async () => {
    api = await open(at);
  });
  afterAll(() => api?.close());

  const bodies: readonly (readonly [string, string | Uint8Array])[] = [
    ["null", "null"],
    ["true", "true"],
    ["a number", "1"],
    ["a text", '"text"'],
    ["a list", "[]"],
    ["a list of lists", "[[],[[]]]"],
    ["a list of nothing", "[null]"],
    ["an empty object", "{}"],
    ["unknown fields", '{"surelyUnknown":{"a":[1,{"b":null}]}}'],
    ["prototype keys", '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"toString":1}'],
    ["deep lists", `${"[".repeat(20_000)}${"]".repeat(20_000)}`],
    ["deep objects", `${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}`],
    ["a huge list", JSON.stringify(Array.from({ length: 100_000 }, (_, index) => index))],
    ["a byte order mark", `\uFEFF{}`],
  ];

  test.each(bodies)("a body of %s is answered at every call", async (_name, body) => {
    for (const route of api.routes.filter(({ method }) => writes.includes(method))) {
      await api.try({ method: route.method, path: api.resolve(route.path), body });
    }
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  const malformed: readonly (readonly [string, string | Uint8Array])[] = [
    ["half an object", '{"name":"x"'],
    ["words", "not json"],
    ["two values", "{}{}"],
    ["NaN", '{"a":NaN}'],
    ["single quotes", "{'a':1}"],
    ["a comma too many", '{"a":1,}'],
    ["a bare NUL", "\0"],
    ["bytes that are no UTF-8", new Uint8Array([0x7b, 0xff, 0xfe, 0x7d])],
    ["a text of bytes that are no UTF-8", new Uint8Array([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xff, 0x22, 0x7d])],
    ["a text cut within a character", new Uint8Array([0x22, 0xc3, 0x22, 0x7d])],
  ];

  test.each(malformed)("malformed JSON, %s, is refused at every call that takes JSON", async (_name, body) => {
    for (const route of api.routes.filter(({ method, path }) => writes.includes(method) && !path.endsWith("/logo"))) {
      const got = await api.try({ method: route.method, path: api.resolve(route.path), body });
      expect(got.status, `${route.method} ${route.path}`).toBe(400);
    }
  });

  test.each([
    ["text/plain", "text/plain"],
    ["a form", "application/x-www-form-urlencoded"],
    ["XML", "application/xml"],
    ["several parts without a boundary", "multipart/form-data"],
    ["none", undefined],
    ["nonsense", ";;;=/"],
  ])("a body with the content type %s is refused at every call that takes JSON", async (_name, type) => {
    for (const route of api.routes.filter(({ method, path }) => writes.includes(method) && !path.endsWith("/logo"))) {
      const body = JSON.stringify({ name: "x" });
      const sent = { method: route.method, path: api.resolve(route.path), body, headers: { "content-type": type } };
      const got = await api.try(sent);
      expect(got.status, `${route.method} ${route.path}`).toBe(415);
    }
  });

  test("a call without a body, and one whose body is empty, is answered at every call", async () => {
    for (const route of api.routes.filter(({ method }) => writes.includes(method))) {
      const path = api.resolve(route.path);
      await api.try({ method: route.method, path, headers: { "content-type": undefined } });
      await api.try({ method: route.method, path, headers: { "content-length": "0" } });
      await api.try({ method: route.method, path, body: "   " });
    }
  });

  test("a body beyond a megabyte is refused, told in advance or in pieces", async () => {
    const body = JSON.stringify({ name: "x".repeat(1024 * 1024) });
    for (const path of vendor === "Okta" ? ["/api/v1/apps", "/api/v1/groups"] : ["/api/v2/clients", "/api/v2/roles"]) {
      for (const headers of [{}, { "transfer-encoding": "chunked" }]) {
        const got = await api.try({ method: "POST", path, body, headers }, `POST ${path}`);
        expect(got.status).toBe(413);
      }
    }
  });

  const ids: readonly (readonly [string, string])[] = [
    ["too long", "x".repeat(3000)],
    ["of other letters", encodeURIComponent("Ωß漢字🙂")],
    ["a slash", "%2F"],
    ["two dots and slashes", "..%2F..%2Fetc%2Fpasswd"],
    ["a backslash", "..%5C..%5C"],
    ["a NUL", "%00"],
    ["a line break", "%0d%0aset-cookie:%20x=y"],
    ["broken percent-encoding", "%"],
    ["half of percent-encoding", "%E0%A4%A"],
    ["no UTF-8", "%FF%FE"],
    ["a property of every object", "__proto__"],
    ["another one", "constructor"],
    ["a method", "toString"],
    ["markup", "%3Cscript%3Ealert(1)%3C%2Fscript%3E"],
    ["a statement", "'%20OR%20'1'%3D'1"],
    ["an expression", "*"],
    ["a blank", "%20"],
  ];

  test.each(ids)("an id that is %s is not found, wherever it stands", async (_name, id) => {
    for (const route of api.routes.filter(({ path }) => path.includes("/:"))) {
      const segments = route.path.split("/");
      for (const [index, segment] of segments.entries()) {
        if (!segment.startsWith(":")) continue;
        const path = [api.resolve(segments.slice(0, index).join("/")), id, ...segments.slice(index + 1)].join("/");
        const whole = api.resolve(path);
        const body = writes.includes(route.method) ? "{}" : undefined;
        const got = await api.try({ method: route.method, path: whole, ...(body === undefined ? {} : { body }) });
        expect(got.headers["set-cookie"], whole).toBeUndefined();
        if (route.method === "GET" && index === segments.length - 1 && !/email|name/.test(segment)) {
          expect([400, 404], `GET ${whole.slice(0, 200)}: ${got.text.slice(0, 200)}`).toContain(got.status);
        }
      }
    }
  });

  const base = vendor === "Okta" ? "/api/v1" : "/api/v2";
  const list = vendor === "Okta" ? `${base}/apps` : `${base}/clients`;

  test.each([
    `${base}/../../etc/passwd`,
    `${base}/%2e%2e/%2e%2e/etc/passwd`,
    `${base}/..%2f..%2fenv`,
    `/%2e%2e/%2e%2e/.tenantry/sandbox/env`,
    `${base}//${list.split("/").at(-1)}`,
    `/${list}`,
    `${list}/`,
    `${list}//`,
    `${list};jsessionid=1`,
    `${list}%00`,
    `${list}%20`,
    `${list}.json`,
    list.toUpperCase(),
    base,
    `${base}/`,
    `${base}/__proto__`,
    `${base}/%`,
    `${base}/%zz`,
    "/%",
    "//",
    "/*",
    "*",
  ])("the path %s is not found", async (path) => {
    const got = await api.try({ method: "GET", path });
    expect(got.status, got.text).toBe(404);
  });

  test("a path of thousands of segments is not found", async () => {
    expect((await api.try({ method: "GET", path: `${base}/${"a/".repeat(2000)}` })).status).toBe(404);
  });

  test("a method that a path does not have is refused", async () => {
    const paths = [...new Set(api.routes.map(({ path }) => path))];
    for (const path of paths) {
      const known = api.routes.filter((route) => route.path === path).map(({ method }) => method);
      for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "LINK"]) {
        if (known.includes(method) || api.routes.some((route) => route.method === method && fits(route.path, path)))
          continue;
        const got = await api.try({ method, path: api.resolve(path) });
        expect(got.status, `${method} ${path}`).toBe(vendor === "Okta" ? 405 : 404);
      }
    }
  });

  test("HEAD is answered without a body", async () => {
    for (const path of [list, `${base}/nothing`]) {
      const got = await api.send({ method: "HEAD", path });
      expect([got.status < 500, got.text]).toEqual([true, ""]);
    }
  });

  test("a query of nonsense is answered at every list", async () => {
    const values = [
      "",
      "0",
      "-1",
      "1.5",
      "1e9",
      "99999999999999999999",
      "NaN",
      "x",
      "%",
      "%FF",
      "%00",
      "[]",
      "null",
      "*",
      "🙂",
    ];
    const names =
      vendor === "Okta" ? ["limit", "after", "q", "search", "filter", "expand", "type", "sortBy"] : undefined;
    for (const route of api.routes.filter(({ method }) => method === "GET")) {
      const path = api.resolve(route.path);
      for (const name of names ?? route.query ?? []) {
        for (const value of values) await api.try({ method: "GET", path: `${path}?${name}=${encodeURI(value)}` });
        await api.try({ method: "GET", path: `${path}?${name}=1&${name}=2` });
        await api.try({ method: "GET", path: `${path}?${name}` });
        await api.try({ method: "GET", path: `${path}?${name}[]=1&${name}[a]=b` });
        await api.try({ method: "GET", path: `${path}?${name}=${"x".repeat(5000)}` });
      }
      await api.try({ method: "GET", path: `${path}?__proto__=1&constructor=2&=&&&%` });
    }
  });

  test.each([
    ["none", undefined],
    ["of no scheme", "x"],
    ["of another scheme", "Basic eDp5"],
    ["empty", "Bearer "],
    ["of SSWS without a token", "SSWS"],
    ["of no token", "Bearer x.y.z"],
    ["very long", `Bearer ${"x".repeat(8000)}`],
    ["of odd letters", "Bearer \u00ff\u00fe"],
    ["a property of every object", "Bearer __proto__"],
  ])("an Authorization header that is %s is refused", async (_name, authorization) => {
    for (const method of ["GET", "POST"]) {
      const body = method === "POST" ? { body: "{}" } : {};
      const got = await api.try({ method, path: list, headers: { authorization }, ...body });
      // Auth0 looks at a bearer token's form first.
      expect([400, 401]).toContain(got.status);
    }
  });
});

/** Whether a path with `:names` also stands for another such path. */
function fits(pattern: string, path: string): boolean {
  const [a, b] = [pattern.split("/"), path.split("/")];
  return a.length === b.length && a.every((segment, index) => segment.startsWith(":") || segment === b[index]);
}
