import { env } from "node:process";
import { describe } from "vitest";
import type { StoredPlugin } from "../../../sandbox/kong/state.ts";
import { pluginId } from "../../../src/app/kong/plugin.ts";
import { parseReference } from "../../../src/workspace/reference.ts";
import { conformanceSuite, type Place } from "../conformance/suite.ts";
import { deckKong, kong, kongGatewayHost, openKongWorld, writeFor } from "./place.ts";

const foreignPlugin = (id: string, route: string): StoredPlugin => ({
  id,
  name: "openid-connect",
  instance_name: null,
  route: { id: route },
  service: null,
  consumer: null,
  enabled: true,
  tags: ["somebody-else"],
  protocols: ["https"],
  ordering: null,
  config: { issuer: "https://other.example" },
  created_at: 1,
  updated_at: 1,
});

/** A gateway by its Admin API, played by the sandbox. */
async function byAdminApi(): Promise<Place> {
  const world = await openKongWorld();
  const app = kong();
  const write = writeFor(app);
  const { state } = world.box.sandbox.standIns.kong;
  const { plugins, routes } = state.workspace("default");
  const route = [...routes.values()].find(({ name }) => name === "api-whiterabbit")?.id ?? "";
  let begun = false;
  return {
    write,
    adapter: async () => {
      const one = await world.adapter(app);
      return {
        ...one,
        write: (of) => {
          begun = true;
          return one.write(of);
        },
      };
    },
    foreign: async () => {
      const theirs = foreignPlugin(pluginId(write.record.marker), route);
      plugins.set(theirs.id, theirs);
      return {
        unchanged: async () => plugins.size === 1 && plugins.get(theirs.id) === theirs,
      };
    },
    addUnknown: async () => {
      const id = pluginId(write.record.marker);
      const there = plugins.get(id);
      if (there === undefined) throw new Error("there is no plugin");
      const tags = [...(there.tags ?? []), "team-a"];
      plugins.set(id, { ...there, tags, protocols: ["https"], config: { ...there.config, display_errors: true } });
      return {
        isStillThere: async () => {
          const now = plugins.get(id);
          return (
            now?.tags?.includes("team-a") === true &&
            now.protocols.join() === "https" &&
            now.config.display_errors === true
          );
        },
      };
    },
    visitor: async () => {
      const { status } = await world.box.fetch(kongGatewayHost, "/whiterabbit/orders");
      if (status === 403) return "out";
      if (status === 302) return "in";
      // Before Tenantry's first write the route is as the platform's team has made it.
      if (status === 200 && !begun) return "out";
      throw new Error(`the route is open: status ${status}`);
    },
    close: () => world.close(),
  };
}

/** decK's file. What a visitor meets says only the gateway that it is brought to. */
async function byDeckFile(): Promise<Place> {
  const world = await openKongWorld();
  const app = deckKong();
  const write = writeFor(app);
  const edit = async (from: string | RegExp, to: string): Promise<void> => {
    const text = world.deckFile();
    if (text.replace(from, to) === text) throw new Error("nothing to change");
    world.writeDeckFile(text.replace(from, to));
  };
  return {
    write,
    adapter: () => world.adapter(app),
    foreign: async () => {
      const adapter = await world.adapter(app);
      await adapter.write(write);
      await edit(/"tenantry:acme:production"/, '"tenantry:other:production"');
      world.keptValues.clear();
      const before = world.deckFile();
      return { unchanged: async () => world.deckFile() === before };
    },
    addUnknown: async () => {
      await edit(/config:\n/, "config:\n      display_errors: true\n");
      await edit(/^plugins:/m, "# ours\nconsumers:\n  - username: nobody\nplugins:");
      return {
        isStillThere: async () =>
          ["display_errors: true", "# ours", "username: nobody"].every((text) => world.deckFile().includes(text)),
      };
    },
    close: () => world.close(),
  };
}

conformanceSuite({ name: "kong by its Admin API", open: byAdminApi });
conformanceSuite({ name: "kong by a decK file", open: byDeckFile });

/** A real gateway, to which this suite adds a route of its own, and from which it takes that again. */
async function byLiveGateway(): Promise<Place> {
  const base = env.TENANTRY_LIVE_KONG ?? "";
  const token = env.TENANTRY_LIVE_KONG_TOKEN;
  const world = await openKongWorld(Date.now, false);
  world.values.set("TENANTRY_LIVE_KONG_TOKEN", token ?? "");
  const adminApi = {
    url: base,
    token: token === undefined ? undefined : parseReference("env:TENANTRY_LIVE_KONG_TOKEN"),
    propagation: 0,
  };
  const app = { ...kong(), adminApi };
  const ask = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const reply = await fetch(`${base}${path}`, {
      method,
      headers: { "content-type": "application/json", ...(token === undefined ? {} : { "kong-admin-token": token }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!reply.ok && reply.status !== 404) throw new Error(`Kong answered ${method} ${path} with ${reply.status}`);
    return reply.status === 204 || reply.status === 404 ? undefined : await reply.json();
  };
  const entry = { route: "tenantry-conformance" };
  await ask("PUT", "/services/tenantry-conformance", { url: "http://127.0.0.1:9" });
  await ask("PUT", `/routes/${entry.route}`, {
    service: { name: "tenantry-conformance" },
    paths: ["/tenantry-conformance"],
  });
  return {
    write: writeFor(app, { entry }),
    adapter: () => world.adapter(app),
    close: async () => {
      await ask("DELETE", `/routes/${entry.route}`);
      await ask("DELETE", "/services/tenantry-conformance");
      await world.close();
    },
  };
}

describe.skipIf(env.TENANTRY_LIVE_KONG === undefined)("live: TENANTRY_LIVE_KONG names an Admin API", () => {
  conformanceSuite({ name: "kong, a real gateway", open: byLiveGateway });
});
