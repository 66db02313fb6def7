import { describe, expect, test } from "vitest";
import type { Registration } from "../../../src/desired/connection.ts";
import { newClient } from "../../../src/idp/auth0/client-body.ts";
import { readMetadata, writeMetadata } from "../../../src/idp/auth0/organization-metadata.ts";
import type { PresentClient, PresentOrganization } from "../../../src/idp/auth0/present.ts";
import {
  type ClientArguments,
  clientArguments,
  enabledConnections,
  keptConnections,
  organizationMetadata,
} from "../../../stacks/auth0/program.ts";
import { organization, registration, registrations, scope } from "./cases.ts";

const every = Object.entries(registrations);

describe("a client", () => {
  const plain = {
    name: "fernhill/portal Fernhill Media (production)",
    appType: "regular_web",
    callbacks: ["https://portal.acme.example/openid/callback/w2mq7xk9d4tzr6vhc8nb"],
    allowedLogoutUrls: [],
    grantTypes: ["authorization_code"],
    isFirstParty: true,
    oidcConformant: true,
    crossOriginAuth: false,
    organizationUsage: "allow",
    jwtConfiguration: { alg: "RS256" },
    clientMetadata: {
      tenantryEnvironment: "production",
      tenantryKey: "fernhill/portal",
      tenantryWorkspace: "acme",
    },
  };
  const off = { ...plain.clientMetadata, tenantryKeptGrants: "authorization_code refresh_token" };
  const rotating = {
    rotationType: "rotating",
    expirationType: "expiring",
    leeway: 30,
    tokenLifetime: 2_592_000,
    infiniteTokenLifetime: false,
    idleTokenLifetime: 1_296_000,
    infiniteIdleTokenLifetime: false,
  };
  const golden: Readonly<Record<string, object>> = {
    "a secret in the header": plain,
    "a secret in the body": plain,
    "a key": plain,
    "a key, while another is kept": plain,
    "no proof of its own": plain,
    "refresh tokens": { ...plain, grantTypes: ["authorization_code", "refresh_token"], refreshToken: rotating },
    "a way out, and two ways back": {
      ...plain,
      callbacks: ["https://portal.acme.example/callback", "https://portal.acme.example/old"],
      allowedLogoutUrls: ["https://portal.acme.example/", "https://portal.acme.example/bye"],
    },
    "switched off": { ...plain, grantTypes: [], refreshToken: rotating, clientMetadata: off },
    "several connections": plain,
    "another sign-in": {
      ...plain,
      name: "fernhill/portal/staff Fernhill Media (production)",
      clientMetadata: { ...plain.clientMetadata, tenantryKey: "fernhill/portal/staff" },
    },
  };

  test("has an expectation for every case", () => {
    expect(Object.keys(golden)).toEqual(Object.keys(registrations));
  });

  test.each(every)("with %s is what it was", (name, wanted) => {
    expect(clientArguments(wanted)).toEqual(golden[name]);
  });

  test.each(every)("with %s is what the API would be sent, but for how it proves itself", (_name, wanted) => {
    const { token_endpoint_auth_method: _method, ...sent } = newClient(wanted);
    expect(asSent(clientArguments(wanted))).toEqual(sent);
  });

  test("keeps what others set: metadata, our note of its key, lifetimes of its tokens", () => {
    const wanted = registration({ grantTypes: ["authorization_code", "refresh_token"] });
    const present = there({
      client_metadata: { theirs: "kept", tenantryClientKey: "cred_1 portal-key-1 7Fj", tenantryKey: "wrong", odd: 7 },
      refresh_token: { rotation_type: "rotating", expiration_type: "expiring", token_lifetime: 3_600, leeway: 5 },
      jwt_configuration: { alg: "HS256", lifetime_in_seconds: 60 },
    });
    const { clientMetadata, refreshToken, jwtConfiguration } = clientArguments(wanted, present);
    expect(clientMetadata).toEqual({
      theirs: "kept",
      tenantryClientKey: "cred_1 portal-key-1 7Fj",
      tenantryEnvironment: "production",
      tenantryKey: "fernhill/portal",
      tenantryWorkspace: "acme",
    });
    expect(refreshToken).toMatchObject({ leeway: 5, tokenLifetime: 3_600, idleTokenLifetime: undefined });
    // A lifetime of tokens is left out, and stays for that.
    expect(jwtConfiguration).toEqual({ alg: "RS256" });
  });

  test("gets tokens that end, whatever others set", () => {
    const wanted = registration({ grantTypes: ["authorization_code", "refresh_token"] });
    const present = there({ refresh_token: { rotation_type: "non-rotating", token_lifetime: 9, leeway: 9 } });
    expect(clientArguments(wanted, present).refreshToken).toEqual(rotating);
  });

  test("that is on again has no note of its grants", () => {
    const present = there({ client_metadata: { tenantryKeptGrants: "authorization_code" } });
    expect(clientArguments(registration(), present).clientMetadata).toEqual(plain.clientMetadata);
  });

  test("says nothing that could be read as a secret, and nothing that would make another client of it", () => {
    const wanted = registration({ grantTypes: ["authorization_code", "refresh_token"] });
    expect(JSON.stringify(clientArguments(wanted, there({ client_secret: "geheim" })))).not.toMatch(
      /geheim|secretEncoded|clientSecret/,
    );
  });

  test("takes odd texts for texts", () => {
    const odd = `\${secret} %{if} {"4dabf18193072939515e22adb298388d":"x"} [unknown] urn:pulumi:a::b::c::d \u202e`;
    const wanted = registration({ label: odd, redirectUris: [odd] });
    const { name, callbacks } = clientArguments(wanted);
    expect([name, callbacks]).toEqual([odd, [odd]]);
  });

  test("takes no metadata of others for one of Pulumi's own values, such as a file to be read", () => {
    const asset = { "4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17", path: "/etc/hostname" };
    const { clientMetadata } = clientArguments(registration(), there({ client_metadata: asset }));
    expect(clientMetadata).toEqual({ path: "/etc/hostname", ...plain.clientMetadata });
  });
});

describe("an organization", () => {
  const kept = { connectionId: "con_1", assignMembershipOnLogin: true, showAsButton: false, isSignupEnabled: true };
  const own = { tenant: "fernhill", clientIds: ["client_b"], making: ["fernhill/orders"] };
  const present = (change: Partial<PresentOrganization> = {}): PresentOrganization => ({
    id: "org_1",
    metadata: writeMetadata({ theirs: "kept" }, scope, own),
    enabled: [],
    ...change,
  });

  test("names its tenant and its clients, those besides included, and keeps what others wrote", () => {
    const metadata = organizationMetadata(organization(), scope, ["client_a"], [kept], present());
    expect(metadata).toEqual({
      theirs: "kept",
      tenantryClients1: "client_a client_b",
      tenantryEnvironment: "production",
      tenantryMaking1: "fernhill/orders",
      tenantryTenant: "fernhill",
      tenantryWorkspace: "acme",
    });
    expect(organizationMetadata(organization(), scope, ["client_a"], [])).toEqual({
      tenantryClients1: "client_a",
      tenantryEnvironment: "production",
      tenantryTenant: "fernhill",
      tenantryWorkspace: "acme",
    });
  });

  test("names no client that goes", () => {
    const metadata = organizationMetadata(organization(), scope, ["client_a"], [], present(), ["client_b"]);
    expect(metadata.tenantryClients1).toBe("client_a");
  });

  test("that is switched off enables nothing, and notes what it enabled", () => {
    const part = organization({ state: "inactive" });
    const there = present({ enabled: [kept] });
    expect(enabledConnections(part, scope, ["con_1"], there)).toEqual([]);
    const notes = keptConnections(part, scope, ["con_1"], there);
    const metadata = organizationMetadata(part, scope, [], notes, there);
    expect(readMetadata(metadata, scope, "fernhill")?.kept).toEqual([kept]);
  });

  test("that was switched off halfway loses no note; what is enabled now counts more", () => {
    const part = organization({ state: "inactive" });
    const before = [
      { ...kept, connectionId: "con_2" },
      { ...kept, isSignupEnabled: false },
    ];
    const there = present({ metadata: writeMetadata({}, scope, { ...own, kept: before }), enabled: [kept] });
    expect(keptConnections(part, scope, [], there)).toEqual([{ ...kept, connectionId: "con_2" }, kept]);
  });

  test("that is switched off without a look at Auth0 notes what its file enables", () => {
    const part = organization({ state: "inactive" });
    expect(keptConnections(part, scope, ["con_1"])).toEqual([{ ...kept, showAsButton: true, isSignupEnabled: false }]);
    expect(organizationMetadata(part, scope, [], []).tenantryKeptConnections1).toBe("-");
  });

  test("makes whoever signs in a member; the rest is as it is, or was before it was switched off", () => {
    const ids = ["con_1", "con_2", "con_3"];
    const noted = {
      connectionId: "con_2",
      assignMembershipOnLogin: false,
      showAsButton: false,
      isSignupEnabled: false,
    };
    const there = present({
      metadata: writeMetadata({}, scope, { ...own, kept: [noted] }),
      enabled: [{ ...kept, assignMembershipOnLogin: false }],
    });
    expect(enabledConnections(organization(), scope, ids, there)).toEqual([
      kept,
      { ...noted, assignMembershipOnLogin: true },
      { connectionId: "con_3", assignMembershipOnLogin: true, showAsButton: true, isSignupEnabled: false },
    ]);
  });

  test("with more ids than its metadata holds is refused", () => {
    const ids = Array.from({ length: 60 }, (_, index) => String(index).padStart(32, "x"));
    expect(() => organizationMetadata(organization(), scope, ids, [])).toThrow(
      expect.objectContaining({ code: "AUTH0_METADATA_FULL" }),
    );
  });
});

/** A client as Auth0 has it. */
function there(raw: PresentClient["raw"]): PresentClient {
  return { clientId: "client_a", raw, enabled: [] };
}

/** What the Auth0 provider sends for these arguments, by the names of its source. */
function asSent(args: ClientArguments): Readonly<Record<string, unknown>> {
  const named: Readonly<Record<string, string>> = { crossOriginAuth: "cross_origin_authentication" };
  const rename = (value: unknown): unknown =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).map(([name, member]) => [named[name] ?? snake(name), member]))
      : value;
  return Object.fromEntries(
    Object.entries(args).map(([name, value]) => [
      named[name] ?? snake(name),
      name === "clientMetadata" ? value : rename(value),
    ]),
  );
}

function snake(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

test("the cases hold every way in which a client proves itself", () => {
  const methods = new Set(every.map(([, wanted]: readonly [string, Registration]) => wanted.clientAuth));
  expect([...methods].sort()).toEqual(["client_secret_basic", "client_secret_post", "none", "private_key_jwt"]);
});
