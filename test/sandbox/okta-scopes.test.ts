import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { serviceClientId } from "../../sandbox/sandbox.ts";
import { sharedSandbox } from "../support/shared-sandbox.ts";
import { call } from "./okta-caller.ts";

const file = join(import.meta.dirname, "../../../shared/fixtures/okta-management.openapi.json");

interface Operation {
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
}

/** Operations of the document that the sandbox does not play. */
const unplayed = [
  "POST /api/v1/policies/simulate",
  "POST /api/v1/policies/{policyId}/mappings",
  "DELETE /api/v1/policies/{policyId}/mappings/{mappingId}",
];

/** What the document says of apps, groups, people and policies: the operation and its scope. */
function operations(): readonly (readonly [operation: string, scope: string])[] {
  const { paths } = JSON.parse(readFileSync(file, "utf8")) as {
    readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { security = [] }]) => {
      const scope = security.flatMap((each) => each.oauth2 ?? [])[0];
      const operation = `${method.toUpperCase()} ${path}`;
      const isOurs = /^\/api\/v1\/(apps|groups|users|policies)/.test(path) && !unplayed.includes(operation);
      return scope === undefined || !isOurs ? [] : [[operation, scope] as const];
    }),
  );
}

const at = sharedSandbox();

function bearer(...scopes: string[]): string {
  const token = `with-${scopes.join("+")}`;
  at.sandbox.okta.state.tokens.set(token, { clientId: serviceClientId, scopes, expires: Date.now() + 3_600_000 });
  return `Bearer ${token}`;
}

describe.skipIf(!existsSync(file))("each operation of Okta's document", () => {
  test("is there, takes the scope that the document names, and no call without it", async () => {
    const found = operations();
    expect(found.length).toBeGreaterThan(50);
    for (const [operation, scope] of found) {
      const [method = "", template = ""] = operation.split(" ");
      const path = template.replace(/\{(\w+)\}/g, "nothing");
      const refused = await call(at, method, path, undefined, bearer());
      expect({ operation, status: refused.status, code: refused.json?.errorCode }).toEqual({
        ...{ operation, status: 403, code: "E0000006" },
      });
      expect(refused.headers.get("www-authenticate"), operation).toContain(`scope="${scope}"`);
      const allowed = await call(at, method, path, undefined, bearer(scope));
      expect(allowed.status, operation).not.toBe(403);
    }
  });

  test("that is said to be missing is missing", async () => {
    for (const operation of unplayed) {
      const [method = "", template = ""] = operation.split(" ");
      const { status } = await call(at, method, template.replace(/\{(\w+)\}/g, "nothing"));
      expect([404, 405], operation).toContain(status);
    }
  });
});

test("what takes an API token only takes no access token, whatever its scopes", async () => {
  const everything = bearer("okta.users.manage", "okta.apps.manage", "okta.users.read");
  for (const path of ["/api/v1/users/me", `/api/v1/internal/apps/${serviceClientId}/settings/oauth/idToken`]) {
    expect(await call(at, "GET", path, undefined, everything)).toMatchObject({
      status: 403,
      json: { errorCode: "E0000006", errorSummary: "You do not have permission to perform the requested action" },
    });
  }
});
