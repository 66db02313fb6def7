import { setTimeout as delay } from "node:timers/promises";
import { openFolder } from "../../../src/engine/terraform/folder.ts";

// Applies what a folder holds, and says so when its second resource is begun: for a test that kills this process then.

const [path = "", root = "", folder = ""] = process.argv.slice(2);

const opened = openFolder({
  folder,
  subject: "acme",
  tool: { title: "Terraform", version: "", path },
  environment: () => ({ PATH: process.env.PATH ?? "", HOME: root, TF_IN_AUTOMATION: "1", CHECKPOINT_DISABLE: "1" }),
  encrypted: false,
  cache: undefined,
  root,
  lockTimeout: 0,
  interrupted: new AbortController().signal,
  redact: (text) => text,
  sleep: delay,
  tell: (what) => {
    if (/terraform_data\.b: Creating/.test(what)) process.stdout.write("going on\n");
  },
});
await opened.plan({ out: "plan" });
await opened.applyPlan("plan");
