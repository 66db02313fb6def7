import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CustomerProvider } from "../../../sandbox/external/customer-provider.ts";
import type { CustomerName } from "../../../sandbox/external/customers.ts";
import { openTestWorkspace, type TestWorkspace } from "../../support/workspace.ts";
import { onlyClient } from "./visitor.ts";

let workspace: TestWorkspace;
beforeAll(async () => {
  workspace = await openTestWorkspace({ whole: true });
  workspace.edit("tenants/cobalt-clinics.yaml", "status: suspended", "status: active");
  for (const name of proven) {
    const applied = await workspace.tenantry("apply", "--only", `${name}/portal`, "--yes");
    expect(applied, applied.out + applied.err).toMatchObject({ exit: 0 });
  }
});
afterAll(() => workspace.close());

const proven = ["northwind-rail", "bluefin-studios", "alder-voss", "tannberg", "cobalt-clinics"] as const;

/** What a customer's admin does wrong, and how to take it back. */
const mistakes: Readonly<Record<string, (provider: CustomerProvider) => () => void>> = {
  "sets another redirect URI": (provider) => {
    const { clientId, redirectUris } = onlyClient(provider);
    provider.setRedirectUris(clientId, ["https://portal.acme.example/openid/callback"]);
    return () => provider.setRedirectUris(clientId, redirectUris);
  },
  "replaces what the client proves itself with": (provider) => {
    const client = onlyClient(provider);
    const { secret, keys } = client;
    if (secret === undefined) client.keys = [];
    else provider.replaceSecret(client.clientId);
    return () => Object.assign(client, { secret, keys });
  },
  "removes the client": (provider) => {
    const client = onlyClient(provider);
    provider.removeClient(client.clientId);
    return () => {
      const { secret, ...rest } = client;
      provider.register({ ...rest, ...(secret === undefined ? {} : { secret }) });
    };
  },
};

async function verify(name: CustomerName): Promise<number> {
  return (await workspace.tenantry("verify", `${name}/portal`)).exit;
}

describe.each(proven)("%s", (name) => {
  test.each(Object.entries(mistakes))("a verify finds that the customer's admin %s", async (_mistake, make) => {
    const mend = make(workspace.sandbox.providers[name]);
    try {
      expect(await verify(name)).toBe(6);
    } finally {
      mend();
    }
    expect(await verify(name)).toBe(0);
  });
});

test.each(proven.filter((name) => name !== "alder-voss"))(
  "%s: a verify finds a discovery document with another issuer",
  async (name) => {
    const provider = workspace.sandbox.providers[name];
    provider.breakDiscovery(`${provider.issuer}/`);
    try {
      expect(await verify(name)).toBe(6);
    } finally {
      provider.mendDiscovery();
    }
    expect(await verify(name)).toBe(0);
  },
);

test("a draft is handed over, and its people may come in", async () => {
  const provider = workspace.sandbox.providers["ostrava-steel"];
  const redirectUris = ["https://portal.acme.example/openid/callback/q5zr8cn3h7wtk2xmv9bd"];
  const { clientId, secret = "" } = provider.register({ method: "client_secret_basic", redirectUris });
  const file = "tenants/ostrava-steel.yaml";
  workspace.edit(file, "status: draft", "status: active");
  workspace.edit(
    file,
    /( +)issuer: .*\n/,
    `$&$1clientId: ${clientId}\n$1clientSecret: env:TENANT_OSTRAVA_STEEL__CLIENT_SECRET\n`,
  );
  const handed = { TENANT_OSTRAVA_STEEL__CLIENT_SECRET: secret };
  const applied = await workspace.tenantryWith(handed, "apply", "--only", "ostrava-steel/portal", "--yes");
  expect(applied, applied.out + applied.err).toMatchObject({ exit: 0 });
  expect(await verify("ostrava-steel")).toBe(0);
  expect(applied.out + applied.err).not.toContain(secret);
});
