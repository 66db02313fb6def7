import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { AppAdapter } from "../../../src/app/app.ts";
import { fillInTemplates } from "./deck-template.ts";
import { deckKong, type KongWorld, key, openKongWorld, writeFor } from "./place.ts";

interface DeckFile {
  readonly _format_version: string;
  readonly _info: Readonly<Record<string, unknown>>;
  readonly plugins: readonly (Readonly<Record<string, unknown>> & {
    readonly config: Readonly<Record<string, unknown>>;
    readonly tags: readonly string[];
  })[];
}

const schemaFile = join(import.meta.dirname, "../../../../shared/fixtures/kong/deck-file.schema.json");

const app = deckKong();
let world: KongWorld;
let adapter: AppAdapter;
beforeEach(async () => {
  world = await openKongWorld();
  adapter = await world.adapter(app);
});
afterEach(() => world.close());

const variables = { DECK_SSO_WHITERABBIT: "plain" };
const read = (text = world.deckFile(), values: Readonly<Record<string, string>> = variables): DeckFile =>
  parse(fillInTemplates(text, values)) as DeckFile;
const live = async (write = writeFor(app)): Promise<void> => {
  await adapter.write(write);
  await adapter.settle(write.record.key);
};

describe("a decK file", () => {
  test("has the plugin by name of its route, with tags, and the secret by a variable", async () => {
    await live();
    expect(world.deckFile()).not.toContain("plain-secret-1");
    const file = read();
    expect(file).toMatchObject({
      _format_version: "3.0",
      _info: { select_tags: ["sso"], default_lookup_tags: { routes: ["app-routes"] } },
    });
    expect(file.plugins).toHaveLength(1);
    expect(file.plugins[0]).toMatchObject({
      name: "openid-connect",
      instance_name: "sso-whiterabbit.gateway",
      route: "api-whiterabbit",
      enabled: true,
      config: {
        issuer: "https://acme.okta.com",
        client_id: ["0oa1whiterabbit"],
        client_secret: ["plain"],
        client_auth: ["client_secret_basic"],
        redirect_uri: ["https://gateway.acme.example/whiterabbit/callback"],
        scopes: ["openid", "email", "profile"],
        auth_methods: ["authorization_code", "session"],
      },
    });
    expect(file.plugins[0]?.tags).toEqual(
      expect.arrayContaining(["sso", "tenantry:acme:production", "tenantry-key:whiterabbit.gateway"]),
    );
    for (const tag of file.plugins[0]?.tags ?? []) expect(tag).not.toMatch(/[,/]/);
  });

  test("has the secret by a reference to a vault, where the app says so", async () => {
    const vault = deckKong({ secretReference: { vault: "env/sso-{tenant}-secret" } });
    adapter = await world.adapter(vault);
    await live(writeFor(vault));
    expect(read().plugins[0]?.config.client_secret).toEqual(["{vault://env/sso-whiterabbit-secret}"]);
    expect(await adapter.secretOf(key)).toBeUndefined();
  });

  test.skipIf(!existsSync(schemaFile))("is what decK's own schema takes: new, suspended, removed", async () => {
    const { default: Ajv } = await import("ajv-draft-04");
    const validate = new (Ajv as unknown as typeof Ajv.default)({ strict: false, allErrors: true }).compile(
      JSON.parse(readFileSync(schemaFile, "utf8")),
    );
    const expectValid = (): void => {
      expect(validate(read()), JSON.stringify(validate.errors)).toBe(true);
    };
    await live();
    expectValid();
    await adapter.disable(key);
    expectValid();
    await adapter.remove(key);
    expectValid();
  });

  test("a secret with every sign that means something comes through a variable byte for byte", async () => {
    await live();
    const text = world.deckFile();
    for (const secret of [
      `q'"\`\\ \${{ env "DECK_Y" }} {{x}} # : - *a &b !c %d @e ü😀`,
      "# no comment",
      "- item",
      "'",
      '"',
      "{a: b}",
    ]) {
      expect(read(text, { DECK_SSO_WHITERABBIT: secret }).plugins[0]?.config.client_secret).toEqual([secret]);
    }
  });

  test("what is not ours stays: other parts, others' plugins, comments", async () => {
    await live();
    const theirs = `_format_version: "3.0"
_info:
  select_tags: [ sso ]
# routes of the team
routes:
  - name: api-whiterabbit # by hand
    paths: [/whiterabbit]
plugins:
  # keep this
  - name: rate-limiting
    config:
      minute: \${{ env "DECK_LIMIT" }}
`;
    world.writeDeckFile(theirs);
    await adapter.write(writeFor(app));
    const text = world.deckFile();
    for (const part of ["# routes of the team", "# by hand", "# keep this", 'env "DECK_LIMIT"'])
      expect(text).toContain(part);
    const file = read(text, { ...variables, DECK_LIMIT: "5" });
    expect(file.plugins.map(({ name }) => name)).toEqual(["rate-limiting", "openid-connect"]);
    await adapter.disable(key);
    await adapter.remove(key);
    expect(read(world.deckFile(), { ...variables, DECK_LIMIT: "5" }).plugins.map(({ name }) => name)).toEqual([
      "rate-limiting",
      "request-termination",
    ]);
  });

  test("has the salt of the plugin's cache, which decK asks for, and keeps it", async () => {
    await live();
    const salt = read().plugins[0]?.config.cache_tokens_salt;
    expect(salt).toMatch(/^[\w-]{32}$/);
    await live(writeFor(app, { record: { clientId: "another" } }));
    expect(read().plugins[0]?.config).toMatchObject({ client_id: ["another"], cache_tokens_salt: salt });
  });

  test("has control characters escaped, as decK reads none in the text", async () => {
    const value = "\x7f \x80 \x85 \x9f \u2028 \ufeff \ufffe \uffff";
    await live(writeFor(app, { signIn: { extraParams: { a: value } } }));
    expect(world.deckFile()).not.toMatch(/[\x7f-\x9f\u2028\ufeff\ufffe\uffff]/);
    expect(read().plugins[0]?.config.authorization_query_args_values).toEqual([value]);
  });

  test("is replaced whole: no half-written file is left beside it", async () => {
    await live();
    expect(readdirSync(join(world.root, "kong"))).toEqual(["sso.yaml"]);
  });

  test("two writes at once leave both plugins", async () => {
    const other = writeFor(app, {
      entry: { route: "api-fernhill" },
      record: {
        key: "fernhill/gateway" as typeof key,
        marker: { workspace: "acme", environment: "production", key: "fernhill/gateway" as typeof key },
        tenant: "fernhill",
      },
    });
    const fern = {
      ...other,
      record: { ...other.record, target: { ...other.record.target, on: "route api-fernhill" } },
    };
    await Promise.all([adapter.write(writeFor(app)), adapter.write(fern)]);
    expect(read().plugins.map(({ route }) => route)).toEqual(["api-fernhill", "api-whiterabbit"]);
  });

  test.each([
    ["is no YAML", "a: [", "is no YAML before its templates are filled in"],
    ["is about another workspace", "_workspace: other\n", "is about another workspace than default"],
    ["selects by other tags", "_info: { select_tags: [x] }\n", "has other `select_tags`"],
  ])("that %s is refused and left as it is", async (_what, text, message) => {
    await live();
    world.writeDeckFile(text);
    await expect(adapter.write(writeFor(app))).rejects.toMatchObject({
      code: "KONG_DECK_UNREADABLE",
      message: expect.stringContaining(message),
    });
    expect(world.deckFile()).toBe(text);
  });

  test("tells that nobody has looked whether the routes are there", async () => {
    const { coverage, problems } = await adapter.observe([writeFor(app).record]);
    expect(coverage).toEqual([{ what: "app/gateway routes of the gateway", read: 0, total: 1 }]);
    expect(problems).toEqual([]);
  });
});

describe("no value of a tenant becomes code of decK", () => {
  const opening = ["$", "{{"].join("");
  const hostile = `\${{ env "DECK_ADMIN_TOKEN" }}`;

  test.each([
    ["a client id", { record: { clientId: hostile } }],
    ["a parameter", { signIn: { extraParams: { a: hostile } } }],
    ["a parameter's name", { signIn: { extraParams: { [hostile]: "a" } } }],
    ["a claim", { signIn: { claims: { email: ["a", hostile] } } }],
    ["a group", { signIn: { roles: { claim: "groups", map: { [hostile]: "admin" } } } }],
    ["a field", { entry: { route: "api-whiterabbit", config: { login_redirect_uri: [hostile] } } }],
    ["decK's mark of a template in a comment", { record: { clientId: "__NO_MATCH__0__" } }],
    ["the very reference that is ours, elsewhere", { record: { clientId: `\${{ env "DECK_SSO_WHITERABBIT" }}` } }],
  ])("%s is refused, and the file stays as it was", async (_what, change) => {
    await live();
    const before = world.deckFile();
    await expect(adapter.write(writeFor(app, change))).rejects.toMatchObject({ code: "KONG_VALUE_REFUSED" });
    expect(world.deckFile()).toBe(before);
  });

  test("whatever text a tenant gives comes out of decK as it went in, or is refused", async () => {
    const text = fc.string({
      unit: fc.constantFrom("$", "{", "}", '"', "'", "\\", "\n", " ", "#", ":", "-", "e", "ü", "|", "&", "*"),
    });
    await fc.assert(
      fc.asyncProperty(text, async (value) => {
        const write = writeFor(app, { signIn: { extraParams: { a: value } } });
        try {
          await adapter.write(write);
        } catch {
          expect(value).toContain(opening);
          return;
        }
        expect(value).not.toContain(opening);
        expect(read().plugins[0]?.config.authorization_query_args_values).toEqual([value]);
      }),
      { numRuns: 60 },
    );
  });
});
