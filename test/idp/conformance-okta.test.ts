import { chosenClientId } from "../../src/desired/client-id.ts";
import { newApp } from "../../src/idp/okta/app-body.ts";
import { type MarkerScope, ownKey } from "../../src/idp/okta/marker.ts";
import { describeAdapter } from "./conformance.ts";
import { scope as sandboxScope, startBench, wanted } from "./okta/bench.ts";

const host = "acme.okta.com";

describeAdapter("okta", async () => {
  const bench = await startBench();
  const { okta, faults } = bench.sandbox;
  const seeded = new Set(okta.apps.map((app) => app.id));
  const headers = { authorization: `SSWS ${bench.sandbox.env.OKTA_API_TOKEN}`, "content-type": "application/json" };
  const api = async (path: string, init: { method?: string; body?: string } = {}) =>
    bench.test.fetch(host, `/api/v1/${path}`, { headers, ...init });
  const ours = (key: string, scope: MarkerScope) =>
    okta.apps.filter((app) => ownKey({ profile: app.profile }, scope) === key);
  const isForeign = (profile: object | undefined) => profile === undefined || !("tenantryKey" in profile);
  return {
    sandbox: bench.sandbox,
    host,
    adapter: (scope) => bench.adapter(scope === undefined ? {} : { scope: scope as typeof sandboxScope }),
    wanted(key, change = {}, scope = sandboxScope) {
      const marker = { ...scope, key };
      return wanted({
        key,
        marker,
        clientId: chosenClientId(marker),
        assignment: { everyone: false, groups: [] },
        ...change,
      });
    },
    async makeForeign(registration) {
      const { profile: _marker, ...body } = newApp(registration, host);
      await api("apps", { method: "POST", body: JSON.stringify(body) });
    },
    async seed(registrations) {
      for (const registration of registrations) {
        await api("apps", { method: "POST", body: JSON.stringify(newApp(registration, host)) });
      }
    },
    async editByHand(id) {
      okta.edit(id, (app) => {
        app.label = "renamed by hand";
        app.profile = { ...app.profile, crm: "A-4711" };
      });
    },
    handmade: '"crm":"A-4711"',
    async raw(id) {
      const reply = await api(`apps/${id}`);
      return reply.status === 404 ? undefined : reply.text();
    },
    async others(ids) {
      const apps = okta.apps.filter((app) => isForeign(app.profile) && !ids.includes(app.id));
      const groups = await (await api("groups?limit=200")).text();
      return [...(await Promise.all(apps.map(async (app) => (await api(`apps/${app.id}`)).text()))), groups];
    },
    ids: (key, scope = sandboxScope) => ours(key, scope).map((app) => app.id),
    createPath: "^/api/v1/apps$",
    reset() {
      faults.clear();
      for (const app of okta.apps) if (!seeded.has(app.id)) okta.removeApp(app.id);
    },
    close: () => bench.close(),
  };
});
