import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { oktaHost } from "../../sandbox/sandbox.ts";
import { startTestSandbox, type TestSandbox } from "../support/sandbox.ts";
import { seededRuns } from "../support/seed.ts";
import { call as auth0 } from "./auth0/auth0-caller.ts";
import { keptValues } from "./kept-values.ts";
import { call as okta, webApp } from "./okta-caller.ts";

let from: TestSandbox;
let to: TestSandbox;

beforeAll(async () => {
  [from, to] = await Promise.all([startTestSandbox(), startTestSandbox()]);
});
afterAll(() => Promise.all([from.close(), to.close()]));

interface Exchanged {
  readonly status: number;
  readonly text: string;
}

async function exchange(at: TestSandbox, method: "GET" | "PUT", body?: string, token?: string): Promise<Exchanged> {
  const authorization = `Bearer ${token ?? at.sandbox.adminToken}`;
  const headers = { authorization, "content-type": "application/json" };
  const response = await at.fetch("127.0.0.1", "/world", { method, headers, ...(body === undefined ? {} : { body }) });
  return { status: response.status, text: await response.text() };
}

/** Texts that a file, a shell or JSON could trip over. */
const text = fc
  .string({ unit: fc.constantFrom(..."aZ9 $é\u2028'\"\\{}%<>_-\u0001"), minLength: 1, maxLength: 20 })
  .filter((value) => value.trim() === value);
const named = fc.string({ unit: fc.constantFrom(..."abcdefgh"), minLength: 8, maxLength: 20 });

type Step = (at: TestSandbox, made: Made) => Promise<unknown>;
interface Made {
  readonly apps: string[];
  readonly groups: string[];
  readonly clients: string[];
  readonly organizations: string[];
}

const last = (ids: readonly string[]): string => ids.at(-1) ?? "none";

/** What somebody may do to an org and a tenant, in any order. Some of it is refused, which is as good. */
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(text, fc.dictionary(text, text)).map(
    ([label, profile]): Step =>
      async (at, { apps }) => {
        const { json } = await okta(at, "POST", "/api/v1/apps", webApp(label, { root: { profile } }));
        if (json.id !== undefined) apps.push(json.id);
      },
  ),
  text.map(
    (name): Step =>
      async (at, { groups }) => {
        const { json } = await okta(at, "POST", "/api/v1/groups", { profile: { name, description: name } });
        if (json.id !== undefined) groups.push(json.id);
      },
  ),
  fc.constantFrom<Step>(
    (at, { apps, groups }) => okta(at, "PUT", `/api/v1/apps/${last(apps)}/groups/${last(groups)}`, { priority: 3 }),
    (at, { apps }) => okta(at, "POST", `/api/v1/apps/${last(apps)}/lifecycle/deactivate`),
    (at, { apps }) => okta(at, "DELETE", `/api/v1/apps/${last(apps)}`),
    (at, { apps }) => okta(at, "POST", `/api/v1/apps/${last(apps)}/credentials/secrets`),
    (at, { groups }) => okta(at, "DELETE", `/api/v1/groups/${last(groups)}`),
    (at, { clients }) => auth0(at, "POST", `/clients/${last(clients)}/rotate-secret`),
    (at, { clients }) => auth0(at, "DELETE", `/clients/${last(clients)}`),
    (at, { organizations }) => auth0(at, "DELETE", `/organizations/${last(organizations)}`),
    // Issuers make their keys when they are first asked for them.
    (at) => at.fetch(oktaHost, "/oauth2/default/v1/keys"),
  ),
  fc.tuple(text, fc.dictionary(named, text, { maxKeys: 5 })).map(
    ([name, client_metadata]): Step =>
      async (at, { clients }) => {
        const { json } = await auth0(at, "POST", "/clients", { name, client_metadata });
        if (json.client_id !== undefined) clients.push(json.client_id);
      },
  ),
  fc.tuple(named, fc.dictionary(named, text, { maxKeys: 5 })).map(
    ([name, metadata]): Step =>
      async (at, { organizations }) => {
        const { json } = await auth0(at, "POST", "/organizations", {
          name,
          metadata,
          branding: { colors: { primary: "#ffffff" } },
        });
        if (json.id !== undefined) organizations.push(json.id);
      },
  ),
  fc.tuple(named, text).map(
    ([name, issuer]): Step =>
      (at) =>
        auth0(at, "POST", "/connections", {
          name,
          strategy: "oidc",
          options: {
            type: "back_channel",
            client_id: issuer,
            discovery_url: `https://id.${name}.example/.well-known/openid-configuration`,
          },
        }),
  ),
);

test("what is exported, imported elsewhere and exported again is equal, whatever was done to the world", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
      const made: Made = { apps: [], groups: [], clients: [], organizations: [] };
      for (const each of steps) await each(from, made);
      const { status, text: document } = await exchange(from, "GET");
      expect(status).toBe(200);
      expect((await exchange(to, "PUT", document)).status).toBe(204);
      expect((await exchange(to, "GET")).text).toBe(document);
      // And answers the same.
      const look = async (at: TestSandbox) => [
        (await okta(at, "GET", "/api/v1/apps?limit=200")).json,
        (await okta(at, "GET", "/api/v1/groups")).json,
        (await auth0(at, "GET", "/clients?per_page=100&include_totals=true")).json,
        (await auth0(at, "GET", "/organizations?take=100")).json,
        (await auth0(at, "GET", "/connections")).json,
      ];
      expect(await look(to)).toEqual(await look(from));
    }),
    seededRuns("WORLD_EXCHANGE_SEED", 15),
  );
});

test("from an import on, the values and the credentials are those of the document", async () => {
  const document = (await exchange(from, "GET")).text;
  const before = to.sandbox.env.OKTA_API_TOKEN;
  const { ca, adminToken } = to.sandbox;
  expect((await exchange(to, "PUT", document)).status).toBe(204);
  expect(Object.keys(keptValues(from.sandbox))).toContain("OKTA_API_TOKEN");
  expect(keptValues(to.sandbox)).toEqual(keptValues(from.sandbox));
  expect((await okta(to, "GET", "/api/v1/apps")).status).toBe(200);
  if (before !== from.sandbox.env.OKTA_API_TOKEN) {
    expect((await okta(to, "GET", "/api/v1/apps", undefined, `SSWS ${before}`)).status).toBe(401);
  }
  // The authority stays: nobody's trust is moved by a document.
  expect(to.sandbox.ca).toBe(ca);
  expect(to.sandbox.ca).not.toBe(from.sandbox.ca);
  expect(to.sandbox.adminToken).toBe(adminToken);
});

test("the document is the admin's alone, who has a token", async () => {
  for (const method of ["GET", "PUT"] as const) {
    expect((await exchange(from, method, method === "PUT" ? "{}" : undefined, "wrong")).status).toBe(401);
  }
  expect((await from.fetch("127.0.0.1", "/world")).status).toBe(401);
});

interface Shape {
  // biome-ignore lint/suspicious/noExplicitAny: it is bent out of shape.
  [name: string]: any;
}

const bent: readonly (readonly [what: string, bend: (document: Shape) => void, says: string])[] = [
  ["no org", (all) => delete all.okta, "okta is no object"],
  ["an app without its label", (all) => delete first(all.okta.apps).label, "label is no text"],
  ["an app under another's id", (all) => (first(all.okta.apps).id = "0oa1"), "has another id"],
  ["apps in a list", (all) => (all.okta.apps = []), "okta.apps is no $map"],
  ["an unknown kind of thing", (all) => (all.okta.rockets = { $map: {} }), "okta.rockets is unknown"],
  [
    "a client whose callbacks are a text",
    (all) => (first(all.auth0.clients).settings.callbacks = "https://x"),
    "callbacks is no list",
  ],
  ["a set that is none", (all) => (first(all.auth0.connections).clients = {}), "clients is no $set"],
  [
    "a token with scopes in a list",
    (all) => (all.auth0.tokens = { $map: { t: { clientId: "c", scopes: [], expires: 1 } } }),
    "scopes is no $set",
  ],
  [
    "a token, of which only the beginning is told",
    (all) => (all.auth0.tokens = { $map: { ["eyJhbGciOi".repeat(4)]: { clientId: "c", scopes: [], expires: 1 } } }),
    'auth0.tokens["eyJhbG…"].scopes is no $set',
  ],
  ["no customer", (all) => delete all.customers.tannberg, "customers.tannberg is no object"],
  ["a customer too many", (all) => (all.customers.nobody = all.customers.tannberg), "customers.nobody is unknown"],
  ["no API token", (all) => delete all.env.AUTH0_API_TOKEN, "env.AUTH0_API_TOKEN is no text"],
  ["an empty API token", (all) => (all.env.OKTA_API_TOKEN = ""), "env.OKTA_API_TOKEN is empty"],
  ["a value that is no text", (all) => (all.env.OKTA_API_TOKEN = 7), "env.OKTA_API_TOKEN is no text"],
  ["a fractional number", (all) => (first(all.okta.apps).sequence = 1.5), "sequence is no whole number"],
  ["a number that is not exact", (all) => (first(all.okta.apps).sequence = 2 ** 60), "sequence is no whole number"],
  ["a map where an object is", (all) => (first(all.okta.apps).oauth = { $map: {} }), "oauth is no object"],
  ["a list where settings are", (all) => (first(all.auth0.connections).settings = []), "settings is no object"],
  [
    "a word that Okta has not",
    (all) => (first(all.okta.users).status = "NAPPING"),
    "status is no STAGED or PROVISIONED",
  ],
  ["a key too few", (all) => all.okta.signIn.keys.pop(), "okta.signIn.keys has too few or too many entries"],
  [
    "a number in a set of texts",
    (all) => (first(all.auth0.connections).clients.$set = [7]),
    "clients has a member that",
  ],
  [
    "a number in a list of texts",
    (all) => first(all.auth0.clients).settings.grant_types.splice(0, 1, 7),
    "settings.grant_types[0] is no text",
  ],
  [
    "a name that is no identifier",
    (all) => (all.customers["ostrava-steel"].discovery = "https://x"),
    'customers["ostrava-steel"].discovery is no object',
  ],
];

function first(map: Shape): Shape {
  const [item] = Object.values(map.$map as Shape);
  return item as Shape;
}

test.each(bent)("%s: nothing of the document is taken", async (_what, bend, says) => {
  const before = (await exchange(to, "GET")).text;
  const document = JSON.parse((await exchange(from, "GET")).text) as Shape;
  bend(document);
  const { status, text: answer } = await exchange(to, "PUT", JSON.stringify(document));
  expect(status).toBe(400);
  expect(JSON.parse(answer)).toMatchObject({ code: "SANDBOX_WORLD_INVALID", error: expect.stringContaining(says) });
  expect((await exchange(to, "GET")).text).toBe(before);
  expect(answer).not.toContain(from.sandbox.env.OKTA_API_TOKEN);
});

test("what the check does not know of a thing stays in it", async () => {
  const document = JSON.parse((await exchange(from, "GET")).text) as Shape;
  Object.assign(first(document.okta.apps), { later: { $set: ["a"] } });
  first(document.okta.apps).settings.constructor = "7";
  expect((await exchange(to, "PUT", JSON.stringify(document))).status).toBe(204);
  const taken = JSON.parse((await exchange(to, "GET")).text) as Shape;
  expect(first(taken.okta.apps)).toEqual(first(document.okta.apps));
});

test("no broken text is taken, and none is quoted", async () => {
  const before = (await exchange(to, "GET")).text;
  const document = (await exchange(from, "GET")).text;
  for (const broken of ["", "[]", "null", document.slice(0, -20), document.replace("{", "{{"), "[".repeat(100_000)]) {
    const { status, text: answer } = await exchange(to, "PUT", broken);
    expect(status).toBe(400);
    expect(answer.length).toBeLessThan(300);
  }
  expect((await exchange(to, "GET")).text).toBe(before);
});

test("a member taken out anywhere is refused or leaves a world that answers", async () => {
  const document = (await exchange(from, "GET")).text;
  await fc.assert(
    fc.asyncProperty(fc.infiniteStream(fc.nat()), async (choices) => {
      const world = JSON.parse(document) as Shape;
      let here = world;
      for (const choice of choices) {
        const names = Object.keys(here);
        const name = names[choice % names.length];
        if (name === undefined) return;
        const inner = here[name];
        if (typeof inner === "object" && inner !== null && choice % 5 !== 0 && Object.keys(inner).length > 0)
          here = inner;
        else {
          delete here[name];
          break;
        }
      }
      const { status } = await exchange(to, "PUT", JSON.stringify(world));
      expect([204, 400]).toContain(status);
      if (status === 400) return;
      for (const path of ["apps?limit=200", "groups"]) {
        const { status: answered } = await okta(
          to,
          "GET",
          `/api/v1/${path}`,
          undefined,
          `SSWS ${to.sandbox.env.OKTA_API_TOKEN}`,
        );
        expect([200, 401]).toContain(answered);
      }
      for (const path of ["/clients", "/organizations", "/connections"]) {
        expect([200, 401]).toContain((await auth0(to, "GET", path)).status);
      }
    }),
    seededRuns("WORLD_EXCHANGE_SEED", 60),
  );
});
