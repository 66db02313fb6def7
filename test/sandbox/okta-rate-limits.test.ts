import { connect, type TLSSocket } from "node:tls";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { RateLimits } from "../../sandbox/okta/rate-limits.ts";
import { oktaHost, serviceClientId } from "../../sandbox/sandbox.ts";
import { startTestSandbox, type TestSandbox } from "../support/sandbox.ts";
import { call } from "./okta-caller.ts";

const start = Date.UTC(2026, 10, 21, 9, 0, 0);
const clock = () => start;

describe("the buckets of each plan", () => {
  test.each([
    ["integrator", { apps: 20, app: 100, groups: 100, group: 100, rest: 100 }],
    ["one-app", { apps: 100, app: 600, groups: 600, group: 600, rest: 600 }],
    ["enterprise", { apps: 100, app: 600, groups: 600, group: 600, rest: 600 }],
    ["workforce", { apps: 100, app: 500, groups: 500, group: 1000, rest: 1200 }],
  ] as const)("%s", (plan, buckets) => {
    for (const [bucket, limit] of Object.entries(buckets) as [keyof typeof buckets, number][]) {
      const whole = new RateLimits(plan, clock, 1).take(bucket, "a");
      expect(whole.headers).toMatchObject({
        "x-rate-limit-limit": String(limit),
        "x-rate-limit-remaining": String(limit - 1),
      });
      expect(new RateLimits(plan, clock).take(bucket, "a").headers["x-rate-limit-limit"]).toBe(String(limit / 2));
    }
  });

  test("are full for one token at its share, and for all at the limit", () => {
    const limits = new RateLimits("integrator", clock);
    const taken = (caller: string, times: number) =>
      Array.from({ length: times }, () => limits.take("apps", caller).allowed).filter(Boolean).length;
    expect(taken("a", 15)).toBe(10);
    expect(taken("b", 5)).toBe(5);
    expect(taken("c", 15)).toBe(5);
    // What is left of the whole is nearer to its end than the share.
    expect(limits.take("apps", "d").headers).toMatchObject({
      "x-rate-limit-limit": "20",
      "x-rate-limit-remaining": "0",
      "x-rate-limit-reset": String(start / 1000 + 60),
    });
  });
});

describe("over the wire", () => {
  let at: TestSandbox;
  beforeAll(async () => {
    at = await startTestSandbox({ rateLimits: { okta: "integrator" }, clock });
  });
  afterAll(() => at.close());
  const sockets: TLSSocket[] = [];
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
  });

  test("an API token and an app have each their share", async () => {
    for (let left = 9; left >= 0; left -= 1) {
      const { status, headers } = await call(at, "GET", "/api/v1/apps?limit=1");
      expect([status, headers.get("x-rate-limit-limit"), headers.get("x-rate-limit-remaining")]).toEqual([
        200,
        "10",
        String(left),
      ]);
    }
    const refused = await call(at, "GET", "/api/v1/apps?limit=1");
    expect(refused).toMatchObject({
      status: 429,
      json: { errorCode: "E0000047", errorSummary: "API call exceeded rate limit due to too many requests." },
    });
    at.sandbox.okta.state.tokens.set("of an app", {
      clientId: serviceClientId,
      scopes: ["okta.apps.read"],
      expires: start + 3_600_000,
    });
    expect((await call(at, "GET", "/api/v1/apps?limit=1", undefined, "Bearer of an app")).status).toBe(200);
    // Reads of single apps are of another bucket.
    expect((await call(at, "GET", `/api/v1/apps/${serviceClientId}`)).status).toBe(200);
    expect((await call(at, "GET", `/api/v1/apps/${serviceClientId}/groups`)).status).toBe(429);
  });

  test("more requests at once than the plan allows are refused", async () => {
    const { sandbox } = at;
    const begin = () =>
      new Promise<TLSSocket>((resolve, reject) => {
        const options = { host: sandbox.host, port: sandbox.port, servername: oktaHost, ca: sandbox.ca };
        const socket = connect(options, () => {
          socket.write(
            `POST /api/v1/groups HTTP/1.1\r\nhost: ${oktaHost}\r\nauthorization: SSWS ${sandbox.env.OKTA_API_TOKEN}\r\n` +
              "content-type: application/json\r\ncontent-length: 1000\r\nexpect: 100-continue\r\n\r\n",
          );
          // The server says "go on" when it has begun with the request, and waits for the body.
          socket.once("data", () => resolve(socket));
        });
        socket.once("error", reject);
        sockets.push(socket);
      });
    await Promise.all(Array.from({ length: 35 }, begin));
    const refused = await call(at, "GET", "/api/v1/policies?type=ACCESS_POLICY");
    expect(refused).toMatchObject({ status: 429, json: { errorCode: "E0000047" } });
    expect(refused.headers.get("x-rate-limit-limit")).toBe("0");
    sockets.pop()?.destroy();
    await expect.poll(async () => (await call(at, "GET", "/api/v1/policies?type=ACCESS_POLICY")).status).toBe(200);
  });
});

test("without a plan nothing is ever refused", async () => {
  const at = await startTestSandbox();
  const { headers } = await call(at, "GET", "/api/v1/apps");
  expect(headers.get("x-rate-limit-limit")).toBe("60000");
  await at.close();
});
