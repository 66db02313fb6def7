import { test } from "vitest";
import { openTestWorkspace } from "../../support/workspace.ts";
test("whole", async () => {
  const ws = await openTestWorkspace({ whole: true });
  for (const args of [["plan","--only","fernhill"],["apply","--yes","--only","fernhill"],["plan","--only","fernhill"],["verify","fernhill"]]) {
    const before = ws.sandbox.auth0.requests.entries.length;
    const r = await ws.tenantry(...args);
    console.log(args.join(" "), "exit", r.exit, "\n", r.out, r.err, ws.sandbox.auth0.requests.entries.slice(before).filter(e=>/api\/v2|oauth\/token/.test(e.path)).map(e=>`${e.method} ${e.path}`).join("\n"));
  }
  ws.edit("tenants/fernhill.yaml","status: active","status: suspended");
  for (const args of [["plan","--only","fernhill"],["apply","--yes","--only","fernhill"],["plan","--only","fernhill"]]) {
    const r = await ws.tenantry(...args);
    console.log(args.join(" "), "exit", r.exit, "\n", r.out, r.err);
  }
  await ws.close();
}, 60000);
