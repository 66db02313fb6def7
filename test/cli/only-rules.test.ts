import fc from "fast-check";
import { expect, test } from "vitest";
import { checkFiles } from "../../src/cli/context.ts";
import { loadPart } from "../../src/cli/part.ts";
import { chosenClientId } from "../../src/desired/client-id.ts";
import type { Connection, ConnectionKey } from "../../src/desired/connection.ts";
import { TenantryError } from "../../src/errors/failure.ts";
import type { Issue } from "../../src/errors/issue.ts";
import { memoryFiles } from "../workspace/memory-files.ts";
import { type ClashingFolder, clashingFolder, peacefulFolder } from "./clashing-folders.ts";

// A call about few tenants reads only their files and those that could be in their way. What a full check would say
// about them is said, however their values are spelt elsewhere.

const today = "2026-11-21";

function inFull({ contents }: ClashingFolder) {
  return checkFiles("/", "production", today, memoryFiles(contents));
}

function inPart({ contents, only }: ClashingFolder) {
  try {
    const context = loadPart(memoryFiles(contents), "/", "production", today, only);
    return { context, issues: [] };
  } catch (error) {
    if (error instanceof TenantryError) return { issues: error.issues };
    throw error;
  }
}

const placeOf = ({ code, file, line, column }: Issue): string => `${file}:${line}:${column} ${code}`;

/** Issues in the files of these tenants, and those that name a place in them. */
function concerning(issues: readonly Issue[], only: readonly string[]): readonly string[] {
  const files = new Set(only.map((name) => `tenants/${name}.yaml`));
  return issues.filter((issue) => [issue, ...(issue.related ?? [])].some(({ file }) => files.has(file))).map(placeOf);
}

const workspace = (callback: string): string => `version: 1
workspace: acme
environment: production
references: { tenants: ["env:TENANT_*"] }
identityProviders:
  workforce: { kind: okta, domain: acme.okta.com, credentials: { apiToken: env:OKTA_API_TOKEN } }
  customers: { kind: auth0, domain: acme.eu.auth0.com, credentials: { token: env:AUTH0_TOKEN } }
apps:
  portal:
    kind: sql
    baseUrl: https://portal.acme.example
    callback: "${callback}"
    clientAuth: [client_secret_post]
    database: env:PORTAL_DATABASE_URL
    sealing: { keys: [env:PORTAL_SEALING_KEY] }
`;

/** The file of a tenant with a sign-in of its own under `signIn` or `signIns`. */
function fileOf(slug: string, letter: string, signIn: string, name = "default", end = ""): string {
  const head = `tenant: ${slug}\nid: ${letter.repeat(20)}\nname: Acme\nstatus: active\ndomains: [${slug}.example]\n`;
  const inside = name === "default" ? `signIn:\n  ${signIn}\n` : `signIns:\n  ${name}:\n    ${signIn}\n`;
  return `${head}${inside}connections:\n  - app: portal\n    signIn: ${name}\n${end}`;
}

const okta = "idp: workforce\n  everyone: true";
const at = (issuer: string, client: string): string =>
  `external: { issuer: ${issuer}, clientId: ${client}, clientSecret: env:TENANT_SECRET }`;
const auth0 = "idp: customers\n  enabledConnections: [theirs]";
const ofNorthwind = chosenClientId({
  workspace: "acme",
  environment: "production",
  key: "northwind/portal" as ConnectionKey,
});

interface Pair {
  readonly callback?: string;
  readonly one: string;
  readonly other: string;
}

test.each<[why: string, code: string, pair: Pair]>([
  [
    "the issuer is that of others",
    "RULE_ISSUER_SHARED",
    { one: fileOf("acme", "b", at("https://acme.okta.com", "theirs")), other: fileOf("northwind", "c", okta) },
  ],
  [
    "two have one issuer, but for a slash, and one of them says whose people come in",
    "RULE_ISSUER_SHARED",
    {
      one: fileOf("acme", "b", `${at("https://id.acme.example/", "a")}\n  require: { hd: x.example }`),
      other: fileOf("northwind", "c", at("https://id.acme.example", "b")),
    },
  ],
  [
    "the client is another's, chosen by us",
    "RULE_CLIENT_TAKEN",
    {
      one: fileOf("acme", "b", `${at("https://acme.okta.com", ofNorthwind)}\n  require: { hd: x.example }`),
      other: fileOf("northwind", "c", okta),
    },
  ],
  [
    "two have one client, written in words",
    "RULE_CLIENT_TAKEN",
    {
      one: fileOf("acme", "b", at("https://id.acme.example", "it's a client")),
      other: fileOf("northwind", "c", at("https://id.acme.example", "'it''s a\n   client'")),
    },
  ],
  [
    "two callbacks come to one",
    "RULE_CALLBACK_TAKEN",
    {
      callback: "/{tenant}-{signIn}",
      one: fileOf("north", "b", "idp: workforce\n    everyone: true", "wind-main"),
      other: fileOf("north-wind", "c", "idp: workforce\n    everyone: true", "main"),
    },
  ],
  [
    "a callback is everybody's",
    "RULE_CALLBACK_TAKEN",
    { callback: "/callback", one: fileOf("acme", "b", okta), other: fileOf("northwind", "c", okta) },
  ],
  ...[
    "notes: |\n  require: { hd: y.example }\n",
    'notes: "two lines\n  require: { hd: y.example }\n  in quotes"\n',
    "notes: 'two lines\n  require: { hd: y.example }\n  in quotes'\n",
    "# require: { hd: y.example }\n",
    "notes: nothing\n",
  ].map((end): [string, string, Pair] => [
    `another demands nothing, but seems to (${JSON.stringify(end.slice(0, 12))})`,
    "RULE_CONNECTION_SHARED",
    {
      one: fileOf("acme", "b", `${auth0}\n  require: { hd: x.example }`),
      other: fileOf("northwind", "c", auth0, "default", end),
    },
  ]),
  [
    "another demands another claim",
    "RULE_CONNECTION_SHARED",
    {
      one: fileOf("acme", "b", `${auth0}\n  require: { hd: x.example }`),
      other: fileOf("northwind", "c", `${auth0}\n  require: { org: y.example }`),
    },
  ],
])("%s: %s", (_why, code, { callback = "/{id}", one, other }) => {
  const slug = (text: string): string => /^tenant: (.*)$/m.exec(text)?.[1] ?? "";
  const contents = {
    "tenantry.yaml": workspace(callback),
    [`tenants/${slug(one)}.yaml`]: one,
    [`tenants/${slug(other)}.yaml`]: other,
  };
  const folder = { contents, only: [slug(one)] };
  const full = inFull(folder).issues;
  expect(concerning(full, folder.only).join("\n")).toContain(code);
  expect(inPart(folder).issues.map(placeOf)).toEqual(concerning(full, folder.only));
});

test("one who demands another value is no suspect", () => {
  const text = fileOf("northwind", "c", `${auth0}\n  require: { hd: y.example }`);
  const folder = {
    contents: {
      "tenantry.yaml": workspace("/{id}"),
      "tenants/acme.yaml": fileOf("acme", "b", `${auth0}\n  require: { hd: x.example }`),
      // Were it parsed, its mistake would be noted.
      "tenants/northwind.yaml": `${text}mistake: 1\n`,
      "tenants/suspect.yaml": `${text.replace("y.example", "x.example")}mistake: 1\n`,
    },
    only: ["acme"],
  };
  expect(inPart(folder).context?.rest?.issues.map(({ file }) => file)).toEqual(["tenants/suspect.yaml"]);
});

const runs = Number(process.env.TENANTRY_RUNS ?? 400);

test("what a full check says about the tenants is said, and nothing that it does not say", { timeout: 120_000 }, () => {
  const said = new Map<string, number>();
  fc.assert(
    fc.property(clashingFolder, (folder) => {
      const full = inFull(folder).issues;
      const part = inPart(folder).issues;
      const about = concerning(full, folder.only);
      expect(part.map(placeOf)).toEqual(expect.arrayContaining([...about]));
      expect(full.map(placeOf)).toEqual(expect.arrayContaining(part.map(placeOf)));
      for (const issue of full) {
        const between = (issue.related ?? []).some(({ file }) => file !== issue.file);
        if (between && about.includes(placeOf(issue))) said.set(issue.code, (said.get(issue.code) ?? 0) + 1);
      }
    }),
    { numRuns: runs },
  );
  // The common ones; the others have cases of their own above.
  expect([...said.keys()]).toEqual(
    expect.arrayContaining(["RULE_CALLBACK_TAKEN", "RULE_DOMAIN_TAKEN", "RULE_ID_TAKEN", "RULE_TENANT_TAKEN"]),
  );
});

test("the tenants with a sign-in to lose are counted as by a full check", { timeout: 120_000 }, () => {
  let compared = 0;
  fc.assert(
    fc.property(peacefulFolder, (folder) => {
      const { context } = inPart(folder);
      const full = inFull(folder).context;
      if (context === undefined || full === undefined) return;
      compared += 1;
      const own = new Set(context.connections.filter(({ status }) => status !== "draft").map(({ tenant }) => tenant));
      const all = new Set(full.connections.filter(({ status }) => status !== "draft").map(({ tenant }) => tenant));
      expect(own.size + (context.rest?.withSignIn() ?? 0)).toBe(all.size);
      const wanted = full.connections.filter(({ tenant }) => folder.only.includes(tenant));
      expect(plainly(context.connections)).toEqual(plainly(wanted));
    }),
    { numRuns: runs },
  );
  expect(compared).toBeGreaterThan(runs / 4);
});

function plainly(connections: readonly Connection[]): unknown {
  return JSON.parse(JSON.stringify(connections));
}
