import { execFileSync } from "node:child_process";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { dotenvFormat } from "../../../src/app/file/dotenv-format.ts";
import { jsonFormat } from "../../../src/app/file/json-format.ts";
import { kubernetesFormat } from "../../../src/app/file/kubernetes-format.ts";
import { gitSight } from "../../../src/engine/git-ignored.ts";
import { Secret } from "../../../src/secret/secret.ts";
import { type FileWorld, fileOf, key, openFileWorld, writeFor } from "./place.ts";

// A secret comes back byte for byte from every format, read by a parser that is not ours, and stands nowhere else.

const worlds: FileWorld[] = [];
function world(...options: Parameters<typeof openFileWorld>): FileWorld {
  const made = openFileWorld(...options);
  worlds.push(made);
  return made;
}
afterEach(() => {
  for (const one of worlds.splice(0)) one.close();
});

/** Texts that a template, a shell, YAML or JSON would each take for something of theirs. */
const hostile = [
  "it's",
  'say "no"',
  "`id`",
  "$(id)",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it must stay as it is
  "${HOME}",
  "\\",
  "'\\''",
  "'\"$`\\!",
  "a\nb",
  "a\r\nb\n",
  "\ttab ",
  " leading",
  "trailing ",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it must stay as it is
  "${{ secrets.X }}",
  "{{issuer}}",
  "{{clientSecret}}",
  "# no comment",
  "a #b",
  "yes",
  "null",
  "~",
  "0o17",
  "1e3",
  "- a",
  "a: b",
  "&a *b !c",
  "ü€😀",
  "\u0085\u2028\u2029\ufeff",
  "\u007f\u001b[31m",
  "=",
  "__proto__",
] as const;

const secrets = fc
  .oneof(
    fc.constantFrom(...hostile),
    fc.string({ unit: "binary", minLength: 1, maxLength: 40 }),
    fc.array(fc.constantFrom(...hostile), { minLength: 1, maxLength: 4 }).map((parts) => parts.join("")),
  )
  .filter((text) => text.isWellFormed() && !text.includes("\0"));

/** The environment that a shell has after it has read a file: bytes, one variable after the other. */
function sourced(path: string): ReadonlyMap<string, string> {
  const script = 'set -a; . "$1"; "$2" -e "process.stdout.write(JSON.stringify(process.env))"';
  const out = execFileSync("sh", ["-c", script, "sh", path, process.execPath], { env: {} });
  return new Map(Object.entries(JSON.parse(out.toString("utf8")) as Record<string, string>));
}

describe("any secret survives byte for byte", () => {
  test("in JSON, read by JSON.parse", () => {
    fc.assert(
      fc.property(secrets, (secret) => {
        const text = jsonFormat.print({ tree: { a: { clientSecret: secret } }, comments: [] });
        expect(JSON.parse(text)).toEqual({ a: { clientSecret: secret } });
        expect(jsonFormat.parse(text).tree).toEqual({ a: { clientSecret: secret } });
      }),
    );
  });

  test("in a Kubernetes manifest, read by a YAML parser of either version", () => {
    fc.assert(
      fc.property(secrets, (secret) => {
        const data = kubernetesFormat.encode(["data", "s"], secret);
        const tree = { apiVersion: "v1", kind: "Secret", data: { s: data }, stringData: { s: secret } };
        const text = kubernetesFormat.print({ tree, mark: JSON.stringify({ secret }), comments: [] });
        for (const version of ["1.1", "1.2"] as const) {
          const read = parse(text, { version }) as typeof tree & { metadata: { annotations: Record<string, string> } };
          expect(read.stringData.s).toBe(secret);
          expect(Buffer.from(read.data.s, "base64").toString("utf8")).toBe(secret);
          expect(read.metadata.annotations["tenantry/record"]).toBe(JSON.stringify({ secret }));
        }
        expect(kubernetesFormat.parse(text).tree).toEqual({ ...tree });
      }),
    );
  });

  test("in a dotenv file, read by a shell", () => {
    const here = world();
    const values = [...hostile, ...fc.sample(secrets, 60)];
    const tree = Object.fromEntries(values.map((secret, index) => [`S${index}`, secret]));
    here.write("all.env", dotenvFormat.print({ tree, mark: JSON.stringify({ a: "x\ny" }), comments: ["# theirs"] }));
    const read = sourced(join(here.root, "all.env"));
    for (const [index, secret] of values.entries()) expect([index, read.get(`S${index}`)]).toEqual([index, secret]);
  });

  test("and our own reader of dotenv files reads the same", () => {
    fc.assert(
      fc.property(secrets, (secret) => {
        const text = dotenvFormat.print({ tree: { A: secret, B: "b" }, comments: [] });
        expect(dotenvFormat.parse(text).tree).toEqual({ A: secret, B: "b" });
      }),
    );
  });

  test.each(["json", "dotenv", "kubernetes"] as const)("through the whole adapter, in %s", async (format) => {
    const here = world();
    const app = fileOf({ path: "sso/{tenant}", format });
    for (const secret of hostile) {
      const adapter = await here.adapter(app);
      await adapter.write(writeFor(app, {}, secret));
      await adapter.settle(key);
      const text = here.read("sso/whiterabbit");
      const read =
        format === "json"
          ? (JSON.parse(text) as { clientSecret: string }).clientSecret
          : format === "dotenv"
            ? sourced(join(here.root, "sso/whiterabbit")).get("SSO_CLIENT_SECRET")
            : Buffer.from((parse(text) as { data: { clientSecret: string } }).data.clientSecret, "base64").toString(
                "utf8",
              );
      expect(read).toBe(secret);
      expect((await (await here.adapter(app)).secretOf(key))?.value.reveal()).toBe(secret);
    }
  });

  test.each(["a\0b", "\ud800"])("%j cannot stand in a file and is refused, nothing half-written", async (secret) => {
    const here = world();
    const app = fileOf();
    await expect((await here.adapter(app)).write(writeFor(app, {}, secret))).rejects.toMatchObject({
      code: "APPFILE_VALUE_UNFIT",
    });
    expect(() => here.read("sso/whiterabbit.json")).toThrow();
  });
});

describe("what a shell would run is never taken for a value", () => {
  test.each([
    "A=$(id)",
    "A=`id`",
    'A="$HOME"',
    "A=b c",
    "A='a",
    'A="a',
    "A",
    "A=b;id",
    "A=b|c",
    "1A=b",
    "A =b",
    "A=b\\",
  ])("%j", (text) => expect(() => dotenvFormat.parse(text)).toThrow(/line 1|no `NAME=VALUE`/));
});

describe("a secret in plain text", () => {
  test("gets into a file only for its owner, and the old one too", async () => {
    const here = world();
    const app = fileOf();
    const adapter = await here.adapter(app);
    await adapter.write(writeFor(app));
    await adapter.settle(key);
    await adapter.write(writeFor(app, { clientId: "other" }, "another-secret"));
    expect(here.mode("sso/whiterabbit.json")).toBe(0o600);
    expect(here.mode("sso/whiterabbit.json.previous")).toBe(0o600);
    await adapter.disable(key);
    expect(here.read("sso/whiterabbit.json")).not.toMatch(/plain-secret-1|another-secret/);
    expect(() => here.read("sso/whiterabbit.json.previous")).toThrow();
  });

  test("gets into no file that git would take in, and into one that it ignores", async () => {
    const here = world({ isIgnored: (path) => gitSight(path, { PATH: process.env.PATH }) });
    const app = fileOf();
    execFileSync("git", ["init", "--quiet", here.root]);
    const adapter = await here.adapter(app);
    const refused = { code: "SECRET_IN_REPOSITORY", message: expect.stringContaining("sso/whiterabbit.json") };
    await expect(adapter.write(writeFor(app))).rejects.toMatchObject(refused);
    expect(() => here.read("sso/whiterabbit.json")).toThrow();
    // The old file beside it would hold one too.
    here.write(".gitignore", "/sso/*.json\n");
    await expect(adapter.write(writeFor(app))).rejects.toMatchObject({ code: "SECRET_IN_REPOSITORY" });
    here.write(".gitignore", "/sso/\n");
    await adapter.write(writeFor(app));
    expect(here.read("sso/whiterabbit.json")).toContain("plain-secret-1");
  });

  test("a tracked file is not ignored, whatever the patterns say", async () => {
    const here = world({ isIgnored: (path) => gitSight(path, { PATH: process.env.PATH }) });
    const app = fileOf();
    execFileSync("git", ["init", "--quiet", here.root]);
    here.write(".gitignore", "/sso/\n");
    here.write("sso/whiterabbit.json", "{}");
    execFileSync("git", ["-C", here.root, "add", "--force", "sso/whiterabbit.json"]);
    execFileSync("rm", [join(here.root, "sso/whiterabbit.json")]);
    await expect((await here.adapter(app)).write(writeFor(app))).rejects.toMatchObject({
      code: "SECRET_IN_REPOSITORY",
    });
  });

  test("is refused where git cannot be asked, and taken outside of every repository", async () => {
    const app = fileOf();
    const blind = world({ isIgnored: async () => "unknown" });
    await expect((await blind.adapter(app)).write(writeFor(app))).rejects.toMatchObject({
      code: "SECRET_IN_REPOSITORY",
    });
    const free = world({ isIgnored: (path) => gitSight(path, { PATH: process.env.PATH }) });
    await (await free.adapter(app)).write(writeFor(app));
    expect(free.read("sso/whiterabbit.json")).toContain("plain-secret-1");
  });

  test("with a sink none stands in the file, but where it lies", async () => {
    const here = world({ isIgnored: async () => "seen" });
    const app = fileOf({ secretSink: "vault:kv/sso/{tenant}#client_secret" });
    const adapter = await here.adapter(app);
    await adapter.write({ ...writeFor(app), secret: { id: "ocs1", value: new Secret("plain-secret-1") } });
    const text = here.read("sso/whiterabbit.json");
    expect(text).not.toContain("plain-secret-1");
    expect(JSON.parse(text)).toMatchObject({ clientSecretReference: "vault:kv/sso/whiterabbit#client_secret" });
    expect(here.mode("sso/whiterabbit.json")).toBe(0o644);
    expect(adapter.showsSecret).toBe(false);
  });
});
