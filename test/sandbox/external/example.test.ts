import { createPublicKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseEnv } from "node:util";
import { expect, test } from "vitest";
import { type Context, checkFiles } from "../../../src/cli/context.ts";
import { createSealer } from "../../../src/secret/seal.ts";
import { Secret } from "../../../src/secret/secret.ts";
import { startTestSandbox } from "../../support/sandbox.ts";
import { sharedSandbox } from "../../support/shared-sandbox.ts";
import { basic, onlyClient, redeem } from "./visitor.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const at = sharedSandbox();

/** The repository's own workspace in its sandbox environment. */
function example(): Context {
  const { context, issues } = checkFiles(root, "sandbox", "2026-11-21");
  if (context === undefined) throw new Error(JSON.stringify(issues));
  return context;
}

test("every customer with a provider of its own is played as the example's files describe it", () => {
  const registrations = example()
    .connections.filter(({ registration }) => registration.kind === "external")
    .map(({ tenant, record, registration }) => ({ tenant, record, registration }));
  // Fernhill's is the issuer of a connection of our Auth0 tenant.
  const handedOver = Object.keys(at.sandbox.providers).filter((name) => name !== "fernhill");
  expect(registrations.map(({ tenant }) => tenant).sort()).toEqual(handedOver.sort());
  for (const { tenant, record, registration } of registrations) {
    const provider = Object.entries(at.sandbox.providers).find(([name]) => name === tenant)?.[1];
    expect(provider?.issuer, tenant).toBe(record.issuer);
    if (record.endpoints !== undefined) expect(provider?.vendor.endpoints).toMatchObject(record.endpoints);
    if (registration.clientId === "") {
      expect(provider?.clients, tenant).toEqual([]);
      continue;
    }
    const client = provider?.client(registration.clientId);
    expect(client, tenant).toMatchObject({
      method: registration.clientAuth,
      redirectUris: registration.redirectUris,
      postLogoutUris: registration.postLogoutRedirectUris,
    });
    expect(client?.secret, tenant).toBe(at.sandbox.env[registration.clientSecret?.text.replace(/^env:/, "") ?? ""]);
    expect(client?.keys[0] ?? {}).toMatchObject(registration.clientKey ?? {});
  }
});

test("the portal's private key is the other half of the one in tenantry.yaml", () => {
  const apps = readFileSync(join(root, "tenantry.yaml"), "utf8");
  const { x, y } = createPublicKey(at.sandbox.env.PORTAL_CLIENT_KEY ?? "").export({ format: "jwk" });
  expect(apps).toContain(`x: ${x}\n`);
  expect(apps).toContain(`y: ${y}\n`);
});

test("every reference that the example's files name has a value in the sandbox", () => {
  const files = ["tenantry.yaml", ...example().tenants.map(({ tenant }) => `tenants/${tenant}.yaml`)];
  const named = files.flatMap((file) =>
    [...readFileSync(join(root, file), "utf8").matchAll(/\benv:([A-Z][A-Z0-9_]*)\b(?!\{)/g)].map(
      ([, name = ""]) => name,
    ),
  );
  const missing = new Set(named.filter((name) => (at.sandbox.env[name] ?? "") === ""));
  // The sandbox environment says literally where its store is.
  expect([...missing]).toEqual(["TENANTRY_STORE"]);
});

test("the awkward secret survives the file of values, sealing, forms and headers", async () => {
  const name = "TENANT_BLUEFIN_STUDIOS__CLIENT_SECRET";
  const read = parseEnv(readFileSync(join(at.dir, "env"), "utf8"))[name] ?? "";
  for (const piece of ['"', "'", "${{", "}}", "é", "+", "%41", "&", "=", "#", "\\n", " "])
    expect(read).toContain(piece);
  expect(read).toBe(at.sandbox.env[name]);

  const sealer = createSealer([{ name: "key", value: new Secret(at.sandbox.env.PORTAL_SEALING_KEY ?? "") }]);
  const purpose = { table: "sso_connection", record: "bluefin-studios/portal", column: "client_secret" };
  const opened = sealer.open(sealer.seal(new Secret(read), purpose), purpose).reveal();
  expect(opened).toBe(read);

  const provider = at.sandbox.providers["bluefin-studios"];
  const { clientId } = onlyClient(provider);
  const accepted = { status: 400, json: { error: "invalid_grant" } };
  expect(await redeem(at, provider, { client_id: clientId, client_secret: opened })).toMatchObject(accepted);
  expect(await redeem(at, provider, {}, basic(clientId, opened))).toMatchObject(accepted);
  const decoded = { client_id: clientId, client_secret: decodeURIComponent(opened) };
  expect(await redeem(at, provider, decoded)).toMatchObject({ status: 401, json: { error: "invalid_client" } });
});

test("secrets are new at each start, of the same shape", async () => {
  const other = await startTestSandbox();
  try {
    for (const [name, value] of Object.entries(at.sandbox.env).filter(([each]) => each.startsWith("TENANT_"))) {
      expect(other.sandbox.env[name], name).not.toBe(value);
      expect(other.sandbox.env[name], name).toHaveLength(value.length);
    }
  } finally {
    await other.close();
  }
});
