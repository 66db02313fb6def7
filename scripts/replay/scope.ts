import type { Exchange, Vendor } from "./recording.ts";

/** What the sandbox plays of each vendor's API (docs/sandbox.md). */
const played: Readonly<Record<Vendor, RegExp>> = {
  okta: /^\/(api\/v1\/(apps|groups|users|policies|authorizationServers|internal\/apps)(\/|\?|$)|\.well-known\/okta-organization)/,
  auth0: /^\/api\/v2\/(clients|client-grants|connections|organizations|roles|resource-servers|users)(\/|\?|$)/,
};

/** Calls below those paths that neither Tenantry nor the engines make, with what they are about. */
const notPlayed: readonly { readonly vendor: Vendor; readonly path: RegExp; readonly about: string }[] = [
  { vendor: "okta", path: /^\/api\/v1\/meta\/schemas/, about: "schemas of profiles" },
  { vendor: "okta", path: /^\/api\/v1\/groups\/rules/, about: "group rules" },
  { vendor: "okta", path: /^\/api\/v1\/groups\/[^/]+\/(roles|owners)/, about: "admin roles and owners of groups" },
  {
    vendor: "okta",
    path: /^\/api\/v1\/users\/[^/]+\/(roles|factors|subscriptions|linkedObjects|clients|risk)/,
    about: "admin roles, factors, subscriptions and risk of users",
  },
  {
    vendor: "okta",
    path: /^\/api\/v1\/apps\/[^/]+\/(features|connections|federated-claims|sso|tokens|logo)/,
    about: "provisioning, federated claims, tokens and logos of apps",
  },
  { vendor: "okta", path: /^\/api\/v1\/apps\/[^/]+\/credentials\/csrs/, about: "certificate requests of apps" },
  {
    vendor: "auth0",
    path: /\/(scim-configuration|scim-tokens|directory-provisioning|invitations|sessions|authentication-methods|blocks|authenticators|logs)(\/|\?|$)/,
    about: "SCIM, directory provisioning, invitations, sessions, factors",
  },
];

/** Kinds of objects that share a path with those in scope. */
function isOtherKind(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { signOnMode, type, conditions } = value as Record<string, unknown>;
  if (typeof signOnMode === "string" && signOnMode !== "OPENID_CONNECT") return `apps of sign-on mode ${signOnMode}`;
  if (typeof type === "string" && conditions !== undefined && otherPolicies.includes(type))
    return `policies of type ${type}`;
  return undefined;
}

const otherPolicies = [
  "PASSWORD",
  "MFA_ENROLL",
  "OKTA_SIGN_ON",
  "IDP_DISCOVERY",
  "PROFILE_ENROLLMENT",
  "ENTITY_RISK",
  "POST_AUTH_SESSION",
  "SIGN_ON",
  "DEVICE_SIGNAL_COLLECTION",
  "SESSION_VIOLATION_DETECTION",
];

/** What an exchange is about when the sandbox does not play it; undefined when it does. */
export function outOfScope(vendor: Vendor, { path, body, response }: Exchange): string | undefined {
  if (!played[vendor].test(path)) return path.replace(/^(\/api\/v[12]\/[^/?]+).*/, "$1");
  const about = notPlayed.find((entry) => entry.vendor === vendor && entry.path.test(path))?.about;
  if (about !== undefined) return about;
  if (vendor === "auth0") return undefined;
  const type = /[?&]type=([A-Z_]+)/.exec(path)?.[1];
  if (path.startsWith("/api/v1/policies?") && type !== undefined && otherPolicies.includes(type))
    return `policies of type ${type}`;
  return isOtherKind(body) ?? isOtherKind(response);
}

/** Whether an exchange that is not compared is sent all the same, because what follows needs its effect. */
export function isNeeded({ method, path }: Exchange): boolean {
  return method === "POST" && /^\/api\/v1\/meta\/schemas\/(user|group)\/default$/.test(path);
}
