import { createHmac } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { AppAdapter } from "../../../src/app/app.ts";
import { TenantryError } from "../../../src/errors/failure.ts";
import { billing, host, key, now, oauth, type ReceiverPlace, receiverPlace, signingKey } from "./place.ts";

describe.each(["stand-in", "reference"] as const)("at the %s", (which) => {
  let place: ReceiverPlace;
  let app: AppAdapter;
  beforeEach(async () => {
    place = await receiverPlace(which);
    app = await place.adapter();
  });
  afterEach(async () => {
    await app.close();
    await place.close();
  });

  const failureOf = async (work: Promise<unknown>): Promise<TenantryError> => {
    const error = await work.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (error instanceof TenantryError) return error;
    throw new Error("no TenantryError was thrown", { cause: error });
  };
  const states = async () => (await app.observe([billing.record])).records.get(key)?.state;
  const written = async (): Promise<void> => {
    await app.writeTenant(billing.tenant);
    await app.write(billing.write());
  };

  test("a write whose answer was lost is sent again with the same key, and done once", async () => {
    await app.writeTenant(billing.tenant);
    let lost = 0;
    place.fault = ({ method }) => (method === "PUT" && lost++ === 0 ? "lose" : undefined);
    await app.write(billing.write());
    const puts = place.exchanges.filter(({ method, path }) => method === "PUT" && path.includes("connections"));
    expect(puts).toHaveLength(2);
    expect(puts[0]?.headers["idempotency-key"]).toBe(puts[1]?.headers["idempotency-key"]);
    expect(puts[0]?.headers.signature).not.toBe(puts[1]?.headers.signature);
    expect(puts.map(({ answerHeaders }) => answerHeaders.etag)[0]).toBe(puts[1]?.answerHeaders.etag);
    expect(await states()).toBe("pending");
    lost = 0;
    await app.activate(key);
    expect(await states()).toBe("active");
  });

  test("a receiver that stays away after a write was sent is told, and the next run goes on", async () => {
    await app.writeTenant(billing.tenant);
    place.fault = ({ method }) => (method === "PUT" ? "lose" : undefined);
    expect(await failureOf(app.write(billing.write()))).toMatchObject({ code: "HTTP_UNREACHABLE", exit: 5 });
    place.fault = undefined;
    expect(await states()).toBe("pending");
    await app.write(billing.write());
    await app.activate(key);
    expect(await states()).toBe("active");
  });

  test("what somebody else changed between our look and our write is not overwritten", async () => {
    await written();
    const other = await place.adapter();
    let raced = false;
    place.fault = async ({ method, path }) => {
      if (method !== "PUT" || !path.endsWith("/default") || raced) return undefined;
      raced = true;
      await other.write(billing.write("theirs", { clientId: "theirs" }));
      return undefined;
    };
    const failure = await failureOf(app.write(billing.write("ours", { clientId: "ours" })));
    expect(failure.code).toBe("HTTP_CHANGED_MEANWHILE");
    const { records } = await app.observe([billing.record]);
    expect(records.get(key)?.fields.clientId).toBe("theirs");
    await other.close();
  });

  test("5xx is tried three times and then told; nothing is taken for missing", async () => {
    place.fault = () => ({ status: 502, body: "<html>Bad gateway</html>" });
    const failure = await failureOf(app.observe([billing.record], false));
    expect(failure.code).toBe("HTTP_UNREACHABLE");
    expect(failure.message).toContain("status 502");
    expect(place.waits.slice(0, 4).sort()).toEqual([2_000, 2_000, 500, 500].sort());
  });

  test("a page of something else is no receiver, and not taken for an empty one", async () => {
    for (const status of [200, 404]) {
      place.fault = () => ({ status, headers: { "content-type": "text/html" }, body: "<html>Welcome</html>" });
      const failure = await failureOf(app.observe([billing.record], false));
      expect(["HTTP_NOT_RECEIVER", "HTTP_ANSWER_INVALID"]).toContain(failure.code);
      expect(failure.message).not.toContain("<");
    }
  });

  test("a redirect is not followed", async () => {
    place.fault = () => ({ status: 302, headers: { location: "https://elsewhere.example/" } });
    expect((await failureOf(app.observe([billing.record], false))).code).toBe("HTTP_NOT_RECEIVER");
  });

  test("an answer without an ETag, with a member of another kind, or too large, is told", async () => {
    await written();
    const good = place.exchanges.at(-1)?.answer ?? "";
    const answer = (body: string, headers: Record<string, string> = { etag: '"1"' }) => {
      place.fault = () => ({ status: 200, headers: { "content-type": "application/json", ...headers }, body });
      return failureOf(app.activate(key));
    };
    const answers = [
      await answer(good, {}),
      await answer(good, { etag: 'W/"1"' }),
      await answer(good.replace('"pending"', '"asleep"')),
      await answer(good.slice(0, -1)),
      await answer(`"${"x".repeat(17 * 1024 * 1024)}"`),
    ];
    expect(answers.map(({ code }) => code)).toEqual(answers.map(() => "HTTP_ANSWER_INVALID"));
    expect(answers.map(({ message }) => /ETag|state|JSON|large/.exec(message)?.[0])).toEqual([
      ...["ETag", "ETag", "state", "JSON", "large"],
    ]);
    place.fault = undefined;
    expect(await states()).toBe("pending");
  });

  test("a refusal's words are one line, without what moves a cursor", async () => {
    const body = JSON.stringify({ code: "quota\u001b[2J", detail: "no\nmore\u001b[31m rows" });
    place.fault = () => ({ status: 422, body });
    const failure = await failureOf(app.observe([billing.record], false));
    expect(failure.code).toBe("HTTP_REFUSED");
    expect(failure.message).toContain("no more [31m rows");
    expect(failure.message).not.toMatch(/\p{C}/u);
  });

  test("another key is refused, and no secret is in what is said", async () => {
    const stranger = await place.adapter({ values: { KEY: "another-signing-key-of-32-bytes-or-so" } });
    const failure = await failureOf(stranger.observe([billing.record]));
    expect(failure).toMatchObject({ code: "HTTP_AUTH_REFUSED", exit: 5 });
    expect(JSON.stringify({ ...failure, message: failure.message })).not.toContain("another-signing-key");
    await stranger.close();
  });

  test("a key that is too short is refused before anything is sent", async () => {
    const weak = await place.adapter({ values: { KEY: "short" } });
    expect((await failureOf(weak.observe([billing.record]))).code).toBe("HTTP_KEY_WEAK");
    expect(place.exchanges).toEqual([]);
    await weak.close();
  });

  test("a clock that is ten minutes off is told as that", async () => {
    place.clock = now + 600_000;
    const failure = await failureOf(app.observe([billing.record]));
    expect(failure.code).toBe("HTTP_CLOCK_DIFFERS");
    place.clock = now + 200_000;
    expect((await app.observe([billing.record])).records.size).toBe(0);
  });

  test("every request is signed over all that decides what it does; changed on the way, it is refused", async () => {
    await written();
    const put = place.exchanges.findLast(({ method }) => method === "PUT");
    const input = String(put?.headers["signature-input"]);
    expect(input).toMatch(
      /^tenantry=\("@method" "@target-uri" "content-digest" "content-type" "idempotency-key" "if-none-match"\);created=1795251600;nonce="[\w-]{22}";keyid="tenantry-1";alg="hmac-sha256";tag="tenantry"$/,
    );
    const lines = [
      `"@method": PUT`,
      `"@target-uri": https://${host}${put?.path}`,
      ...["content-digest", "content-type", "idempotency-key", "if-none-match"].map(
        (name) => `"${name}": ${String(put?.headers[name])}`,
      ),
      `"@signature-params": ${input.slice("tenantry=".length)}`,
    ];
    const signature = createHmac("sha256", signingKey).update(lines.join("\n")).digest("base64");
    expect(put?.headers.signature).toBe(`tenantry=:${signature}:`);
  });

  test("a domain of another tenant is a failure of its own, and nothing is half written", async () => {
    await written();
    const other = { ...billing.tenant, tenant: "hare", id: "hare2222222222222222" };
    const failure = await failureOf(app.writeTenant(other));
    expect(failure).toMatchObject({ code: "HTTP_DOMAIN_TAKEN", exit: 4 });
    expect(failure.message).toContain("whiterabbit.example");
    const sameId = { ...other, id: billing.tenant.id, domains: [] };
    expect((await failureOf(app.writeTenant(sameId))).code).toBe("HTTP_TENANT_CLASH");
    expect((await failureOf(app.writeTenant({ ...billing.tenant, id: other.id }))).code).toBe("HTTP_TENANT_CLASH");
    const { tenants } = await app.observe([{ ...billing.record, tenant: "hare" }]);
    expect(tenants.size).toBe(0);
  });

  test("a record without its tenant, without its secret, not there or retired", async () => {
    expect((await failureOf(app.write(billing.write()))).code).toBe("HTTP_TENANT_MISSING");
    expect((await failureOf(app.activate(key))).code).toBe("HTTP_RECORD_MISSING");
    await app.writeTenant(billing.tenant);
    const bare = { ...billing.write(), secret: undefined };
    expect((await failureOf(app.write(bare))).code).toBe("HTTP_SECRET_MISSING");
    await app.write(billing.write());
    await app.disable(key);
    expect((await failureOf(app.activate(key))).code).toBe("HTTP_RECORD_NOT_PENDING");
    await app.remove(key);
    expect((await failureOf(app.write(billing.write()))).code).toBe("HTTP_RECORD_RETIRED");
    expect((await failureOf(app.activate(key))).code).toBe("HTTP_RECORD_RETIRED");
  });

  test("domains: unproven ones are kept and not routed; a proof routes them; the last record gives them up", async () => {
    const two = { ...billing.tenant, domains: ["b.example", "a.example"] };
    await app.writeTenant(two, new Map([["a.example", "tenantry-domain=1"]]));
    const routed = async () => (await app.observe([billing.record], false)).tenants.get("whiterabbit");
    expect(await routed()).toMatchObject({
      fields: { domains: ["a.example", "b.example"] },
      routed: [{ domain: "a.example", verifiedAt: new Date(now).toISOString(), verification: "tenantry-domain=1" }],
    });
    const writes = place.exchanges.filter(({ method }) => method === "PUT").length;
    await app.writeTenant(two);
    expect(place.exchanges.filter(({ method }) => method === "PUT")).toHaveLength(writes);
    await app.writeTenant(two, new Map([["b.example", "attested"]]));
    expect((await routed())?.routed?.map(({ domain }) => domain)).toEqual(["a.example", "b.example"]);
    await app.write(billing.write());
    await app.writeTenant({ ...two, status: "offboarded" });
    await app.remove(key);
    expect((await routed())?.routed).toEqual([]);
    await app.writeTenant({ ...two, status: "offboarded" });
    expect((await routed())?.routed).toEqual([]);
  });

  test("a thousand-and-one records come page by page", async () => {
    await app.writeTenant(billing.tenant);
    const names = Array.from({ length: 401 }, (_, at) => `s${String(at).padStart(3, "0")}`);
    for (const signIn of names) {
      await app.write(billing.write("x1", { key: `whiterabbit/billing/${signIn}` as typeof key, signIn }));
    }
    place.exchanges.length = 0;
    const { undeclared } = await app.observe([]);
    expect(undeclared.map(({ key: of }) => of)).toEqual(names.map((name) => `whiterabbit/billing/${name}`));
    expect(place.exchanges.filter(({ path }) => path.includes("/connections?"))).toHaveLength(3);
  }, 60_000);
});

describe("access tokens", () => {
  let place: ReceiverPlace;
  beforeEach(async () => {
    place = await receiverPlace("stand-in");
  });
  afterEach(() => place.close());

  test("one is got and used for all calls; one that is taken back is replaced", async () => {
    const app = await place.adapter({ auth: oauth });
    await app.writeTenant(billing.tenant);
    await app.write(billing.write());
    const tokens = () => place.exchanges.filter(({ path }) => path === "/oauth/token");
    expect(tokens()).toHaveLength(1);
    expect(tokens()[0]?.body).toBe("grant_type=client_credentials&scope=records%3Awrite");
    place.receiver?.site.tokens?.expire();
    await app.activate(key);
    expect(tokens()).toHaveLength(2);
    for (const { headers, path } of place.exchanges) {
      if (path !== "/oauth/token") expect(headers.signature).toBeUndefined();
    }
    await app.close();
  });

  test.each([
    ["a wrong secret", { values: { SECRET: "wrong" } }, undefined, "said invalid_client"],
    ["no token in the answer", {}, { status: 200, body: "{}" }, "gave no access token"],
    ["a page", {}, { status: 404, body: "<html>" }, "answered status 404"],
  ])("%s is told", async (_, change, fault, words) => {
    place.fault = ({ path }) => (path === "/oauth/token" ? fault : undefined);
    const app = await place.adapter({ auth: oauth, ...change });
    const error = await app.observe([billing.record]).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "HTTP_TOKEN_REFUSED" });
    expect(String(error)).toContain(words);
    expect(String(error)).not.toContain("wrong");
    await app.close();
  });

  test("where the app has a sink, the receiver is told where the secret is and never the secret", async () => {
    const app = await place.adapter({ secretSink: "vault:kv/sso/{tenant}/{app}/{signIn}#client_secret" });
    await app.writeTenant(billing.tenant);
    await app.write(billing.write("not-for-the-receiver"));
    const body = place.exchanges.find(({ method, path }) => method === "PUT" && path.includes("connections"))?.body;
    expect(JSON.parse(body ?? "")).toMatchObject({
      secret: { id: "ocs-20", reference: "vault:kv/sso/whiterabbit/billing/default#client_secret" },
    });
    expect(body).not.toContain("not-for-the-receiver");
    await app.close();
  });
});

describe("what the stand-in refuses", () => {
  test.each([
    [403, "forbidden", "HTTP_FORBIDDEN"],
    [429, "too_many", "HTTP_UNREACHABLE"],
    [400, "invalid", "HTTP_REFUSED"],
    [409, "foreign", "HTTP_FOREIGN_RECORD"],
  ])("status %s is %s", async (status, code, expected) => {
    const place = await receiverPlace("stand-in");
    const app = await place.adapter();
    place.fault = () => ({ status, body: JSON.stringify({ code, detail: "no" }) });
    await expect(app.observe([billing.record], false)).rejects.toMatchObject({ code: expected });
    await app.close();
    await place.close();
  });
});
