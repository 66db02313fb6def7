import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { runTool } from "../../src/engine/tool-process.ts";

// Runs a program and says so once it has printed its first line: for a test that kills this process then.

const [path = "", cwd = ""] = process.argv.slice(2);

await runTool({
  path,
  args: ["go"],
  cwd,
  scratch: cwd,
  environment: {},
  limit: 60_000,
  line: (line) => {
    writeFileSync(join(cwd, "first-line"), line, { flag: "a" });
    process.stdout.write("running\n");
  },
});
