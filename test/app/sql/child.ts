import { writeSync } from "node:fs";
import { migrateSqlApp } from "../../../src/app/sql/migrate.ts";
import { openSqlApp } from "../../../src/app/sql/open.ts";
import { createSealer, type Sealer } from "../../../src/secret/seal.ts";
import { key, sealingKey, write } from "./records.ts";

// A program to be killed. `hang`: stops in the middle of a write's transaction and says so. `loop`: writes one change
// after the other and says so after each. `migrate`: says which migrations it applied.
const [, , mode, databaseUrl = ""] = process.argv;

if (mode === "migrate") {
  writeSync(1, `${(await migrateSqlApp(databaseUrl)).applied.join(" ")}\n`);
  process.exit();
}

const sealer = createSealer([sealingKey]);
const hanging: Sealer = {
  seal: () => {
    writeSync(1, "inside\n");
    for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  },
  open: sealer.open,
  isCurrent: sealer.isCurrent,
};

const app = await openSqlApp({
  app: { name: "portal" },
  workspace: "acme",
  environment: "production",
  databaseUrl,
  sealer: mode === "hang" ? hanging : sealer,
  clock: () => Date.UTC(2026, 10, 21, 10),
});
for (let turn = 0; turn < 10_000; turn++) {
  await app.write(write(`turn-${turn}`, { clientId: `turn-${turn}` }));
  await app.settle(key);
  writeSync(1, `${turn}\n`);
}
