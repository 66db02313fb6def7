import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { nodeFiles } from "../src/cli/node-files.ts";
import { verifySchema } from "../src/cli/verify/json-schema.ts";
import { formatIssue, type Issue } from "../src/errors/issue.ts";
import { jsonSchemas } from "../src/tenant/json-schema.ts";
import { loadTenants } from "../src/tenant/load.ts";
import { readDocument } from "../src/workspace/document.ts";
import { loadWorkspace } from "../src/workspace/load.ts";
import { goldenCases } from "./golden/workspaces.ts";
import { memoryFiles } from "./workspace/memory-files.ts";
import { replaced } from "./workspace/replaced.ts";

// The JSON Schemas are for editors. They must never redden a file that is right, and should redden what is wrong in its
// shape. The files are those of the golden cases.

const root = fileURLToPath(new URL("../", import.meta.url));
const schemas = jsonSchemas();

// A format is not checked by a validator that does not know it; `pattern` says the same.
const ajv = new Ajv2020({ strict: true, strictRequired: false, allErrors: true, formats: { email: true } });
const validators: Readonly<Record<string, ValidateFunction>> = Object.fromEntries(
  Object.entries(schemas).map(([name, schema]) => [name, ajv.compile(schema)]),
);

/** What a schema cannot say, or says less exactly, with the reason. Matches an issue's message. */
const beyond: readonly (readonly [message: RegExp, reason: string])[] = [
  [/must not name the same group twice/, "a group is a name or a map with one, and only names are compared"],
  [/must be the issuer, not the URL of/, "an address that looks like another URL is still an address"],
  [/must be the algorithm of the curve/, "two fields are compared"],
  [/^`\w+` is `[\w.-]+` already/, "two entries are compared"],
  [/there is no identity provider `/, "two sections are compared"],
  [/must close the tenant's name/, "the check is a function"],
  [/must not set a parameter that the sign-in itself sends/, "the check is a function"],
  [/must be a date of the calendar/, "a pattern does not know the calendar"],
  [/must have an `audience` when it says/, "fields are compared"],
  [/must be `(vault|op|aws-sm|gcp-sm):/, "references are also checked by their parser"],
  [/must hold `\{tenant\}`/, "the check is a function"],
  [/must be a path relative to the workspace/, "the check is a function"],
  [
    /must be a place that can be written to|must name no version|must be a reference: /,
    "sinks are checked by the parser",
  ],
  [/must say where secrets go|must not be `true` beside/, "two fields are compared"],
  [/must say either `token/, "two fields are compared"],
  [/must not hold/, "references and paths are also checked by their parser"],
  [/must be a URL in its normal form/, "only a URL parser knows the normal form"],
  [/must be a loopback address and port/, "only a URL parser knows the largest port"],
  [/would keep a tenant's clients in one state/, "entries are compared"],
  [/is carried by pulumi, which encrypts secrets/, "two sections are compared"],
  [/must name one backend/, "the check is a function"],
  [/must hold `[^`]+`: every tenant has a state/, "the check is a function"],
  [/must not be in the file: it is a credential/, "the check is a function"],
  [
    /environment.*is missing|`(apps|identityProviders)\.\w+\.\w+` is missing/,
    "an environment may leave out what the workspace has",
  ],
];

interface GoldenFile {
  readonly name: string;
  readonly kind: "tenant" | "workspace";
  readonly value: unknown;
  readonly issues: readonly Issue[];
}

const { cases, remove } = goldenCases();
afterAll(remove);

/** Every file that can be parsed, with the issues of its own shape. */
const files: readonly GoldenFile[] = cases.flatMap(({ name, root: folder }) => {
  const access = nodeFiles(folder);
  const read = (path: string, kind: GoldenFile["kind"], issues: readonly Issue[]): readonly GoldenFile[] => {
    const result = readDocument(access, path, 256 * 1024);
    if ("issues" in result) return [];
    const own = issues.filter(
      (issue) => issue.file === path && !/_(FILE_NAME|NOT_A_FILE|UNKNOWN_ENVIRONMENT)$/.test(issue.code),
    );
    return [{ name: `${name}/${path}`, kind, value: result.document.value, issues: own }];
  };
  const tenants = access.list("tenants");
  const names = "reason" in tenants ? [] : tenants.filter(({ kind }) => kind === "file").map((entry) => entry.name);
  const { issues } = loadTenants(access);
  return [
    ...read("tenantry.yaml", "workspace", loadWorkspace(access, folder, undefined).issues),
    ...names.filter((one) => /^[^.].*\.yaml$/.test(one)).flatMap((one) => read(`tenants/${one}`, "tenant", issues)),
  ];
});

const accepts = ({ kind, value }: GoldenFile): boolean => validators[kind]?.(value) === true;

test("there are files of both kinds, right and wrong", () => {
  for (const kind of ["tenant", "workspace"]) {
    expect(files.filter((file) => file.kind === kind && file.issues.length === 0).length).toBeGreaterThan(10);
    expect(files.filter((file) => file.kind === kind && file.issues.length > 0).length).toBeGreaterThan(4);
  }
});

describe("what is read without an issue, the schema accepts", () => {
  test.each(files.filter(({ issues }) => issues.length === 0).map((file) => [file.name, file] as const))(
    "%s",
    (_name, file) => {
      expect(accepts(file), JSON.stringify(validators[file.kind]?.errors)).toBe(true);
    },
  );
});

describe("what has a wrong shape, the schema rejects", () => {
  test.each(files.filter(({ issues }) => issues.length > 0).map((file) => [file.name, file] as const))(
    "%s",
    (_name, file) => {
      const sayable = file.issues.filter(({ message }) => !beyond.some(([pattern]) => pattern.test(message)));
      if (sayable.length > 0) expect(accepts(file), sayable.map(({ message }) => message).join("\n")).toBe(false);
    },
  );
});

test("each thing that a schema cannot say is met in the files", () => {
  const messages = files.flatMap(({ issues }) => issues.map(({ message }) => message));
  expect(beyond.filter(([pattern]) => !messages.some((message) => pattern.test(message)))).toEqual([]);
});

describe("one mistake at a time", () => {
  const right = files.find(({ name }) => name === "005-every-field/tenants/whiterabbit.yaml");
  const workspace = files.find(({ name }) => name === "004-environments/tenantry.yaml");

  /** The value with one member, named by its path, replaced; removed when the new one is undefined. */
  function changed(value: unknown, path: string, put: unknown): unknown {
    const copy = structuredClone(value) as Record<string, unknown>;
    const steps = path.split(".");
    let at = copy;
    for (const step of steps.slice(0, -1)) at = at[step] as Record<string, unknown>;
    const last = steps.at(-1) ?? "";
    if (put === undefined) delete at[last];
    else at[last] = put;
    return copy;
  }

  test.each([
    ["tenant", undefined],
    ["id", undefined],
    ["status", "paused"],
    ["domains", []],
    ["domains.0", "Whiterabbit.example"],
    ["unknown", 1],
    ["signIn.idp", undefined],
    ["signIn.everyone", false],
    ["signIn.pkce", "plain"],
    ["signIn.scopes.0", "two words"],
    ["signIn.claims.email", []],
    ["signIn.roles.claim", undefined],
    ["signIn.session.idle", "0m"],
    ["signIn.extraParams.a b", "x"],
    ["connections.0.app", "Portal"],
    ["contacts.0.email", "identity"],
    ["acknowledge.0.reason", undefined],
    ["deleteAfter", "31.12.2027"],
    ["signIn.external", { issuer: "https://id.acme.example" }],
    ["signIn.groups", ["staff"]],
    ["signIn.groups", [{ name: "staff", create: false }]],
    ["signIn.groups", [{ create: true }]],
    ["signIn.groups", []],
    ["signIn.accessPolicy", ""],
    ["signIn.authorizationServer", "https://acme.okta.com/oauth2/default"],
    ["signIn.organization", { name: "acme" }],
    ["signIn.organization", "acme"],
    ["signIn.enabledConnections", []],
    ["signIn.enabledConnections", ["a", "a"]],
    ["signIn.scopes", ["email"]],
    ["signIn.scopes", ["openid", "openid"]],
    ["signIns", {}],
    ["domains", ["gmail"]],
    ["domains", ["a.example", "a.example"]],
  ])("tenant: %s as %j", (path, put) => {
    expect(validators.tenant?.(changed(right?.value, path, put))).toBe(false);
  });

  const external = files.find(({ name }) => name === "001-example/tenants/alder-voss.yaml");

  test.each([
    ["issuer", "http://sso.aldervoss.example"],
    ["issuer", "https://sso.aldervoss.example?x=1"],
    ["issuer", "sso.aldervoss.example"],
    ["endpoints", {}],
    ["endpoints.token", undefined],
    ["endpoints.token", "http://sso.aldervoss.example/token"],
    ["endpoints.jwks", "https://sso.aldervoss.example/jwks#keys"],
    ["endpoints.unknown", "https://sso.aldervoss.example/unknown"],
    ["clientId", ""],
    ["clientSecret", "s3cr3t"],
    ["clientSecret", { env: "NAME" }],
    ["kind", "okta"],
  ])("external: %s as %j", (path, put) => {
    expect(validators.tenant?.(external?.value)).toBe(true);
    expect(validators.tenant?.(changed(external?.value, `signIn.external.${path}`, put))).toBe(false);
  });

  test.each([
    ["endpoints", undefined],
    ["clientId", undefined],
    ["clientSecret", "file:secrets/alder-voss/client"],
    ["endpoints.introspection", "https://sso.aldervoss.example/as/introspect.oauth2?x=1"],
  ])("external: %s may be %j", (path, put) => {
    expect(validators.tenant?.(changed(external?.value, `signIn.external.${path}`, put))).toBe(true);
  });

  const example = files.find(({ name }) => name === "001-example/tenantry.yaml");

  test.each([
    ["identityProviders.customers.kind", "auth1"],
    ["identityProviders.customers.authorizationServer", "default"],
    ["identityProviders.customers.organizationName", "acme"],
    ["identityProviders.customers.organizationName", "{tenant}-{tenant}"],
    ["identityProviders.customers.customDomain", "https://login.acme.example"],
    ["identityProviders.customers.credentials", { token: "eyJhbGciOi" }],
    ["identityProviders.customers.credentials", { clientId: "a", clientSecret: "s3cr3t" }],
    ["identityProviders.customers.credentials", { apiToken: "env:A" }],
    ["identityProviders.workforce.customDomain", "login.acme.example"],
    ["apps.portal.clientKey.privateKey", "-----BEGIN PRIVATE KEY-----"],
    ["apps.portal.clientKey.publicKey.d", "s3cr3t"],
    ["apps.portal.clientKey.publicKey.kty", "oct"],
    ["apps.portal.clientKey.publicKey.crv", "secp256k1"],
    ["apps.portal.clientKey.publicKey.kid", undefined],
    ["apps.portal.database", "mysql://h/db"],
    ["references.tenants.0", "TENANT_{TENANT}__*"],
    ["environments.sandbox.identityProviders", { customers: { domain: "https://acme.eu.auth0.com" } }],
  ])("Auth0, keys, databases: %s as %j", (path, put) => {
    expect(validators.workspace?.(example?.value)).toBe(true);
    expect(validators.workspace?.(changed(example?.value, path, put))).toBe(false);
  });

  test.each([
    ["identityProviders.customers.customDomain", "login.acme.example"],
    ["identityProviders.customers.credentials", { token: "env:AUTH0_TOKEN" }],
    ["identityProviders.customers.organizationName", "acme-{tenant}"],
    ["apps.portal.clientKey", undefined],
    ["apps.portal.database", "postgres://user@h:5432/db"],
    ["environments.sandbox.identityProviders", { customers: { domain: "acme-sandbox.eu.auth0.com" } }],
    ["environments.sandbox.identityProviders", { partners: { kind: "auth0", domain: "a.eu.auth0.com" } }],
  ])("Auth0, keys, databases: %s may be %j", (path, put) => {
    expect(validators.workspace?.(changed(example?.value, path, put))).toBe(true);
  });

  test.each([
    ["version", 2],
    ["workspace", undefined],
    ["apps.portal.kind", "mysql"],
    ["apps.portal.baseUrl", "http://portal.acme.example"],
    ["apps.portal.callback", "/cb/{tennant}"],
    ["apps.portal.sealing.keys", []],
    ["apps.portal.sealing.keys.0", "c2VjcmV0"],
    ["identityProviders.workforce.credentials", { apiToken: "00abc" }],
    ["identityProviders.workforce.engine", "ansible"],
    ["identityProviders.Work", {}],
    ["guards", { maxShare: 2 }],
    ["environments.staging.workspace", "other"],
    ["environments.staging.unknown", 1],
    ["environments.staging.apps.portal.unknown", 1],
    ["environments.staging.apps.portal.database", 7],
    ["environments.staging.connect", { to: "127.0.0.1:8443" }],
    ["environments.Staging", {}],
  ])("workspace: %s as %j", (path, put) => {
    expect(validators.workspace?.(changed(workspace?.value, path, put))).toBe(false);
  });

  test.each([
    ["environments.staging.apps.portal", {}],
    ["environments.staging.connect", { to: "127.0.0.1:8443", ca: "file:ca.pem" }],
    ["environments.staging.verify", { deadline: "5s" }],
    ["environments.staging.store", { url: "sqlite:a.db" }],
    ["environments.staging", {}],
  ])("workspace: %s may be %j", (path, put) => {
    expect(validators.workspace?.(changed(workspace?.value, path, put))).toBe(true);
  });
});

describe("any value in any place of a right file", () => {
  const put = fc.oneof(
    fc.jsonValue({ maxDepth: 1 }),
    fc.constantFrom<unknown>({}, [], "", 0, true, null, "default", "none", "env:A", "file:a", "https://a.example", "x"),
    fc.constantFrom<unknown>(["openid"], ["a", "a"], [{ name: "a", create: true }], { issuer: "https://a.example" }),
  );
  const sources = files.filter(({ name, issues }) => /^00[1-6]/.test(name) && issues.length === 0);

  test.each(["tenant", "workspace"] as const)("%s: loader and schema agree", (kind) => {
    const right = sources.filter((file) => file.kind === kind);
    fc.assert(
      fc.property(fc.constantFrom(...right), fc.nat(), put, (file, pick, value) => {
        const changedValue = replaced(file.value, pick, value);
        const path = kind === "workspace" ? "tenantry.yaml" : "tenants/x.yaml";
        const access = memoryFiles({ [path]: stringify(changedValue) });
        const document = readDocument(access, path, 256 * 1024);
        if ("issues" in document) return;
        const found = kind === "workspace" ? loadWorkspace(access, "/", undefined).issues : loadTenants(access).issues;
        const own = found.filter(({ code }) => !/_(FILE_NAME|UNKNOWN_ENVIRONMENT)$/.test(code));
        const sayable = own.filter(({ message }) => !beyond.some(([pattern]) => pattern.test(message)));
        const said = validators[kind]?.(document.document.value);
        if (own.length === 0) expect(said, JSON.stringify(validators[kind]?.errors)).toBe(true);
        if (sayable.length > 0) expect(said, sayable.map(formatIssue).join("\n")).toBe(false);
      }),
      { numRuns: 300 },
    );
  });
});

test("schema/*.json are as generated", () => {
  const published = { ...schemas, verify: verifySchema };
  // Schemas of others lie in folders of their own.
  const committed = readdirSync(join(root, "schema"))
    .filter((name) => name.endsWith(".json"))
    .sort();
  expect(committed).toEqual(
    Object.keys(published)
      .map((name) => `${name}.schema.json`)
      .sort(),
  );
  for (const [name, schema] of Object.entries(published)) {
    const file = readFileSync(join(root, "schema", `${name}.schema.json`), "utf8");
    expect(JSON.parse(file), `${name}: run npm run generate`).toEqual(JSON.parse(JSON.stringify(schema)));
  }
});
