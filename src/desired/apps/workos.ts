import type { ClaimPath, SignIn } from "../../tenant/tenant.ts";
import type { WorkosApp } from "../../workspace/apps/workos.ts";
import type { AppFinding, AppKind, AppUse, ManualStep } from "../app-kind.ts";
import type { Json } from "../json.ts";

/** External id of a tenant's organization. */
export function workosOrganization({ organization }: Pick<WorkosApp, "organization">, tenant: string): string {
  return organization.replace("{tenant}", tenant);
}

/** The standard attributes of a WorkOS profile, and the claims that fill those which a sign-in does not name. */
const standard: Readonly<Record<string, { readonly attribute: string; readonly claim?: string }>> = {
  externalId: { attribute: "idp_id", claim: "sub" },
  email: { attribute: "email", claim: "email" },
  firstName: { attribute: "first_name", claim: "given_name" },
  lastName: { attribute: "last_name", claim: "family_name" },
  displayName: { attribute: "name" },
};

/** A sign-in's claims as WorkOS maps them: the profile's own attributes, and custom ones. */
export interface WorkosAttributes {
  readonly standard: Readonly<Record<string, string>>;
  readonly custom: Readonly<Record<string, string>>;
}

/** WorkOS reads claims by one name. A path of one name is one; a longer one has no place (`audit` says so). */
function claimName(path: ClaimPath): string | undefined {
  if (typeof path === "string") return path;
  return path.length === 1 ? path[0] : undefined;
}

/**
 * The attribute map of a connection.
 *
 * @param own custom attributes that the connection's entry names
 */
export function workosAttributes(
  claims: SignIn["claims"],
  roles: SignIn["roles"],
  own: Readonly<Record<string, string>> = {},
): WorkosAttributes {
  const defaults = Object.values(standard).flatMap(({ attribute, claim }) =>
    claim === undefined ? [] : [[attribute, claim] as const],
  );
  const named = Object.entries(claims).flatMap(([name, path]) => {
    const claim = claimName(path);
    const attribute = Object.hasOwn(standard, name) ? standard[name]?.attribute : undefined;
    return claim === undefined || attribute === undefined ? [] : [[attribute, claim] as const];
  });
  const custom = Object.entries(claims).flatMap(([name, path]) => {
    const claim = claimName(path);
    return claim === undefined || Object.hasOwn(standard, name) ? [] : [[name, claim] as const];
  });
  const groups = roles === undefined ? undefined : claimName(roles.claim);
  return {
    standard: { ...Object.fromEntries([...defaults, ...named]), ...(groups === undefined ? {} : { groups }) },
    custom: { ...Object.fromEntries(custom), ...own },
  };
}

/** What an app of kind `workos` can express (WorkOS API reference and OpenAPI document, August 2026). */
export const workosKind: AppKind<"workos"> = {
  kind: "workos",
  gate: "atomic",
  tenantRow: true,
  signInHosts: ["api.workos.com", "auth.workos.com"],
  callback: (app) => (app.callback === "" ? "afterRecord" : "computed"),
  lockScope: () => "tenant",
  secret: (app) => (app.connections === "handOff" ? "byHand" : "written"),
  capability: {
    name: { as: "applied", note: "name of the organization and of the connection" },
    domains: { as: "applied", note: "`domain_data`; `verified` only once proven" },
    issuer: { as: "applied", note: "`oidc_options.discovery_endpoint`" },
    endpoints: { as: "cannot", note: "WorkOS takes a discovery document only" },
    clientId: { as: "applied", note: "`oidc_options.client_id`" },
    clientSecret: {
      as: "applied",
      note: "`oidc_options.client_secret`; never shown again. By hand where the API is off",
    },
    clientAuth: { as: "applied", note: "`token_authentication_method`: basic or post" },
    redirectUri: { as: "applied", note: "handed out by WorkOS, or `oidc_options.redirect_uri` with `callback`" },
    scopes: { as: "cannot", note: "fixed by WorkOS" },
    pkce: { as: "applied", note: "`oidc_options.pkce`" },
    responseMode: { as: "cannot", note: "fixed by WorkOS" },
    acrValues: { as: "cannot", note: "WorkOS asks for none" },
    extraParams: { as: "cannot", note: "WorkOS sends none but its own" },
    claims: { as: "applied", note: "`attribute_maps`; others than the standard ones must exist as custom attributes" },
    roles: { as: "manual", note: "`attribute_maps.groups` is applied; groups get their roles in the dashboard" },
    require: { as: "cannot", note: "WorkOS lets in whomever the provider lets in" },
    provision: { as: "manual", note: "the organization's just-in-time policy in the dashboard" },
    endSession: { as: "app", note: "WorkOS does not sign people out at the identity provider" },
    session: { as: "cannot", note: "set for the whole environment in the dashboard" },
    suspended: { as: "applied", note: "the connection is deleted; it is made anew on resume, with another callback" },
  },
  target: ({ app, tenant, signIn, entry }) => {
    const { standard, custom } = workosAttributes({}, signIn.roles, entry.workos?.attributes);
    return {
      organization: workosOrganization(app, tenant.tenant),
      ...(standard.groups === undefined ? {} : { groups: standard.groups }),
      ...(Object.keys(custom).length === 0 ? {} : { attributes: custom }),
      ...(entry.workos?.callback === undefined ? {} : { callback: entry.workos.callback }),
    } satisfies Record<string, Json>;
  },
  audit: (use) => [...nestedClaims(use), ...doubleAttributes(use), ...uselessCallback(use)],
  manualSteps: (use) => [...jitStep(use), ...groupSteps(use)],
  unique: ({ app, tenant }) => [{ name: `organization ${workosOrganization(app, tenant.tenant)}`, path: [] }],
};

function nestedClaims({ signIn }: AppUse<WorkosApp>): readonly AppFinding[] {
  const nested = Object.entries(signIn.claims).filter(([, path]) => claimName(path) === undefined);
  const roles = signIn.roles !== undefined && claimName(signIn.roles.claim) === undefined;
  const hint = "let the identity provider send it as a claim of its own, or leave it out";
  const finding = (path: readonly string[], what: string): AppFinding => ({
    in: "signIn",
    path,
    code: "RULE_APP_CANNOT",
    message: `WorkOS reads claims by one name, and ${what} is a path into nested objects`,
    hint,
  });
  return [
    ...nested.map(([name]) => finding(["claims", name], `the claim of \`${name}\``)),
    ...(roles ? [finding(["roles", "claim"], "the claim of the roles")] : []),
  ];
}

/** A custom attribute that is named twice would get one of two claims, by chance. */
function doubleAttributes({ signIn, entry }: AppUse<WorkosApp>): readonly AppFinding[] {
  return Object.keys(entry.workos?.attributes ?? {})
    .filter((name) => Object.hasOwn(signIn.claims, name))
    .map((name) => ({
      in: "entry",
      path: ["workos", "attributes", name],
      code: "RULE_APP_ENTRY",
      message: `the attribute \`${name}\` stands under \`claims\` of the sign-in too`,
      hint: "name it once",
    }));
}

function uselessCallback({ app, entry }: AppUse<WorkosApp>): readonly AppFinding[] {
  if (entry.workos?.callback === undefined || app.callback === "") return [];
  return [
    {
      in: "entry",
      path: ["workos", "callback"],
      code: "RULE_APP_ENTRY",
      message: `the app \`${app.name}\` has a callback of its own`,
      hint: "take `callback` out here, or out of the app in tenantry.yaml",
    },
  ];
}

function jitStep({ signIn, tenant }: AppUse<WorkosApp>): readonly ManualStep[] {
  if (signIn.provision.create) return [];
  const text = `switch off just-in-time provisioning of the organization ${tenant.name} in the WorkOS dashboard (Organizations > ${tenant.name} > Authentication)`;
  return [{ when: "before", text }];
}

function groupSteps({ signIn, tenant }: AppUse<WorkosApp>): readonly ManualStep[] {
  const roles = signIn.roles;
  if (roles === undefined) return [];
  const pairs = Object.entries(roles.map).map(([group, role]) => `${group} = ${role}`);
  const fallback = roles.default === undefined ? "" : `; everybody else gets ${roles.default}`;
  const text = `give the groups of ${tenant.name} their roles in the WorkOS dashboard (Organizations > ${tenant.name} > Roles), by the group id that the identity provider sends: ${pairs.join(", ")}${fallback}`;
  return [{ when: "after", text }];
}
