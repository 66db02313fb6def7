import type { Answer } from "../answer.ts";
import { isObject, type JsonObject } from "../json.ts";
import type { OktaApp, OktaGroup, OktaPolicy, OktaUser } from "./model.ts";
import type { OktaOrg } from "./org.ts";
import { notFound } from "./problem.ts";

/** Who makes a management call: an API token can do everything, an OAuth token what its scopes say. */
export type Principal =
  | { readonly kind: "token" }
  | { readonly kind: "oauth"; readonly clientId: string; readonly scopes: readonly string[] };

/** One management call, ready to be carried out. */
export interface Call {
  readonly org: OktaOrg;
  readonly principal: Principal;
  /** The `:name` parts of the route's path, percent-decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Parsed JSON; undefined when the request had no body. */
  readonly body: unknown;
}

/** Buckets of the rate limits, named by what they cover. */
export type Bucket = "apps" | "app" | "groups" | "group" | "rest";

export interface Route {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  /** Scope that an OAuth token needs; `token only` where Okta takes none. */
  readonly scope: string;
  readonly bucket: Bucket;
  /** Reads a multipart form instead of JSON, and passes nothing of it on. */
  readonly body?: "form";
  readonly handle: (call: Call) => Answer;
}

/** The fields of the body; none where it is no object. */
export function sentFields({ body }: Call): JsonObject {
  return isObject(body) ? body : {};
}

/** The app that the path names. Throws the 404 of Okta. */
export function appOf(call: Call): OktaApp {
  const id = call.params.appId ?? "";
  const app = call.org.appById(id);
  if (app === undefined) throw notFound(id, "AppInstance");
  return app;
}

/** The group that the path names. Throws the 404 of Okta. */
export function groupOf(call: Call): OktaGroup {
  const id = call.params.groupId ?? "";
  const group = call.org.groupById(id);
  if (group === undefined) throw notFound(id, "UserGroup");
  return group;
}

/**
 * The person that the path names, by id, login or the part of a login before the `@`; `me` is the owner of the API
 * token. Throws the 404 of Okta.
 */
export function userOf(call: Call): OktaUser {
  const reference = call.params.userId ?? "";
  if (reference === "me" && call.principal.kind === "token") return call.org.owner;
  const user = call.org.user(reference) ?? byShortName(call.org, reference);
  if (user === undefined) throw notFound(reference, "User");
  return user;
}

/** Only when a single person has it. */
function byShortName(org: OktaOrg, name: string): OktaUser | undefined {
  const start = `${name.toLowerCase()}@`;
  const found = org.users.filter((user) => user.profile.login.toLowerCase().startsWith(start));
  return found.length === 1 ? found[0] : undefined;
}

/** The access policy that the path names. Throws the 404 of Okta. */
export function policyOf(call: Call): OktaPolicy {
  const id = call.params.policyId ?? "";
  const policy = call.org.state.policies.get(id);
  if (policy === undefined) throw notFound(id, "RuleSetEntity");
  return policy;
}
