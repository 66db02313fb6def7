import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { runCommand } from "../../src/cli/main.ts";
import { plain } from "../../src/plan/paint.ts";
import { type FakeTools, fakeTools } from "../support/fake-tools.ts";
import { hasPulumi } from "./pulumi-bench.ts";
import { describeWithProvider, providerSettings } from "./terraform-bench.ts";

// The demo's whole story with the real programs, their real provider and plugin.

let place: FakeTools;
beforeEach(() => {
  place = fakeTools();
});
afterEach(() => place.remove());

/** The steps of the demo that did not leave as expected, and which program was used. */
async function demo(engine: "terraform" | "pulumi", environment: Readonly<Record<string, string>>) {
  const out: string[] = [];
  const exit = await runCommand(
    ["demo", "--engine", engine],
    { out: (text) => out.push(text), err: (text) => out.push(text), paint: plain },
    { environment: { HOME: place.home, ...environment }, cwd: place.home, pid: process.pid },
  );
  const text = out.join("");
  expect(text, text.slice(-2_000)).toMatch(/\nDone: 22 commands as expected/);
  expect(exit).toBe(0);
  return text;
}

describeWithProvider(
  "tenantry demo --engine terraform",
  ({ tool, path }) => {
    it("plays to its end", { timeout: 180_000 }, async () => {
      const settings = join(place.home, "tools.tfrc");
      writeFileSync(settings, providerSettings());
      // So that no other program is found before it.
      place.program(tool, `exec ${path} "$@"`);
      const environment = { PATH: `${place.bin}:/usr/bin:/bin`, TF_CLI_CONFIG_FILE: settings };
      expect(await demo("terraform", environment)).toContain(`(workforce is carried by ${tool} `);
    });
  },
  ["6.12.0"],
);

it.skipIf(!hasPulumi)(
  "tenantry demo --engine pulumi plays to its end (needs pulumi and pulumi-resource-auth0)",
  { timeout: 180_000 },
  async () => {
    const text = await demo("pulumi", { PATH: process.env.PATH ?? "" });
    expect(text).toContain("(customers is carried by pulumi ");
  },
);
