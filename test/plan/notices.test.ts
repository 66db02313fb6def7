import { expect, test } from "vitest";
import { domainChallenge } from "../../src/desired/domain-challenge.ts";
import { renderPlanMarkdown } from "../../src/plan/render-markdown.ts";
import { renderPlanText } from "../../src/plan/render-text.ts";
import { planOf } from "./changes.ts";

const unproven = Array.from({ length: 25 }, (_, index) => {
  const domain = `d${String(index).padStart(2, "0")}.example`;
  const record = domainChallenge({ workspace: "acme", id: "7vk2m9qhx4rw8t3nbcd5", domain });
  return { tenant: "acme", domain, record, because: `${domain} is not proven` };
});
const person = { tenant: "acme", check: "P1", by: "it@acme.example", expires: "2027-06-01" };

test("a plan without such notices says nothing of them", () => {
  const plan = planOf([]);
  for (const text of [renderPlanText(plan, []), renderPlanMarkdown(plan, [])]) {
    expect(text).not.toMatch(/routed|attested/);
  }
});

test("domains that are not proven are told with the record to set; of many, some and how many more", () => {
  const plan = planOf([], { unproven });
  const text = renderPlanText(plan, []);
  for (const { record } of unproven.slice(0, 20)) {
    expect(text).toContain(`    name   ${record.name}\n    value  ${record.value}\n`);
  }
  expect(text).toContain("and 5 more; --json has all");
  expect(text).not.toContain("d20.example");
  expect(text.split("\n").filter((line) => line.length > 90)).toEqual([]);
  const markdown = renderPlanMarkdown(plan, []);
  for (const { record } of unproven) expect(markdown).toContain(record.value);
});

test("who stands for what is told, and what does not count", () => {
  const attested = [
    { ...person, counts: true },
    { ...person, check: "S1", counts: false },
  ];
  const plan = planOf([], { attested });
  for (const text of [renderPlanText(plan, []), renderPlanMarkdown(plan, [])]) {
    expect(text).toMatch(/P1 of acme is attested by .*until 2027-06-01: it need not be proven/);
    expect(text).toMatch(/S1 of acme is attested by .*does not count today/);
  }
});

test("neither is an effect: the digest is the same", () => {
  const attested = [{ ...person, counts: true }];
  expect(planOf([], { unproven, attested }).digest).toBe(planOf([]).digest);
});
