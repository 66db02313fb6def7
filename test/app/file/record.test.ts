import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { ConnectionKey, ConnectionRecord } from "../../../src/desired/connection.ts";
import { type FileWorld, fileOf, key, openFileWorld, writeFor } from "./place.ts";

const worlds: FileWorld[] = [];
function world(...options: Parameters<typeof openFileWorld>): FileWorld {
  const made = openFileWorld(...options);
  worlds.push(made);
  return made;
}
afterEach(() => {
  for (const one of worlds.splice(0)) one.close();
});

const sink = "vault:kv/sso/{tenant}/{app}#client_secret";

describe("what stands in a file", () => {
  test.each([
    ["json", "json", "sso/{tenant}.json"],
    ["dotenv", "env", "sso/{tenant}.env"],
    ["kubernetes", "yaml", "sso/{tenant}.yaml"],
  ] as const)("%s, its secret in a sink, then off, then removed", async (format, end, path) => {
    const here = world();
    const app = fileOf({ format, path, secretSink: sink });
    const adapter = await here.adapter(app);
    await adapter.write(writeFor(app));
    await adapter.settle(key);
    const at = `sso/whiterabbit.${end}`;
    await expect(here.read(at)).toMatchFileSnapshot(`golden/active-${format}.txt`);
    await adapter.disable(key);
    await expect(here.read(at)).toMatchFileSnapshot(`golden/disabled-${format}.txt`);
    await adapter.remove(key);
    await expect(here.read(at)).toMatchFileSnapshot(`golden/tombstone-${format}.txt`);
  });

  test("a template gives the shape; no value can become a part of it", async () => {
    const here = world();
    const template = {
      oidc: { issuer: "{{ issuer }}", text: "{{name}}: {{scope}}", list: ["{{scopes}}", "x"] },
      "{{key}}": 1,
    };
    here.write("t.json", JSON.stringify(template));
    const app = fileOf({ secretSink: sink, template: "t.json" });
    const write = writeFor(app);
    const name = '", "admin": true, {{clientId}}';
    await (await here.adapter(app)).write({ ...write, appTenant: { ...write.appTenant, name } });
    const { tenantry: _mark, ...file } = JSON.parse(here.read("sso/whiterabbit.json"));
    expect(file).toEqual({
      oidc: {
        issuer: "https://acme.okta.com/oauth2/default",
        text: `${name}: openid email profile`,
        list: [["openid", "email", "profile"], "x"],
      },
      "{{key}}": 1,
    });
  });

  test.each([
    ["is not there", undefined, "is not there"],
    ["is no JSON", "{", "is no JSON"],
    ["has an unknown placeholder", '{"a":"{{issur}}","b":"{{clientSecret}}"}', "{{issur}}"],
    ["has the secret amid other text", '{"a":"x {{clientSecret}}"}', "must be a value by itself"],
    ["has no secret where there must be one", '{"a":"{{issuer}}"}', "has no {{clientSecret}}"],
    ["is a file of ours", '{"tenantry":{},"a":"{{clientSecret}}"}', "that Tenantry has written"],
  ])("a template that %s is told by name", async (_name, text, why) => {
    const here = world();
    if (text !== undefined) here.write("t.json", text);
    const app = fileOf({ template: "t.json" });
    await expect((await here.adapter(app)).observe([writeFor(app).record])).rejects.toMatchObject({
      code: "APPFILE_TEMPLATE_INVALID",
      message: expect.stringContaining(why),
    });
  });
});

describe("what somebody changes in a file", () => {
  const changed = async (change: (text: string) => string, format: "json" | "dotenv" | "kubernetes" = "json") => {
    const here = world();
    const app = fileOf({ format, path: "sso/{tenant}", secretSink: sink });
    const adapter = await here.adapter(app);
    const write = writeFor(app);
    await adapter.write(write);
    await adapter.settle(key);
    const before = here.read("sso/whiterabbit");
    const after = change(before);
    expect(after).not.toBe(before);
    here.write("sso/whiterabbit", after);
    const found = (await adapter.observe([write.record])).records.get(key);
    await adapter.write(write);
    await adapter.settle(key);
    return { fields: found?.fields ?? {}, mended: here.read("sso/whiterabbit") === before };
  };

  test.each([
    ["json", (text: string) => text.replace(/^ {2}"issuer": "https:\/\/acme/m, '  "issuer": "https://evil')],
    ["dotenv", (text: string) => text.replace("SSO_ISSUER='https://acme", "SSO_ISSUER='https://evil")],
    [
      "kubernetes",
      (text: string) =>
        text.replace(
          Buffer.from("https://acme.okta.com/oauth2/default").toString("base64"),
          Buffer.from("https://evil.okta.com/oauth2/default").toString("base64"),
        ),
    ],
  ] as const)("a value, in %s: it is seen, and the next write mends it", async (format, change) => {
    const { fields, mended } = await changed(change, format);
    expect(fields.issuer).toBe("https://evil.okta.com/oauth2/default");
    expect(fields["file.content"]).toBe("changed by somebody");
    expect(mended).toBe(true);
  });

  test("a state that would switch a record on again is seen", async () => {
    const here = world();
    const app = fileOf({ secretSink: sink });
    const adapter = await here.adapter(app);
    await adapter.write(writeFor(app));
    await adapter.disable(key);
    const text = here.read("sso/whiterabbit.json");
    here.write("sso/whiterabbit.json", text.replace(/^ {2}"state": "disabled"/m, '  "state": "active"'));
    const found = (await adapter.observe([writeFor(app).record])).records.get(key);
    expect([found?.state, found?.fields["file.content"]]).toEqual(["disabled", "changed by somebody"]);
  });
});

describe("where a file may be", () => {
  test("no link leads it out of the workspace, and none is written through", async () => {
    const here = world();
    const out = world();
    const app = fileOf({ secretSink: sink });
    execFileSync("ln", ["-s", out.root, join(here.root, "sso")]);
    const adapter = await here.adapter(app);
    await expect(adapter.write(writeFor(app))).rejects.toMatchObject({ code: "APPFILE_PLACE" });
    execFileSync("rm", [join(here.root, "sso")]);
    execFileSync("mkdir", [join(here.root, "sso")]);
    out.write("target", "theirs");
    execFileSync("ln", ["-s", join(out.root, "target"), join(here.root, "sso/whiterabbit.json")]);
    await expect(adapter.write(writeFor(app))).rejects.toMatchObject({ code: "APPFILE_PLACE" });
    expect(out.read("target")).toBe("theirs");
  });

  test("what cannot be written is told without a stack, and leaves nothing behind", async () => {
    const here = world();
    here.write("sso", "a file where the folder should be");
    const app = fileOf({ secretSink: sink });
    const failure = await (await here.adapter(app)).write(writeFor(app)).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: expect.stringMatching(/^APPFILE_(PLACE|UNREACHABLE)$/) });
    expect(execFileSync("ls", ["-A", here.root]).toString()).toBe("sso\n");
  });
});

describe("the tenant's part", () => {
  test("its name and proven domains stand in all its files, and change with them", async () => {
    const here = world();
    const app = fileOf({ path: "sso/{tenant}/{signIn}.json", secretSink: sink });
    const adapter = await here.adapter(app);
    const second: Partial<ConnectionRecord> = { key: "whiterabbit/legacy/staff" as ConnectionKey, signIn: "staff" };
    const first = writeFor(app);
    await adapter.write(first);
    await adapter.write(writeFor(app, second));
    const tenant = {
      ...first.appTenant,
      name: "White Rabbit SE",
      domains: ["whiterabbit.example", "wr.example", "wait.example"],
    };
    await adapter.writeTenant(tenant, new Map([["wr.example", "tenantry=1"]]));
    for (const signIn of ["default", "staff"]) {
      expect(JSON.parse(here.read(`sso/whiterabbit/${signIn}.json`))).toMatchObject({
        name: "White Rabbit SE",
        domains: ["whiterabbit.example", "wr.example"],
      });
    }
    const { tenants } = await adapter.observe([first.record]);
    expect(tenants.get("whiterabbit")).toMatchObject({
      fields: { name: "White Rabbit SE", domains: ["wait.example", "whiterabbit.example", "wr.example"] },
      routed: [
        { domain: "whiterabbit.example", verification: "kept" },
        { domain: "wr.example", verification: "tenantry=1" },
      ],
    });
  });

  test("a removed record's key is never used again", async () => {
    const here = world();
    const app = fileOf({ secretSink: sink });
    const adapter = await here.adapter(app);
    await adapter.write(writeFor(app));
    await adapter.remove(key);
    expect((await adapter.observe([writeFor(app).record])).records.get(key)?.state).toBe("tombstone");
    await expect(adapter.write(writeFor(app))).rejects.toMatchObject({ code: "APPFILE_RECORD_RETIRED" });
    await expect(adapter.activate(key)).rejects.toMatchObject({ code: "APPFILE_RECORD_RETIRED" });
    await expect(adapter.activate("nobody/legacy" as ConnectionKey)).rejects.toMatchObject({
      code: "APPFILE_RECORD_MISSING",
    });
  });
});
