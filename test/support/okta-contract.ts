import { subscribe } from "node:diagnostics_channel";
import { afterEach, expect } from "vitest";
import type { OktaAnswer } from "../../sandbox/okta/okta-site.ts";
import { hasContract, type OpenApiContract } from "./openapi-contract.ts";

// Every answer of every sandbox in the suite is held against Okta's own OpenAPI document, where that is at hand.
const violations = new Set<string>();
let contract: OpenApiContract | undefined;

if (hasContract) {
  // The document is read when a sandbox first answers: most test files have none.
  const { OpenApiContract } = await import("./openapi-contract.ts");
  subscribe("tenantry:sandbox:okta", (message) => {
    const { method, path, status, json } = message as OktaAnswer;
    contract ??= new OpenApiContract();
    const result = contract.check(method, path, status, json);
    if (result.kind === "checked") for (const line of result.violations) violations.add(line);
  });
  afterEach(() => {
    const found = [...violations];
    violations.clear();
    expect(found, "the sandbox's Okta answers as its OpenAPI document says").toEqual([]);
  });
}
