import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { searchPlugin } from "../../src/engine/pulumi/plugin-search.ts";
import { searchProvider, toolPlatform } from "../../src/engine/terraform/provider-search.ts";
import { type FakeTools, fakeTools } from "../support/fake-tools.ts";

let tools: FakeTools;
beforeEach(() => {
  tools = fakeTools();
});
afterEach(() => tools.remove());

const unpacked = (folder: string, version: string, host = "providers.example"): string =>
  tools.file(`${folder}/${host}/okta/okta/${version}/${toolPlatform()}/terraform-provider-okta`);
const packed = (folder: string, version: string, platform = toolPlatform()): string =>
  tools.file(`${folder}/providers.example/okta/okta/terraform-provider-okta_${version}_${platform}.zip`);

/** What is found, as `kind version`. */
async function found(environment: Readonly<Record<string, string>> = {}, product: "tofu" | "terraform" = "tofu") {
  const place = { environment: { XDG_DATA_DIRS: join(tools.home, "shared"), ...environment }, home: tools.home };
  const search = await searchProvider(product, "okta/okta", place);
  return { ...search, found: search.found.map(({ kind, version }) => `${kind} ${version ?? "any"}`) };
}

describe("providers of OpenTofu and Terraform", () => {
  it("lie in folders that are mirrors without being named, unpacked or as archives of this platform", async () => {
    unpacked(".terraform.d/plugins", "6.12.0");
    packed(".local/share/terraform/plugins", "4.20.0");
    packed(".local/share/terraform/plugins", "5.0.0", "plan9_mips");
    unpacked("shared/terraform/plugins", "3.0.0");
    tools.file(".terraform.d/plugins/providers.example/okta/okta/7.0.0/plan9_mips/terraform-provider-okta");
    tools.file(`.terraform.d/plugins/providers.example/okta/other/7.0.0/${toolPlatform()}/x`);
    expect(await found()).toMatchObject({
      found: ["mirror 6.12.0", "mirror 4.20.0", "mirror 3.0.0"],
      settings: undefined,
      fetches: false,
    });
  });

  it("are fetched where nothing lies and nothing is said", async () => {
    expect(await found()).toMatchObject({ found: [], fetches: true });
  });

  it("of the host that only the other tool asks are left out", async () => {
    unpacked(".terraform.d/plugins", "6.12.0", "providers.opentofu.example");
    expect((await found({}, "tofu")).found).toEqual(["mirror 6.12.0"]);
    expect((await found({}, "terraform")).found).toEqual([]);
  });

  it("lie where the tool's own settings say, and only there", async () => {
    unpacked(".terraform.d/plugins", "1.0.0");
    unpacked("mirror", "6.12.0");
    unpacked("other", "4.20.0");
    const settings = tools.file(
      "settings.tfrc",
      `# provider_installation { filesystem_mirror { path = "/elsewhere" } }
      provider_installation {
        filesystem_mirror { path = "${join(tools.home, "mirror")}" /* { */ }
        filesystem_mirror {
          path    = "~/other"
          include = ["*/hashicorp/*"]
        }
        direct { exclude = ["*/okta/*"] }
      }`,
    );
    expect(await found({ TF_CLI_CONFIG_FILE: settings })).toEqual({
      found: ["mirror 6.12.0"],
      settings,
      mirrors: [join(tools.home, "mirror")],
      fetches: false,
    });
  });

  it("may be fetched when the settings leave them to the network", async () => {
    const settings = tools.file("settings.tfrc", 'provider_installation { direct { include = ["okta/okta"] } }');
    expect(await found({ TF_CLI_CONFIG_FILE: settings })).toMatchObject({ found: [], fetches: true });
    tools.file(".terraformrc", 'provider_installation { network_mirror { url = "https://m.example/" } }');
    expect(await found()).toMatchObject({ fetches: true });
  });

  it("that are being worked on count as any version", async () => {
    tools.file("work/terraform-provider-okta");
    const block = (path: string) => `provider_installation { dev_overrides { "okta/okta" = "${path}" } direct {} }`;
    tools.file(".tofurc", block(join(tools.home, "work")));
    expect(await found()).toMatchObject({ found: ["override any"] });
    expect(await found({}, "terraform")).toMatchObject({ found: [] });
    tools.file(".tofurc", block(join(tools.home, "nowhere")));
    expect(await found()).toMatchObject({ found: [] });
  });

  it("that were fetched before lie in the cache", async () => {
    unpacked("cache", "6.12.0");
    tools.file(".terraformrc", 'plugin_cache_dir = "$HOME/cache"');
    expect(await found()).toMatchObject({ found: ["cache 6.12.0"], fetches: true });
    expect(await found({ TF_PLUGIN_CACHE_DIR: join(tools.home, "none") })).toMatchObject({ found: [] });
  });

  it("are not looked for by a broken or unreadable settings file", async () => {
    for (const text of ["provider_installation {", '"', "\u0000", "}{", "provider_installation = [\n"]) {
      const settings = tools.file("settings.tfrc", text);
      expect(await found({ TF_CLI_CONFIG_FILE: settings })).toMatchObject({ found: [] });
    }
    expect(await found({ TF_CLI_CONFIG_FILE: tools.home })).toMatchObject({ found: [], fetches: true });
  });
});

describe("plugins of Pulumi", () => {
  it("lie on PATH and in Pulumi's own folder; one that was not installed to its end does not count", async () => {
    const own = (version: string) =>
      tools.program(`../home/.pulumi/plugins/resource-auth0-v${version}/pulumi-resource-auth0`, "");
    own("3.49.0");
    own("3.10.0.partial");
    tools.file(".pulumi/plugins/resource-auth0-v3.11.0/README.md");
    tools.file(".pulumi/plugins/resource-auth0-v3.49.0.lock");
    tools.program("../home/.pulumi/plugins/resource-okta-v4.0.0/pulumi-resource-okta", "");
    const onPath = tools.program("pulumi-resource-auth0", "");
    const search = async (environment: Readonly<Record<string, string>>) =>
      (await searchPlugin("auth0", environment, tools.home)).map(({ kind, version }) => `${kind} ${version ?? "any"}`);
    expect(await search(tools.environment)).toEqual(["PATH any", "installed 3.49.0"]);
    expect((await searchPlugin("auth0", tools.environment, tools.home))[0]?.path).toBe(onPath);
    expect(await search({ ...tools.environment, PULUMI_IGNORE_AMBIENT_PLUGINS: "true" })).toEqual(["installed 3.49.0"]);
    expect(await search({ PULUMI_HOME: join(tools.home, "none") })).toEqual([]);
  });
});
