import { resolve } from "node:path";
import { cwd, env, exit, stderr } from "node:process";
import { App } from "cdktf";
import { TenantryError } from "../../src/errors/failure.ts";
import { formatIssue } from "../../src/errors/issue.ts";
import { readConnections } from "../workspace-files.ts";
import { OktaStack } from "./okta-stack.ts";
import { tenantStacks } from "./tenant-stacks.ts";

// The program that the cdktf CLI runs (cdktf.json), in the folder that holds tenantry.yaml: one stack per tenant. The
// environment is that of TENANTRY_ENV, or the file's own.

try {
  const today = new Date().toISOString().slice(0, 10);
  const { workspace, connections } = readConnections(cwd(), env.TENANTRY_ENV, today);
  const app = new App({ stackTraces: false });
  for (const { name, input } of tenantStacks(workspace, connections, resolve(app.outdir))) {
    new OktaStack(app, name, input);
  }
  app.synth();
} catch (error) {
  if (!(error instanceof TenantryError)) throw error;
  stderr.write(`${error.issues.map(formatIssue).join("\n")}\n`);
  exit(2);
}
