import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readRecordings } from "../../scripts/replay/recording.ts";
import { outOfScope } from "../../scripts/replay/scope.ts";
import { hasContract, OpenApiContract } from "../support/openapi-contract.ts";

const recordings = join(import.meta.dirname, "../../../shared/fixtures/okta");

/** An app as Okta answers it, with so much as the document asks for. */
const app = {
  label: "An app",
  name: "oidc_client",
  signOnMode: "OPENID_CONNECT",
  credentials: { oauthClient: { client_id: "0oa1example0000000a1" } },
  settings: { oauthClient: { grant_types: ["authorization_code"] } },
};

describe.skipIf(!hasContract)("Okta's OpenAPI document", () => {
  const contract = hasContract ? new OpenApiContract() : undefined;
  const check = (...args: Parameters<OpenApiContract["check"]>) => {
    if (contract === undefined) throw new Error("unreachable");
    return contract.check(...args);
  };

  test("lets what real orgs answered pass", () => {
    const found = new Set<string>();
    let checked = 0;
    for (const { exchanges } of readRecordings(recordings)) {
      for (const exchange of exchanges) {
        if (outOfScope("okta", exchange) !== undefined) continue;
        const { method, path, status = 200, response } = exchange;
        const result = check(method, path.split("?")[0] ?? path, status, response);
        if (result.kind !== "checked") continue;
        checked += 1;
        for (const line of result.violations) found.add(line);
      }
    }
    expect([...found]).toEqual([]);
    expect(checked).toBeGreaterThan(300);
  });

  test("finds an answer without what is required", () => {
    const { label: _label, ...rest } = app;
    expect(check("GET", "/api/v1/apps/0oa1", 200, app)).toEqual({ kind: "checked", violations: [] });
    expect(JSON.stringify(check("GET", "/api/v1/apps/0oa1", 200, rest))).toContain("label");
  });

  test("finds a wrong type, an unknown value, an unknown status and an error without a code", () => {
    const lines = [
      check("GET", "/api/v1/apps", 200, [{ ...app, status: "SLEEPING" }]),
      check("GET", "/api/v1/apps", 200, [{ ...app, created: 5 }]),
      check("POST", "/api/v1/apps", 201, app),
      check("GET", "/api/v1/apps/0oa1", 404, { error: "not found" }),
      check("GET", "/api/v1/apps", 200, [{ ...app, signOnMode: "NEVER" }]),
    ];
    for (const result of lines)
      expect(result.kind === "checked" && result.violations.length > 0, JSON.stringify(result)).toBe(true);
  });

  test("says of an operation that is not in the document that it is unknown", () => {
    expect(check("GET", "/api/v1/internal/apps/0oa1/settings/oauth/idToken", 200, {})).toEqual({
      kind: "unknown operation",
    });
  });
});
