import { expect, test } from "vitest";
import { workosEntry } from "../../../src/tenant/apps/workos.ts";
import { resolveWorkosApp, workosApp } from "../../../src/workspace/apps/workos.ts";

const base = { kind: "workos", baseUrl: "https://crew.acme.example", apiKey: "env:CREW_WORKOS_KEY" };

/** Paths and messages of everything that is wrong with it. */
const wrong = (written: Readonly<Record<string, unknown>>): readonly string[] =>
  (workosApp.safeParse({ ...base, ...written }).error?.issues ?? []).map(
    ({ path, message }) => `${path.join(".")} ${message}`,
  );

const wrongEntry = (written: unknown): readonly string[] =>
  (workosEntry.safeParse(written).error?.issues ?? []).map(({ path, message }) => `${path.join(".")} ${message}`);

test("an app needs its key and address, and waits for the callback that WorkOS hands out", () => {
  expect(resolveWorkosApp("crew", workosApp.parse(base))).toEqual({
    ...{ kind: "workos", name: "crew", baseUrl: "https://crew.acme.example", callback: "", start: undefined },
    ...{ postLogout: [], clientAuth: ["client_secret_basic", "client_secret_post"], clientKey: undefined },
    ...{ secretSink: undefined, connections: "auto", organization: "{tenant}", handOff: undefined },
    apiKey: { scheme: "env", name: "CREW_WORKOS_KEY", text: "env:CREW_WORKOS_KEY" },
  });
});

test.each([
  [{ apiKey: "sk_live_x" }, "apiKey must be a reference to a secret, never the secret itself"],
  [
    { clientAuth: ["private_key_jwt"] },
    "clientAuth.0 must be client_secret_basic or client_secret_post: WorkOS takes a client's key only with a certificate",
  ],
  [{ organization: "acme" }, "organization must hold `{tenant}` once, besides letters, digits, `.`, `_` and `-`"],
  [
    { organization: "{tenant}{tenant}" },
    "organization must hold `{tenant}` once, besides letters, digits, `.`, `_` and `-`",
  ],
  [{ handOff: "../elsewhere" }, "handOff must be a path inside the workspace"],
  [{ handOff: "/tmp/x" }, "handOff must be a path inside the workspace"],
  [{ handOff: "a/../../x" }, "handOff must be a path inside the workspace"],
  [
    { connections: "handOff", callback: "/sso/{id}" },
    "callback cannot be set for connections that are made by hand: WorkOS hands their callback out",
  ],
])("%j is refused", (written, message) => {
  expect(wrong(written)).toEqual([message]);
});

test.each([
  ["secretSink", "vault:kv/x#y"],
  ["clientKey", {}],
])("%s has no place at WorkOS", (name, value) => {
  expect(wrong({ [name]: value })).toEqual([` Unrecognized key: "${name}"`]);
});

test("a connection may name its callback and custom attributes", () => {
  expect(wrongEntry({})).toEqual([]);
  expect(wrongEntry({ callback: "https://auth.workos.com/sso/oidc/x/callback", attributes: { team: "t" } })).toEqual(
    [],
  );
  expect(wrongEntry({ callback: "http://auth.workos.com/x" })).toHaveLength(1);
  expect(wrongEntry({ attributes: { team: "a\nb" } })).toEqual(["attributes.team must be one line"]);
});
