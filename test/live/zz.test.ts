import { test } from "vitest";
import { generateKeyPairSync } from "node:crypto";
import { openEngineBench } from "./terraform-engine-bench.ts";
import { leavesOf, differingLeaves } from "./okta-objects.ts";
import { wanted } from "../idp/okta/bench.ts";
const V = process.env.V ?? "6.12.0", T = process.env.T ?? "/usr/local/bin/terraform";
const pub = (kid: string, ec = false): any => { const { publicKey } = ec ? generateKeyPairSync("ec", { namedCurve: "P-256" }) : generateKeyPairSync("rsa", { modulusLength: 2048 }); return { ...publicKey.export({ format: "jwk" }), kid, alg: ec ? "ES256" : "RS256" }; };
test("try", { timeout: 240000 }, async () => {
  const b = await openEngineBench({ tool: "terraform", path: T, version: V });
  const L = wanted().label;
  const group: any = { kind: "group", address: "idp/workforce/group/wr-new", tenant: "whiterabbit", state: "active", name: "wr-new" };
  const k = pub("one"), e = pub("ec", true);
  const cases: any = {
    basic: [wanted()],
    native: [wanted({ clientAuth: "none" })],
    nativeRefresh: [wanted({ clientAuth: "none", grantTypes: ["authorization_code", "refresh_token"] })],
    refresh: [wanted({ grantTypes: ["authorization_code", "refresh_token"], pkce: "off", postLogoutRedirectUris: [] })],
    key: [wanted({ clientAuth: "private_key_jwt", clientKey: k })],
    ec: [wanted({ clientAuth: "private_key_jwt", clientKey: e })],
    policy: [wanted({ accessPolicy: "Phishing resistant", assignment: { everyone: true } })],
    group: [wanted({ parts: [group], assignment: { everyone: false, groups: ["wr-new", "whiterabbit-staff"] } })],
    asis: [wanted({ assignment: undefined })],
    changed: [wanted(), wanted({ redirectUris: ["https://portal.acme.example/n"], label: wanted().label, assignment: { everyone: false, groups: ["whiterabbit-admins"] }, accessPolicy: "Phishing resistant" })],
    off: [wanted(), wanted({ state: "inactive" })],
    back: [wanted({ state: "active" }), wanted({ state: "inactive" }), wanted({ redirectUris: ["https://portal.acme.example/n"] })],
    secretToKey: [wanted(), wanted({ clientAuth: "private_key_jwt", clientKey: k })],
    keyToSecret: [wanted({ clientAuth: "private_key_jwt", clientKey: k }), wanted()],
    noRefresh: [wanted({ grantTypes: ["authorization_code", "refresh_token"] }), wanted()],
  };
  const d = await b.direct(); const t = await b.terraform();
  for (const [name, seq] of Object.entries(cases) as any) {
    try {
      const drop = async () => { for (const g of (await b.call("GET", "/api/v1/groups")) as any) if (g.profile.name === "wr-new") await b.call("DELETE", "/api/v1/groups/" + g.id); };
      for (const w of seq) await d.apply(w);
      const one = await leavesOf(b, L);
      await d.apply(wanted({ state: "absent" })); await drop();
      for (const w of seq) await t.apply(w);
      const two = await leavesOf(b, L);
      const again = await t.plan([seq.at(-1)], "single");
      console.log("###", name, JSON.stringify(differingLeaves(one, two)), JSON.stringify([...again.registrations.values()].map((x) => x.changes)));
      await t.apply(wanted({ state: "absent" })); await drop();
    } catch (error: any) { console.log("### FAILED", name, error.code, error.message, error.words); await t.apply(wanted({ state: "absent" })).catch(() => {}); }
  }
  await b.close();
});
