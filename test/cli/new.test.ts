import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it, test } from "vitest";
import { runCommand } from "../../src/cli/main.ts";
import { plain } from "../../src/plan/paint.ts";

const repository = fileURLToPath(new URL("../../", import.meta.url));

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "tenantry-new-"));
  cpSync(join(repository, "tenants"), join(root, "tenants"), { recursive: true });
  cpSync(join(repository, "tenantry.yaml"), join(root, "tenantry.yaml"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** The command line in the workspace; `typed` are the lines of somebody at a terminal, who goes when they are over. */
async function tenantry(args: readonly string[], typed?: readonly string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const asked: string[] = [];
  const lines = [...(typed ?? [])];
  const conversation = {
    async question(text: string) {
      asked.push(text);
      return lines.shift();
    },
    close: () => {},
  };
  const exit = await runCommand(
    args,
    {
      out: (text) => out.push(text),
      err: (text) => err.push(text),
      paint: plain,
      ...(typed === undefined ? {} : { converse: async () => conversation }),
    },
    { environment: {}, cwd: root, pid: process.pid },
  );
  return { exit, out: out.join(""), err: err.join(""), asked, left: lines };
}

const read = (file: string): string => readFileSync(join(root, file), "utf8");
const files = (): readonly string[] => readdirSync(join(root, "tenants")).sort();
const withoutComments = (text: string): string => text.replaceAll(/^ *#.*\n/gm, "").replace(/^id: .*$/m, "id: …");

const okta = "new acme --name Acme --domain acme.example --idp workforce --app portal".split(" ");

describe("tenantry new with flags", () => {
  it("writes a valid file that says every choice", async () => {
    const result = await tenantry([...okta, "--group", "acme-staff", "--contact", "it=it@acme.example"]);
    expect(result, result.err).toMatchObject({ exit: 0, err: "" });
    expect(withoutComments(read("tenants/acme.yaml"))).toBe(`tenant: acme
id: …
name: Acme
status: active
domains: [acme.example]
contacts: [{ role: it, email: it@acme.example }]
signIn:
  idp: workforce
  groups: [acme-staff]
  scopes: [openid, email, profile]
  clientAuth: private_key_jwt
  claims: { externalId: sub, email: email, displayName: name }
connections:
  - app: portal
`);
    const [, id] = /^id: ([a-z2-9]{20})$/m.exec(read("tenants/acme.yaml")) ?? [];
    expect(result.out).toBe(
      "wrote tenants/acme.yaml\npeople come back to the app at:\n" +
        `  portal  https://portal.acme.example/openid/callback/${id}\nnext: tenantry plan --only acme\n`,
    );
    expect(read("tenants/acme.yaml")).toMatch(/^# yaml-language-server: \$schema=..\/schema\/tenant.schema.json\n/);
    expect((await tenantry(["validate"])).out).toContain("14 tenants with 18 connections in production: no issues");
  });

  it("gives each tenant a public id of its own", async () => {
    const ids = new Set<string | undefined>();
    for (let time = 0; time < 5; time += 1) {
      ids.add(/^id: (.*)$/m.exec((await tenantry([...okta, "--everyone", "--dry-run"])).out)?.[1]);
    }
    expect(ids.size).toBe(5);
  });

  it.each([
    [["--group", "a", "--group", "b", "--create-groups"], "[{ name: a, create: true }, { name: b, create: true }]"],
    [["--everyone"], "everyone: true"],
    [["--everyone", "--client-auth", "private_key_jwt"], "clientAuth: private_key_jwt"],
    // The orders app takes the secret in the form only.
    [["--everyone", "--app", "orders"], "clientAuth: client_secret_post"],
    [["--everyone", "--status", "draft"], "status: draft"],
    [["--everyone", "--name", "no"], 'name: "no"'],
    [["--everyone", "--name", `O'Neill: "Foods" #1 🦊`], String.raw`name: "O'Neill: \"Foods\" #1 🦊"`],
    [["--everyone", "--domain", "MÜLLER.example"], "domains: [acme.example, xn--mller-kva.example]"],
  ])("writes %j", async (more, line) => {
    const result = await tenantry([...okta, ...more]);
    expect(result.exit, result.err).toBe(0);
    expect(read("tenants/acme.yaml")).toContain(line);
  });

  const external = "new acme --name Acme --domain acme.example --external --client-id abc --app portal".split(" ");
  const [keycloak, cognito] = [
    ["--issuer", "https://id.acme.example/realms/staff"],
    ["--issuer", "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Tweedle22"],
  ];
  it.each([
    ["an org of our own", [...okta, "--everyone"], "private_key_jwt"],
    // The portal's key is of a curve, and Auth0 takes RSA.
    ["Auth0", [...okta, "--idp", "customers", "--connection", "acme-oidc"], "client_secret_basic"],
    ["a product that is not known", [...external, "--issuer", "https://id.acme.example"], "client_secret_basic"],
    ["Keycloak", [...external, ...keycloak], "private_key_jwt"],
    [
      "Keycloak, with a secret",
      [...external, ...keycloak, "--client-secret-ref", "env:TENANT_ACME__X"],
      "client_secret_basic",
    ],
    ["Cognito, which takes no key", [...external, ...cognito], "client_secret_basic"],
  ])("proposes the strongest client authentication that all sides share: %s", async (_who, args, method) => {
    const result = await tenantry(args);
    expect(result.exit, result.err + result.out).toBe(0);
    expect(read("tenants/acme.yaml")).toContain(`  clientAuth: ${method}\n`);
  });

  it("refuses a client authentication that the customer's product cannot do, and names all sides", async () => {
    const result = await tenantry([...external, ...cognito, "--client-auth", "private_key_jwt"]);
    expect(result.exit).toBe(2);
    expect(result.err).toContain(
      "the file says private_key_jwt, app `portal` can do client_secret_basic, client_secret_post, private_key_jwt, " +
        "Amazon Cognito can do client_secret_basic, client_secret_post, none",
    );
    expect(files()).not.toContain("acme.yaml");
  });

  it.each([
    ["Keycloak", keycloak, "externalId: sub", "claim: [realm_access, roles]"],
    ["Cognito", ["--issuer", cognito[1]?.replace("22", "33") ?? ""], "externalId: sub", "claim: cognito:groups"],
    [
      "Entra ID",
      ["--issuer", "https://login.microsoftonline.com/0f3c1a52-1111-4222-8333-9a8b7c6d5e4f/v2.0"],
      "externalId: oid",
      "claim: roles",
    ],
    ["a product that is not known", ["--issuer", "https://id.acme.example"], "externalId: sub", undefined],
  ])("writes the claims of %s, and where its roles are", async (_who, issuer, id, roles) => {
    const result = await tenantry([...external, ...issuer]);
    expect(result.exit, result.err + result.out).toBe(0);
    const text = read("tenants/acme.yaml");
    expect(text).toContain(`  claims: { ${id}, email: email, displayName: name }`);
    if (roles === undefined) expect(text).not.toContain("roles:");
    else
      expect(text).toContain(
        `  # Roles, if the app has some: roles: { ${roles}, map: { THEIRS: admin }, default: member }`,
      );
  });

  it("keeps a slug that looks like a number a text", async () => {
    const result = await tenantry(["new", "1e3", ...okta.slice(2), "--everyone"]);
    expect(result.exit, result.err).toBe(0);
    expect(read("tenants/1e3.yaml")).toContain('tenant: "1e3"');
  });

  it("writes a tenant of Auth0", async () => {
    const flags = "--name Acme --domain acme.example --idp customers --app portal --connection acme-oidc".split(" ");
    const result = await tenantry(["new", "acme", ...flags]);
    expect(result.exit, result.err).toBe(0);
    expect(withoutComments(read("tenants/acme.yaml"))).toContain(
      "\n  idp: customers\n  enabledConnections: [acme-oidc]\n",
    );
  });

  it("writes a customer's own provider, its secret where the workspace lets it be", async () => {
    const flags =
      "--name Acme --domain acme.example --external --app portal --issuer https://id.acme.example --client-id x";
    const result = await tenantry(["new", "acme-foods", ...flags.split(" ")]);
    expect(result.exit, result.err).toBe(0);
    expect(withoutComments(read("tenants/acme-foods.yaml"))).toContain(
      "  external:\n    issuer: https://id.acme.example\n    clientId: x\n    clientSecret: env:TENANT_ACME_FOODS__CLIENT_SECRET\n",
    );
    expect(result.out).toContain(
      "for the customer to register at their provider:\n  portal  https://portal.acme.example/",
    );
  });

  it("binds Google's issuer to the customer's domain", async () => {
    const flags =
      "--name Acme --domain acme.example --external --app portal --issuer https://accounts.google.com --client-id x";
    const result = await tenantry(["new", "acme", ...flags.split(" ")]);
    expect(result.exit, result.err).toBe(0);
    expect(read("tenants/acme.yaml")).toContain("require: { hd: acme.example }");
  });

  it("writes a draft of which nothing is known yet, and gives the callback", async () => {
    const flags = "--name Acme --domain acme.example --external --app portal --status draft".split(" ");
    const result = await tenantry(["new", "acme", ...flags, "--json"]);
    expect(result.exit, result.err).toBe(0);
    const { id, callbacks, ...rest } = JSON.parse(result.out);
    expect(rest).toMatchObject({ version: 1, command: "new", file: "tenants/acme.yaml", written: true, next: null });
    expect(callbacks).toEqual([{ app: "portal", url: `https://portal.acme.example/openid/callback/${id}` }]);
    expect(read("tenants/acme.yaml")).toBe(rest.text);
    expect((await tenantry(["validate"])).exit).toBe(0);
  });

  it("shows the file and writes nothing with --dry-run", async () => {
    const before = files();
    const result = await tenantry([...okta, "--everyone", "--dry-run"]);
    expect(result.exit).toBe(0);
    expect(result.out).toMatch(/^# yaml-language-server.*\n(.*\n)*connections:\n {2}- app: portal\n$/);
    expect(files()).toEqual(before);
  });

  it.each([
    [["new"], ["<slug>", "--name", "--domain", "--idp or --external", "--app"]],
    [okta, ["--group or --everyone"]],
    [
      ["new", "acme", "--idp", "customers", "--app", "portal"],
      ["--name", "--domain", "--connection"],
    ],
    [
      ["new", "acme", "--external"],
      ["--name", "--domain", "--issuer", "--client-id", "--status draft", "--app"],
    ],
  ])("names all that is missing when nobody can be asked: %j", async (args, missing) => {
    const before = files();
    const result = await tenantry(args);
    expect(result.exit).toBe(2);
    expect(result.err).toContain("CLI_NEW_INCOMPLETE");
    for (const flag of missing) expect(result.err).toContain(flag);
    expect(files()).toEqual(before);
  });

  it.each([
    [["--everyone", "--group", "a"], /exclude each other/],
    [["--everyone", "--external"], /exclude each other/],
    [["--everyone", "--issuer", "https://x.example"], /--issuer is for kind `external`/],
    [["--connection", "a"], /--connection is for kind `auth0`/],
    [["--create-groups"], /--create-groups needs --group/],
    [["--idp", "external", "--app", "orders"], /has one client for each app/],
    [["--everyone", "--contact", "it"], /ROLE=EMAIL/],
    [["--everyone", "--status", "offboarded"], /Allowed choices are draft, active/],
    [["--everyone", "--app", "nowhere"], /RULE_APP_UNKNOWN.*nowhere/],
    [["--everyone", "--name", "$" + "{x}"], /FILE_TEMPLATE/],
    [["--everyone", "--name", "a\u001b[2Jb"], /FILE_CONTROL_CHARACTER/],
    [["--everyone", "--domain", "bluefin.example"], /is taken by `bluefin-studios`/],
    [["--everyone", "--domain", "a_b.example"], /host name in lower case/],
    [["--everyone", "--client-auth", "client_secret_basic", "--app", "orders"], /RULE_CLIENT_AUTH/],
  ])("writes nothing that validate would refuse: %j", async (more, message) => {
    const before = files();
    const result = await tenantry([...okta, ...more]);
    expect(result.exit).toBe(2);
    expect(result.err).toMatch(message);
    expect(files()).toEqual(before);
  });

  it("takes no secret in the place of a reference, and does not repeat it", async () => {
    const flags = "--name A --domain a.example --external --app portal --issuer https://i.example --client-id x".split(
      " ",
    );
    const result = await tenantry(["new", "acme", ...flags, "--client-secret-ref", "hunter2hunter2"]);
    expect(result.exit).toBe(2);
    expect(result.err).toContain("must be a reference to a secret");
    expect(result.out + result.err).not.toContain("hunter2");
  });

  it.each(["../acme", "a/b", "Acme", "a--b", ".acme", ""])("takes no slug like %j", async (slug) => {
    const before = readdirSync(root);
    const result = await tenantry(["new", slug, ...okta.slice(2), "--everyone"]);
    expect(result.exit).toBe(2);
    expect(readdirSync(root)).toEqual(before);
  });

  it("never overwrites a tenant", async () => {
    const before = read("tenants/whiterabbit.yaml");
    const result = await tenantry(["new", "whiterabbit", ...okta.slice(2), "--everyone"]);
    expect(result).toMatchObject({ exit: 2, out: "" });
    expect(result.err).toContain("CLI_NEW_EXISTS");
    expect(read("tenants/whiterabbit.yaml")).toBe(before);
  });

  it("never writes through a link", async () => {
    symlinkSync(join(root, "elsewhere"), join(root, "tenants/acme.yaml"));
    const result = await tenantry([...okta, "--everyone"]);
    expect(result.exit).toBe(2);
    expect(readdirSync(root)).not.toContain("elsewhere");
  });

  it("writes nothing among files that have issues", async () => {
    writeFileSync(join(root, "tenants/broken.yaml"), "tenant: broken\n");
    const before = files();
    const result = await tenantry([...okta, "--everyone"]);
    expect(result.exit).toBe(2);
    expect(result.err).toContain("tenants/broken.yaml:1:1  TENANT_MISSING_KEY");
    expect(files()).toEqual(before);
  });

  it("writes the first tenant of a workspace, and the folder", async () => {
    rmSync(join(root, "tenants"), { recursive: true });
    const result = await tenantry([...okta, "--everyone"]);
    expect(result.exit, result.err).toBe(0);
    expect(files()).toEqual(["acme.yaml"]);
  });
});

describe("tenantry new at a terminal", () => {
  it("asks for everything, and again for what is wrong", async () => {
    const typed = [
      "",
      "Müller & Söhne",
      "-x-",
      "whiterabbit",
      "",
      "bluefin.example",
      "müller.example, it.mueller.example",
      "9",
      "1",
      "staff, staff",
      "staff",
      "y",
      "nowhere",
      "2, portal",
      "",
    ];
    const result = await tenantry(["new"], typed);
    expect(result.exit, result.err).toBe(0);
    expect(result.left).toEqual([]);
    expect(withoutComments(read("tenants/mueller-and-soehne.yaml"))).toBe(`tenant: mueller-and-soehne
id: …
name: Müller & Söhne
status: active
domains: [xn--mller-kva.example, it.mueller.example]
signIn:
  idp: workforce
  groups: [{ name: staff, create: true }]
  scopes: [openid, email, profile]
  clientAuth: client_secret_post
  claims: { externalId: sub, email: email, displayName: name }
connections:
  - app: orders
  - app: portal
`);
    expect(result.asked).toContain("Slug: names the file, never changes [mueller-and-soehne]: ");
    for (const said of [
      "an answer is needed",
      "must be lower-case letters",
      "the tenant `whiterabbit` is there already",
      "`bluefin.example` is taken by `bluefin-studios`",
      "müller.example is written xn--mller-kva.example",
      "choose one of workforce, customers, external",
      "must not name the same group twice",
      "choose from portal, orders",
    ]) {
      expect(result.err).toContain(said);
    }
  });

  it("asks only for what the flags have not said, and for what they said wrongly", async () => {
    const flags = "--name Acme --domain bluefin.example --idp customers --app portal --status active".split(" ");
    const result = await tenantry(["new", "acme", ...flags], ["acme.example", "acme-oidc"]);
    expect(result.exit, result.err).toBe(0);
    expect(result.asked).toHaveLength(2);
    expect(read("tenants/acme.yaml")).toContain("domains: [acme.example]");
  });

  it("asks what the customer's own provider needs", async () => {
    const typed = [
      "Acme",
      "",
      "acme.example",
      "external",
      "1,2",
      "1",
      "2",
      "y",
      "http://x",
      "https://id.acme.example",
      "abc",
      "hunter2",
      "",
    ];
    const result = await tenantry(["new"], typed);
    expect(result.exit, result.err).toBe(0);
    expect(result.left).toEqual([]);
    const text = withoutComments(read("tenants/acme.yaml"));
    expect(text).toContain("    clientSecret: env:TENANT_ACME__CLIENT_SECRET\n");
    expect(text).toContain("  clientAuth: client_secret_post\n");
    expect(result.err).not.toContain("hunter2");
  });

  it("asks for no secret where none is shared", async () => {
    const typed = [
      "Acme",
      "",
      "acme.example",
      "external",
      "portal",
      "private_key_jwt",
      "y",
      "https://id.acme.example",
      "abc",
    ];
    const result = await tenantry(["new"], typed);
    expect(result.exit, result.err).toBe(0);
    expect(read("tenants/acme.yaml")).not.toContain("clientSecret");
  });

  it("writes a draft when the customer has handed over nothing", async () => {
    const result = await tenantry(["new"], ["Acme", "", "acme.example", "3", "1", "", "", ""]);
    expect(result.exit, result.err).toBe(0);
    const text = withoutComments(read("tenants/acme.yaml"));
    expect(text).toContain("status: draft\n");
    expect(text).toContain("  external: {}\n");
  });

  it("leaves nothing behind when the person goes, wherever they are", async () => {
    const typed = ["Acme", "", "acme.example", "1", "staff", "n", "1", ""];
    const before = files();
    for (let count = 0; count < typed.length; count += 1) {
      const result = await tenantry(["new"], typed.slice(0, count));
      expect(result.exit).toBe(2);
      expect(result.err).toContain("CLI_NEW_ABANDONED");
      expect(files()).toEqual(before);
    }
    expect((await tenantry(["new"], typed)).exit).toBe(0);
  });
});

test("in a process of its own, without a terminal, it asks nothing", () => {
  const entry = join(repository, "bin/tenantry.js");
  const child = spawnSync(process.execPath, [entry, "new", "acme"], {
    cwd: root,
    env: {},
    encoding: "utf8",
    input: "x\n",
  });
  expect(child.status).toBe(2);
  expect(child.stderr).toContain("CLI_NEW_INCOMPLETE");
});
