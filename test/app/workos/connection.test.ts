import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { AppAdapter, HandedOut, RecordWrite } from "../../../src/app/app.ts";
import { crewRecord, crewWrite, failureOf, key, live, tenant, type WorkosTestPlace, workosPlace } from "./place.ts";

let place: WorkosTestPlace;
let app: AppAdapter;
beforeEach(async () => {
  place = await workosPlace();
  app = await place.adapter();
});
afterEach(async () => {
  await app.close();
  await place.close();
});

const seen = async () => app.observe([crewRecord()], false);
const found = async () => (await seen()).records.get(key);
const textOf = (handed: HandedOut | undefined): string =>
  handed !== undefined && "waiting" in handed
    ? handed.waiting.map(({ text, command = "" }) => `${text}\n${command}`).join("\n")
    : "";
const at = (write: RecordWrite, handed: HandedOut | undefined): RecordWrite => {
  if (handed === undefined || "waiting" in handed) throw new Error(`nothing was handed out: ${textOf(handed)}`);
  return { ...write, record: { ...write.record, redirectUri: handed.redirectUri } };
};
const byHand = {
  discoveryEndpoint: "https://acme.okta.com/.well-known/openid-configuration",
  clientId: "tenantry.client",
  clientSecret: "s3cret-one",
};

describe("a connection that is made by API", () => {
  test("belongs to the organization and is made of discovery, client, secret and the attribute map", async () => {
    const roles = { claim: "groups", map: { admins: "admin" } };
    const claims = { externalId: "sub", email: "email", displayName: "name", department: "dept" };
    place.environment.customAttributes.add("department").add("costCenter");
    const target = { organization: "whiterabbit", groups: "groups", attributes: { costCenter: "cc" } };
    const write = await live(app, crewWrite("s3cret-one", { roles, claims, target, clientAuth: "client_secret_post" }));
    const made = place.connection();
    expect(place.exchanges.find(({ method, path }) => method === "POST" && path === "/connections")?.body).toEqual({
      organization_id: place.organization().id,
      name: "Whiterabbit Foods",
      external_id: "whiterabbit.crew",
      connection_type: "GenericOIDC",
      oidc_options: {
        discovery_endpoint: "https://acme.okta.com/.well-known/openid-configuration",
        client_id: "tenantry.client",
        client_secret: "s3cret-one",
        pkce: true,
        token_authentication_method: "client_secret_post",
      },
      attribute_maps: {
        standard_attributes: {
          ...{ idp_id: "sub", email: "email", first_name: "given_name", last_name: "family_name", name: "name" },
          groups: "groups",
        },
        custom_attributes: { department: "dept", costCenter: "cc" },
      },
    });
    expect(write.record.redirectUri).toBe(`https://auth.workos.com/sso/oidc/${made.opaque}/callback`);
    expect(await found()).toMatchObject({ state: "active", secretId: write.secret?.id, specDigest: write.specDigest });
    expect((await found())?.fields.redirectUri).toBe(write.record.redirectUri);
  });

  test("hands the same callback out when it is asked again, and makes no second one", async () => {
    const write = crewWrite();
    const first = await app.handOut?.(write);
    expect(await app.handOut?.(write)).toEqual(first);
    expect(await (await place.adapter()).handOut?.(write)).toEqual(first);
    expect(place.environment.connections.size).toBe(1);
    expect(await found()).toMatchObject({ state: "pending" });
  });

  test.each(["reset-after", "status-after"] as const)(
    "a lost reply (%s) is looked up, and the next run goes on",
    async (effect) => {
      const fault = {
        host: "api.workos.com",
        path: "/connections",
        method: "POST",
        effect,
        status: effect === "status-after" ? 502 : undefined,
      };
      place.faults.add({ ...fault, times: 1 } as never);
      const handed = await app.handOut?.(crewWrite());
      expect(at(crewWrite(), handed).record.redirectUri).toContain(place.connection().opaque);
      expect(place.environment.connections.size).toBe(1);
      await app.disable(key);
      place.faults.add({ ...fault, times: 3 } as never);
      expect(["WORKOS_UNREACHABLE", "WORKOS_UNAVAILABLE"]).toContain((await failureOf(live(app))).code);
      await live(await place.adapter());
      expect(place.environment.connections.size).toBe(1);
      expect(await found()).toMatchObject({ state: "active" });
    },
  );

  test("one from an attempt whose answer was lost is made again, because its secret is not known", async () => {
    const fault = { host: "api.workos.com", path: "/connections", method: "POST", effect: "reset-after" } as const;
    place.faults.add({ ...fault, times: 3 });
    expect((await failureOf(live(app, crewWrite("before-the-rotation")))).code).toBe("WORKOS_UNREACHABLE");
    const lost = place.connection();
    expect(await found()).toMatchObject({ state: "pending" });
    await live(await place.adapter(), crewWrite("after-the-rotation"));
    expect(place.connection().id).not.toBe(lost.id);
    expect(place.connection().oidc?.clientSecret).toBe("after-the-rotation");
    expect(place.environment.connections.size).toBe(1);
  });

  test("with a callback of the app's own, WorkOS is told it and hands none out", async () => {
    const other = await place.adapter({ callback: "/sso/callback/{id}", connections: "api" });
    expect(other.handOut).toBeUndefined();
    const write = crewWrite("s3cret-one", { redirectUri: "https://crew.acme.example/sso/callback/x" });
    await other.writeTenant(tenant());
    await other.write(write);
    expect(place.connection().oidc?.redirectUri).toBe("https://crew.acme.example/sso/callback/x");
    await other.close();
  });

  test("is refused where a custom attribute is not there, by its name", async () => {
    const failure = await failureOf(
      live(app, crewWrite("s", { target: { organization: "whiterabbit", attributes: { team: "t" } } })),
    );
    expect([failure.code, failure.exit]).toEqual(["WORKOS_ATTRIBUTE_MISSING", 2]);
    expect(failure.message).toContain('"team"');
  });

  test("is refused without a secret, and with one that no form can carry", async () => {
    expect((await failureOf(live(app, { ...crewWrite(), secret: undefined }))).code).toBe("WORKOS_REJECTED");
    expect((await failureOf(live(app, crewWrite("a\0b")))).code).toBe("WORKOS_REJECTED");
    expect(place.environment.connections.size).toBe(0);
  });

  test("that somebody deleted is told as off, and made anew with another callback", async () => {
    const write = await live(app);
    place.environment.connections.clear();
    expect(await found()).toMatchObject({ state: "disabled" });
    expect((await found())?.fields.redirectUri).toBeUndefined();
    expect((await failureOf(app.write(write))).code).toBe("WORKOS_CALLBACK_CHANGED");
    const again = await live(app);
    expect(again.record.redirectUri).not.toBe(write.record.redirectUri);
    expect(place.environment.connections.size).toBe(1);
  });

  test("that WorkOS does not let in yet waits for its activation", async () => {
    place.environment.newState = "draft";
    const failure = await failureOf(live(app));
    expect(failure.code).toBe("WORKOS_CONNECTION_INACTIVE");
    expect(failure.hint).toContain(place.connection().id);
    expect(await found()).toMatchObject({ state: "pending" });
    expect((await seen()).waiting?.get(key)?.[0]?.text).toContain("its state is draft");
    place.connection().state = "validating";
    await app.activate(key);
    expect(await found()).toMatchObject({ state: "active" });
  });

  test("is not made where another connection stands in the organization, which is left alone", async () => {
    await app.writeTenant(tenant());
    const theirs = place.environment.addConnection({
      organizationId: place.organization().id,
      name: "SAML",
      type: "OktaSAML",
      oidc: undefined,
    });
    expect((await seen()).problems).toEqual([
      expect.objectContaining({ key, code: "WORKOS_CONNECTION_OTHER", path: [] }),
    ]);
    expect((await failureOf(live(app))).code).toBe("WORKOS_CONNECTION_OTHER");
    expect((await failureOf(app.write(crewWrite()))).code).toBe("WORKOS_CONNECTION_OTHER");
    await app.disable(key);
    expect([...place.environment.connections.values()]).toEqual([theirs]);
  });
});

describe("a change of a connection", () => {
  const changed = (write: RecordWrite): RecordWrite => ({ ...write, record: { ...write.record, clientId: "another" } });

  test("is refused with what to change where; done by hand, the next run takes it", async () => {
    const write = await live(app);
    const failure = await failureOf(app.write(changed(write)));
    expect(failure.code).toBe("WORKOS_CHANGE_BY_HAND");
    expect(failure.hint).toContain(`change the connection ${place.connection().id} in the WorkOS dashboard`);
    expect(failure.hint).toContain("client id another");
    expect((await failureOf((await place.adapter()).write(changed(write)))).code).toBe("WORKOS_CHANGE_BY_HAND");
    expect(place.environment.connections.size).toBe(1);
    const told = await app.observe([changed(write).record], false);
    expect(told.waiting?.get(key)?.[0]?.text).toContain("client id another");
    place.environment.editConnection(place.connection().id, { clientId: "another" });
    await app.write(changed(write));
    expect(await found()).toMatchObject({
      state: "active",
      fields: { clientId: "another" },
      previous: { clientId: "tenantry.client" },
    });
    await app.restore(key);
    expect((await found())?.fields.clientId).toBe("tenantry.client");
    // The person need not do it again.
    await app.write(changed(write));
    await app.settle(key);
    expect((await app.observe([changed(write).record], false)).waiting?.size).toBe(0);
  });

  test("a rotated secret is such a change", async () => {
    const write = await live(app);
    const rotated = crewWrite("another-secret", { redirectUri: write.record.redirectUri });
    const failure = await failureOf(app.write(rotated));
    expect(failure.message).toContain("secret is another now");
    expect(failure.message + failure.hint).not.toContain("another-secret");
    expect(place.connection().oidc?.clientSecret).toBe("s3cret-one");
  });

  test("somebody else's edit is no answer to what was never asked", async () => {
    const write = await live(app);
    place.environment.editConnection(place.connection().id, { pkce: false });
    expect((await failureOf(app.write(changed(write)))).code).toBe("WORKOS_CHANGE_BY_HAND");
  });

  test("is seen where WorkOS shows what a connection is made of", async () => {
    await live(app);
    place.environment.showsDetails = true;
    place.environment.editConnection(place.connection().id, { clientId: "somebody-elses", pkce: false });
    expect((await found())?.fields).toMatchObject({
      clientId: "somebody-elses",
      pkce: "off",
      issuer: "https://acme.okta.com",
    });
    expect((await failureOf(app.write(crewWrite()))).message).toContain("clientId, pkce is another now");
  });
});

describe("a connection that a person makes", () => {
  const off = async (change = {}): Promise<void> => {
    place.environment.makesConnections = false;
    await app.close();
    app = await place.adapter(change);
  };

  test("is waited for with the values, a command for the portal link, and no secret", async () => {
    await off();
    const told = textOf(
      await app.handOut?.(crewWrite("s3cret-one", { target: { organization: "whiterabbit", groups: "groups" } })),
    );
    for (const part of [
      place.organization().id,
      "external id whiterabbit.crew",
      "discovery endpoint https://acme.okta.com/.well-known/openid-configuration",
      "client id tenantry.client",
      "client authentication client_secret_basic",
      "PKCE on",
      "idp_id = sub, email = email, first_name = given_name, last_name = family_name, name = name, groups = groups",
      'Bearer $CREW_WORKOS_KEY"',
      `{"organization":"${place.organization().id}","intent":"sso"}`,
    ]) {
      expect(told).toContain(part);
    }
    expect(told).not.toContain("s3cret-one");
    expect((await seen()).waiting?.get(key)?.[0]?.command).toContain("portal/generate_link");
    expect(await found()).toBeUndefined();
  });

  test("is told in words of its own where the app says that the API must do it", async () => {
    await off({ connections: "api" });
    expect((await failureOf(live(app))).code).toBe("WORKOS_CONNECTIONS_OFF");
    const other = await place.adapter({ callback: "/sso/{id}" });
    await other.writeTenant(tenant());
    expect((await failureOf(other.write(crewWrite()))).code).toBe("WORKOS_CONNECTIONS_OFF");
    await other.close();
  });

  test("has a row for WorkOS' importer in the folder that the app names, without the secret", async () => {
    place.environment.makesConnections = true;
    await off({ connections: "handOff", handOff: "hand-off" });
    const write = {
      ...crewWrite(),
      appTenant: tenant({ name: 'Whiterabbit, "Foods"', domains: ["a.example", "b.example"] }),
    };
    expect(textOf(await app.handOut?.(write))).toContain("hand-off/whiterabbit.crew/sso/oidc_connections.csv");
    expect(place.exchanges.some(({ method, path }) => method === "POST" && path === "/connections")).toBe(false);
    const text = readFileSync(join(place.root, "hand-off/whiterabbit.crew/sso/oidc_connections.csv"), "utf8");
    const name = '"Whiterabbit, ""Foods"""';
    expect(text).toBe(
      [
        "name,organizationName,organizationId,organizationExternalId,domains,clientId,clientSecret,discoveryEndpoint,customRedirectUri,externalId,connectionType",
        `${name},${name},${place.organization().id},whiterabbit,"a.example,b.example",tenantry.client,,https://acme.okta.com/.well-known/openid-configuration,,whiterabbit.crew,GenericOIDC`,
        "",
      ].join("\r\n"),
    );
    expect(existsSync(join(place.root, "hand-off/whiterabbit.crew/sso/oidc_connections.csv.new"))).toBe(false);
  });

  test("is seen when it is there, with its callback, and goes on from there", async () => {
    await off();
    await app.handOut?.(crewWrite());
    const made = place.environment.finishPortal(place.organization().id, byHand);
    place.environment.showsDetails = true;
    const callback = `https://auth.workos.com/sso/oidc/${made.opaque}/callback`;
    expect(await found()).toMatchObject({ state: "pending", fields: { redirectUri: callback } });
    expect((await seen()).waiting?.size).toBe(0);
    const write = at(crewWrite(), await app.handOut?.(crewWrite()));
    expect(write.record.redirectUri).toBe(callback);
    await app.write(write);
    await app.activate(key);
    await app.settle(key);
    expect(await found()).toMatchObject({ state: "active", specDigest: write.specDigest });
    expect(place.environment.connections.size).toBe(1);
  });

  test("waits for its callback where WorkOS does not show it, and takes it from the file", async () => {
    await off();
    await app.handOut?.(crewWrite());
    const made = place.environment.finishPortal(place.organization().id, byHand);
    const asked = `copy the redirect URI that the WorkOS dashboard shows for the connection ${made.id}`;
    expect(textOf(await app.handOut?.(crewWrite()))).toContain(asked);
    expect((await seen()).waiting?.get(key)?.[0]?.text).toContain(asked);
    const callback = `https://auth.workos.com/sso/oidc/${made.opaque}/callback`;
    const write = crewWrite("s3cret-one", { target: { organization: "whiterabbit", callback } });
    expect(await app.handOut?.(write)).toEqual({ redirectUri: callback });
  });

  test("with other values than the file's is told, as far as WorkOS shows them", async () => {
    await off();
    await app.handOut?.(crewWrite());
    place.environment.finishPortal(place.organization().id, { ...byHand, clientId: "mistyped" });
    place.environment.showsDetails = true;
    const write = at(crewWrite(), await app.handOut?.(crewWrite()));
    const failure = await failureOf(app.write(write));
    expect([failure.code, failure.message.includes("clientId is another now")]).toEqual([
      "WORKOS_CHANGE_BY_HAND",
      true,
    ]);
  });

  test("is not deleted when its proof fails, and never told as proven", async () => {
    await off();
    await app.handOut?.(crewWrite());
    place.environment.finishPortal(place.organization().id, byHand);
    place.environment.showsDetails = true;
    await app.write(at(crewWrite(), await app.handOut?.(crewWrite())));
    await app.restore(key);
    expect(place.environment.connections.size).toBe(1);
    expect(await found()).toMatchObject({ state: "pending" });
    await app.disable(key);
    expect(place.environment.connections.size).toBe(0);
  });
});

describe("off and removed", () => {
  test("a suspended connection is deleted, its organization, people and values stay", async () => {
    await live(app);
    await app.disable(key);
    expect(place.environment.connections.size).toBe(0);
    expect(place.organization().externalId).toBe("whiterabbit");
    expect(await found()).toMatchObject({ state: "disabled", fields: { clientId: "tenantry.client" } });
  });

  test("an interrupted switch-off is finished by the next one", async () => {
    await live(app);
    place.faults.add({
      host: "api.workos.com",
      method: "PUT",
      effect: "status-before",
      status: 500,
      times: 3,
    } as never);
    expect((await failureOf(app.disable(key))).code).toBe("WORKOS_UNAVAILABLE");
    expect(place.environment.connections.size).toBe(0);
    expect(await found()).toMatchObject({ state: "disabled" });
    await (await place.adapter()).disable(key);
    expect(await found()).toMatchObject({ state: "disabled" });
  });

  test("one that somebody made again meanwhile is told as active, so that it is switched off again", async () => {
    await live(app);
    await app.disable(key);
    place.environment.finishPortal(place.organization().id, byHand);
    expect(await found()).toMatchObject({ state: "active" });
    await app.disable(key);
    expect(place.environment.connections.size).toBe(0);
    expect(await found()).toMatchObject({ state: "disabled" });
  });

  test("removed for good it gives up the tenant's domains, and its key is never used again", async () => {
    const write = await live(app);
    await app.writeTenant(tenant({ status: "offboarded" }));
    await app.disable(key);
    await app.remove(key);
    expect(place.organization().domains).toEqual([]);
    expect(await found()).toMatchObject({ state: "tombstone" });
    expect((await failureOf(app.write(write))).code).toBe("WORKOS_RECORD_RETIRED");
    expect((await failureOf(app.activate(key))).code).toBe("WORKOS_RECORD_RETIRED");
    await app.writeTenant(tenant({ status: "offboarded" }));
    expect(place.organization().domains).toEqual([]);
  });

  test("switched on again where a person makes connections, it waits for one and takes that", async () => {
    await live(app);
    await app.disable(key);
    place.environment.makesConnections = false;
    expect(textOf(await app.handOut?.(crewWrite()))).toContain("make the connection of Whiterabbit Foods at WorkOS");
    place.environment.showsDetails = true;
    const made = place.environment.finishPortal(place.organization().id, byHand);
    const write = at(crewWrite(), await app.handOut?.(crewWrite()));
    await app.write(write);
    await app.activate(key);
    await app.settle(key);
    expect(write.record.redirectUri).toContain(made.opaque);
    expect(await found()).toMatchObject({ state: "active" });
  });

  test("nothing can be switched on that is not there", async () => {
    expect((await failureOf(app.activate(key))).code).toBe("WORKOS_RECORD_MISSING");
    expect((await failureOf(app.write(crewWrite()))).code).toBe("WORKOS_ORGANIZATION_MISSING");
  });
});
