import fc from "fast-check";
import { expect, test } from "vitest";
import { domainChallenge } from "../../src/desired/domain-challenge.ts";

const one = { workspace: "acme", id: "7vk2m9qhx4rw8t3nbcd5", domain: "whiterabbit.example" };

test("the record of a domain never changes: customers have it in their DNS", () => {
  expect(domainChallenge(one)).toEqual({
    name: "_tenantry.whiterabbit.example",
    type: "TXT",
    value: "tenantry-domain=e4tk7byc4lvl7ihr7yza74r6moqyzeauybh5wyfk36ahotkwncea",
  });
});

test("it is bound to workspace, tenant and domain, wherever one text ends and the next begins", () => {
  const part = fc.string({ maxLength: 6 });
  const bound = fc.record({ workspace: part, id: part, domain: part });
  fc.assert(
    fc.property(bound, bound, (a, b) => {
      const same = a.workspace === b.workspace && a.id === b.id && a.domain === b.domain;
      expect(domainChallenge(a).value === domainChallenge(b).value).toBe(same);
    }),
  );
});

test("its value fits one string of a TXT record, and no case is lost in it", () => {
  expect(domainChallenge(one).value).toMatch(/^tenantry-domain=[a-z2-7]{52}$/);
});
