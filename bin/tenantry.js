#!/usr/bin/env node
// Plain JavaScript that any Node since 12 can parse: an old Node gets one clear line instead of a syntax error.
import { existsSync } from "node:fs";
import * as nodeModule from "node:module";

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 19)) {
  process.stderr.write(
    `tenantry needs Node 22.19 or newer, this is ${process.versions.node}. ` +
      "In a checkout run it as `npx tenantry` after `npm ci`, which brings Node 24 with it.\n",
  );
  process.exit(2);
}
// Compiled and type-stripped sources are kept between calls (in the system's temporary folder): half the start-up time.
nodeModule.enableCompileCache();
const source = new URL("../src/cli/main.ts", import.meta.url);
const entry = existsSync(source) ? source : new URL("../dist/src/cli/main.js", import.meta.url);
const { main } = await import(entry.href);
await main(process.argv.slice(2));
