import { test, expect } from "vitest";
import { openEngineBench } from "./terraform-engine-bench.ts";
import { wanted } from "../idp/okta/bench.ts";
import { writeFileSync, readdirSync, renameSync } from "node:fs";
const V = process.env.V ?? "6.12.0", T = process.env.T ?? "/tmp/h3/terraform-rec";
test("try", { timeout: 240000 }, async () => {
  const log: string[] = [];
  const b = await openEngineBench({ tool: "terraform", path: T, version: V }, { onRequest: (r) => log.push(`${r.method} ${r.path} ${r.status}`) });
  const show = (p: any) => JSON.stringify([...p.registrations.values(), ...p.parts.values()]) + JSON.stringify(p.observation.problems);
  const step = async (name: string, w: any, apply = true, opt: any = {}) => {
    const e = await b.terraform(opt);
    log.length = 0; const n0 = readdirSync("/tmp/h3/rec").length;
    try {
      const p = await e.plan([w], "single");
      console.log(`### ${name} PLAN`, show(p));
      for (const f of readdirSync("/tmp/h3/rec").slice(n0)) renameSync("/tmp/h3/rec/" + f, "/tmp/h3/rec/" + f.replace(".json", `-${name}.json`));
      log.length = 0;
      if (apply) { const r = await e.apply(w); console.log(`### ${name} APPLIED`, JSON.stringify(r), "\n" + log.filter(l => !l.includes("oauth2")).join("\n")); 
        const p2 = await e.plan([w], "single"); console.log(`### ${name} AGAIN`, show(p2)); 
        for (const f of readdirSync("/tmp/h3/rec").filter(f => /^\d+\.json$/.test(f))) renameSync("/tmp/h3/rec/" + f, "/tmp/h3/rec/" + f.replace(".json", `-${name}-again.json`));
      }
    } catch (e: any) { console.log(`### ${name} FAILED`, e.code, e.message, e.words, e.stack, log.join("\n")); }
    await e.close();
  };
  const scen = await import(process.env.SCEN!);
  await scen.run({ b, step, wanted, log });
  await b.close();
});
