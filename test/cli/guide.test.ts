import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { handOverOf } from "../../src/cli/guide/hand-over.ts";
import { labelsUnconfirmed } from "../../src/cli/guide/steps.ts";
import { runCommand } from "../../src/cli/main.ts";
import { presets } from "../../src/desired/presets/presets.ts";
import { plain } from "../../src/plan/paint.ts";
import { addTenant, guideWorkspace } from "./guides.ts";

const repository = fileURLToPath(new URL("../../", import.meta.url));

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "tenantry-guide-"));
  guideWorkspace(root);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** The command line in the workspace, where no variable is set: nothing could be asked and no secret be read. */
async function tenantry(...args: readonly string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const exit = await runCommand(
    args,
    { out: (text) => out.push(text), err: (text) => err.push(text), paint: plain },
    { environment: {}, cwd: root, pid: process.pid },
  );
  return { exit, out: out.join(""), err: err.join("") };
}

async function guideOf(...args: readonly string[]): Promise<string> {
  const { exit, out, err } = await tenantry("guide", ...args);
  expect(exit, err).toBe(0);
  return out;
}

/** The blocks of code: what a person copies. */
const copied = (markdown: string): readonly string[] =>
  [...markdown.matchAll(/^(`{3,})text\n([\s\S]*?)\n\1$/gm)].map(([, , text = ""]) => text);

describe("the guide of a draft", () => {
  it("has every value to copy, from the file alone", async () => {
    const text = await guideOf("draft-co");
    expect(copied(text)).toEqual([
      "https://portal.acme.example/openid/callback/q5zr8cn3h7wtk2xmv9bd",
      "https://portal.acme.example/",
      "https://portal.acme.example/openid/start/q5zr8cn3h7wtk2xmv9bd",
      "openid email profile groups",
      "_tenantry.draft-co.example",
      expect.stringMatching(/^tenantry-domain=[a-z2-7]{52}$/),
      "_tenantry.second.example",
      expect.stringMatching(/^tenantry-domain=[a-z2-7]{52}$/),
    ]);
    expect(text).toContain("it waits for what you send back");
    expect(existsSync(join(root, ".tenantry"))).toBe(false);
  });

  it("asks for what is missing, and for the secret never by mail", async () => {
    const text = await guideOf("draft-co");
    expect(text).toContain("- **Issuer**: the address that stands as `issuer`");
    expect(text).toContain("- **Client id**: as your provider shows it.");
    expect(text).toContain("- **Client secret**: by the one-time link");
    expect(text).toContain("**Never send the secret by mail, chat or ticket**");
    expect(text).not.toContain("env:");
  });

  it("names no menus while nobody knows the product, and the product's own once the file says it", async () => {
    expect(await guideOf("draft-co")).toContain("so the steps name no menus");
    addTenant(root, "draft-co", (text) =>
      text.replace("external: {}", "external: {}\n  preset: entra-id").replace(", groups]", "]"),
    );
    const text = await guideOf("draft-co");
    expect(text).toContain("### Set up Microsoft Entra ID");
    expect(text).toContain("App registrations \\> the client \\> Authentication \\> Web \\> Redirect URIs");
    expect(text).toContain("It looks like https://login.microsoftonline.com/\\{directory id\\}/v2.0.");
    expect(text).toContain("So that groups come: add the groups claim at App registrations");
  });
});

describe("the guide of an active tenant", () => {
  it("says what is known already, and gives the public key where the app signs", async () => {
    const text = await guideOf("keyed");
    const jwks = copied(text).find((value) => value.startsWith("{")) ?? "";
    expect(JSON.parse(jwks).keys).toEqual([expect.objectContaining({ kid: "portal-1", kty: "EC", use: "sig" })]);
    expect(Object.keys(JSON.parse(jwks).keys[0])).not.toContain("d");
    expect(text).toContain("we have `https://id.keyed.example/realms/staff`");
    expect(text).toContain("we have `acme-portal`");
    expect(text).toContain("- **No secret**: the app signs with its own key.");
    expect(text).not.toContain("Make a client secret");
    expect(text).not.toContain("Never send the secret");
    expect(text).toContain("Your provider was taken for Keycloak by the path of its address alone.");
    expect(text).toContain("Roles in the app come from `realm_access` \\> `roles`");
  });

  it("says that menus are not confirmed where nobody has confirmed them", async () => {
    expect(presets.filter(labelsUnconfirmed).map(({ name }) => name)).toEqual(
      expect.arrayContaining(["onelogin", "pingfederate", "pingone", "authentik", "jumpcloud", "okta"]),
    );
    expect(presets.filter(labelsUnconfirmed).map(({ name }) => name)).not.toContain("entra-id");
    addTenant(root, "draft-co", (text) => text.replace("external: {}", "external: {}\n  preset: onelogin"));
    expect(await guideOf("draft-co")).toContain("**The names of menus below are not confirmed** for OneLogin");
  });

  it("names who comes in at an issuer that everybody has", async () => {
    const text = await guideOf("googled");
    expect(text).toContain("only people whose claim `hd` is `googled.example`; everybody with a Google account");
    expect(text).not.toContain("post-logout");
  });

  it("has nothing to register where the client is ours", async () => {
    const text = await guideOf("whiterabbit");
    expect(text).toContain("### Nothing to register");
    expect(text).toContain("The client is at `acme.okta.com`");
    expect(text).not.toContain("What to send back");
    expect(text).toContain("_tenantry.whiterabbit.example");
  });
});

describe("the guide of a customer whose own org we may change", () => {
  it("says what is ours there, and how the access is handed over", async () => {
    const text = await guideOf("inline-co");
    expect(text).toContain("The client is in your own Okta org `inline.okta.com`.");
    expect(text).toContain("its name, which begins with `inline-co/`");
    expect(text).toContain("**never by mail, chat or ticket**");
    expect(text).not.toContain("What to send back");
    expect(text).not.toContain("env:");
  });
});

describe("several connections", () => {
  it("have a section each, and the domains once", async () => {
    const text = await guideOf("two-ways");
    expect([...text.matchAll(/^## (.*)$/gm)].map(([, title]) => title)).toEqual([
      "Sign-in to `orders`, by `partners`",
      "Sign-in to `portal`",
      "Show that the domains are yours",
      "When something changes later",
    ]);
  });

  it("are chosen by app, by sign-in and by key", async () => {
    for (const chosen of [
      ["two-ways", "--app", "orders"],
      ["two-ways", "--sign-in", "partners"],
      ["two-ways/orders/partners"],
    ]) {
      const text = await guideOf(...chosen);
      expect(text).toContain("Sign-in to `orders`, by `partners`");
      expect(text).not.toContain("Sign-in to `portal`");
    }
  });

  it.each([
    [["two-ways", "--app", "order"], "no connection by the app `order`"],
    [["two-ways", "--sign-in", "staff"], "no connection by the sign-in `staff`"],
    [["two-way"], "no tenant or connection `two-way`"],
    [["two-ways", "--format", "pdf"], "--format"],
    [["two-ways", "--json", "--out", "x"], "--json"],
  ])("%j: a wrong choice says what there is", async (args, message) => {
    const { exit, out, err } = await tenantry("guide", ...args);
    expect(exit, err).toBe(2);
    expect(out + err).toContain(message);
    expect(out).not.toContain("# Single sign-on");
  });
});

describe("a callback that the app hands out", () => {
  it("comes later, and the page says so", async () => {
    const text = await guideOf("handed");
    expect(text).toContain("**The redirect URI comes later.**");
    expect(copied(text)[0]).toBe("https://callback.invalid/handed/workos");
    expect(text).toContain("Leave the redirect URI out");
    expect(text).not.toContain("Enter the redirect URI exactly");
  });
});

describe("hostile words", () => {
  const name = `<script>alert(1)</script> | \`x\` **b** [l](javascript:1) ![i](x) # & "q" 'a'`;

  beforeEach(() => {
    addTenant(root, "draft-co", (text) =>
      text
        .replace("name: Draft & Co", `name: ${JSON.stringify(name)}`)
        .replace("portal-admins: admin", `${JSON.stringify("a`b``|<i>")}: ${JSON.stringify("</code><script>")}`),
    );
  });

  it("stay words in Markdown", async () => {
    const text = await guideOf("draft-co");
    const title = text.split("\n")[0] ?? "";
    expect(title).toBe(
      "# Single sign-on for \\<script\\>alert(1)\\</script\\> \\| \\`x\\` \\*\\*b\\*\\* \\[l\\](javascript:1) " +
        `\\!\\[i\\](x) \\# \\& "q" 'a'`,
    );
    // Between more backticks than there are inside.
    expect(text).toContain("- ```a`b``|<i>```: role `</code><script>`\n");
    expect(text).toContain("of **\\<script\\>alert(1)\\</script\\> \\| \\`x\\` \\*\\*b");
  });

  it("stay words in HTML", async () => {
    const text = await guideOf("draft-co", "--format", "html");
    expect(text.match(/<script/g)).toHaveLength(1);
    expect(text).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
    expect(text).toContain("<code>&lt;/code&gt;&lt;script&gt;</code>");
    expect(text).not.toMatch(/<[a-z]+[^>]*\son\w+=/);
  });
});

describe("the ways of printing it", () => {
  it("--json is one document with everything structured", async () => {
    const document = JSON.parse(await guideOf("draft-co", "--json"));
    expect(document).toMatchObject({
      version: 1,
      command: "guide",
      guide: {
        tenant: "draft-co",
        status: "draft",
        environment: "production",
        connections: [
          {
            key: "draft-co/portal",
            registeredBy: "customer",
            product: null,
            client: {
              redirectUris: ["https://portal.acme.example/openid/callback/q5zr8cn3h7wtk2xmv9bd"],
              clientAuth: "client_secret_basic",
              pkce: "S256",
              jwks: null,
            },
            sendBack: { issuer: null, clientId: null, secret: { reference: null, way: { kind: "oneTime" } } },
          },
        ],
        domains: [{ domain: "draft-co.example", record: { type: "TXT" } }, { domain: "second.example" }],
      },
    });
  });

  it("--out writes a file, HTML by its ending, whole and the same each time", async () => {
    const { exit, out, err } = await tenantry("guide", "draft-co", "--out", "draft.html");
    expect({ exit, out, err }).toEqual({ exit: 0, out: "wrote draft.html\n", err: "" });
    const written = readFileSync(join(root, "draft.html"), "utf8");
    expect(written).toMatch(/^<!doctype html>/);
    expect(await guideOf("draft-co", "--format", "html")).toBe(written);
    expect(statSync(join(root, "draft.html")).size).toBeLessThan(40_000);
    await tenantry("guide", "draft-co", "--out", "draft.md");
    expect(readFileSync(join(root, "draft.md"), "utf8")).toBe(await guideOf("draft-co"));
  });

  it("HTML loads nothing and lets nothing in", async () => {
    const text = await guideOf("keyed", "--format", "html");
    expect(text).toMatch(/Content-Security-Policy" content="default-src &#39;none&#39;; style-src &#39;sha256-/);
    expect(text).not.toMatch(/<(?:link|img|iframe|form|input|base|object|video)\b|\b(?:src|href)="(?!#)/);
  });

  it("a folder that cannot be written is told", async () => {
    expect(await tenantry("guide", "draft-co", "--out", "nowhere/x.md")).toMatchObject({ exit: 2, out: "" });
  });
});

it("there is a guide for every tenant of the example", async () => {
  rmSync(join(root, "tenants"), { recursive: true });
  cpSync(join(repository, "tenants"), join(root, "tenants"), { recursive: true });
  cpSync(join(repository, "tenantry.yaml"), join(root, "tenantry.yaml"));
  for (const file of readdirSync(join(repository, "tenants"))) {
    const slug = file.replace(".yaml", "");
    for (const env of ["production", "sandbox"]) {
      const text = await guideOf(slug, "--env", env);
      expect(text, slug).toMatch(/^# Single sign-on for /);
      expect(text, slug).not.toMatch(/undefined|\[object|NaN/);
    }
  }
});

describe("the way a secret is handed over", () => {
  const of = (reference: string | undefined, ...allowed: readonly string[]) =>
    handOverOf({ tenant: "acme-foods", app: "portal", reference, allowed });

  it.each([
    ["env:TENANT_{TENANT}__*", { kind: "oneTime", place: null }],
    ["vault:kv/tenants/{tenant}/*", { kind: "vault", place: "kv/tenants/acme-foods/client-secret" }],
    ["op://Tenants/{tenant}/*", { kind: "onepassword", place: "Tenants/acme-foods/client-secret" }],
    ["aws-sm:tenants/{tenant}/*", { kind: "aws", place: "tenants/acme-foods/client-secret" }],
    ["gcp-sm:projects/p/secrets/{tenant}-*", { kind: "gcp", place: "projects/p/secrets/acme-foods-client-secret" }],
  ])("%s", (pattern, way) => expect(of(undefined, pattern).way).toEqual(way));

  it("a place that the customer can be let in to comes first", () => {
    expect(of(undefined, "env:T_{TENANT}__*", "vault:kv/{tenant}/*").way.kind).toBe("vault");
  });

  it("goes by the file's reference once there is one", () => {
    const handOver = of("vault:kv/tenants/acme-foods/oidc#client_secret", "op://T/{tenant}/*");
    expect(handOver.way).toEqual({ kind: "vault", place: "kv/tenants/acme-foods/oidc#client_secret" });
    expect(of("env:TENANT_ACME_FOODS__CLIENT_SECRET", "vault:kv/{tenant}/*").way.kind).toBe("oneTime");
  });
});
