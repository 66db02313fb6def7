import { generateKeyPairSync } from "node:crypto";
import { expect, test } from "vitest";
import { changedApp, newApp } from "../../../src/idp/okta/app-body.ts";
import { type JsonObject, objectIn } from "../../../src/vendor/json.ts";
import { wanted } from "./bench.ts";

const key = (curve: string, kid: string) => {
  const { x, y } = generateKeyPairSync("ec", { namedCurve: curve }).publicKey.export({ format: "jwk" });
  return { kty: "EC", kid, alg: "ES256", crv: curve, x, y } as const;
};
const [own, other] = [key("P-256", "own"), key("P-384", "other")];
const signing = wanted({ clientAuth: "private_key_jwt", clientKey: own });

/** An app of ours as Okta shows it when its keys were sent without their curves. */
function withoutCurves(): JsonObject {
  const app = newApp(signing, "acme.okta.com");
  const settings = app.settings as { oauthClient: JsonObject };
  const keys = [own, other].map(({ alg: _alg, ...each }) => ({ ...each, use: null, status: "ACTIVE", crv: null }));
  return { ...app, settings: { ...settings, oauthClient: { ...settings.oauthClient, jwks: { keys } } } };
}

function curvesIn(body: JsonObject | undefined): readonly unknown[] {
  const { keys } = objectIn(objectIn(objectIn(body, "settings"), "oauthClient"), "jwks");
  return (keys as readonly JsonObject[]).map(({ kid, crv }) => [kid, crv]);
}

test("a key that has lost its curve gets it back, also one that only stays", () => {
  const keeping = changedApp(withoutCurves(), { ...signing, keepKeys: true }, "acme.okta.com");
  expect(curvesIn(keeping)).toEqual([
    ["other", "P-384"],
    ["own", "P-256"],
  ]);
  const old = changedApp(withoutCurves(), { ...signing, clientKey: undefined, keepKeys: true }, "acme.okta.com");
  expect(curvesIn(old)).toEqual([
    ["own", "P-256"],
    ["other", "P-384"],
  ]);
  expect(curvesIn(changedApp(withoutCurves(), signing, "acme.okta.com"))).toEqual([["own", "P-256"]]);
});
