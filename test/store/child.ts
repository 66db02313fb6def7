import { Secret } from "../../src/secret/secret.ts";
import { openStore } from "../../src/store/open.ts";

// A program that opens the store its argument names and says by which fingerprint it knows a secret.
const store = await openStore({ url: process.argv[2] ?? "", clock: () => Date.UTC(2026, 10, 21, 9) });
process.stdout.write(await store.fingerprint(new Secret("s3cret")));
await store.close();
