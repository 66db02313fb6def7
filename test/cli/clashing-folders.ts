import fc from "fast-check";
import { chosenClientId } from "../../src/desired/client-id.ts";
import type { ConnectionKey } from "../../src/desired/connection.ts";

// Small folders in which tenants get in one another's way, as often as not in an unusual spelling. Every value comes from
// a short list, so that two tenants often have the same.

const slugs = ["a", "b", "a-b", "b-c", "a-b-c", "acme"] as const;
const ids = ["aaaaaaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbbbbb2", "aaaaaaaaaaaaaaaaaaa2", "abcabcabcabcabcabc22"];
const domains = ["a.example", "mail.a.example", "b.example", "a-b.example", "c.example", "d.example", "e.example"];
const issuers = [
  "https://id.a.example",
  "https://id.a.example/",
  "https://id.a.example/tenant",
  "https://accounts.google.com",
  "https://acme.okta.com",
  "https://acme.okta.com/oauth2/default",
  "https://login.acme.example/",
  "https://theirs.okta.com",
  "https://theirs.okta.com/oauth2/default",
];
const servers = ["", "{ name: Sign-in, audience: a }", "{ name: Sign-in, audience: b }", "{ name: Sign-in }"];
const orgs = ["theirs.okta.com", "more.theirs.okta.com", "theirs.okta.com", "other.okta.com", "acme.okta.com"];
const clientIds = [
  "client-1",
  "client 1 of theirs",
  "it's client 2",
  "client",
  chosenClientId({ workspace: "acme", environment: "production", key: "a/portal" as ConnectionKey }),
];
const ways = ["theirs", "theirs-too", "Their own way in", "it's theirs", "theirs.example"];
const demands = [{}, {}, { hd: "x.example" }, { hd: "y.example" }, { org: "x.example" }, { hd: "x.example", org: "y" }];
const callbacks = [
  "/callback/{id}",
  "/callback/{tenant}",
  "/callback/{tenant}-{signIn}",
  "/callback/{signIn}/{tenant}",
  "/{id}{tenant}",
  "/{tenant}/{tenant}",
  "/callback",
];

const shared: Values = {
  declared: fc.constantFrom(...slugs),
  id: fc.constantFrom(...ids),
  domains: fc.uniqueArray(fc.constantFrom(...domains), { minLength: 1, maxLength: 2 }),
  issuer: fc.constantFrom(...issuers),
  clientId: fc.constantFrom(...clientIds),
  way: fc.constantFrom(...ways),
  ending: () => ending([...decoys, ...mistakes]),
};

type Spell = (value: string) => string;

/** One way to write a text in YAML, where it fits. */
const spelling: fc.Arbitrary<Spell> = fc.oneof(
  { weight: 12, arbitrary: fc.constant((value: string) => value) },
  { weight: 2, arbitrary: fc.constant((value: string) => JSON.stringify(value)) },
  { weight: 2, arbitrary: fc.constant((value: string) => `'${value.replaceAll("'", "''")}'`) },
  { weight: 1, arbitrary: fc.nat(40).map((at) => (value: string) => escapedAt(value, at)) },
  { weight: 1, arbitrary: fc.constant((value: string) => `"${value.replaceAll(" ", "\\\n            ")}"`) },
);

/** Ways that a value of a map may be written besides, over several lines; `indent` is that of what stands inside. */
const block: fc.Arbitrary<((value: string, indent: string) => string) | undefined> = fc.oneof(
  { weight: 10, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.constant((value: string, indent: string) => `|-\n${indent}${value}`) },
  { weight: 1, arbitrary: fc.constant((value: string, indent: string) => `>-\n${indent}${folded(value, indent)}`) },
  { weight: 1, arbitrary: fc.constant((value: string, indent: string) => `\n${indent}${folded(value, indent)}`) },
  { weight: 1, arbitrary: fc.constant((value: string, indent: string) => `"${folded(value, indent)}"`) },
);

function folded(value: string, indent: string): string {
  return value.replaceAll(" ", `\n${indent}`);
}

function escapedAt(value: string, at: number): string {
  const index = at % value.length;
  const code = value.charCodeAt(index).toString(16).padStart(2, "0");
  return `"${value.slice(0, index)}\\x${code}${value.slice(index + 1)}"`;
}

/** What may stand at the end of a file and looks like something else. */
const decoys = [
  "notes: |\n  status: draft\n  require: { hd: z.example }\n",
  'notes: "in lines\n  require: { hd: z.example }\n  status: draft"\n',
  "# require: { hd: z.example }\n# status: draft\n",
  "notes: the draft of all environments\n",
];
const mistakes = [
  "notes: in lines\n  signIn:\n  require: { hd: z.example }\n",
  "claims: &all { email: email }\n",
  "notes: [\n",
];

function ending(texts: readonly string[]): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: texts.length * 2, arbitrary: fc.constant("") },
    { weight: texts.length, arbitrary: fc.constantFrom(...texts) },
  );
}

const require = fc.constantFrom(...demands).chain((demand) =>
  fc.constantFrom("line", "block", "quoted").map((form) => {
    const pairs = Object.entries(demand).map(([claim, value]) => [claim, value] as const);
    if (pairs.length === 0) return () => "";
    if (form === "block") {
      return (indent: string) =>
        `${indent}require:\n${pairs.map(([claim, value]) => `${indent}  ${claim}: ${value}\n`).join("")}`;
    }
    const quote = form === "quoted" ? '"' : "";
    return (indent: string) =>
      `${indent}require: { ${pairs.map(([claim, value]) => `${claim}: ${quote}${value}${quote}`).join(", ")} }\n`;
  }),
);

const signIn = (values: Values) =>
  fc
    .record({
      kind: fc.constantFrom("okta", "okta", "auth0", "external", "external", "inPlace"),
      org: fc.constantFrom(...orgs),
      server: fc.constantFrom(...servers),
      require,
      spell: spelling,
      block,
      way: values.way,
      another: fc.option(values.way),
      issuer: values.issuer,
      clientId: values.clientId,
      listed: fc.boolean(),
    })
    .map(({ kind, require, spell, block, way, another, issuer, clientId, listed, org, server }) => (indent: string) => {
      const demanded = require(indent);
      const inside = `${indent}    `;
      const long = (value: string): string => block?.(value, inside) ?? spell(value);
      const served = server === "" ? "" : `${indent}authorizationServer: ${server}\n`;
      switch (kind) {
        case "okta":
          return `${indent}idp: workforce\n${served}${indent}everyone: true\n${demanded}`;
        case "auth0": {
          const all = [way, ...(another === null || another === way ? [] : [another])];
          const list = listed
            ? `\n${all.map((name) => `${indent}  - ${spell(name)}\n`).join("")}`
            : ` [${all.map((name) => (name.includes("'") ? JSON.stringify(name) : spell(name))).join(", ")}]\n`;
          return `${indent}idp: customers\n${indent}enabledConnections:${list}${demanded}`;
        }
        case "inPlace":
          return (
            `${indent}okta:\n${indent}  domain: ${long(org)}\n${indent}  credentials: { apiToken: env:TENANT__TOKEN }\n` +
            `${indent}everyone: true\n${demanded}`
          );
        default:
          return (
            `${indent}external:\n${indent}  issuer: ${long(issuer)}\n${indent}  clientId: ${long(clientId)}\n` +
            `${indent}  clientSecret: env:TENANT__SECRET\n${indent}clientAuth: client_secret_post\n${demanded}`
          );
      }
    });

const tenant = (slug: string, values: Values) =>
  fc
    .record({
      declared: fc.oneof({ weight: 9, arbitrary: fc.constant(slug) }, { weight: 1, arbitrary: values.declared }),
      id: values.id,
      name: fc.constantFrom("Acme", "Acme Foods", "O'Neill"),
      status: fc.constantFrom("active", "active", "active", "draft", "suspended", "offboarded"),
      domains: values.domains,
      spell: spelling,
      block,
      signIns: fc.uniqueArray(fc.tuple(fc.constantFrom("default", "b", "b-c"), signIn(values)), {
        minLength: 1,
        maxLength: 2,
        selector: ([name]) => name,
      }),
      app: fc.constantFrom("portal", "orders"),
      entryStatus: fc.option(fc.constantFrom("draft", "suspended"), { freq: 6 }),
      environments: fc.option(fc.constantFrom("[production]", "[sandbox]"), { freq: 6 }),
      notes: values.ending(),
    })
    .map((one) => {
      const { spell, block } = one;
      const long = (value: string): string => block?.(value, "  ") ?? spell(value);
      const [only] = one.signIns;
      const inside =
        one.signIns.length === 1 && only?.[0] === "default"
          ? `signIn:\n${only[1]("  ")}`
          : `signIns:\n${one.signIns.map(([name, write]) => `  ${name}:\n${write("    ")}`).join("")}`;
      const entries = one.signIns.map(([name]) => {
        const status = one.entryStatus === null ? "" : `    status: ${one.entryStatus}\n`;
        return `  - app: ${one.app}\n    signIn: ${spell(name)}\n${status}`;
      });
      return (
        `tenant: ${long(one.declared)}\nid: ${long(one.id)}\nname: ${spell(one.name)}\nstatus: ${one.status}\n` +
        `domains: [${one.domains.map(spell).join(", ")}]\n` +
        `${one.environments === null ? "" : `environments: ${one.environments}\n`}` +
        `${inside}connections:\n${entries.join("")}${one.notes}`
      );
    });

const workspaceWith = (callback: fc.Arbitrary<string>) =>
  fc
    .record({
      portal: callback,
      orders: callback,
      sameHost: fc.boolean(),
    })
    .map(
      ({ portal, orders, sameHost }) => `version: 1
workspace: acme
environment: production
references: { tenants: ["env:TENANT_*"], hosts: ["*.okta.com"] }
identityProviders:
  workforce:
    kind: okta
    domain: acme.okta.com
    credentials: { apiToken: env:OKTA_API_TOKEN }
  customers:
    kind: auth0
    domain: acme.eu.auth0.com
    customDomain: login.acme.example
    credentials: { token: env:AUTH0_TOKEN }
apps:
  portal:
    kind: sql
    baseUrl: https://portal.acme.example
    callback: "${portal}"
    clientAuth: [client_secret_post]
    database: env:PORTAL_DATABASE_URL
    sealing: { keys: [env:PORTAL_SEALING_KEY] }
  orders:
    kind: sql
    baseUrl: https://${sameHost ? "portal" : "orders"}.acme.example
    callback: "${orders}"
    clientAuth: [client_secret_post]
    database: env:ORDERS_DATABASE_URL
    sealing: { keys: [env:ORDERS_SEALING_KEY] }
environments:
  sandbox: {}
`,
    );

/** A folder by path, and the tenants that a call is about. */
export interface ClashingFolder {
  readonly contents: Readonly<Record<string, string>>;
  readonly only: readonly string[];
}

export const clashingFolder: fc.Arbitrary<ClashingFolder> = folders(
  workspaceWith(fc.constantFrom(...callbacks)),
  () => shared,
);

/** The same with values of its own for each tenant, so that only what one file says of itself is wrong. */
export const peacefulFolder: fc.Arbitrary<ClashingFolder> = folders(
  workspaceWith(fc.constant("/callback/{id}/{signIn}")),
  (slug, index) => ({
    declared: fc.constant(slug),
    id: fc.constant("bcdefg".charAt(index).repeat(20)),
    domains: fc.constant([`${slug}.example`]),
    issuer: fc.constantFrom(`https://id.${slug}.example`, `https://id.${slug}.example/two`),
    clientId: fc.constantFrom(`${slug}'s client`, `client of ${slug}`),
    way: fc.constantFrom(`${slug}-way`, `the way of ${slug}`),
    ending: () => ending(decoys),
  }),
);

/** What rules compare between tenants. */
interface Values {
  readonly declared: fc.Arbitrary<string>;
  readonly id: fc.Arbitrary<string>;
  readonly domains: fc.Arbitrary<string[]>;
  readonly issuer: fc.Arbitrary<string>;
  readonly clientId: fc.Arbitrary<string>;
  readonly way: fc.Arbitrary<string>;
  readonly ending: () => fc.Arbitrary<string>;
}

function folders(
  workspace: fc.Arbitrary<string>,
  valuesOf: (slug: string, index: number) => Values,
): fc.Arbitrary<ClashingFolder> {
  return fc.uniqueArray(fc.constantFrom(...slugs), { minLength: 2, maxLength: 5 }).chain((names) =>
    fc
      .record({
        workspace,
        files: fc.tuple(...names.map((name, index) => tenant(name, valuesOf(name, index)))),
        only: fc.subarray(names, { minLength: 1, maxLength: 2 }),
      })
      .map(({ workspace, files, only }) => ({
        only,
        contents: {
          "tenantry.yaml": workspace,
          ...Object.fromEntries(names.map((name, index) => [`tenants/${name}.yaml`, files[index] ?? ""])),
        },
      })),
  );
}
