import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const repository = fileURLToPath(new URL("../../", import.meta.url));

/** Writes down, at the end of a process, of which packages it has loaded a module. */
const tracer = `
  import { registerHooks } from "node:module";
  const loaded = new Set();
  registerHooks({
    load(url, context, next) {
      const cut = url.lastIndexOf("/node_modules/");
      if (cut >= 0) loaded.add(/^((@[^/]+\\/)?[^/]+)\\//.exec(url.slice(cut + "/node_modules/".length))[1]);
      if (url === "node:sqlite") loaded.add(url);
      return next(url, context);
    },
  });
  process.on("exit", () => process.stderr.write("LOADED " + JSON.stringify([...loaded].sort()) + "\\n"));
`;

function packagesOf(...args: readonly string[]): readonly string[] {
  const hooks = `data:text/javascript,${encodeURIComponent(tracer)}`;
  const child = spawnSync(process.execPath, ["--import", hooks, "bin/tenantry.js", ...args], {
    cwd: repository,
    env: {},
    encoding: "utf8",
  });
  expect(child.status, child.stderr).toBe(0);
  return JSON.parse(/LOADED (.*)/.exec(child.stderr)?.[1] ?? "null");
}

// Vendors' SDKs, databases and the sandbox take most of a second together: who needs none of them does not pay for them.
test.each([
  [["--help"], ["commander"]],
  [["new", "--help"], ["commander"]],
  [["validate"], ["commander", "email-providers", "yaml", "zod"]],
  [
    "new acme --name Acme --domain acme.example --idp workforce --everyone --app portal --dry-run".split(" "),
    ["commander", "email-providers", "yaml", "zod"],
  ],
  [
    ["schema", "tenant"],
    ["commander", "zod"],
  ],
])("tenantry %j loads no other package than %j", (args, packages) => {
  expect(packagesOf(...args)).toEqual(packages);
});
