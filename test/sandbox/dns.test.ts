import { Resolver } from "node:dns/promises";
import { readdirSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { domainChallenge } from "../../src/desired/domain-challenge.ts";
import { sharedSandbox } from "../support/shared-sandbox.ts";

const shared = sharedSandbox();

const name = "_tenantry.whiterabbit.example";
const resolver = (): Resolver => {
  const made = new Resolver({ timeout: 300, tries: 1 });
  made.setServers([`127.0.0.1:${shared.sandbox.port}`]);
  return made;
};
const texts = async (of: string): Promise<readonly string[]> =>
  (await resolver().resolveTxt(of)).map((parts) => parts.join(""));
const admin = (method: string, path: string, body?: unknown, token = shared.sandbox.adminToken) =>
  shared.fetch("127.0.0.1", path, {
    method,
    headers: { authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

test("the domains of the example's tenants are proven from the start", async () => {
  const folder = fileURLToPath(new URL("../../tenants/", import.meta.url));
  const files = readdirSync(folder).map((file) => readFileSync(`${folder}${file}`, "utf8"));
  const wanted = files.flatMap((file) => {
    const id = /^id: (\S+)/m.exec(file)?.[1] ?? "";
    const domains = /^domains: \[(.*)\]/m.exec(file)?.[1]?.split(", ") ?? [];
    return domains.map((domain) => domainChallenge({ workspace: "acme", id, domain }));
  });
  expect(wanted.length).toBeGreaterThan(8);
  const known = [...shared.sandbox.dns.entries].map(([at, entry]) => [at, entry]);
  expect(known.sort()).toEqual(wanted.map(({ name: at, value }) => [at, { kind: "texts", texts: [value] }]).sort());
  expect(await texts(name)).toHaveLength(1);
});

describe("DNS on the sandbox's own port", () => {
  test("knows no other name, and nothing but texts of those that it knows", async () => {
    await expect(texts("nobody.example")).rejects.toMatchObject({ code: "ENOTFOUND" });
    await expect(resolver().resolve4(name)).rejects.toMatchObject({ code: "ENODATA" });
  });

  test("answers by TCP what is too long for UDP", async () => {
    const long = Array.from({ length: 30 }, (_, index) => `${index} ${"x".repeat(600)}`);
    shared.sandbox.dns.set("long.example", { kind: "texts", texts: long });
    expect(await texts("long.example")).toEqual(long);
  });

  test("is no matter of case", async () => {
    expect(await texts(name.toUpperCase())).toHaveLength(1);
  });

  test("answers nobody who sends no question", async () => {
    const socket = connect(shared.sandbox.port, "127.0.0.1");
    const ended = new Promise((resolve) => socket.once("close", resolve));
    socket.on("error", () => {});
    socket.write(Buffer.from([0, 4, 1, 2, 3, 4]));
    socket.resume();
    await ended;
    expect(await texts(name)).toHaveLength(1);
  });
});

describe("its admin API", () => {
  test("sets texts, an alias, and what goes wrong, and takes it away", async () => {
    const path = "/dns/_tenantry.new.example";
    expect((await admin("PUT", path, { texts: ["a", "b"] })).status).toBe(204);
    expect(await texts("_tenantry.new.example")).toEqual(["a", "b"]);
    await admin("PUT", "/dns/alias.example", { alias: "_tenantry.new.example" });
    expect(await texts("alias.example")).toEqual(["a", "b"]);
    for (const [answer, code] of [
      ["broken", "ESERVFAIL"],
      ["refused", "EREFUSED"],
      ["silent", "ETIMEOUT"],
    ]) {
      expect((await admin("PUT", path, { answer })).status).toBe(204);
      await expect(texts("_tenantry.new.example")).rejects.toMatchObject({ code });
    }
    expect((await admin("DELETE", path)).status).toBe(204);
    expect((await admin("DELETE", path)).status).toBe(404);
    await expect(texts("_tenantry.new.example")).rejects.toMatchObject({ code: "ENOTFOUND" });
  });

  test("shows all names to everybody, and lets nobody change one without the token", async () => {
    const list = (await (await admin("GET", "/dns", undefined, "")).json()) as { names: readonly { name: string }[] };
    expect(list.names.map((each) => each.name)).toContain(name);
    expect((await admin("PUT", `/dns/${name}`, { texts: [] }, "wrong")).status).toBe(401);
    expect((await admin("DELETE", `/dns/${name}`, undefined, "wrong")).status).toBe(401);
    expect(await texts(name)).toHaveLength(1);
  });

  test.each([[{ answer: "loud" }], [{ texts: "a" }], [[]], [undefined]])("refuses %j", async (body) => {
    expect((await admin("PUT", "/dns/a.example", body)).status).toBe(400);
  });
});
