import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { allMisbehaviours } from "../../sandbox/misbehave/all.ts";
import { openTestWorkspace, type TestWorkspace } from "../support/workspace.ts";

let workspace: TestWorkspace;
beforeAll(async () => {
  workspace = await openTestWorkspace({ migrate: false });
});
afterAll(() => workspace.close());
beforeEach(() => {
  workspace.sandbox.misbehaviours.clear();
});

const misbehave = (...args: readonly string[]) => workspace.tenantry("sandbox", "misbehave", ...args);
const on = () => workspace.sandbox.misbehaviours.switched;

describe("tenantry sandbox misbehave", () => {
  it("turns a failure on, by the short name of a host, and once only", async () => {
    const turned = { exit: 0, out: "acme.okta.com misbehaves: certificate-expired\n", err: "" };
    expect(await misbehave("okta", "certificate-expired")).toMatchObject(turned);
    expect(await misbehave("acme.okta.com", "certificate-expired")).toMatchObject(turned);
    expect(on()).toEqual([{ host: "acme.okta.com", name: "certificate-expired" }]);
    expect((await misbehave("okta", "jwks-empty", "--json")).json()).toEqual({
      version: 1,
      command: "sandbox",
      on: { host: "acme.okta.com", name: "jwks-empty" },
    });
  });

  it("turns off one, those of a host, or all", async () => {
    for (const name of ["jwks-empty", "clock-fast"]) await misbehave("okta", name);
    await misbehave("accounts.google.com", "clock-slow");
    expect((await misbehave("--off", "okta", "jwks-empty")).out).toBe("1 turned off\n");
    expect((await misbehave("--off", "okta", "jwks-empty")).out).toBe("nothing was on\n");
    expect(on()).toHaveLength(2);
    expect((await misbehave("--off", "okta")).out).toBe("1 turned off\n");
    expect((await misbehave("--off", "--json")).json()).toMatchObject({ cleared: 1 });
    expect(on()).toEqual([]);
  });

  it("lists every failure with its sentence, and where it is on", async () => {
    await misbehave("okta", "clock-fast");
    const { out } = await misbehave("--list");
    expect(out).toContain("\n  clock-fast  on: acme.okta.com\n      The clock is ten minutes fast.\n");
    for (const { name } of allMisbehaviours) expect(out).toMatch(new RegExp(`^ {2}${name}( {2}on: .*)?$`, "m"));
    expect(out.split("\n").filter((line) => line.length > 80)).toEqual([]);
    const { failures, on } = (await misbehave("--list", "--json")).json() as Record<string, unknown>;
    expect(failures).toEqual(allMisbehaviours.map(({ name, kind, about }) => ({ name, kind, about })));
    expect(on).toEqual([{ host: "acme.okta.com", name: "clock-fast" }]);
  });

  it.each([
    [[], "CLI_USAGE  a host and a failure are needed"],
    [["okta"], "CLI_USAGE  a host and a failure are needed"],
    [["--list", "okta"], "CLI_USAGE  --list goes with nothing else"],
    [["--list", "--off"], "CLI_USAGE  --list goes with nothing else"],
    [["okta", "no-such"], "CLI_USAGE  there is no failure `no-such`\n  mend: tenantry sandbox misbehave --list"],
    [["okta", "jwks-emty"], "CLI_USAGE  there is no failure `jwks-emty`\n  mend: did you mean `jwks-empty`?"],
    [["--off", "okta", "jwks-emty"], "did you mean `jwks-empty`?"],
    [["nobody.example", "jwks-empty"], "SANDBOX_REFUSED  the sandbox refused: host is one of acme.okta.com"],
    [["127.0.0.1", "jwks-empty"], "SANDBOX_REFUSED  the sandbox refused: host is one of acme.okta.com"],
    [["com", "jwks-empty"], "CLI_USAGE  `com` can be "],
    [["--off", "nobody.example"], "SANDBOX_REFUSED  the sandbox refused: host is one of"],
  ] as const)("refuses %j", async (args, message) => {
    const { exit, err } = await misbehave(...args);
    expect(err).toContain(message);
    expect(exit).toBe(2);
    expect(on()).toEqual([]);
  });
});

describe("the admin API", () => {
  const call = async (method: string, body?: string, token = workspace.sandbox.adminToken) => {
    const { ask } = await import("./misbehave.ts");
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const { port, ca } = workspace.sandbox;
    return ask({ port, ca }, "https://localhost/misbehaviours", {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
    });
  };

  it.each([
    ["POST", "{}", "the body has host and name"],
    ["POST", undefined, "the body is an object with host and name"],
    ["POST", "[]", "the body is an object with host and name"],
    ["POST", "{", "the body is no JSON"],
    ["POST", '{"host":"acme.okta.com","name":"__proto__"}', "name is none of"],
    ["POST", '{"host":["acme.okta.com"],"name":"jwks-empty"}', "host is one of"],
    ["POST", '{"host":"acme.okta.com","name":"jwks-empty","times":2}', "there is no times"],
  ])("refuses %s %s", async (method, body, error) => {
    const { status, body: said } = await call(method, body);
    expect([status, JSON.parse(said).error]).toEqual([400, expect.stringContaining(error)]);
    expect(on()).toEqual([]);
  });

  it("wants its token for what changes something, and knows three methods", async () => {
    expect((await call("POST", '{"host":"acme.okta.com","name":"jwks-empty"}', "wrong")).status).toBe(401);
    expect((await call("DELETE", undefined, "wrong")).status).toBe(401);
    expect((await call("GET", undefined, "wrong")).status).toBe(200);
    expect((await call("PUT", "{}")).status).toBe(405);
  });
});

describe("a provider of the sandbox", () => {
  it("is wrong at all of its hosts, in its own words, and beside a fault", async () => {
    const { ask } = await import("./misbehave.ts");
    const { port, ca } = workspace.sandbox;
    await misbehave("accounts.google.com", "jwks-empty");
    await misbehave("accounts.google.com", "unknown-client");
    expect((await ask({ port, ca }, "https://www.googleapis.com/oauth2/v3/certs")).body).toBe('{"keys":[]}');
    const query = new URLSearchParams({ client_id: "x", response_type: "code", redirect_uri: "https://a.example/" });
    const { headers } = await ask({ port, ca }, `https://accounts.google.com/o/oauth2/v2/auth?${query}`);
    expect(headers.location).toContain("https://accounts.google.com/signin/oauth/error");
    workspace.sandbox.faults.add({ effect: "status-before", status: 503, host: "www.googleapis.com" });
    expect((await ask({ port, ca }, "https://www.googleapis.com/oauth2/v3/certs")).status).toBe(503);
  });
});
