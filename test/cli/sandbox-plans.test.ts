import { readFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ratePlansOf } from "../../src/cli/rate-plans.ts";
import { tenantryProcess as tenantry } from "../support/process.ts";
import { openTestWorkspace } from "../support/workspace.ts";

it("knows the plans by name and no others", async () => {
  expect(await ratePlansOf({})).toEqual({});
  expect(await ratePlansOf({ oktaPlan: "workforce", auth0Plan: "essentials" })).toEqual({
    okta: "workforce",
    auth0: "essentials",
  });
  expect(await ratePlansOf({ auth0Plan: "none" })).toEqual({ auth0: "none" });
  const refused = ratePlansOf({ oktaPlan: "essentials" });
  await expect(refused).rejects.toMatchObject({ code: "CLI_USAGE", message: expect.stringContaining("--okta-plan") });
});

it("keeps the limits of the plan, also when it is left running", async () => {
  const workspace = await openTestWorkspace();
  const { root } = workspace;
  const { port } = workspace.sandbox;
  try {
    await workspace.sandbox.close();
    expect(await tenantry(root, "sandbox", "--background", "--auth0-plan", "magic")).toMatchObject({ exit: 2 });
    const started = await tenantry(root, "sandbox", "--background", "--okta-plan", "integrator");
    expect(started, started.out).toMatchObject({ exit: 0 });
    const folder = join(root, ".tenantry/sandbox");
    const [, token = ""] = /^OKTA_API_TOKEN=(.+)$/m.exec(readFileSync(join(folder, "env"), "utf8")) ?? [];
    const limit = await new Promise((resolve, reject) => {
      const asked = request({
        ...{ host: "127.0.0.1", port, servername: "acme.okta.com", path: "/api/v1/apps" },
        ca: readFileSync(join(folder, "ca.pem")),
        headers: { host: "acme.okta.com", authorization: `SSWS ${token.replace(/^["']|["']$/g, "")}` },
      });
      asked.once("response", (response) => {
        response.resume();
        resolve(response.headers["x-rate-limit-limit"]);
      });
      asked.once("error", reject).end();
    });
    // Half of the twenty are one token's.
    expect(limit).toBe("10");
  } finally {
    await tenantry(root, "sandbox", "stop");
    await workspace.close();
  }
});
