import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Registration } from "../../../src/desired/connection.ts";
import { changedApp, newApp } from "../../../src/idp/okta/app-body.ts";
import { type JsonObject, objectIn } from "../../../src/vendor/json.ts";
import { addressesOf } from "../../../stacks/okta/addresses.ts";
import { type OktaStackInput, synthesizeOkta } from "../../../stacks/okta/okta-stack.ts";
import { sharedSandbox } from "../../support/shared-sandbox.ts";
import { elliptic, groupPart, input, key, registration } from "./cases.ts";
import { hasProvider, terraformFolder } from "./terraform-here.ts";

// The stack carried out by the real provider at the sandbox, under the org's real name.

const domain = "acme.okta.com";
const shared = sharedSandbox();

/** The program in a folder of its own, beside the sandbox. */
function atSandbox() {
  const { sandbox } = shared;
  const folder = terraformFolder({
    HTTPS_PROXY: `http://127.0.0.1:${sandbox.port}`,
    SSL_CERT_FILE: join(shared.dir, "authority.pem"),
    OKTA_API_TOKEN: sandbox.env.OKTA_API_TOKEN ?? "",
  });
  writeFileSync(join(shared.dir, "authority.pem"), sandbox.ca);
  const plan = async (stack: OktaStackInput): Promise<readonly JsonObject[]> => {
    folder.write(synthesizeOkta(stack));
    await folder.run("init", "-input=false");
    await folder.run("plan", "-out=plan", "-input=false");
    const { resource_changes } = JSON.parse(await folder.run("show", "-json", "plan")) as {
      resource_changes?: unknown[];
    };
    return ((resource_changes ?? []) as JsonObject[]).filter(({ change }) => {
      const { actions, importing } = change as { actions: string[]; importing?: unknown };
      return actions[0] !== "no-op" || importing !== undefined;
    });
  };
  const apply = () => folder.run("apply", "-input=false", "plan");
  const state = () => readFileSync(join(folder.path, "terraform.tfstate"), "utf8");
  return { plan, apply, state, outputs: async () => JSON.parse(await folder.run("output", "-json")) as JsonObject };
}

/** A call of the management API, as somebody else makes it. */
async function called(method: string, path: string, body?: JsonObject): Promise<JsonObject> {
  const reply = await shared.fetch(domain, `/api/v1/apps${path}`, {
    method,
    headers: { authorization: `SSWS ${shared.sandbox.env.OKTA_API_TOKEN}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  expect(reply.status).toBe(200);
  return JSON.parse(await reply.text()) as JsonObject;
}

const changed = (changes: readonly JsonObject[]) =>
  changes.map(({ address, change }) => {
    const { actions, before, after } = change as {
      actions: string[];
      before: JsonObject | null;
      after: JsonObject | null;
    };
    const names = Object.keys(after ?? {}).filter(
      (name) => JSON.stringify(before?.[name]) !== JSON.stringify(after?.[name]),
    );
    return [address, actions.join(), names.sort()];
  });

describe.each(["6.12.0", "4.20.0"])("with the provider %s", (version) => {
  const provider = { domain, version };
  const of = (name: string) => key(`v${version.replaceAll(".", "-")}/${name}`);

  const everyKind: readonly Registration[] = [
    registration({ key: of("basic") }),
    registration({ key: of("post"), clientAuth: "client_secret_post", pkce: "off" }),
    registration({ key: of("key"), clientAuth: "private_key_jwt", clientKey: elliptic }),
    registration({
      key: of("none"),
      clientAuth: "none",
      grantTypes: ["authorization_code", "refresh_token"],
      assignment: { everyone: true },
    }),
    registration({
      key: of("made"),
      grantTypes: ["authorization_code", "refresh_token"],
      postLogoutRedirectUris: ["https://portal.acme.example/"],
      assignment: {
        everyone: false,
        groups: ["whiterabbit-staff", `\${x} "${version}"`],
        create: [`\${x} "${version}"`],
      },
      parts: [groupPart(`\${x} "${version}"`)],
    }),
    registration({ key: of("off"), state: "inactive" }),
    registration({ key: of("policy"), accessPolicy: "Phishing resistant" }),
    // biome-ignore lint/suspicious/noTemplateCurlyInString: expressions of Terraform are what this is about
    registration({ key: of("text"), label: 'text ${upper("x")} %{ if true } $$${z} ${TfToken[TOKEN.0]} \\n é' }),
  ];

  test.skipIf(!hasProvider(version))(
    "every kind of client is as we make it by the API, and left alone by the next plan (needs a provider mirror)",
    async () => {
      const { plan, apply, state, outputs } = atSandbox();
      const stack = input(everyKind, { provider });
      await plan(stack);
      await apply();
      expect(changed(await plan(stack))).toEqual([]);
      expect(state()).not.toMatch(/"client_secret": "[^"]/);
      const told = await outputs();
      for (const wanted of everyKind) {
        const names = addressesOf(wanted.key).outputs;
        expect(objectIn(told, names.clientId).value).toBe(wanted.clientId);
        const app = await called("GET", `/${String(objectIn(told, names.id).value)}`);
        expect(app.status).toBe(wanted.state === "active" ? "ACTIVE" : "INACTIVE");
        // The provider leaves out the curve of a key, which the engine then has the API put back.
        const mended = wanted.clientKey?.kty === "EC" ? withCurve(app, wanted.clientKey.crv) : app;
        expect(changedApp(withLists(mended), wanted, domain), wanted.key).toBeUndefined();
      }
    },
  );

  test.skipIf(!hasProvider(version))(
    "an app that is there is taken over and changed in place, and what others have set on it stays (needs a provider mirror)",
    async () => {
      const wanted = registration({ key: of("adopted"), clientAuth: "none" });
      const { app: address, assignments } = addressesOf(wanted.key);
      const there = await called("POST", "", newApp({ ...wanted, clientId: `older${version}` }, domain));
      const id = String(there.id);
      const { plan, apply } = atSandbox();
      const imports = [
        { to: address, id },
        { to: assignments, id },
      ];
      const added = version === "4.20.0" ? [] : ["skip_authentication_policy"];
      expect(changed(await plan(input([wanted], { provider, imports })))).toEqual([
        [assignments, "update", ["group"]],
        [address, "update", ["omit_secret", "refresh_token_leeway", "refresh_token_rotation", ...added]],
      ]);
      await apply();

      const settings = objectIn(there, "settings");
      await called("PUT", `/${id}`, {
        ...there,
        profile: { ...objectIn(there, "profile"), costCentre: "4711" },
        settings: {
          ...settings,
          notes: { admin: "Ask Kim" },
          oauthClient: {
            ...objectIn(settings, "oauthClient"),
            client_uri: "https://acme.example/",
            redirect_uris: ["https://other.example/"],
          },
        },
      });
      // Not `none` any more: a new app would be of another type, this one keeps its own, and its client id.
      const now = { ...wanted, clientAuth: "client_secret_post" } as const;
      const keptProfiles = new Map([[now.key, { costCentre: "4711" }]]);
      const stack = input([now], { provider, keptProfiles });
      expect(changed(await plan(stack))).toEqual([
        [address, "update", ["redirect_uris", "token_endpoint_auth_method"]],
      ]);
      await apply();
      const after = await called("GET", `/${id}`);
      expect(after).toMatchObject({
        profile: { costCentre: "4711", tenantryKey: now.key },
        credentials: {
          oauthClient: { client_id: `older${version}`, token_endpoint_auth_method: "client_secret_post" },
        },
        settings: {
          notes: { admin: "Ask Kim" },
          oauthClient: {
            application_type: "native",
            client_uri: "https://acme.example/",
            redirect_uris: now.redirectUris,
          },
        },
      });
      expect(changed(await plan(stack))).toEqual([]);
    },
  );
});

/** The app, its one key with its curve. */
function withCurve(app: JsonObject, crv: string | undefined): JsonObject {
  const settings = objectIn(app, "settings");
  const oauthClient = objectIn(settings, "oauthClient");
  const [key] = objectIn(oauthClient, "jwks").keys as readonly JsonObject[];
  return { ...app, settings: { ...settings, oauthClient: { ...oauthClient, jwks: { keys: [{ ...key, crv }] } } } };
}

/** An empty list is not sent by the provider, and not answered by Okta then. */
function withLists(app: JsonObject): JsonObject {
  const settings = objectIn(app, "settings");
  const oauthClient = { post_logout_redirect_uris: [], ...objectIn(settings, "oauthClient") };
  return { ...app, settings: { ...settings, oauthClient } };
}
