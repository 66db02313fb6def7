import { generateKeyPairSync } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Companies, openCompanies } from "../../support/companies.ts";
import type { CommandResult } from "../../support/workspace.ts";

// The whole chain, from the files to the sandbox, for what only shows between two runs.

let companies: Companies;
beforeEach(async () => {
  companies = await openCompanies("sqlite");
});
afterEach(() => companies.close());

const chain = { timeout: 60_000 };
const run = (...args: readonly string[]) => companies.tenantry(...args);
const edit = (path: string, from: string | RegExp, to: string) => companies.workspace.edit(path, from, to);
const fernhill = "tenants/fernhill.yaml";
const auth0 = () => companies.workspace.sandbox.auth0;
const acks = ({ out, err }: CommandResult) =>
  [...`${out}${err}`.matchAll(/--ack (\S+)/g)].flatMap(([, address = ""]) => ["--ack", address]);

/** Runs it and expects success. */
async function done(...args: readonly string[]): Promise<CommandResult> {
  const result = await run(...args);
  expect(result.exit, `${result.out}${result.err}`).toBe(0);
  return result;
}

/** The portal's key becomes another RSA key. */
function newKey(kid: string): void {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const { n, e } = publicKey.export({ format: "jwk" });
  companies.setSecret("PORTAL_CLIENT_KEY", privateKey.export({ type: "pkcs8", format: "pem" }).toString());
  const key = `publicKey:\n        kty: RSA\n        kid: ${kid}\n        n: ${n}\n        e: ${e}\n      privateKey`;
  edit("tenantry.yaml", /publicKey:[\s\S]*?privateKey/, key);
}

describe("a client that proves itself with a key", () => {
  beforeEach(async () => {
    newKey("portal-2026-11");
    edit(fernhill, "clientAuth: client_secret_post", "clientAuth: private_key_jwt");
    edit(fernhill, "  - app: orders\n", "");
    await done("apply", "--yes", "--only", "fernhill");
  });

  test("leaves nothing to do, and a saved plan of another change is applied", chain, async () => {
    const plan = await done("plan", "--only", "fernhill");
    expect(plan.out).toContain("nothing to do");
    expect(plan.out).toContain("keys of clients");

    edit(fernhill, "displayName: Fernhill Media", "displayName: Fernhill Press");
    await done("plan", "--only", "fernhill", "--out", "plan.json");
    await done("apply", "--yes", "--plan", "plan.json");
    expect(auth0().organization("fernhill")?.displayName).toBe("Fernhill Press");
  });

  test("gets another key, or a secret, by a saved plan", chain, async () => {
    newKey("portal-2027-01");
    const rotation = await run("plan", "--only", "fernhill", "--out", "plan.json");
    expect(rotation.out).toMatch(/clientKey[^~]+portal-2026-11 [^~]+portal-2027-01 /);
    await done("apply", "--yes", "--plan", "plan.json", ...acks(rotation));

    edit(fernhill, "clientAuth: private_key_jwt", "clientAuth: client_secret_post");
    const back = await run("plan", "--only", "fernhill", "--out", "plan.json");
    expect(back.out).toMatch(/clientAuth +private_key_jwt .* client_secret_post/);
    await done("apply", "--yes", "--plan", "plan.json", ...acks(back));
    expect((await done("plan", "--only", "fernhill")).out).toContain("nothing to do");
  });
});

test("settings that somebody changed are shown, and put back by the next apply", chain, async () => {
  await done("apply", "--yes");
  const client = [...auth0().clients.values()].find(({ settings }) => settings.name?.startsWith("fernhill/portal"));
  const fernhillOrganization = auth0().organization("fernhill");
  if (client === undefined || fernhillOrganization === undefined) throw new Error("nothing was made");
  client.settings.organization_usage = "require";
  client.settings.app_type = "spa";
  for (const enabled of fernhillOrganization.connections.values()) enabled.assign_membership_on_login = false;
  for (const args of [["plan"], ["plan", "--only", "fernhill", "--out", "plan.json"]]) {
    const { out } = await done(...args);
    expect(out).toMatch(/settings +app_type, organization_usage .* as registered/);
    expect(out).toMatch(/membership +not by fernhill-oidc .* on sign-in/);
  }
  await done("apply", "--yes", "--plan", "plan.json");
  expect(client.settings).toMatchObject({ organization_usage: "allow", app_type: "regular_web" });
  expect((await done("plan")).out).toContain("nothing to do");
});

test("an entry that was removed takes no way in from its client: --only stops too", chain, async () => {
  auth0().addConnection("fernhill-saml", "samlp");
  const text = companies.workspace.read(fernhill);
  const [whole = "", body = ""] = text.match(/^signIn:\n((?: {2}.*\n)+)/m) ?? [];
  const nested = body.replaceAll(/^(?=.)/gm, "  ");
  const signIns = `signIns:\n  default:\n${nested}  staff:\n${nested.replace("fernhill-oidc", "fernhill-saml")}`;
  companies.workspace.write(fernhill, text.replace(whole, signIns));
  edit(fernhill, "  - app: orders\n", "  - app: orders\n    signIn: staff\n");
  await done("apply", "--yes");
  edit(fernhill, "  - app: orders\n    signIn: staff\n", "");
  for (const only of ["fernhill", "fernhill/portal"]) {
    const refused = await run("apply", "--yes", "--only", only);
    expect(refused).toMatchObject({ exit: 2, err: expect.stringContaining("PLAN_UNDECLARED") });
    expect(refused.err).toContain("fernhill/orders/staff");
  }
  expect(auth0().organization("fernhill")?.connections.size).toBe(2);
  // A connection that is declared, but not asked for, is no reason to stop; one that is about to move away is.
  edit(fernhill, "  - app: portal\n", "  - app: portal\n  - app: orders\n    signIn: staff\n");
  expect((await done("plan", "--only", "fernhill/portal")).out).toContain("nothing to do");
  const [rest = "", staff = ""] = companies.workspace.read(fernhill).split(/(?<= {2}staff:\n)/);
  const atOkta = staff
    .replace("idp: customers\n", "idp: workforce\n    groups: [whiterabbit-staff]\n")
    .replaceAll(/ *(organization|enabledConnections): .*\n/g, "");
  companies.workspace.write(fernhill, `${rest}${atOkta}`);
  const alone = await run("plan", "--only", "fernhill/portal");
  expect(alone).toMatchObject({ exit: 2, err: expect.stringContaining("apply both together") });
  expect((await run("plan", "--only", "fernhill")).out).toContain("idp/customers/client/fernhill/orders/staff");
});

test("another `organizationName` makes no second organization", chain, async () => {
  await done("apply", "--yes");
  const domain = "    domain: acme.eu.auth0.com\n";
  edit("tenantry.yaml", domain, `${domain}    organizationName: "acme-{tenant}"\n`);
  for (const args of [["plan"], ["apply", "--yes"], ["apply", "--yes", "--only", "fernhill"]]) {
    const stopped = await run(...args);
    expect(stopped).toMatchObject({ exit: 4, err: expect.stringContaining("AUTH0_ORGANIZATION_RENAMED") });
    expect(stopped.err).toContain("acme-fernhill");
  }
  expect(auth0().organization("acme-fernhill")).toBeUndefined();
  const organization = auth0().organization("fernhill");
  if (organization === undefined) throw new Error("it is gone");
  organization.name = "acme-fernhill";
  expect((await done("plan")).out).toContain("nothing to do");
});
