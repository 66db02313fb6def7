import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestSandbox, type TestSandbox } from "../../support/sandbox.ts";
import { call, problem } from "./auth0-caller.ts";

const count = 260;
let at: TestSandbox;
beforeAll(async () => {
  at = await startTestSandbox();
  const { auth0 } = at.sandbox;
  for (let index = 0; index < count; index += 1) {
    auth0.addClient({ settings: { name: `client ${index}`, grant_types: [], app_type: "regular_web" } });
    auth0.addOrganization(`organization-${index}`, { metadata: { index: String(index) } });
    auth0.addConnection(`connection-${index}`, "oidc");
  }
});
afterAll(() => at.close());

test.each([
  ["clients", "&is_global=false", count + 3],
  ["organizations", "", count + 1],
  ["connections", "", count + 2],
])("%s come by offset: every one once, 100 at most per page", async (name, filter, total) => {
  const seen: string[] = [];
  for (let page = 0; page < 3; page += 1) {
    const { json } = await call(at, "GET", `/${name}?include_totals=true&per_page=100&page=${page}${filter}`);
    expect(json).toMatchObject({ start: page * 100, limit: 100, total });
    seen.push(...json[name].map((item: { id?: string; client_id?: string }) => item.id ?? item.client_id));
  }
  expect(seen).toHaveLength(total);
  expect(new Set(seen).size).toBe(total);
  expect((await call(at, "GET", `/${name}?per_page=100&page=3${filter}`)).json).toEqual([]);
  expect((await call(at, "GET", `/${name}`)).json).toHaveLength(50);
  expect(await problem(at, "GET", `/${name}?per_page=101`)).toMatchObject([
    400,
    "invalid_query_string",
    expect.any(String),
  ]);
});

test.each(["organizations", "connections"])(
  "%s come by checkpoint, which survives what is added and removed meanwhile",
  async (name) => {
    const first = (await call(at, "GET", `/${name}?take=100`)).json;
    expect(first[name]).toHaveLength(100);
    const { auth0 } = at.sandbox;
    const gone = first[name][50].name as string;
    if (name === "organizations") auth0.removeOrganization(gone);
    else auth0.removeConnection(gone);
    if (name === "organizations") auth0.addOrganization("late");
    else auth0.addConnection("late", "oidc");
    const names: string[] = first[name].map((item: { name: string }) => item.name);
    let from = first.next as string | undefined;
    while (from !== undefined) {
      const { json } = await call(at, "GET", `/${name}?take=100&from=${encodeURIComponent(from)}`);
      names.push(...json[name].map((item: { name: string }) => item.name));
      from = json.next;
    }
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((each) => /^(organization|connection)-\d+$/.test(each))).toHaveLength(count);
    expect(names).toContain("late");
    expect(await problem(at, "GET", `/${name}?from=junk`)).toMatchObject([
      400,
      "invalid_query_string",
      expect.any(String),
    ]);
  },
);

test("no page reaches beyond the first 1,000 records", async () => {
  for (const name of ["clients", "organizations", "connections"]) {
    expect((await call(at, "GET", `/${name}?per_page=100&page=9`)).status).toBe(200);
    expect(await problem(at, "GET", `/${name}?per_page=100&page=10`)).toMatchObject([
      400,
      "invalid_paging",
      expect.stringContaining("1000"),
    ]);
    expect((await problem(at, "GET", `/${name}?per_page=99&page=10`))[1]).toBe("invalid_paging");
  }
});

test("clients know no checkpoint, and no parameter that is not theirs", async () => {
  expect(await problem(at, "GET", "/clients?take=100")).toEqual([
    400,
    "invalid_query_string",
    "Query validation error: 'Additional properties not allowed: take'.",
  ]);
  expect((await problem(at, "GET", "/clients?page=one"))[1]).toBe("invalid_query_string");
  expect((await problem(at, "GET", "/organizations?sort=id"))[1]).toBe("invalid_query_string");
});

test("fields choose what is shown of each, and filters choose which", async () => {
  const some = (await call(at, "GET", "/clients?fields=client_id,name&include_fields=true&per_page=2")).json;
  expect(some.map((item: object) => Object.keys(item).sort())).toEqual([
    ["client_id", "name", "tenant"],
    ["client_id", "name", "tenant"],
  ]);
  const without = (await call(at, "GET", "/clients?fields=client_secret&include_fields=false&per_page=1")).json;
  expect(without[0]).toHaveProperty("client_id");
  expect(without[0]).not.toHaveProperty("client_secret");
  expect((await call(at, "GET", "/clients?is_global=true")).json).toMatchObject([{ name: "All Applications" }]);
  expect((await call(at, "GET", "/clients?app_type=non_interactive,spa")).json).toMatchObject([{ name: "Tenantry" }]);
  const sorted = (await call(at, "GET", "/organizations?sort=name:-1&per_page=1")).json;
  expect(sorted).toMatchObject([{ name: "organization-99" }]);
});

test("connections are in the order of their names, capitals or not, and a cursor keeps its place", async () => {
  const { auth0 } = at.sandbox;
  for (const name of ["Zeta", "zebra", "alpha", "Beta"]) auth0.addConnection(name, "samlp");
  const names = async (query: string) => {
    const { json } = await call(at, "GET", `/connections?strategy=samlp&${query}`);
    const list = json.connections ?? json;
    return { names: list.map((item: { name: string }) => item.name), next: json.next as string | undefined };
  };
  expect((await names("per_page=10")).names).toEqual(["alpha", "Beta", "zebra", "Zeta"]);
  const first = await names("take=2");
  expect(first.names).toEqual(["alpha", "Beta"]);
  auth0.removeConnection("Beta");
  auth0.addConnection("Aardvark", "samlp");
  auth0.addConnection("delta", "samlp");
  const second = await names(`take=2&from=${encodeURIComponent(first.next ?? "")}`);
  expect(second.names).toEqual(["delta", "zebra"]);
  const third = await names(`take=2&from=${encodeURIComponent(second.next ?? "")}`);
  expect(third).toEqual({ names: ["Zeta"], next: undefined });
});

test.each(["after x", "before 1", ""])("a cursor %j that no page gave is refused", async (text) => {
  const from = encodeURIComponent(Buffer.from(text).toString("base64"));
  const { status } = await call(at, "GET", `/organizations?take=1&from=${from}`);
  // An empty one is none.
  expect(status).toBe(text === "" ? 200 : 400);
});

test.each([
  ["/organizations?take=0", "'Value 0 is less than minimum 1' on property take"],
  ["/connections?take=101", "'Value 101 is greater than maximum 100' on property take"],
  ["/clients?per_page=0", "'Value 0 is less than minimum 1' on property per_page"],
  ["/connections?strategy=oidc&strategy=magic", "'No enum match for: magic' on property strategy"],
  ["/organizations?page=-1", "'Expected type integer but found type string' on property page"],
])("%s is refused", async (path, what) => {
  expect(await problem(at, "GET", path)).toEqual([400, "invalid_query_string", `Query validation error: ${what}.`]);
});
