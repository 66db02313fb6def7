import { parseEnv } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { dotenvPieces, dotenvValue } from "../../../src/app/mendix/dotenv.ts";
import { formatExact, parseExact } from "../../../src/app/mendix/exact-json.ts";
import { readManifest, writeManifest } from "../../../src/app/mendix/manifest-text.ts";
import type { OwnerNote } from "../../../src/app/mendix/owner-note.ts";
import type { ConnectionKey } from "../../../src/desired/connection.ts";
import { appOf, placeOf, writeOf } from "./place.ts";
import { carrierOf, constantsOfManifest, manifest } from "./places.ts";

const note: OwnerNote = {
  workspace: "acme",
  environment: "production",
  key: "whiterabbit/service" as ConnectionKey,
  state: "active",
  tenant: "whiterabbit",
  signIn: "default",
  constants: { ClientID: "OIDC.ClientID" },
  specDigest: "ab",
  secretId: null,
  endSession: true,
};

/** The block of a file that is ours, without its first line. */
function blockIn(text: string): readonly string[] {
  const lines = text.split("\n");
  const at = lines.findIndex((line) => line.startsWith("# tenantry "));
  return lines.slice(at + 1).filter((line) => line !== "");
}

describe("variables of the environment", () => {
  test.each([
    [
      "2.4",
      [
        "MX_OIDC_ClientID=client-of-whiterabbit",
        "MX_OIDC_ClientAlias=whiterabbit",
        "MX_OIDC_AutomaticConfigurationURL=https://acme.okta.com/.well-known/openid-configuration",
        "MX_OIDC_ClientAuthenticationMethod=client_secret_basic",
        "MX_OIDC_CallbackResponseMode=Query",
        "MX_OIDC_CustomATP=",
        "MX_OIDC_CustomCallbackURL=",
        "MX_OIDC_SelectedClaim=",
        "MX_OIDC_SelectedScope='openid email profile'",
        "MX_OIDC_ACRValues=",
        "MX_OIDC_SessionEndPoint=https://acme.okta.com/oauth2/v1/logout",
        "MX_OIDC_UserProvisioningFlow='Standard OIDC'",
        "MX_OIDC_ClientSecret=s3cret",
      ],
    ],
    [
      "3.2",
      [
        "MX_OIDC_ClientID=client-of-whiterabbit",
        "MX_OIDC_ClientAlias=whiterabbit",
        "MX_OIDC_AutomaticConfigurationURL=https://acme.okta.com/.well-known/openid-configuration",
        "MX_OIDC_ClientAuthenticationMethod=client_secret_basic",
        "MX_OIDC_CallbackResponseMode=Query",
        "MX_OIDC_CustomATP=",
        "MX_OIDC_CustomCallbackURL=",
        "MX_OIDC_SelectedClaim=",
        "MX_OIDC_SelectedScope='openid email profile'",
        "MX_OIDC_ACRValues=",
        "MX_OIDC_SessionEndPoint=https://acme.okta.com/oauth2/v1/logout",
        "MX_OIDC_UserParsing=OIDC_CustomUserParsing_Standard",
        "MX_OIDC_EnablePKCE=true",
        "MX_UserCommons_PrincipalIdPAttribute=sub",
        "MX_UserCommons_AllowcreateUsers=true",
        "MX_OIDC_ClientSecret=s3cret",
      ],
    ],
  ])("module %s: what is written for an ordinary connection (B4, B8, B16, B41)", async (module, lines) => {
    const place = placeOf(appOf({ module, carrier: carrierOf("environment MX") }));
    await (await place.adapter()).write(writeOf(place.app));
    expect(blockIn(place.read())).toEqual(lines);
  });

  test("module 4.7: everything that a connection can set (B3, B9–B17, B19, B20)", async () => {
    const app = appOf({
      module: "4.7",
      carrier: carrierOf("environment MX"),
      onboardingModule: "OIDC",
      callback: "/sso/back",
      encryptionKey: "env:KEY",
      nonceCookieSameSite: "None",
      allowedHosts: [".acme.example"],
      disableMxAdmin: true,
    });
    const place = placeOf(app, { secrets: { "env:KEY": "k".repeat(32) } });
    const write = writeOf(app, {
      entry: {
        alias: "Rabbit",
        tokenProcessing: "entra",
        tokenType: "id",
        userParsing: "userInfo",
        selectedClaims: ["auth_time"],
        users: { role: "User", provisioning: "Sso.UC_CustomProvisioning" },
      },
      signIn: {
        clientAuth: "client_secret_post",
        pkce: "off",
        responseMode: "form_post",
        acrValues: ["urn:okta:loa:1fa:any", "urn:okta:loa:2fa:any"],
        scopes: ["openid", "offline_access", "api://service/access"],
        claims: { externalId: "oid", email: "email", displayName: "name" },
        provision: { create: false, update: true },
        logout: { endSession: false },
      },
    });
    await (await place.adapter()).write(write);
    expect([...blockIn(place.read())].sort()).toEqual(
      [
        "MX_OIDC_ClientID=client-of-whiterabbit",
        "MX_OIDC_ClientAlias=Rabbit",
        "MX_OIDC_AutomaticConfigurationURL=https://acme.okta.com/.well-known/openid-configuration",
        "MX_OIDC_ClientAuthenticationMethod=client_secret_post",
        "MX_OIDC_CallbackResponseMode=Form_Post",
        "MX_OIDC_CustomATP=OIDC.Default_Azure_TokenProcessing_CustomATP",
        "MX_OIDC_CustomATPTokenType=ID-TOKEN",
        "MX_OIDC_CustomCallbackURL=https://service.acme.example/sso/back",
        "MX_OIDC_SelectedClaim=auth_time",
        "MX_OIDC_SelectedScope='openid offline_access api://service/access'",
        "MX_OIDC_ACRValues='urn:okta:loa:1fa:any urn:okta:loa:2fa:any'",
        "MX_OIDC_SessionEndPoint=",
        "MX_OIDC_UserParsing=OIDC_CustomUserParsing_UserInfo",
        "MX_OIDC_EnablePKCE=false",
        "MX_OIDC_PrincipalIdPAttribute=oid",
        "MX_OIDC_AllowcreateUsers=false",
        "MX_OIDC_Userrole=User",
        "MX_OIDC_CustomUserProvisioning=Sso.UC_CustomProvisioning",
        "MX_OIDC_ClientSecret=s3cret",
      ].sort(),
    );
    expect(parseEnv(place.read())).toMatchObject({
      MX_OIDC_Encryptionkey: "k".repeat(32),
      MX_OIDC_NonceCookieSameSite: "None",
      MX_OIDC_EnableMultiDomainSupport: "true",
      MX_OIDC_AllowedHosts: ".acme.example",
      MX_UserCommons_DisableMxAdmin: "true",
    });
  });

  test("CONSTANTS is one JSON object of full names; an MX_ variable that would win is a problem", async () => {
    const place = placeOf(appOf({ carrier: carrierOf("environment CONSTANTS") }));
    place.put(`CONSTANTS='{"Service.Limit":12345678901234567890.10}'\n`);
    const write = writeOf(place.app, { secret: "it's" });
    const adapter = await place.adapter();
    await adapter.write(write);
    const { CONSTANTS: json = "" } = parseEnv(place.read());
    expect(json).toContain('"Service.Limit":12345678901234567890.10,"OIDC.ClientID":"client-of-whiterabbit"');
    expect(JSON.parse(json)).toMatchObject({
      "OIDC.ClientSecret": "it's",
      "OIDC.SelectedScope": "openid email profile",
    });
    place.put(`${place.read()}MX_OIDC_ClientID=another\n`);
    const { problems } = await adapter.observe([write.record]);
    expect(problems).toEqual([
      {
        key: "whiterabbit/service",
        code: "MENDIX_SHADOWED",
        message: "service.env also holds MX_OIDC_ClientID, which wins over CONSTANTS",
        hint: "remove the variable, or write `form: MX` for the carrier",
        path: [],
      },
    ]);
  });

  test("a value in a variable is the same for every reader, or there is none", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (value) => {
        const spelt = dotenvValue(value);
        if (spelt === undefined) return;
        const text = `A=${spelt}\nB=1\n`;
        expect(parseEnv(text)).toEqual({ A: value, B: "1" });
        expect(dotenvPieces(text)[0]?.value).toBe(value);
      }),
    );
    expect(dotenvValue("it's")).toBe(`"it's"`);
    expect(dotenvValue('a "b" $c `d` \\e')).toBe("'a \"b\" $c `d` \\e'");
    for (const value of ["it's $x", "a\nb", "a\0b", "it's `x`", "it's \\x"]) expect(dotenvValue(value)).toBeUndefined();
  });

  test("a value that no variable can carry is refused before anything is written", async () => {
    const place = placeOf(appOf({ carrier: carrierOf("environment MX") }));
    place.put("PORT=8080\n");
    const adapter = await place.adapter();
    await expect(adapter.write(writeOf(place.app, { secret: "it's $x" }))).rejects.toMatchObject({
      code: "MENDIX_VALUE_UNFIT",
      message: "The value of OIDC.ClientSecret has no spelling that every reader of service.env takes the same way.",
    });
    expect(place.read()).toBe("PORT=8080\n");
    const constants = placeOf(appOf({ carrier: carrierOf("environment CONSTANTS") }));
    constants.put("");
    await expect((await constants.adapter()).write(writeOf(constants.app, { secret: "a\0b" }))).rejects.toMatchObject({
      code: "MENDIX_VALUE_UNFIT",
    });
    expect(constants.read()).toBe("");
  });

  test("lines of others stay byte for byte, quoted ones over several lines too", async () => {
    const place = placeOf(appOf({ carrier: carrierOf("environment MX") }));
    const theirs = [
      "# by the team",
      "export A='one",
      "MX_OIDC_ClientID=not a line of its own'",
      'B="two # lines \\" still" # a comment',
      "C=3",
      "no assignment at all",
      "",
    ].join("\r\n");
    place.put(theirs);
    const adapter = await place.adapter();
    const write = writeOf(place.app);
    await adapter.write(write);
    expect(place.read().startsWith(theirs)).toBe(true);
    place.put(`${place.read()}LAST=1\n`);
    await adapter.disable(write.record.key);
    expect(place.read().startsWith(theirs)).toBe(true);
    expect(place.read().endsWith("LAST=1\n")).toBe(true);
  });

  test("a file that is not there is made for its owner alone", async () => {
    const place = placeOf(appOf({ carrier: carrierOf("environment MX") }));
    await (await place.adapter()).write(writeOf(place.app));
    const { statSync } = await import("node:fs");
    expect(statSync(`${place.root}/service.env`).mode & 0o777).toBe(0o600);
  });
});

describe("a MendixApp on Kubernetes", () => {
  test("its constants are JSON in JSON; comments, order, other documents and other members stay", async () => {
    const place = placeOf(appOf({ carrier: carrierOf("kubernetes") }));
    place.put(manifest);
    await (await place.adapter()).write(writeOf(place.app));
    const lines = place.read().split("\n");
    const theirs = manifest
      .split("\n")
      .filter((line) => !line.includes("customConfiguration") && !line.includes("Microflow"));
    expect(lines.filter((line) => theirs.includes(line))).toEqual(theirs);
    expect(place.read()).toContain('"ScheduledEventExecution":"ALL","big":12345678901234567890.10}');
    expect(constantsOfManifest(place.read())).toMatchObject({
      "Service.Greeting": "Welcome",
      "OIDC.ClientID": "client-of-whiterabbit",
      "OIDC.ClientSecret": "s3cret",
    });
  });

  test("any value survives two layers of JSON and one of YAML", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ minLength: 1 }), fc.string({ unit: "grapheme" })),
        fc.string({ unit: "binary" }).filter((text) => text.isWellFormed()),
        (others, value) => {
          const constants = { ...others, "OIDC.ClientSecret": value };
          const text = writeManifest(manifest, undefined, constants, [note]);
          expect(constantsOfManifest(text)).toEqual(constants);
          expect(readManifest(text, undefined)).toMatchObject({ constants, notes: [note] });
        },
      ),
      { numRuns: 60 },
    );
  });

  test.each([
    ["plain metadata", "metadata:\n  name: service"],
    ["flow metadata", "metadata: { name: service }"],
    ["annotations of others", "metadata:\n  annotations:\n    team: a # keep\n  name: service"],
    ["flow annotations", "metadata:\n  annotations: { team: a }\n  name: service"],
    ["no annotation yet", "metadata:\n  annotations: {}\n  name: service"],
  ])("the note is an annotation beside others: %s", (_name, metadata) => {
    const text = `kind: MendixApp\n${metadata}\nspec:\n  runtime:\n    customConfiguration: '{"MicroflowConstants":"{}"}'\n`;
    const written = writeManifest(text, "service", { A: "1" }, [note]);
    const read = parse(written) as {
      readonly metadata: { readonly annotations: Record<string, string>; name: string };
    };
    expect(read.metadata.name).toBe("service");
    expect(JSON.parse(read.metadata.annotations.tenantry ?? "")).toEqual([note]);
    if (metadata.includes("team")) expect(read.metadata.annotations.team).toBe("a");
    if (metadata.includes("keep")) expect(written).toContain("team: a # keep");
    expect(readManifest(writeManifest(written, "service", { A: "2" }, []), "service")).toMatchObject({
      constants: { A: "2" },
      notes: [],
    });
  });

  test.each([
    ["kind: Service\n", "holds no MendixApp"],
    ["a: [\n", "is not YAML"],
    ["kind: MendixApp\nmetadata: {name: a}\n", "has no text at spec.runtime.customConfiguration of its MendixApp"],
    [
      "{kind: MendixApp, metadata: {name: a}, spec: {runtime: {customConfiguration: x}}}",
      "has no JSON object at spec.runtime.customConfiguration",
    ],
    [
      "{kind: MendixApp, metadata: {name: a}, spec: {runtime: {customConfiguration: '{}'}}}",
      "has no MicroflowConstants, which would take the place of every other constant of the app: write those there first, or `{}` where there are none",
    ],
  ])("%j is refused: it %s", async (text, why) => {
    const place = placeOf(appOf({ carrier: carrierOf("kubernetes") }));
    place.put(text);
    const adapter = await place.adapter();
    const write = writeOf(place.app);
    const { problems } = await adapter.observe([write.record]);
    expect(problems?.map(({ code, message }) => `${code} ${message}`)).toEqual([
      `MENDIX_MANIFEST_UNFIT service.yaml ${why}.`,
    ]);
    await expect(adapter.write(write)).rejects.toMatchObject({ code: "MENDIX_MANIFEST_UNFIT" });
    expect(place.read()).toBe(text);
  });

  test("of several apps in one file the one that is named", () => {
    const one = (name: string): string =>
      `kind: MendixApp\nmetadata: { name: ${name} }\nspec: { runtime: { customConfiguration: '{"MicroflowConstants":"{}"}' } }\n`;
    const text = `${one("a")}---\n${one("b")}`;
    expect(() => readManifest(text, undefined)).toThrow("holds 2 of MendixApp: say which by `name`");
    const written = writeManifest(text, "b", { X: "1" }, []);
    expect(readManifest(written, "a").constants).toEqual({});
    expect(readManifest(written, "b").constants).toEqual({ X: "1" });
  });
});

test("numbers of others keep their digits, members their order", () => {
  const text = '{"b":1.0,"a":{"n":12345678901234567890,"e":1e400},"2":[-0]}';
  expect(formatExact(parseExact(text) ?? {})).toBe('{"2":[-0],"b":1.0,"a":{"n":12345678901234567890,"e":1e400}}');
  for (const wrong of ["[]", "1", "null", "{", ""]) expect(parseExact(wrong)).toBeUndefined();
});
