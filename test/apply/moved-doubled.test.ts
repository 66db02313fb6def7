import { afterEach, describe, expect, it } from "vitest";
import { type Companies, openCompanies } from "../support/companies.ts";
import { ourApps } from "../support/workspace.ts";

describe("a live tenant that moves away from a provider where somebody has doubled its marker", () => {
  let companies: Companies;
  afterEach(() => companies.close());

  it.each([[[]], [["--only", "whiterabbit"]]])("is told so, and nothing is done, with %j", async (only) => {
    companies = await openCompanies("sqlite");
    const { workspace, tenantry } = companies;
    const { okta, auth0 } = workspace.sandbox;
    auth0.addConnection("whiterabbit-oidc", "oidc");
    workspace.edit("tenants/whiterabbit.yaml", "clientAuth: client_secret_basic", "clientAuth: client_secret_post");
    const applied = await tenantry("apply", "--yes");
    expect(applied.exit, applied.err).toBe(0);
    const [app] = ourApps(workspace.sandbox);
    if (app === undefined) throw new Error("whiterabbit has no app");
    const { id: _id, secrets: _secrets, ...like } = app;
    const twin = okta.addApp({ ...structuredClone(like), clientId: "" });

    workspace.edit(
      "tenants/whiterabbit.yaml",
      "  idp: workforce\n  groups: [whiterabbit-staff]\n",
      "  idp: customers\n  enabledConnections: [whiterabbit-oidc]\n",
    );
    const stopped = await tenantry("apply", "--yes", ...only);
    expect(stopped.exit).toBe(4);
    expect(stopped.err).toContain("OKTA_DUPLICATE");
    expect(stopped.err).toContain(twin.id);
    expect(stopped.err).not.toContain("PLAN_UNDECLARED");
    expect(ourApps(workspace.sandbox)).toHaveLength(2);
    expect(auth0.organization("whiterabbit")).toBeUndefined();
  });
});
