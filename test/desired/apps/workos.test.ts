import { describe, expect, test } from "vitest";
import type { AppUse } from "../../../src/desired/app-kind.ts";
import { workosAttributes, workosKind, workosOrganization } from "../../../src/desired/apps/workos.ts";
import type { WorkosEntry } from "../../../src/tenant/apps/workos.ts";
import type { SignIn, Tenant } from "../../../src/tenant/tenant.ts";
import type { WorkosApp } from "../../../src/workspace/apps/workos.ts";
import { workosApp } from "../../app/workos/place.ts";

const claims = { externalId: "sub", email: "email", displayName: "name" };

function use(signIn: Partial<SignIn> = {}, workos?: WorkosEntry, app: Partial<WorkosApp> = {}): AppUse<WorkosApp> {
  return {
    app: { ...workosApp, ...app },
    tenant: { tenant: "whiterabbit", name: "Whiterabbit Foods" } as Tenant,
    signIn: { claims, provision: { create: true, update: true }, ...signIn } as SignIn,
    entry: { workos },
    environment: "production",
    workspace: "acme",
  };
}

const findings = (of: AppUse<WorkosApp>) =>
  workosKind.audit(of).map(({ in: place, path, message }) => [place, path.join("."), message]);

describe("the attribute map (C5, C7)", () => {
  test("maps sub, email and the names without being told", () => {
    expect(workosAttributes(claims, undefined)).toEqual({
      standard: { idp_id: "sub", email: "email", first_name: "given_name", last_name: "family_name", name: "name" },
      custom: {},
    });
  });

  test("takes other claims, groups from the roles' claim, and custom attributes", () => {
    const given = { externalId: "oid", email: ["mail"], firstName: "fn", lastName: "ln", department: "dept" };
    expect(workosAttributes(given, { claim: "groups", map: {} }, { team: "t" })).toEqual({
      standard: { idp_id: "oid", email: "mail", first_name: "fn", last_name: "ln", groups: "groups" },
      custom: { department: "dept", team: "t" },
    });
  });

  test("names that every object has are custom attributes like others", () => {
    expect(workosAttributes({ constructor: "c" }, undefined).custom).toEqual({ constructor: "c" });
  });
});

describe("what a connection on WorkOS is", () => {
  test("its callback is handed out unless the app says one (C2)", () => {
    expect(workosKind.callback(workosApp)).toBe("afterRecord");
    expect(workosKind.callback({ ...workosApp, callback: "/sso/{id}" })).toBe("computed");
  });

  test("its secret is written, or set by hand where connections are", () => {
    expect(workosKind.secret(workosApp)).toBe("written");
    expect(workosKind.secret({ ...workosApp, connections: "handOff" })).toBe("byHand");
  });

  test("its organization is named by the app's template, and is one for a tenant (C1)", () => {
    const staging = { organization: "staging-{tenant}" };
    expect(workosOrganization(staging, "whiterabbit")).toBe("staging-whiterabbit");
    expect(workosKind.unique(use({}, undefined, staging))).toEqual([
      { name: "organization staging-whiterabbit", path: [] },
    ]);
  });

  test("its settings are the organization, groups, custom attributes and the callback of a hand-off", () => {
    expect(workosKind.target(use())).toEqual({ organization: "whiterabbit" });
    const callback = "https://auth.workos.com/sso/oidc/x/callback";
    const all = use({ roles: { claim: "groups", map: {} } }, { callback, attributes: { team: "t" } });
    expect(workosKind.target(all)).toEqual({
      organization: "whiterabbit",
      groups: "groups",
      attributes: { team: "t" },
      callback,
    });
  });

  test("what WorkOS fixes cannot be said otherwise", () => {
    const cannot = Object.entries(workosKind.capability).flatMap(([field, { as }]) => (as === "cannot" ? [field] : []));
    expect(cannot).toEqual(["endpoints", "scopes", "responseMode", "acrValues", "extraParams", "require", "session"]);
  });
});

describe("what it cannot express", () => {
  test("nothing of a usual sign-in", () => {
    expect(findings(use())).toEqual([]);
  });

  test("claims within claims, each with its place", () => {
    const nested = use({
      claims: { ...claims, email: ["user", "mail"] },
      roles: { claim: ["realm", "roles"], map: {} },
    });
    expect(findings(nested)).toEqual([
      [
        "signIn",
        "claims.email",
        "WorkOS reads claims by one name, and the claim of `email` is a path into nested objects",
      ],
      [
        "signIn",
        "roles.claim",
        "WorkOS reads claims by one name, and the claim of the roles is a path into nested objects",
      ],
    ]);
  });

  test("an attribute twice, and a handed-out callback beside one of the app's own", () => {
    const double = use({ claims: { ...claims, team: "a" } }, { attributes: { team: "b" } });
    expect(findings(double)).toEqual([
      ["entry", "workos.attributes.team", "the attribute `team` stands under `claims` of the sign-in too"],
    ]);
    const callback = use({}, { callback: "https://auth.workos.com/x" }, { callback: "/sso/{id}" });
    expect(findings(callback)).toEqual([["entry", "workos.callback", "the app `crew` has a callback of its own"]]);
  });
});

describe("what people do besides (C7, C9)", () => {
  test("nothing where there are no roles and everybody may have an account", () => {
    expect(workosKind.manualSteps(use())).toEqual([]);
  });

  test("groups get their roles, and just-in-time provisioning is switched off, in the dashboard", () => {
    const roles = { claim: "groups", map: { "wr-admins": "admin" }, default: "member" };
    const steps = workosKind.manualSteps(use({ roles, provision: { create: false, update: true } }));
    expect(steps.map(({ when }) => when)).toEqual(["before", "after"]);
    expect(steps[0]?.text).toContain("just-in-time");
    expect(steps[1]?.text).toContain("wr-admins = admin; everybody else gets member");
  });
});
