import { request } from "node:https";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Secret } from "../../../src/secret/secret.ts";
import { type SigningKey, signatureHeaders } from "../../../src/vendor/http/signature.ts";
import { misfits } from "./contract.ts";
import { billing, host, now, type ReceiverPlace, receiverPlace, signingKey } from "./place.ts";

// What a receiver must refuse, asked of both.

interface Asked {
  readonly method?: string;
  readonly path?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly key?: SigningKey;
  readonly at?: number;
  readonly nonce?: string;
  /** Changes what is sent after it was signed. */
  readonly tamper?: (sent: { path: string; body: string; headers: Record<string, string> }) => void;
}

const tenantPath = "/tenantry/v1/apps/billing/tenants/whiterabbit";
const recordPath = "/tenantry/v1/apps/billing/connections/whiterabbit/default";
const tenantBody = { managedBy: "acme/production", id: billing.tenant.id, name: "W", status: "active", domains: [] };

describe.each(["stand-in", "reference"] as const)("the %s", (which) => {
  let place: ReceiverPlace;
  let keys = 0;
  beforeEach(async () => {
    place = await receiverPlace(which);
  });
  afterEach(() => place.close());

  const ask = (
    asked: Asked,
  ): Promise<{ status: number; code: unknown; etag: string; body: Record<string, unknown> }> => {
    const { method = "PUT", path = tenantPath, body = "", key, at = now, nonce, tamper } = asked;
    const fresh = { "idempotency-key": `"key-number-${String(keys++).padStart(8, "0")}"`, "if-none-match": "*" };
    const given = { ...(body === "" ? {} : { "content-type": "application/json" }), ...(asked.headers ?? fresh) };
    const signing = key ?? { id: "tenantry-1", secret: new Secret(signingKey) };
    const signed = signatureHeaders(
      { method, url: `https://${host}${path}`, text: body, headers: given },
      signing,
      at,
      nonce,
    );
    const sent = { path, body, headers: { ...given, ...signed } };
    tamper?.(sent);
    return new Promise((resolve, reject) => {
      const { port, ca } = place.server;
      const outgoing = request(
        {
          ...{ host: "127.0.0.1", port, ca, servername: host, method, path: sent.path },
          headers: { host, ...sent.headers, "content-length": Buffer.byteLength(sent.body) },
        },
        (answer) => {
          const chunks: Buffer[] = [];
          answer.on("data", (chunk: Buffer) => chunks.push(chunk));
          answer.on("end", () => {
            const parsed = JSON.parse(Buffer.concat(chunks).toString("utf8")) as Record<string, unknown>;
            const { statusCode: status = 0, headers } = answer;
            resolve({ status, code: parsed.code, etag: String(headers.etag), body: parsed });
          });
        },
      );
      outgoing.on("error", reject);
      outgoing.end(sent.body);
    });
  };
  const putTenant = (change: Asked = {}) => ask({ body: JSON.stringify(tenantBody), ...change });
  const told = async (asked: ReturnType<typeof ask>) => {
    const { status, code } = await asked;
    return [status, code];
  };

  test("a body, a path or a precondition that was changed on the way", async () => {
    const changes: readonly NonNullable<Asked["tamper"]>[] = [
      (sent) => {
        sent.body = sent.body.replace('"W"', '"X"');
      },
      (sent) => {
        sent.path = sent.path.replace("billing", "other");
      },
      (sent) => {
        sent.headers["idempotency-key"] = '"another-key-00000000"';
      },
      (sent) => {
        delete sent.headers["if-none-match"];
        sent.headers["if-match"] = '"1"';
      },
      (sent) => {
        sent.headers["signature-input"] = String(sent.headers["signature-input"]).replace(' "if-none-match"', "");
      },
      (sent) => {
        delete sent.headers["content-digest"];
      },
      (sent) => {
        sent.headers.signature = "tenantry=:AAAA:";
      },
      (sent) => {
        delete sent.headers["signature-input"];
      },
    ];
    for (const tamper of changes) expect(await told(putTenant({ tamper }))).toEqual([401, "unauthorized"]);
    expect(await told(putTenant({ key: { id: "stranger", secret: new Secret(signingKey) } }))).toEqual([
      401,
      "unauthorized",
    ]);
    expect(await told(putTenant({ key: { id: "__proto__", secret: new Secret(signingKey) } }))).toEqual([
      401,
      "unauthorized",
    ]);
    expect((await ask({ method: "GET" })).status).toBe(404);
  });

  test("a signature that comes again, too late or too early", async () => {
    const nonce = "nonce-of-this-test-0";
    expect((await putTenant({ nonce })).status).toBe(201 - (which === "reference" ? 1 : 0));
    expect(await told(putTenant({ nonce }))).toEqual([401, "replayed"]);
    for (const at of [now - 301_000, now + 302_000]) {
      expect(await told(putTenant({ at }))).toEqual([401, "signature_expired"]);
    }
  });

  test("an idempotency key is good for one request, and gives its answer again", async () => {
    const headers = { "idempotency-key": '"the-one-key-00000000"', "if-none-match": "*" };
    const first = await putTenant({ headers });
    const again = await putTenant({ headers });
    expect([again.status, again.etag, again.body]).toEqual([first.status, first.etag, first.body]);
    const other = { ...tenantBody, name: "another" };
    expect(await told(ask({ headers, body: JSON.stringify(other) }))).toEqual([422, "idempotency_key_reused"]);
    expect(await told(putTenant({ headers: { "if-none-match": "*" } }))).toEqual([400, "invalid"]);
  });

  test("a write that says nothing of what it has seen, or something that is over", async () => {
    const key = () => ({ "idempotency-key": `"another-number-${String(keys++).padStart(6, "0")}"` });
    expect(await told(putTenant({ headers: key() }))).toEqual([428, "precondition_required"]);
    const { etag } = await putTenant();
    expect(await told(putTenant())).toEqual([412, "precondition_failed"]);
    expect((await putTenant({ headers: { ...key(), "if-match": etag } })).status).toBe(200);
    expect(await told(putTenant({ headers: { ...key(), "if-match": etag } }))).toEqual([412, "precondition_failed"]);
    expect(
      await told(
        putTenant({ path: tenantPath.replace("whiterabbit", "hare"), headers: { ...key(), "if-match": etag } }),
      ),
    ).toEqual([412, "precondition_failed"]);
  });

  test("what is no JSON, and what no path of the contract is", async () => {
    expect((await told(putTenant({ body: "{" })))[0]).toBe(400);
    expect(await told(ask({ method: "GET", path: `${recordPath}/secret` }))).toEqual([404, "not_found"]);
    expect(await told(ask({ method: "GET", path: "/tenantry/v2/apps/billing/tenants/whiterabbit" }))).toEqual([
      404,
      "not_found",
    ]);
    expect(await told(ask({ method: "DELETE", path: recordPath }))).toEqual([404, "not_found"]);
  });

  test("every refusal is a problem of the document", async () => {
    await putTenant({ key: { id: "stranger", secret: new Secret(signingKey) } });
    await ask({ method: "GET", path: recordPath });
    await putTenant();
    await putTenant();
    expect(place.exchanges.map(({ status }) => status).filter((status) => status > 299)).toEqual([401, 404, 412]);
    expect(place.exchanges.filter(({ status }) => status > 299).flatMap(misfits)).toEqual([]);
  });
});

describe("the stand-in", () => {
  test("takes no body that the document does not know", async () => {
    const { bodies } = await import("../../../sandbox/receiver/body.ts");
    const place = await receiverPlace("stand-in");
    const app = await place.adapter();
    await app.writeTenant(billing.tenant);
    await app.write(billing.write());
    const good = JSON.parse(place.exchanges.findLast(({ method }) => method === "PUT")?.body ?? "{}");
    const refused = (body: unknown) => {
      try {
        bodies.record(Buffer.from(JSON.stringify(body)));
        return false;
      } catch {
        return true;
      }
    };
    expect(refused(good)).toBe(false);
    expect(refused({ ...good, extra: 1 })).toBe(true);
    expect(refused({ ...good, secret: { id: "x" } })).toBe(true);
    expect(refused({ ...good, values: { ...good.values, pkce: "plain" } })).toBe(true);
    expect(refused({ ...good, values: { ...good.values, session: { idle: "30m" } } })).toBe(true);
    for (const name of Object.keys(good.values)) {
      const { [name]: _gone, ...rest } = good.values;
      expect([name, refused({ ...good, values: rest })]).toEqual([name, true]);
    }
    await app.close();
    await place.close();
  });
});

test("another workspace's key writes nothing of ours at the reference receiver", async () => {
  const place = await receiverPlace("reference");
  const elsewhere = {
    kind: "hmac",
    keyId: "elsewhere",
    secret: { scheme: "env", name: "KEY", text: "env:KEY" },
  } as const;
  const app = await place.adapter({ auth: elsewhere });
  await expect(app.writeTenant(billing.tenant)).rejects.toMatchObject({ code: "HTTP_FORBIDDEN" });
  await app.close();
  await place.close();
});
