import { describe, expect, test } from "vitest";
import type { SecretManager } from "../../../src/secret/sink.ts";
import { type GcpClient, openGcp } from "../../../src/vendor/gcp/open.ts";
import { faultOf, managerSuite, referenceTo } from "../manager-suite.ts";
import { openFakeGcp } from "./fake-gcp.ts";

// Google's own SDK over its REST fallback, against a server of ours that answers as Secret Manager does.

const fake = openFakeGcp();

const open = async (client: GcpClient = fake.client()): Promise<SecretManager> =>
  (await openGcp({ deadline: 5_000, client })) as unknown as SecretManager;
let count = 0;

describe("Google's Secret Manager", () => {
  managerSuite({
    open,
    fresh: () => referenceTo("gcp-sm", `gcp-sm:projects/acme-sso/secrets/t${count++}`),
    theirs: ({ text }, secret) => fake.put(text.slice("gcp-sm:".length), secret),
  });

  test("each secret that is put there is a version, and an older one can be named", async () => {
    const name = "projects/acme-sso/secrets/versions";
    fake.put(name, "one");
    fake.put(name, "two");
    const at = (end: string) => referenceTo("gcp-sm", `gcp-sm:${name}${end}`);
    const read = async (end: string) => (await (await open()).read(at(end)))?.reveal();
    expect([await read(""), await read("/versions/1"), await read("/versions/latest")]).toEqual(["two", "one", "two"]);
    expect(await read("/versions/9")).toBeUndefined();
  });

  test("says when it does not let us, and when a version is switched off", async () => {
    const at = referenceTo("gcp-sm", "gcp-sm:projects/acme-sso/secrets/odd");
    fake.put("projects/acme-sso/secrets/odd", "x");
    fake.fail(403, "PERMISSION_DENIED");
    const forbidden = await faultOf((await open()).read(at));
    fake.fail(400, "FAILED_PRECONDITION");
    const off = await faultOf((await open()).read(at));
    fake.fail(undefined);
    expect([forbidden.code, off.code]).toEqual(["SECRET_FORBIDDEN", "SECRET_UNRESOLVED"]);
  });

  test("says when nobody answers", async () => {
    const at = referenceTo("gcp-sm", "gcp-sm:projects/acme-sso/secrets/odd");
    const manager = await openGcp({ deadline: 500, client: fake.client(9) });
    expect((await faultOf(manager.read(at))).code).toBe("SECRET_UNREACHABLE");
  });
});
