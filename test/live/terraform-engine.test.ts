import { createPrivateKey, generateKeyPairSync } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Registration } from "../../src/desired/connection.ts";
import type { Engine } from "../../src/engine/engine.ts";
import type { Change } from "../../src/plan/change.ts";
import type { PublicKey } from "../../src/workspace/workspace.ts";
import { failure } from "../engine/bench.ts";
import { differences } from "../engine/terraform-engine/differences.ts";
import { wanted } from "../idp/okta/bench.ts";
import { groupPart } from "../stacks/okta/cases.ts";
import { differingLeaves, leavesOf } from "./okta-objects.ts";
import { describeWithProvider, type Pair } from "./terraform-bench.ts";
import { type EngineBench, openEngineBench } from "./terraform-engine-bench.ts";

const { label } = wanted();
const elsewhere = ["https://portal.acme.example/elsewhere"];
const admins = { everyone: false, groups: ["whiterabbit-admins"] } as const;
const made = groupPart("made-here");
const both = { everyone: false, groups: ["made-here", "whiterabbit-staff"] } as const;
const withGroup = wanted({ assignment: both, parts: [made] });
const absent = wanted({ state: "absent" });
const refreshing = ["authorization_code", "refresh_token"] as const;

const rsa = publicKey("rsa-1", "RSA");
const newer = publicKey("rsa-2", "RSA");
const curve = publicKey("curve-1", "EC");
const signs = (clientKey: PublicKey | undefined, more: Partial<Registration> = {}) =>
  wanted({ clientAuth: "private_key_jwt", clientKey, ...more });

function publicKey(kid: string, kty: "RSA" | "EC"): PublicKey {
  const { publicKey: key } =
    kty === "RSA"
      ? generateKeyPairSync("rsa", { modulusLength: 2048 })
      : generateKeyPairSync("ec", { namedCurve: "P-256" });
  return { ...key.export({ format: "jwk" }), kty, kid, alg: kty === "RSA" ? "RS256" : "ES256" };
}

/** What is brought about one after another; compared is what the last one leaves. */
const courses: Readonly<Record<string, readonly Registration[]>> = {
  "a client with a secret": [wanted()],
  "one without": [wanted({ clientAuth: "none", grantTypes: refreshing })],
  "one without addresses for sign-out, with refresh tokens": [
    wanted({ grantTypes: refreshing, pkce: "off", postLogoutRedirectUris: [] }),
  ],
  "one that signs, RSA": [signs(rsa)],
  "one that signs, elliptic curve": [signs(curve)],
  "everyone, by a policy": [wanted({ accessPolicy: "Phishing resistant", assignment: { everyone: true } })],
  "a group that is made": [withGroup],
  "assignments as they are": [wanted({ assignment: undefined })],
  changed: [wanted(), wanted({ redirectUris: elsewhere, assignment: admins, accessPolicy: "Phishing resistant" })],
  "a secret instead of a key": [signs(rsa), wanted()],
  suspended: [wanted(), wanted({ state: "inactive" })],
  "active again, and otherwise": [wanted(), wanted({ state: "inactive" }), wanted({ redirectUris: elsewhere })],
};

describeWithProvider("the engine terraform", (pair) => {
  describe("leaves what `direct` leaves, plans nothing more, and leaves nothing when it is wanted absent", () => {
    const live = liveBench(pair);
    test.each(Object.entries(courses))("%s", { timeout: 60_000 }, async (_, course) => {
      const bench = live();
      const [direct, terraform] = [await bench.direct(), await bench.terraform()];
      for (const registration of course) await direct.apply(registration);
      const one = await leavesOf(bench, label);
      await direct.apply(absent);
      await dropMade(bench);
      for (const registration of course) await terraform.apply(registration);
      const found = differingLeaves(one, await leavesOf(bench, label));
      const known = Object.entries(differences).filter(([path]) => path in found);
      expect(found).toEqual(Object.fromEntries(known));
      expect(await changesOf(terraform, course.at(-1) ?? wanted())).toEqual([]);
      await terraform.apply(absent);
      expect(await changesOf(terraform, absent)).toEqual([]);
      expect(labels(bench)).not.toContain(label);
    });
  });

  describe("in place", () => {
    const live = liveBench(pair);

    test("a callback changed at Okta shows and is mended; the client keeps its id and its secret", {
      timeout: 60_000,
    }, async () => {
      const bench = live();
      const terraform = await bench.terraform();
      const first = await terraform.apply(wanted());
      const app = await bench.app(label);
      const oauthClient = { ...settingsOf(app), redirect_uris: elsewhere };
      await bench.call("PUT", `/api/v1/apps/${app.id}`, {
        ...app,
        settings: { ...(app.settings as object), oauthClient },
      });
      expect(await changesOf(terraform, wanted())).toMatchObject([
        { action: "update", paths: ["redirectUris"], before: { redirectUris: elsewhere }, hot: ["redirectUris"] },
      ]);
      const second = await terraform.apply(wanted());
      expect([second?.id, second?.fields, second?.secretId]).toEqual([first?.id, first?.fields, first?.secretId]);
      expect(await changesOf(terraform, wanted())).toEqual([]);
    });

    test("new groups come before old ones go; off first, on last", { timeout: 60_000 }, async () => {
      const bench = live();
      const terraform = await bench.terraform();
      await terraform.apply(wanted());
      const swap = await writesOf(bench, () => terraform.apply(wanted({ assignment: admins })));
      const gone = swap.findIndex((write) => /^DELETE .*\/groups\//.test(write));
      // Both groups are assigned by then.
      expect(swap.slice(0, gone).map((write) => write.split(" ")[0])).toEqual(["PUT", "PUT"]);
      const off = await writesOf(bench, () => terraform.apply(wanted({ state: "inactive", redirectUris: elsewhere })));
      expect(off[0]).toMatch(/^POST .*\/lifecycle\/deactivate$/);
      const on = await writesOf(bench, () => terraform.apply(wanted()));
      expect([on.length > 1, on.at(-1)]).toEqual([true, expect.stringMatching(/^POST .*\/lifecycle\/activate$/)]);
    });

    test("keys stay beside a new one, and go when that is proven", { timeout: 60_000 }, async () => {
      const bench = live();
      const terraform = await bench.terraform();
      for (const [registration, kids] of [
        [signs(rsa), ["rsa-1"]],
        [signs(newer, { keepKeys: true }), ["rsa-1", "rsa-2"]],
        [signs(undefined, { keepKeys: true }), ["rsa-1", "rsa-2"]],
        [signs(newer, { keepKeys: false }), ["rsa-2"]],
      ] as const) {
        await terraform.apply(registration);
        expect(kidsOf(await bench.app(label))).toEqual(kids);
      }
    });

    test("what others keep in an app stays; what they must not set is put right and shown", {
      timeout: 60_000,
    }, async () => {
      const bench = live();
      const terraform = await bench.terraform();
      await terraform.apply(wanted());
      const app = await bench.app(label);
      await bench.call("PUT", `/api/v1/apps/${app.id}`, {
        ...app,
        profile: { ...(app.profile as object), costCentre: "7" },
        settings: {
          ...(app.settings as object),
          notes: { admin: "Ask Jo" },
          oauthClient: { ...settingsOf(app), consent_method: "REQUIRED", client_uri: "https://portal.acme.example/" },
        },
      });
      expect(await changesOf(terraform, wanted())).toMatchObject([
        { paths: ["engineArguments"], before: { engineArguments: { consent_method: "REQUIRED" } } },
      ]);
      await terraform.apply(wanted());
      expect(await bench.app(label)).toMatchObject({
        profile: { costCentre: "7", tenantryKey: "whiterabbit/portal" },
        settings: {
          notes: { admin: "Ask Jo" },
          oauthClient: { consent_method: "TRUSTED", client_uri: "https://portal.acme.example/" },
        },
      });
      expect(await changesOf(terraform, wanted())).toEqual([]);
    });

    test("a group that we made stays when nobody is assigned to it, and serves again", {
      timeout: 60_000,
    }, async () => {
      const bench = live();
      const terraform = await bench.terraform();
      await terraform.apply(withGroup);
      await terraform.apply(wanted());
      expect(await bench.groupsOf(label)).toEqual(["whiterabbit-staff"]);
      await terraform.apply(withGroup);
      // Another tenant's state does not have it: there it is looked up.
      const other = wanted({
        key: "alder/portal" as Registration["key"],
        assignment: both,
        parts: [{ ...made, tenant: "alder" }],
      });
      await terraform.apply(other);
      expect(await bench.groupsOf(other.label)).toEqual(["made-here", "whiterabbit-staff"]);
      expect(await changesOf(terraform, other)).toEqual([]);
      await terraform.apply({ ...other, state: "absent", parts: [] });
      await terraform.apply(absent);
      expect(await names(bench)).toContain("made-here");
    });

    test("switching off does not need what is gone: a group, a policy", { timeout: 60_000 }, async () => {
      const bench = live();
      await (await bench.terraform()).apply(withGroup);
      await dropMade(bench);
      const terraform = await bench.terraform();
      const off = wanted({ state: "inactive", assignment: both, accessPolicy: "Never was" });
      expect(await changesOf(terraform, off)).toMatchObject([
        { paths: ["active", "assignment"], after: { active: false } },
      ]);
      expect((await terraform.apply(off))?.active).toBe(false);
      expect((await bench.app(label)).status).toBe("INACTIVE");
    });

    test("a connection of the tenant that the run is not about is left alone", { timeout: 60_000 }, async () => {
      const bench = live();
      const terraform = await bench.terraform();
      const second = wanted({ key: "whiterabbit/orders" as Registration["key"] });
      await terraform.apply(wanted());
      await terraform.apply(second);
      await terraform.apply(wanted({ redirectUris: elsewhere }));
      expect(await changesOf(terraform, wanted({ redirectUris: elsewhere }), second)).toEqual([]);
      await terraform.apply(absent);
      expect(await changesOf(terraform, second)).toEqual([]);
      await terraform.apply({ ...second, state: "absent" });
    });
  });

  describe("adoption", () => {
    const live = liveBench(pair);

    test("what `direct` made is held, then taken over as it is, and nothing is to do afterwards", {
      timeout: 60_000,
    }, async () => {
      const bench = live();
      const direct = await bench.direct();
      const first = await direct.apply(withGroup);
      const before = await leavesOf(bench, label);
      const held = await (await bench.terraform()).plan([withGroup], "single");
      expect(held.observation.problems.map(({ code }) => code)).toEqual(["ENGINE_NOT_IN_STATE"]);
      expect([held.registrations.size, held.parts.size]).toEqual([0, 0]);
      expect((await failure((await bench.terraform()).apply(withGroup))).code).toBe("ENGINE_NOT_IN_STATE");
      const adopting = await bench.terraform({ adopt: true });
      expect(await changesOf(adopting, withGroup)).toMatchObject([{ action: "update", paths: ["engine"] }]);
      const second = await adopting.apply(withGroup);
      if (first === undefined || second === undefined) throw new Error("there is no client");
      expect([second.id, await adopting.secretOf(second)]).toEqual([first.id, await direct.secretOf(first)]);
      expect(differingLeaves(before, await leavesOf(bench, label))).toEqual({});
      expect(await changesOf(await bench.terraform(), withGroup)).toEqual([]);
    });

    test("what is in no state and wanted off or absent needs no taking over", { timeout: 60_000 }, async () => {
      const bench = live();
      const terraform = await bench.terraform();
      await (await bench.direct()).apply(wanted());
      expect((await terraform.apply(wanted({ state: "inactive" })))?.active).toBe(false);
      expect(await terraform.apply(absent)).toBeUndefined();
      expect(labels(bench)).not.toContain(label);
    });

    test("a client that somebody has deleted is held, then made anew", { timeout: 60_000 }, async () => {
      const bench = live();
      const terraform = await bench.terraform();
      await terraform.apply(wanted());
      await deleteApp(bench);
      const held = await terraform.plan([wanted()], "single");
      expect(held.observation.problems.map(({ code }) => code)).toEqual(["ENGINE_STATE_GONE"]);
      const adopting = await bench.terraform({ adopt: true });
      expect(await changesOf(adopting, wanted())).toMatchObject([{ action: "create" }]);
      await adopting.apply(wanted());
      expect(await changesOf(terraform, wanted())).toEqual([]);
      // Wanted absent, one that is gone is done.
      await deleteApp(bench);
      expect(await terraform.apply(absent)).toBeUndefined();
      expect(await changesOf(terraform, wanted())).toMatchObject([{ action: "create" }]);
    });

    test("another client than the one in the state is held, then taken over in its place", {
      timeout: 60_000,
    }, async () => {
      const bench = live();
      const terraform = await bench.terraform();
      await terraform.apply(wanted());
      await deleteApp(bench);
      const there = await (await bench.direct()).apply(wanted());
      const held = await terraform.plan([wanted()], "single");
      expect(held.observation.problems.map(({ code }) => code)).toEqual(["ENGINE_STATE_GONE"]);
      expect((await failure(terraform.apply(wanted()))).code).toBe("ENGINE_STATE_GONE");
      const adopting = await bench.terraform({ adopt: true });
      expect(await changesOf(adopting, wanted())).toMatchObject([{ action: "update", paths: ["engine"] }]);
      expect((await adopting.apply(wanted()))?.id).toBe(there?.id);
      expect(await changesOf(terraform, wanted())).toEqual([]);
    });
  });

  describe("credentials", () => {
    const live = liveBench(pair);

    test("an API token, PEM of both kinds and a JSON Web Key; none of them is in any file, nor the client's secret", {
      timeout: 90_000,
    }, async () => {
      const bench = live();
      const { env } = bench.bench.sandbox;
      const key = createPrivateKey(env.OKTA_PRIVATE_KEY ?? "");
      bench.values.PKCS1 = key.export({ type: "pkcs1", format: "pem" }).toString();
      bench.values.JWK = JSON.stringify(key.export({ format: "jwk" }));
      const reference = (name: string) => ({ scheme: "env", name, text: `env:${name}` }) as const;
      const clientId = "0oa1tenantryservice0";
      const ways = [
        { clientId, privateKey: reference("OKTA_PRIVATE_KEY") },
        { clientId, privateKey: reference("PKCS1") },
        { clientId, privateKey: reference("JWK") },
        { apiToken: reference("OKTA_API_TOKEN") },
      ];
      for (const [index, credentials] of ways.entries()) {
        const engine = await bench.terraform({ credentials });
        const found = await engine.apply(wanted({ redirectUris: [`https://portal.acme.example/${index}`] }));
        // A plan that nobody carries out leaves a file, until the engine is closed.
        await engine.plan([wanted()], "single");
        const secret = found && (await engine.secretOf(found));
        if (secret === undefined) throw new Error("the client has no secret");
        bench.secrets.add(secret.secret.reveal());
        await engine.close();
      }
      const files = filesUnder(join(bench.root, ".tenantry"));
      expect(files.filter(({ path }) => path.endsWith(".tfplan"))).toEqual([]);
      expect(files.some(({ path }) => path.endsWith("terraform.tfstate"))).toBe(true);
      const spoken = [...bench.secrets]
        .flatMap((secret) => secret.split("\n"))
        .filter((line) => line.length > 20 && !line.startsWith("---"));
      expect(spoken.length).toBeGreaterThan(20);
      for (const line of spoken) {
        for (const { path, text } of files) expect(text.includes(line), `${path} holds a secret`).toBe(false);
        expect(bench.told.join("\n").includes(line)).toBe(false);
      }
    });
  });
});

/** One bench for the tests of a `describe`; after each the client is gone. */
function liveBench(pair: Pair): () => EngineBench {
  let bench: EngineBench | undefined;
  const it = (): EngineBench => {
    if (bench === undefined) throw new Error("the bench stands only while the tests run");
    return bench;
  };
  beforeAll(async () => {
    bench = await openEngineBench(pair);
  });
  afterAll(() => bench?.close());
  afterEach(async () => {
    await (await it().terraform()).apply(absent);
    await dropMade(it());
  });
  return it;
}

async function changesOf(engine: Engine, ...registrations: readonly Registration[]): Promise<readonly Change[]> {
  const { registrations: clients, parts, observation } = await engine.plan(registrations, "single");
  expect(observation.problems).toEqual([]);
  return [...clients.values(), ...parts.values()].flatMap(({ changes }) => changes);
}

/** Calls that changed something, of one piece of work. */
async function writesOf(bench: EngineBench, work: () => Promise<unknown>): Promise<readonly string[]> {
  const { entries } = bench.bench.sandbox.okta.requests;
  const before = entries.length;
  await work();
  return entries
    .slice(before)
    .filter(({ method, path }) => method !== "GET" && !path.startsWith("/oauth2"))
    .map(({ method, path }) => `${method} ${path}`);
}

function labels({ bench }: EngineBench): readonly string[] {
  return bench.sandbox.okta.apps.map((app) => app.label);
}

async function names(bench: EngineBench): Promise<readonly string[]> {
  const groups = (await bench.call("GET", "/api/v1/groups")) as readonly { profile: { name: string } }[];
  return groups.map(({ profile }) => profile.name);
}

async function deleteApp(bench: EngineBench): Promise<void> {
  const { id } = await bench.app(label);
  await bench.call("POST", `/api/v1/apps/${id}/lifecycle/deactivate`, {});
  await bench.call("DELETE", `/api/v1/apps/${id}`);
}

/** The group that we made, gone by other means. */
async function dropMade(bench: EngineBench): Promise<void> {
  const groups = (await bench.call("GET", "/api/v1/groups")) as readonly { id: string; profile: { name: string } }[];
  for (const { id, profile } of groups)
    if (profile.name === made.name) await bench.call("DELETE", `/api/v1/groups/${id}`);
}

function settingsOf(app: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return (app.settings as { oauthClient: Readonly<Record<string, unknown>> }).oauthClient;
}

function kidsOf(app: Readonly<Record<string, unknown>>): readonly string[] {
  const { keys } = settingsOf(app).jwks as { keys: readonly { kid: string }[] };
  return keys.map(({ kid }) => kid).sort();
}

/** Every file below a folder, but for what links lead to: the provider itself. */
function filesUnder(folder: string): readonly { readonly path: string; readonly text: string }[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesUnder(path);
    return entry.isFile() ? [{ path, text: readFileSync(path, "latin1") }] : [];
  });
}
