import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const repository = fileURLToPath(new URL("../../", import.meta.url));

/** Says whether zod is loaded: with the sandbox, and once a world was read. */
const program = `
  import { registerHooks } from "node:module";
  let loaded = false;
  registerHooks({
    load(url, context, next) {
      loaded ||= url.includes("/node_modules/zod/");
      return next(url, context);
    },
  });
  await import("./sandbox/sandbox.ts");
  const before = loaded;
  const { readWorld } = await import("./sandbox/world-document.ts");
  const refusal = await readWorld('{"tenantrySandbox": 1}', "it").catch((error) => error.message);
  console.log(JSON.stringify({ before, after: loaded, refusal }));
`;

test("zod is loaded when a world is read, and not by a sandbox that starts", () => {
  const child = spawnSync(process.execPath, ["--input-type=module", "--eval", program], {
    cwd: repository,
    env: {},
    encoding: "utf8",
  });
  expect(child.stderr).toBe("");
  expect(JSON.parse(child.stdout)).toEqual({
    before: false,
    after: true,
    refusal: "it holds no world of a sandbox: env is no object.",
  });
});
