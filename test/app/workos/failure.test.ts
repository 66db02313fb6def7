import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { AppAdapter } from "../../../src/app/app.ts";
import { createHostLimiters } from "../../../src/vendor/limiter.ts";
import { openTransport } from "../../../src/vendor/workos/transport.ts";
import { crewRecord, crewWrite, failureOf, key, live, tenant, type WorkosTestPlace, workosPlace } from "./place.ts";

let place: WorkosTestPlace;
let app: AppAdapter;
beforeEach(async () => {
  place = await workosPlace();
  app = await place.adapter();
});
afterEach(async () => {
  await app.close();
  await place.close();
});

const host = "api.workos.com";

describe("what WorkOS answers is told in words of ours", () => {
  test.each([
    [401, "WORKOS_CREDENTIALS_REFUSED", 1, 5],
    [403, "WORKOS_PERMISSION_MISSING", 1, 5],
    [404, "WORKOS_NOT_FOUND", 1, 5],
    [422, "WORKOS_REJECTED", 1, 5],
    [429, "WORKOS_RATE_LIMITED", 6, 5],
    [500, "WORKOS_UNAVAILABLE", 3, 5],
    [503, "WORKOS_UNAVAILABLE", 3, 5],
  ] as const)("status %i is %s, asked %i times", async (status, code, times, exit) => {
    await app.writeTenant(tenant());
    place.faults.add({ host, method: "PUT", effect: "status-before", status, times: 99 });
    const failure = await failureOf(app.writeTenant(tenant({ name: "Another" })));
    expect([failure.code, failure.exit]).toEqual([code, exit]);
    expect(place.faults.counts()[0]?.hits).toBe(times);
    expect(place.organization().name).toBe("Whiterabbit Foods");
  });

  test("a connection that is cut is WORKOS_UNREACHABLE after three tries", async () => {
    place.faults.add({ host, effect: "reset-before", times: 99 });
    const failure = await failureOf(app.observe([crewRecord()]));
    expect([failure.code, failure.exit]).toEqual(["WORKOS_UNREACHABLE", 7]);
    expect(place.faults.counts()[0]?.hits).toBe(3);
    expect(place.waits).toEqual([500, 2_000]);
  });

  test("an answer that is cut short or none of WorkOS' is WORKOS_UNEXPECTED_ANSWER or unreachable, never a crash", async () => {
    await app.writeTenant(tenant());
    place.environment.connections.set("x", { organizationId: place.organization().id } as never);
    expect((await failureOf(app.observe([crewRecord()]))).code).toBe("WORKOS_UNEXPECTED_ANSWER");
    place.environment.connections.clear();
    place.faults.add({ host, effect: "truncate", times: 99 });
    expect((await failureOf(app.observe([crewRecord()]))).code).toBe("WORKOS_UNREACHABLE");
  });

  test("a wrong key is refused once, and stands in no message", async () => {
    const transport = await openTransport({
      apiKey: () => "sk_test_wrong",
      network: { connect: place.network },
      limiter: createHostLimiters({ clock: () => 0, sleep: async () => {} }).of(host),
      sleep: async () => {},
    });
    const purpose = { what: "list organizations", writes: false };
    const failure = await failureOf(transport.send({ method: "GET", path: "/organizations", purpose }));
    expect(failure.code).toBe("WORKOS_CREDENTIALS_REFUSED");
    expect(JSON.stringify([failure.message, failure.hint])).not.toContain("sk_test_wrong");
    await transport.close();
  });
});

describe("secrets", () => {
  test("neither the client's nor the API's stands in anything that is told, kept or thrown", async () => {
    place.faults.add({ host, path: "/connections", method: "POST", effect: "status-after", status: 500, times: 3 });
    const failure = await failureOf(live(app));
    const write = await live(app);
    const change = { ...write, record: { ...write.record, clientId: "another" } };
    const refused = await failureOf(app.write(change));
    const told = JSON.stringify([
      ...[failure, refused].map(({ message, hint, evidence }) => [message, hint, evidence]),
      [...(await app.observe([change.record])).records],
      [...((await app.observe([change.record])).waiting ?? [])],
      place.organization().metadata,
    ]);
    for (const secret of ["s3cret-one", "sk_test_"]) expect(told).not.toContain(secret);
    expect(await app.secretOf(key)).toBeUndefined();
    expect(app.showsSecret).toBe(false);
  });

  test("a hostile one reaches WorkOS byte for byte", async () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it must stay as it is
    const hostile = 'q\'"`\\ ${{ env "X" }} {{x}} $HOME #%&<>\n\tü€😀';
    await live(app, crewWrite(hostile));
    expect(place.connection().oidc?.clientSecret).toBe(hostile);
  });
});
