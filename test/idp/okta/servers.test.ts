import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { partnersServerId } from "../../../sandbox/okta/seed.ts";
import { serviceClientId } from "../../../sandbox/sandbox.ts";
import type { ConnectionKey } from "../../../src/desired/connection.ts";
import { Secret } from "../../../src/secret/secret.ts";
import { type Bench, startBench, wanted } from "./bench.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.close());
beforeEach(() => bench.sandbox.faults.clear());

const at = (authorizationServer: string | undefined) => wanted({ authorizationServer });
const asked = () => bench.sandbox.okta.requests.count("GET", /^\/api\/v1\/authorizationServers\//);

test.each(["single", "deep"] as const)(
  "authorization servers are asked for once a run, by id or as default (%s)",
  async (depth) => {
    const adapter = await bench.adapter();
    const before = asked();
    const others = ["a/portal", "b/portal"].map((key) =>
      wanted({ authorizationServer: "default", key: key as ConnectionKey }),
    );
    const all = [at(partnersServerId), ...others];
    expect((await adapter.observe(all, depth)).problems).toEqual([]);
    await adapter.observe(all, depth);
    expect(asked() - before).toBe(2);
  },
);

test.each([
  ["the org's own server", at(undefined), "deep"],
  ["a fleet look", at("ausnosuchserver00000"), "fleet"],
  ["a client that is being switched off", wanted({ ...at("ausnosuchserver00000"), state: "inactive" }), "single"],
] as const)("%s asks for none", async (_what, registration, depth) => {
  const before = asked();
  expect((await (await bench.adapter()).observe([registration], depth)).problems).toEqual([]);
  expect(asked() - before).toBe(0);
});

test("one that is not there is a problem that names the field, until it is made", async () => {
  const adapter = await bench.adapter();
  const { problems } = await adapter.observe([at("aus1later00000000000")], "single");
  expect(problems).toMatchObject([
    {
      kind: "missing",
      field: "authorizationServer",
      code: "OKTA_AUTHORIZATION_SERVER_MISSING",
      subject: "aus1later00000000000",
      message: expect.stringContaining("shows no authorization server"),
    },
  ]);
  bench.sandbox.okta.addServer("later", { id: "aus1later00000000000" });
  expect((await adapter.observe([at("aus1later00000000000")], "single")).problems).toEqual([]);
});

test("one that is switched off is a problem", async () => {
  const server = bench.sandbox.okta.addServer("sleeping");
  server.status = "INACTIVE";
  const { problems } = await (await bench.adapter()).observe([at(server.id)], "deep");
  expect(problems).toMatchObject([{ subject: server.id, message: expect.stringContaining("has switched off") }]);
});

test("an org that has none at all says so", async () => {
  const adapter = await bench.adapter();
  bench.sandbox.okta.state.apiAccessManagement = false;
  const { problems } = await adapter.observe([at("default")], "single");
  bench.sandbox.okta.state.apiAccessManagement = true;
  expect(problems).toMatchObject([
    { subject: "default", message: expect.stringContaining("lacks API Access Management") },
  ]);
});

test("when the right to read them was not granted, the look goes on and says what it did not read", async () => {
  const grants = bench.sandbox.okta.setGrants(serviceClientId, ["okta.apps.manage", "okta.groups.read"]);
  const privateKey = new Secret(bench.sandbox.env.OKTA_PRIVATE_KEY ?? "");
  const adapter = await bench.adapter({ credential: { clientId: serviceClientId, privateKey } });
  const { problems, coverage } = await adapter.observe([at("default")], "single");
  bench.sandbox.okta.setGrants(serviceClientId, grants);
  expect(problems).toEqual([]);
  expect(coverage).toContainEqual({ what: "idp/workforce authorization servers", read: 0, total: 1 });
});
