import { hostname } from "node:os";
import { createInterface } from "node:readline";
import type { Address } from "../../src/desired/connection.ts";
import { TenantryError } from "../../src/errors/failure.ts";
import { Secret } from "../../src/secret/secret.ts";
import { openStore } from "../../src/store/open.ts";

// A program that opens the store its first argument names. Alone, it says by which fingerprint it knows a secret. With
// `lock` it says when it is ready, waits for a line, says whether it got a lock, and holds it until its input ends.
const [, , url = "", mode] = process.argv;
const clock = (): number => Date.UTC(2026, 10, 21, 9);
const store = await openStore({ url, clock });
if (mode === "lock") {
  process.stdout.write("ready\n");
  for await (const _ of createInterface({ input: process.stdin })) {
    const wish = store.lock("app/portal/record/whiterabbit/portal" as Address, {
      name: "child",
      host: hostname(),
      pid: process.pid,
    });
    const outcome = await wish.then(
      () => "held",
      (error: unknown) => (error instanceof TenantryError ? error.code : String(error)),
    );
    process.stdout.write(`${outcome}\n`);
  }
} else process.stdout.write(await store.fingerprint(new Secret("s3cret")));
await store.close();
