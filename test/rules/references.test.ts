import fc from "fast-check";
import { expect, test } from "vitest";
import { allowsReference } from "../../src/rules/references.ts";
import { baseSchema } from "../../src/workspace/schema.ts";

/** Whether tenantry.yaml may hold the pattern. */
function isPattern(pattern: string): boolean {
  return baseSchema.shape.references.safeParse({ tenants: [pattern] }).success;
}

test.each([
  ["env:TENANT_{TENANT}__*", "acme-foods", "env:TENANT_ACME_FOODS__CLIENT_SECRET"],
  ["file:secrets/{tenant}/*", "acme-foods", "file:secrets/acme-foods/client/secret"],
  ["file:secrets/{tenant}.txt", "acme", "file:secrets/acme.txt"],
  ["env:SHARED_*", "acme", "env:SHARED_X"],
  ["vault:kv/tenants/{tenant}/*", "acme-foods", "vault:kv/tenants/acme-foods/sso#client_secret"],
  ["vault:kv/tenants/{tenant}#*", "acme", "vault:kv/tenants/acme#client_secret"],
  ["op://tenants/{tenant}/*", "acme", "op://tenants/acme/oidc/secret"],
  ["aws-sm:tenants/{tenant}/*", "acme", "aws-sm:tenants/acme/sso#secret"],
  ["gcp-sm:projects/acme-sso/secrets/{tenant}__*", "acme", "gcp-sm:projects/acme-sso/secrets/acme__sso"],
])("%s allows %s the reference %s", (pattern, tenant, text) => {
  expect(isPattern(pattern)).toBe(true);
  expect(allowsReference(pattern, tenant, text)).toBe(true);
});

test.each([
  ["env:TENANT_{TENANT}__*", "acme", "env:TENANT_ACME_FOODS__CLIENT_SECRET"],
  ["env:TENANT_{TENANT}__*", "acme-foods", "env:TENANT_ACME__CLIENT_SECRET"],
  ["env:TENANT_{TENANT}__*", "acme", "env:TENANT_ACME__"],
  ["env:TENANT_{TENANT}__*", "acme", "env:TENANT_acme__CLIENT_SECRET"],
  ["env:TENANT_{TENANT}__*", "acme", "env:XTENANT_ACME__CLIENT_SECRET"],
  ["env:TENANT_{TENANT}__*", "acme", "file:TENANT_ACME__CLIENT_SECRET"],
  ["env:TENANT_{TENANT}__*", "acme", "env:OKTA_PRIVATE_KEY"],
  ["file:secrets/{tenant}/*", "acme", "file:secrets/acme-foods/client"],
  ["file:secrets/{tenant}/*", "acme", "file:./secrets/acme/client"],
  ["file:secrets/{tenant}/*", "acme", "file:secrets/ACME/client"],
  ["file:secrets/{tenant}.txt", "acme", "file:secrets/acme.txt.old"],
  ["vault:kv/tenants/{tenant}/*", "acme", "vault:kv/tenants/acme-foods/sso#client_secret"],
  ["vault:kv/tenants/{tenant}/*", "acme", "vault:kv2/tenants/acme/sso#client_secret"],
  ["vault:kv/tenants/{tenant}#*", "acme", "vault:kv/tenants/acme/other#client_secret"],
  ["op://tenants/{tenant}/*", "acme", "op://tenants/Acme/secret"],
  ["aws-sm:tenants/{tenant}/*", "acme", "aws-sm:tenants/acme-foods/sso"],
  ["gcp-sm:projects/acme-sso/secrets/{tenant}__*", "acme", "gcp-sm:projects/acme-sso/secrets/acme-foods__sso"],
])("%s does not allow %s the reference %s", (pattern, tenant, text) => {
  expect(isPattern(pattern)).toBe(true);
  expect(allowsReference(pattern, tenant, text)).toBe(false);
});

const slug = fc.stringMatching(/^[a-z0-9]{1,3}(-[a-z0-9]{1,3}){0,2}$/);
/** Two tenants, often one the beginning or the end of the other. */
const two = fc
  .tuple(slug, slug, fc.constantFrom("apart", "before", "behind"))
  .map(([a, b, how]): readonly [string, string] =>
    how === "apart" ? [a, b] : how === "before" ? [a, `${a}-${b}`] : [a, `${b}-${a}`],
  )
  .filter(([a, b]) => a !== b);
const piece = fc.constantFrom("{TENANT}", "{tenant}", "_", "__", "-", "/", ".", "#", "T", "SECRET", "a", "1");
const pattern = fc
  .tuple(
    fc.constantFrom("env:", "file:", "vault:", "op://", "aws-sm:", "gcp-sm:projects/"),
    fc.array(piece, { minLength: 1, maxLength: 6 }),
    fc.constantFrom("", "*"),
  )
  .map(([scheme, pieces, end]) => scheme + pieces.join("") + end)
  .filter((text) => /\{tenant\}|\{TENANT\}/.test(text) && isPattern(text));

test("no pattern that names the tenant gives one tenant what is another's", () => {
  fc.assert(
    fc.property(pattern, two, fc.stringMatching(/^[A-Za-z0-9_./-]{1,8}$/), (one, [a, b], rest) => {
      const filled = (tenant: string) =>
        one
          .replaceAll("{tenant}", tenant)
          .replaceAll("{TENANT}", tenant.toUpperCase().replaceAll("-", "_"))
          .replace(/\*$/, rest);
      for (const [owner, other] of [
        [a, b],
        [b, a],
      ] as const) {
        expect(allowsReference(one, owner, filled(owner))).toBe(true);
        expect(allowsReference(one, other, filled(owner))).toBe(false);
      }
    }),
    { numRuns: 1_000 },
  );
});
