import { expect, test } from "vitest";
import { startBench, wanted } from "./bench.ts";
test("smoke", async () => {
  const bench = await startBench();
  try {
    const a = await bench.adapter();
    const c = await a.create(wanted());
    const o = await a.observe([wanted()], "single");
    console.log(JSON.stringify(c), JSON.stringify([...o.found]), o.problems, o.coverage, a.calls());
    expect(o.found.get(wanted().key)?.fields).toEqual(c.fields);
  } finally { await bench.close(); }
});
