import { afterEach, describe, expect, test } from "vitest";
import { document, misfits } from "./contract.ts";
import { billing, key, type ReceiverPlace, receiverPlace } from "./place.ts";

let place: ReceiverPlace;
afterEach(() => place?.close());

describe("the OpenAPI document", () => {
  test("is of OpenAPI 3.1, names each operation once, and has no reference that leads nowhere", () => {
    expect(document.openapi).toBe("3.1.0");
    const operations = Object.values(document.paths).flatMap((item) =>
      Object.entries(item).filter(([method]) => ["get", "put", "post", "delete"].includes(method)),
    );
    const ids = operations.map(([, operation]) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBe(10);
    for (const [, operation] of operations) expect(operation.responses).toHaveProperty("default");
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#([^"]+)"/g)].map(([, pointer = ""]) => pointer);
    for (const pointer of references) {
      const target = pointer
        .split("/")
        .slice(1)
        .reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[part], document);
      expect([pointer, target]).toEqual([pointer, expect.anything()]);
    }
  });
});

describe.each(["stand-in", "reference"] as const)("the %s", (which) => {
  test("gives and takes nothing but what the document says, in a whole life of records", async () => {
    place = await receiverPlace(which);
    const app = await place.adapter();
    const full = billing.write("first", {
      roles: { claim: ["realm", "roles"], map: { 'Ops & "more"': "admin" }, default: "member" },
      session: { absolute: 28_800_000, idle: 1_800_000 },
      acrValues: ["urn:mace"],
      extraParams: { domain_hint: "{{ secrets }} $HOME" },
      require: { hd: "whiterabbit.example" },
    });
    expect((await app.observe([full.record])).records.size).toBe(0);
    await app.writeTenant(billing.tenant, new Map([["whiterabbit.example", "tenantry-domain=x"]]));
    await app.write(full);
    await app.activate(key, true);
    await app.settle(key);
    await app.write(billing.write("second"));
    await app.restore(key);
    await app.write(billing.write("third"));
    await app.settle(key);
    await app.disable(key);
    await app.writeTenant({ ...billing.tenant, status: "offboarded" });
    await app.remove(key);
    expect((await app.observe([full.record])).records.get(key)?.state).toBe("tombstone");
    await app.close();
    const methods = new Set(
      place.exchanges.map(({ method, path }) => `${method} ${path.split("/").at(-1)?.split("?")[0]}`),
    );
    expect([...methods].sort()).toEqual([
      ...["DELETE default", "DELETE previous", "GET connections", "GET default", "GET tenants", "GET whiterabbit"],
      ...["POST restore", "PUT default", "PUT state", "PUT whiterabbit"],
    ]);
    expect(place.exchanges.flatMap(misfits)).toEqual([]);
  });

  test("never shows a secret, and shows what it keeps by its id", async () => {
    place = await receiverPlace(which);
    const app = await place.adapter();
    await app.writeTenant(billing.tenant);
    await app.write(billing.write("a-secret-that-nobody-sees"));
    await app.activate(key);
    await app.write(billing.write("another-secret-of-that-kind"));
    const seen = (await app.observe([billing.record])).records.get(key);
    expect(seen).toMatchObject({ secretId: "ocs-27", state: "active" });
    expect(seen?.previous).toBeDefined();
    await app.close();
    const sent = place.exchanges.filter(({ body }) => body.includes("a-secret-that-nobody-sees"));
    expect(sent).toHaveLength(1);
    for (const { answer } of place.exchanges) expect(answer).not.toMatch(/that-nobody-sees|of-that-kind/);
  });
});
