import { describe, expect, it } from "vitest";
import { withOwnClientId } from "../../src/apply/own-client-id.ts";
import { loadWorkspace } from "../../src/workspace/load.ts";
import type { IdentityProvider } from "../../src/workspace/workspace.ts";

/** `tenantry.yaml` with one identity provider that has these credentials. */
function load(kind: "okta" | "auth0", credentials: string) {
  const text = `version: 1
workspace: acme
environment: production
identityProviders:
  people: { kind: ${kind}, domain: acme.${kind}.example, credentials: ${credentials} }
apps: {}
`;
  const bytes = new TextEncoder().encode(text);
  const files = { read: () => ({ bytes, size: bytes.length }), list: () => ({ reason: "ENOENT" }) };
  return loadWorkspace(files, "/workspace", undefined);
}

function idpOf(kind: "okta" | "auth0", credentials: string): IdentityProvider {
  const { workspace, issues } = load(kind, credentials);
  const idp = workspace?.identityProviders.get("people");
  if (idp === undefined) throw new Error(JSON.stringify(issues));
  return idp;
}

const source = (environment: Record<string, string>) => ({ environment, readFile: () => undefined });

describe("Tenantry's own client id", () => {
  it.each([
    ["okta", "{ clientId: env:OWN_ID, privateKey: env:OWN_KEY }"],
    ["auth0", "{ clientId: env:OWN_ID, clientSecret: env:OWN_KEY }"],
  ] as const)("at %s may stand behind a reference", (kind, credentials) => {
    const idp = idpOf(kind, credentials);
    const { credentials: own } = withOwnClientId(idp, source({ OWN_ID: "the-reader" }));
    expect(own).toEqual({ ...idp.credentials, clientId: "the-reader" });
  });

  it("stays as it is when it stands in the file, or when there is none", () => {
    for (const idp of [
      idpOf("okta", "{ clientId: 0oa1, privateKey: env:OWN_KEY }"),
      idpOf("okta", "{ apiToken: env:OWN_TOKEN }"),
    ]) {
      expect(withOwnClientId(idp, source({}))).toBe(idp);
    }
  });

  it("names the variable that is not set", () => {
    const idp = idpOf("okta", "{ clientId: env:OWN_ID, privateKey: env:OWN_KEY }");
    expect(() => withOwnClientId(idp, source({}))).toThrow(
      expect.objectContaining({
        code: "SECRET_UNRESOLVED",
        message: expect.stringMatching(/env:OWN_ID, the client id .* people, .* OWN_ID is not set/),
      }),
    );
  });

  it("is no reference that could not be read", () => {
    const { issues } = load("auth0", "{ clientId: env:not-a-name, clientSecret: env:OWN_KEY }");
    expect(issues.map(({ code }) => code)).toEqual(["WORKSPACE_WRONG_VALUE"]);
  });
});
