import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { openWorld } from "../../src/apply/open.ts";
import { checkFiles } from "../../src/cli/context.ts";
import { createRedactor } from "../../src/secret/redact.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

test("a secret that was never put in its place is missed when it is handed over, and named with its place", async () => {
  const { context } = checkFiles(root, "production", "2027-03-01");
  if (context === undefined) throw new Error("the example has issues");
  const connections = context.connections.filter(({ tenant }) => tenant === "northwind-rail");
  const world = await openWorld({
    workspace: context.workspace,
    connections,
    whole: false,
    source: {
      environment: { PORTAL_DATABASE_URL: `sqlite:${join(tmpdir(), "not-there.db")}` },
      readFile: () => undefined,
    },
    access: "read",
    redactor: createRedactor(),
    clock: () => 0,
    sleep: () => Promise.resolve(),
    progress: () => {},
    host: "test",
  });
  try {
    const engine = world.engines.get("external");
    if (engine === undefined) throw new Error("there is no engine for the customers' own providers");
    const { observation } = await engine.plan(
      connections.map(({ registration }) => registration),
      "single",
    );
    const [found] = [...observation.found.values()];
    if (found === undefined) throw new Error("the client was not found");
    await expect(engine.secretOf(found)).rejects.toMatchObject({
      code: "SECRET_UNRESOLVED",
      message:
        "The reference env:TENANT_NORTHWIND_RAIL__CLIENT_SECRET, the client secret of northwind-rail/portal " +
        `(tenants/northwind-rail.yaml:${connections[0]?.position.line}), gives no secret: ` +
        "the environment variable TENANT_NORTHWIND_RAIL__CLIENT_SECRET is not set.",
    });
  } finally {
    await world.close();
  }
});
