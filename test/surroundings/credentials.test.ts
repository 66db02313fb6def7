import { generateKeyPairSync } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { managementClientId, serviceClientId } from "../../sandbox/sandbox.ts";
import { describePostgres, freshName, postgresQuery, postgresUrl } from "../support/postgres.ts";
import { openTestWorkspace, ourApps, type TestWorkspace } from "../support/workspace.ts";
import { expectConverges, type Told, told } from "./told.ts";

let workspace: TestWorkspace;
beforeEach(async () => {
  workspace = await openTestWorkspace({ whole: true });
});
afterEach(() => workspace.close());

/** Writes what the references give: the sandbox's own values, but for one. Undefined: it is not set. */
function give(name?: string, value?: string): void {
  const values = Object.entries({ ...workspace.sandbox.env, ...(name === undefined ? {} : { [name]: value }) });
  const lines = values.flatMap(([key, text]) => (text === undefined ? [] : [`${key}=${JSON.stringify(text)}\n`]));
  workspace.write(".tenantry/sandbox/env", lines.join(""));
}

type Case = readonly [what: string, spoil: () => () => void, failure: Told];

const refused = (message: string, mend: string) => ({
  exit: 5,
  code: "OKTA_CREDENTIALS_REFUSED",
  message: `Okta (acme.okta.com) refused ${message}`,
  mend,
});
const refusedBy = (message: string, mend: string) => ({
  exit: 5,
  code: "AUTH0_CREDENTIALS_REFUSED",
  message: `Auth0 (acme.eu.auth0.com) refused ${message}`,
  mend,
});
const unresolved = (name: string, use: string, why: string) => ({
  exit: 2,
  code: "SECRET_UNRESOLVED",
  message: `The reference env:${name}, ${use}, gives no secret: the environment variable ${name} ${why}.`,
  mend: "Set the variable, write the file, or put the value where the reference leads, then run the command again.",
});
const checkKey =
  "Check that the client id is that of an active service app of this org, and that the public half of the private key is registered and active there.";
const checkApplication =
  "Check that id and secret are those of a machine-to-machine application of this Auth0 tenant, and that its secret was not rotated since.";
const grant =
  "Grant the scope that the message names to the machine-to-machine application (APIs > Auth0 Management API > Machine to Machine Applications), or get a token that has it.";
const readScopes = "read:clients, read:connections, read:organizations, read:organization_connections";

/** Spoils what a reference gives; put right by the sandbox's own value. */
const given = (name: string, value?: string) => () => {
  give(name, value);
  return () => give();
};

/** Spoils a text of tenantry.yaml. */
const written = (from: string, to: string) => () => {
  workspace.edit("tenantry.yaml", from, to);
  return () => workspace.edit("tenantry.yaml", to, from);
};

const oktaKey = `credentials: { clientId: ${serviceClientId}, privateKey: env:OKTA_PRIVATE_KEY }`;
const auth0Secret = `credentials: { clientId: ${managementClientId}, clientSecret: env:AUTH0_MANAGEMENT_SECRET }`;

/** Takes scopes from the client by which Tenantry comes in at Auth0; all of them when none is named. */
const withoutScope = (name?: string) => () => {
  const { clientGrants } = workspace.sandbox.auth0.state;
  const grant = [...clientGrants.values()].find(({ clientId }) => clientId === managementClientId);
  if (grant === undefined) throw new Error("the client has no grant");
  const before = grant.scopes;
  if (name === undefined) clientGrants.delete(grant.id);
  else grant.scopes = before.filter((scope) => scope !== name);
  return () => {
    grant.scopes = before;
    clientGrants.set(grant.id, grant);
  };
};

describe("wrong credentials for Okta", () => {
  const strange = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({
    type: "pkcs8",
    format: "pem",
  });
  const cases: readonly Case[] = [
    [
      "the key of another app",
      given("OKTA_PRIVATE_KEY", String(strange)),
      refused("client id and private key (invalid_client)", checkKey),
    ],
    [
      "no key but a text",
      given("OKTA_PRIVATE_KEY", "canary-no-key-4711"),
      {
        exit: 2,
        code: "OKTA_PRIVATE_KEY",
        message: "The private key of the Okta credentials cannot be read",
        mend: "Give the RSA private key of the service app as PKCS#8 or PKCS#1 PEM, or as a JWK.",
      },
    ],
    [
      "a key that is not set",
      given("OKTA_PRIVATE_KEY"),
      unresolved("OKTA_PRIVATE_KEY", "a credential of the identity provider workforce", "is not set"),
    ],
    [
      "a key that is empty",
      given("OKTA_PRIVATE_KEY", ""),
      unresolved("OKTA_PRIVATE_KEY", "a credential of the identity provider workforce", "is empty"),
    ],
    [
      "an unknown client",
      written(serviceClientId, "0oa1nobodyknows00000"),
      refused("client id and private key (status 400)", checkKey),
    ],
    [
      "an app without a scope",
      () => {
        const grants = workspace.sandbox.okta.setGrants(serviceClientId, ["okta.groups.read"]);
        return () => {
          workspace.sandbox.okta.setGrants(serviceClientId, grants);
        };
      },
      {
        exit: 5,
        code: "OKTA_PERMISSION_MISSING",
        message:
          "Okta (acme.okta.com) gave no access token: one of the scopes okta.apps.manage, okta.groups.read is not granted to the service app",
        mend: "Grant the scope that the message names to the service app, and give it (or the token's administrator) a role that may manage apps.",
      },
    ],
    [
      "a wrong API token",
      () => {
        give("OKTA_API_TOKEN", "00canary-wrong-token");
        return written(oktaKey, "credentials: { apiToken: env:OKTA_API_TOKEN }")();
      },
      refused(
        "the credentials: Invalid token provided",
        "Check that the token is not revoked, or that the client id and the public key belong to an active service app of this org.",
      ),
    ],
  ];
  it.each(cases)("%s: nothing is made, and with the right ones the same command goes on", async (_, spoil, failure) => {
    const mend = spoil();
    const run = (...args: readonly string[]) => workspace.tenantry(...args, "--only", "whiterabbit");
    const result = await run("apply", "--yes");
    expect(told(workspace, result)).toEqual(failure);
    expect(result.out + result.err).not.toContain("canary");
    expect(ourApps(workspace.sandbox)).toEqual([]);
    mend();
    await expectConverges(workspace, run);
  });
});

describe("wrong credentials for Auth0", () => {
  const cases: readonly Case[] = [
    [
      "a wrong secret",
      given("AUTH0_MANAGEMENT_SECRET", "canary-wrong-secret"),
      refusedBy("client id and secret (access_denied)", checkApplication),
    ],
    [
      "an unknown client",
      written(managementClientId, "NobodyKnowsThisClient0000000000a"),
      refusedBy("client id and secret (access_denied)", checkApplication),
    ],
    [
      "a client without a scope to write",
      withoutScope("create:clients"),
      {
        exit: 5,
        code: "AUTH0_PERMISSION_MISSING",
        message:
          "Auth0 (acme.eu.auth0.com) does not let these credentials create a client; it takes the scope create:clients: Insufficient scope, expected any of: create:clients",
        mend: grant,
      },
    ],
    [
      "a client without any grant",
      withoutScope(),
      {
        exit: 5,
        code: "AUTH0_PERMISSION_MISSING",
        message:
          'Auth0 (acme.eu.auth0.com) gave no access token: Client is not authorized to access "https://acme.eu.auth0.com/api/v2/". You need to create a "client-grant" associated to this API. See: https://auth0.com/docs/api/v2#!/Client_Grants/post_client_grants',
        mend: grant,
      },
    ],
    [
      "a wrong token",
      () => {
        give("AUTH0_API_TOKEN", "canary-wrong-token");
        return written(auth0Secret, "credentials: { token: env:AUTH0_API_TOKEN }")();
      },
      refusedBy(
        "the credentials: Invalid token",
        "Get a new Management API token of this Auth0 tenant, which lives for a day at most; or name a machine-to-machine application by `credentials: { clientId, clientSecret }`, whose tokens are renewed by themselves.",
      ),
    ],
  ];
  const run = (...args: readonly string[]) => workspace.tenantry(...args, "--only", "fernhill/portal");

  it.each(cases)(
    "%s: nobody is let in, and with the right ones the same command goes on",
    async (_, spoil, failure) => {
      const mend = spoil();
      const clients = workspace.sandbox.auth0.clients.size;
      const result = await run("apply", "--yes");
      expect(told(workspace, result)).toEqual(failure);
      expect(result.out + result.err).not.toContain("canary");
      expect(workspace.sandbox.auth0.clients.size).toBe(clients);
      expect(workspace.portal("select * from sso_connection")).toEqual([]);
      mend();
      const again = await run("apply", "--yes");
      expect(again.exit, again.err + again.out).toBe(0);
      expect((await run("plan", "--exit-code")).exit).toBe(0);
      expect(workspace.sandbox.auth0.clients.size).toBe(clients + 1);
      expect(workspace.portal("select state from sso_connection")).toEqual([{ state: "active" }]);
    },
  );

  it("a client without a scope to read: a plan says all that it takes", async () => {
    const mend = withoutScope("read:clients")();
    expect(told(workspace, await run("plan"))).toEqual({
      exit: 5,
      code: "AUTH0_PERMISSION_MISSING",
      message: `Auth0 (acme.eu.auth0.com) gave no access token: Client has not been granted scopes: read:clients; a run that only looks asks for ${readScopes}`,
      mend: grant,
    });
    mend();
    expect((await run("plan", "--exit-code")).exit).toBe(3);
  });
});

describe("a sealing key that is wrong", () => {
  it.each<[what: string, value: string | undefined, failure: Told]>([
    ["and not set", undefined, unresolved("PORTAL_SEALING_KEY", "a sealing key of the app portal", "is not set")],
    [
      "and too short",
      "canary",
      {
        exit: 2,
        code: "SECRET_SEAL_KEY_INVALID",
        message: "The sealing key env:PORTAL_SEALING_KEY is not 32 bytes of base64.",
        mend: "Make one with `openssl rand -base64 32` and put it where the reference under `sealing.keys` points.",
      },
    ],
  ])("%s: no client is made", async (_, value, failure) => {
    give("PORTAL_SEALING_KEY", value);
    const run = (...args: readonly string[]) => workspace.tenantry(...args, "--only", "whiterabbit");
    expect(told(workspace, await run("apply", "--yes"))).toEqual(failure);
    expect(ourApps(workspace.sandbox)).toEqual([]);
    give();
    await expectConverges(workspace, run);
  });
});

describePostgres("a login in PostgreSQL that is wrong", () => {
  /** A role that may only look, and a schema of its own. */
  async function place() {
    const [user, password, schema] = [freshName("role"), freshName("canary"), freshName()];
    await postgresQuery(postgresUrl(), `create schema ${schema}; create role ${user} login password '${password}'`);
    onTestFinished(async () => {
      await postgresQuery(postgresUrl(), `drop schema ${schema} cascade; drop owned by ${user}; drop role ${user}`);
    });
    const parameters = { options: `-c search_path=${schema}` };
    return { user, password, schema, parameters, owner: postgresUrl({ parameters }) };
  }
  const run = (url: string, ...args: readonly string[]) =>
    workspace.tenantryWith({ TEST_DATABASE: url }, ...args, "--only", "whiterabbit");

  it.each([
    [
      "store",
      "STORE_LOGIN_REFUSED",
      "The store",
      "Look at user and password of the store's address, and at what the server demands (pg_hba.conf, TLS).",
    ],
    [
      "portal",
      "SQL_LOGIN_REFUSED",
      "The database",
      "Look at user and password of the database's address, and at what the server demands (pg_hba.conf, TLS).",
    ],
  ] as const)("for the %s: nothing is made, and the password is not shown", async (name, code, what, mend) => {
    const { user, parameters, owner } = await place();
    workspace.edit("tenantry.yaml", `sqlite:.tenantry/sandbox/${name}.db`, "env:TEST_DATABASE");
    if (name === "portal") workspace.sandbox.apps.portal.database = owner;
    const { port } = new URL(owner);
    const failed = await run(postgresUrl({ user, password: "canary-wrong", parameters }), "apply", "--yes");
    expect(told(workspace, failed)).toEqual({
      exit: 5,
      code,
      message: `${what} postgres on 127.0.0.1:${port} refuses the user's password.`,
      mend,
    });
    expect(failed.err + failed.out).not.toContain("canary");
    expect(ourApps(workspace.sandbox)).toEqual([]);
    expect((await workspace.tenantryWith({ TEST_DATABASE: owner }, "migrate", "--yes")).exit).toBe(0);
    expect((await run(owner, "apply", "--yes")).exit).toBe(0);
    expect((await run(owner, "plan", "--exit-code")).exit).toBe(0);
  });

  it.each([
    [
      "store",
      "STORE_FORBIDDEN",
      "The store",
      "permission denied for schema",
      "Let the user create tables in the schema, or run a command once with a user that may, and grant the rest; see docs/sql.md.",
    ],
    [
      "portal",
      "SQL_FORBIDDEN",
      "The database",
      "permission denied for table",
      "Grant what docs/sql.md lists for this command: `migrate`, `apply` and `plan` need different rights.",
    ],
  ] as const)(
    "for lack of a right in the %s: nobody is let in, and granted it goes on",
    async (name, code, what, why, mend) => {
      const { user, password, parameters, owner, schema } = await place();
      workspace.edit("tenantry.yaml", `sqlite:.tenantry/sandbox/${name}.db`, "env:TEST_DATABASE");
      if (name === "portal") {
        workspace.sandbox.apps.portal.database = owner;
        expect((await workspace.tenantryWith({ TEST_DATABASE: owner }, "migrate", "--yes")).exit).toBe(0);
        await postgresQuery(owner, `grant select on all tables in schema ${schema} to ${user}`);
      }
      await postgresQuery(owner, `grant usage on schema ${schema} to ${user}`);
      const poor = postgresUrl({ user, password, parameters });
      const failed = await run(poor, "apply", "--yes");
      const { message, ...rest } = told(workspace, failed);
      expect(rest).toEqual({ exit: 5, code, mend });
      expect(message).toMatch(
        new RegExp(`^${what} postgres on 127\\.0\\.0\\.1:\\d+ gives this user too few rights \\(${why} \\w+\\)\\.$`),
      );
      expect(failed.err + failed.out).not.toContain(password);
      await postgresQuery(
        owner,
        `grant all on schema ${schema} to ${user}; grant all on all tables in schema ${schema} to ${user}`,
      );
      const again = await run(poor, "apply", "--yes");
      expect(again.exit, again.err + again.out).toBe(0);
      expect((await run(poor, "plan", "--exit-code")).exit).toBe(0);
      expect(ourApps(workspace.sandbox)).toHaveLength(1);
    },
  );
});
