import { afterAll, beforeAll } from "vitest";
import { conformanceSuite } from "../conformance/suite.ts";
import { type Bench, name, probe, startBench } from "./bench.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.close());

conformanceSuite({
  name: "auth0",
  async open() {
    bench.reset();
    return {
      adapter: () => bench.adapter({ probe }),
      write: bench.write(),
      async foreign() {
        const settings = { metadata: { tenantryWorkspace: "others", tenantryKey: "fernhill/people" }, options: {} };
        bench.sandbox.auth0.addConnection(name, "oidc", settings);
        return {
          unchanged: async () =>
            JSON.stringify(bench.connection()?.settings.metadata) === JSON.stringify(settings.metadata),
        };
      },
      async addUnknown() {
        const connection = bench.connection();
        if (connection === undefined) throw new Error("it is not there");
        const { options, metadata } = connection.settings as Record<string, Record<string, unknown>>;
        connection.settings.options = {
          ...options,
          tenant_domain: "theirs",
          upstream_params: { screen_name: { alias: "login_hint" } },
          non_persistent_attrs: ["theirs"],
        } as never;
        connection.settings.metadata = { ...metadata, theirs: "kept" } as never;
        return {
          isStillThere: async () => {
            const now = JSON.stringify(bench.connection()?.settings);
            const all = [
              '"tenant_domain":"theirs"',
              '"screen_name":{"alias":"login_hint"}',
              '"non_persistent_attrs":["theirs"]',
              '"theirs":"kept"',
            ];
            return all.every((part) => now.includes(part));
          },
        };
      },
      visitor: () => bench.visit(),
      close: async () => undefined,
    };
  },
});
