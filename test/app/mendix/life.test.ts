import { describe, expect, test } from "vitest";
import type { MendixEntry } from "../../../src/tenant/apps/mendix.ts";
import { sharedSandbox } from "../../support/shared-sandbox.ts";
import { appOf, placeOf, writeOf } from "./place.ts";
import { carrierKinds, carrierOf, carrierPlace, hasNotes } from "./places.ts";

const shared = sharedSandbox();

const northwind: MendixEntry = { constants: "Sso.Northwind_{name}" };

describe.each(carrierKinds)("by %s", (kind) => {
  test("two identity providers of one app are two sets of constants, and leave each other alone (B1)", async () => {
    const place = carrierPlace(kind, shared.sandbox);
    if (kind === "deployApi") addOwnSet();
    const adapter = await place.adapter();
    const [one, two] = [writeOf(place.app), writeOf(place.app, { entry: northwind, tenant: "northwind" })];
    await adapter.write(one);
    await adapter.settle(one.record.key);
    const before = place.constants();
    await adapter.write(two);
    const seen = await adapter.observe([one.record, two.record]);
    expect(seen.foreign).toEqual([]);
    expect(seen.problems).toEqual([]);
    expect(seen.records.get(one.record.key)?.fields.clientId).toBe("client-of-whiterabbit");
    expect(seen.records.get(two.record.key)?.fields.clientId).toBe("client-of-northwind");
    expect(place.constants()).toMatchObject(
      Object.fromEntries(Object.entries(before).filter(([name]) => !name.startsWith("Sso."))),
    );
    await adapter.disable(one.record.key);
    await adapter.remove(one.record.key);
    expect((await adapter.observe([two.record])).records.get(two.record.key)).toMatchObject({
      state: "active",
      fields: { clientId: "client-of-northwind", "mendix.ClientAlias": "northwind" },
    });
  });

  test("two connections on one set: the second is told whose it is, and changes nothing (B1)", async () => {
    const place = carrierPlace(kind, shared.sandbox);
    const adapter = await place.adapter();
    const [one, two] = [writeOf(place.app), writeOf(place.app, { tenant: "northwind" })];
    await adapter.write(one);
    const before = place.everything();
    const { foreign } = await adapter.observe([two.record]);
    expect(foreign).toEqual([
      {
        key: "northwind/service",
        message: hasNotes(kind)
          ? "The constants of northwind/service belong to whiterabbit/service of workspace acme, environment production."
          : "The constant OIDC.ClientAlias is of the alias whiterabbit.",
      },
    ]);
    await expect(adapter.write(two)).rejects.toMatchObject({ code: "MENDIX_FOREIGN" });
    expect(place.everything()).toBe(before);
  });

  test.skipIf(!hasNotes(kind))("another environment of the workspace is as foreign as another workspace", async () => {
    const place = carrierPlace(kind, shared.sandbox);
    const write = writeOf(place.app);
    await (await place.adapter()).write(write);
    const before = place.everything();
    const workspace = { name: "acme", environment: "staging", root: place.root } as never;
    const other = await place.adapter({ workspace });
    expect((await other.observe([write.record])).foreign[0]?.message).toMatch(
      /of workspace acme, environment production\.$/,
    );
    await expect(other.write(write)).rejects.toMatchObject({ code: "MENDIX_FOREIGN" });
    await other.disable(write.record.key);
    await other.remove(write.record.key);
    expect(place.everything()).toBe(before);
  });

  test("what is blank is blank explicitly, so that no default of the model lets anybody in", async () => {
    const place = carrierPlace(kind, shared.sandbox);
    const adapter = await place.adapter();
    const write = writeOf(place.app);
    await adapter.write(write);
    await adapter.disable(write.record.key);
    const blank = { "OIDC.ClientID": "", "OIDC.ClientSecret": "", "OIDC.AutomaticConfigurationURL": "" };
    expect(place.constants()).toMatchObject({ ...blank, "OIDC.ClientAlias": "whiterabbit" });
    expect(place.everything()).toContain("OIDC".concat(kind === "environment MX" ? "_ClientID=\n" : ".ClientID"));
    await adapter.remove(write.record.key);
    expect(place.constants()).toMatchObject({ ...blank, "OIDC.ClientAlias": "" });
  });

  test("a set that was filled in again by hand is not off any more", async () => {
    const place = carrierPlace(kind, shared.sandbox);
    const adapter = await place.adapter();
    const write = writeOf(place.app);
    await adapter.write(write);
    await adapter.disable(write.record.key);
    expect((await adapter.observe([write.record])).records.get(write.record.key)?.state).toBe("disabled");
    place.setByHand("OIDC.AutomaticConfigurationURL", "https://acme.okta.com/.well-known/openid-configuration");
    expect((await adapter.observe([write.record])).records.get(write.record.key)?.state).toBe("active");
  });

  test("off, it is seen to be as it was, so that switching it on again shows no change of its own", async () => {
    const place = carrierPlace(kind, shared.sandbox);
    const adapter = await place.adapter();
    const write = writeOf(place.app);
    await adapter.write(write);
    const of = async () => (await adapter.observe([write.record])).records.get(write.record.key)?.fields;
    const { clientId, issuer, ...others } = (await of()) ?? {};
    await adapter.disable(write.record.key);
    await (await place.adapter()).disable(write.record.key);
    expect(await of()).toEqual(hasNotes(kind) ? { ...others, clientId, issuer } : others);
    await adapter.write(write);
    place.setByHand("OIDC.ClientID", "");
    expect(await of()).toMatchObject({ clientId: "", issuer });
  });

  test("drift of any constant is seen; True and true are one (B4)", async () => {
    const place = carrierPlace(kind, shared.sandbox);
    const adapter = await place.adapter();
    const write = writeOf(place.app, { entry: { users: { role: "User" } } });
    await adapter.write(write);
    const fields = async () => (await adapter.observe([write.record])).records.get(write.record.key)?.fields;
    const before = await fields();
    for (const [name, value] of [
      ["OIDC.EnablePKCE", "True"],
      ["UserCommons.AllowcreateUsers", "TRUE"],
    ] as const) {
      place.setByHand(name, value);
    }
    expect(await fields()).toEqual(before);
    for (const [name, value, changed] of [
      ["OIDC.SelectedScope", "openid", { scopes: ["openid"] }],
      ["OIDC.CallbackResponseMode", "Form_Post", { responseMode: "form_post" }],
      ["OIDC.EnablePKCE", "false", { pkce: "off" }],
      ["OIDC.CustomCallbackURL", "https://other.example/x", { redirectUri: "https://other.example/x" }],
      [
        "OIDC.AutomaticConfigurationURL",
        "https://other.example/.well-known/openid-configuration",
        { issuer: "https://other.example" },
      ],
      [
        "UserCommons.Userrole",
        "Administrator",
        { "mendix.options": { ...(before?.["mendix.options"] as object), Userrole: "Administrator" } },
      ],
    ] as const) {
      place.setByHand(name, value);
      expect(await fields()).toMatchObject(changed);
    }
  });

  test("a slash at the issuer's end is kept, and the document's address has none twice", async () => {
    const place = carrierPlace(kind, shared.sandbox);
    const adapter = await place.adapter();
    const write = writeOf(place.app, { change: { issuer: "https://acme.eu.auth0.com/" } });
    await adapter.write(write);
    expect(place.constants()["OIDC.AutomaticConfigurationURL"]).toBe(
      "https://acme.eu.auth0.com/.well-known/openid-configuration",
    );
    const found = (await adapter.observe([write.record])).records.get(write.record.key);
    expect(found?.fields.issuer).toBe("https://acme.eu.auth0.com/");
  });

  test("the encryption key has 32 characters, or nothing is written (B19)", async () => {
    const more = { encryptionKey: "env:ENCRYPTION" };
    const short = carrierPlace(kind, shared.sandbox, { more, secrets: { "env:ENCRYPTION": "short" } });
    const before = short.everything();
    await expect((await short.adapter()).write(writeOf(short.app))).rejects.toMatchObject({
      code: "MENDIX_ENCRYPTION_KEY",
      message: "The encryption key of the app service has 5 characters, not 32.",
    });
    expect(short.everything()).toBe(before);
    const whole = carrierPlace(kind, shared.sandbox, { more, secrets: { "env:ENCRYPTION": "k".repeat(32) } });
    await (await whole.adapter()).write(writeOf(whole.app));
    expect(whole.constants()["OIDC.Encryptionkey"]).toBe("k".repeat(32));
    expect(JSON.stringify([...whole.kept.all])).not.toContain("kkkk");
  });

  test("no secret is kept in the store, and an old one comes back as long as the adapter lives", async () => {
    const place = carrierPlace(kind, shared.sandbox);
    const adapter = await place.adapter();
    const write = writeOf(place.app, { secret: "the-first-secret" });
    await adapter.write(write);
    await adapter.settle(write.record.key);
    await adapter.write(writeOf(place.app, { secret: "the-second-secret" }));
    expect(JSON.stringify([...place.kept.all])).not.toMatch(/the-(first|second)-secret/);
    await adapter.restore(write.record.key);
    expect(place.constants()["OIDC.ClientSecret"]).toBe("the-first-secret");
  });

  test("for callers of the API alone: the mandatory constants, and no client of ours (IsClientGrantOnly)", async () => {
    const place = carrierPlace(kind, shared.sandbox);
    const adapter = await place.adapter();
    const write = writeOf(place.app, { entry: { clientGrantOnly: true, tokenProcessing: "entra" } });
    await adapter.write(write);
    expect(place.constants()).toMatchObject({
      "OIDC.ClientAlias": "whiterabbit",
      "OIDC.AutomaticConfigurationURL": "https://acme.okta.com/.well-known/openid-configuration",
      "OIDC.CustomATP": "OIDC.Default_Azure_TokenProcessing_CustomATP",
      "OIDC.IsClientGrantOnly": "true",
      "OIDC.ClientID": "",
      "OIDC.ClientSecret": "",
    });
    expect((await adapter.observe([write.record])).records.get(write.record.key)).toMatchObject({ state: "active" });
    await adapter.disable(write.record.key);
    expect((await adapter.observe([write.record])).records.get(write.record.key)).toMatchObject({ state: "disabled" });
  });
});

/** Constants of the app's own, by which a second identity provider is described. */
function addOwnSet(): void {
  const { production } = shared.sandbox.standIns.mendix;
  for (const name of [...production.constants.keys()].filter((each) => /^(OIDC|UserCommons)\./.test(each))) {
    production.add(`Sso.Northwind_${name.split(".")[1]}`);
  }
}

test("constants that are another set's from now on leave the old one shut", async () => {
  const place = placeOf(appOf({ carrier: carrierOf("environment MX") }));
  const adapter = await place.adapter();
  const before = writeOf(place.app);
  await adapter.write(before);
  await adapter.settle(before.record.key);
  const after = writeOf(place.app, { entry: { alias: "whiterabbit", constants: "Sso.Rabbit_{name}" } });
  const fields = (await adapter.observe([after.record])).records.get(after.record.key)?.fields;
  expect(fields).toMatchObject({ clientId: "", "mendix.constants": { ClientID: "OIDC.ClientID" } });
  await adapter.write(after);
  expect(place.read()).toMatch(/^MX_OIDC_ClientID=$/m);
  expect(place.read()).toMatch(/^MX_OIDC_AutomaticConfigurationURL=$/m);
  expect(place.read()).not.toMatch(/^MX_OIDC_SelectedScope=/m);
  expect(place.read()).toMatch(/^MX_Sso_Rabbit_ClientID=client-of-whiterabbit$/m);
});

test("an option that the file gives up goes from the carrier, and the plan sees it", async () => {
  const place = placeOf(appOf({ carrier: carrierOf("environment MX") }));
  const adapter = await place.adapter();
  await adapter.write(writeOf(place.app, { entry: { users: { role: "User", type: "External" } } }));
  const now = writeOf(place.app, { entry: { users: { role: "User" } } });
  const found = (await adapter.observe([now.record])).records.get(now.record.key);
  expect(found?.fields["mendix.options"]).toMatchObject({ Userrole: "User", UserType: "External" });
  expect(now.record.target.options).not.toHaveProperty("UserType");
  await adapter.write(now);
  expect(place.read()).not.toContain("UserType");
});

describe("secrets and files", () => {
  const sink = "vault:kv/sso/{tenant}#client_secret";

  test.each(["environment MX", "environment CONSTANTS", "kubernetes"] as const)(
    "with a sink no secret gets into the file of %s, and what was there goes (B18)",
    async (kind) => {
      const place = carrierPlace(kind, shared.sandbox, {
        more: { secretSink: sink, encryptionKey: "env:K" },
        secrets: { "env:K": "k".repeat(32) },
      });
      const adapter = await place.adapter();
      expect(adapter.showsSecret).toBe(false);
      await adapter.write(writeOf(place.app, { secret: "the-secret" }));
      expect(place.everything()).not.toContain("the-secret");
      expect(place.everything()).not.toContain("kkkk");
      expect(await adapter.secretOf(writeOf(place.app).record.key)).toBeUndefined();
    },
  );

  test.each(["seen", "unknown"] as const)("a file that git may take is refused: %s", async (sight) => {
    const place = placeOf(appOf({ carrier: carrierOf("environment MX") }));
    place.put("PORT=8080\n");
    const adapter = await place.adapter({ isIgnored: async () => sight });
    await expect(adapter.write(writeOf(place.app))).rejects.toMatchObject({ code: "SECRET_IN_REPOSITORY" });
    expect(place.read()).toBe("PORT=8080\n");
  });

  test("a file that cannot be read stops its connections; one that cannot be written is told", async () => {
    const place = placeOf(appOf({ carrier: carrierOf("environment CONSTANTS") }));
    place.put("CONSTANTS='[]'\n");
    const write = writeOf(place.app);
    const { problems } = await (await place.adapter()).observe([write.record]);
    expect(problems).toMatchObject([
      { code: "MENDIX_FILE_UNREADABLE", message: "CONSTANTS in service.env is no JSON object." },
    ]);
    const nowhere = placeOf(
      appOf({ carrier: { environment: { file: "no/such/folder/service.env", plainSecrets: true } } }),
    );
    await expect((await nowhere.adapter()).write(write)).rejects.toMatchObject({
      code: "MENDIX_FILE_UNWRITABLE",
      message: "no/such/folder/service.env cannot be written (ENOENT).",
    });
  });

  test("a manifest that is not there is a problem of its connections", async () => {
    const place = placeOf(appOf({ carrier: carrierOf("kubernetes") }));
    const { problems } = await (await place.adapter()).observe([writeOf(place.app).record]);
    expect(problems).toMatchObject([{ code: "MENDIX_MANIFEST_UNFIT", message: "service.yaml does not exist." }]);
  });
});
