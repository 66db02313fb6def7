import type { Registration } from "../../desired/connection.ts";
import type { OktaOrg } from "../../vendor/okta/org.ts";
import { type Depth, looksAtSingles, type RegistrationProblem } from "../identity-provider.ts";
import type { GroupDirectory } from "./group-directory.ts";
import type { PolicyDirectory } from "./policy-directory.ts";
import type { ServerDirectory } from "./server-directory.ts";

interface MissingContext {
  readonly org: Pick<OktaOrg, "host">;
  readonly directory: GroupDirectory;
  readonly policies: PolicyDirectory;
  readonly servers: ServerDirectory;
}

/**
 * What the file names and the org does not have: groups (unless they are made), access policy, authorization server.
 *
 * @param found whether the client is there: a glance leaves its authorization server to the discovery document then
 */
export async function missingNames(
  context: MissingContext,
  wanted: Registration,
  depth: Depth,
  found: boolean,
): Promise<readonly RegistrationProblem[]> {
  const all = await Promise.all([
    missingGroups(context, wanted, !looksAtSingles(depth)),
    missingPolicy(context, wanted),
    // A fleet look is lists only; there the discovery document tells.
    depth === "fleet" || (depth === "glance" && found) ? [] : missingServer(context, wanted),
  ]);
  return all.flat();
}

async function missingGroups(
  { directory }: MissingContext,
  { key, assignment, parts }: Registration,
  listed: boolean,
): Promise<readonly RegistrationProblem[]> {
  const { missing } = await directory.resolve(assignment ?? { everyone: false, groups: [] }, listed);
  const made = new Set(parts.map((part) => (part.kind === "group" ? part.name : "")));
  return missing
    .filter(({ name, creatable }) => !(creatable && made.has(name)))
    .map(({ name, message }) => ({
      key,
      kind: "missing",
      field: "groups",
      code: "OKTA_GROUP_MISSING",
      subject: name,
      message,
    }));
}

async function missingPolicy(
  { policies }: MissingContext,
  { key, accessPolicy }: Registration,
): Promise<readonly RegistrationProblem[]> {
  if (accessPolicy === undefined) return [];
  const policy = await policies.resolve(accessPolicy);
  if ("id" in policy) return [];
  const problem = { key, kind: "missing", field: "accessPolicy", code: "OKTA_POLICY_MISSING" } as const;
  return [{ ...problem, subject: accessPolicy, message: policy.missing }];
}

async function missingServer(
  { org, servers }: MissingContext,
  { key, authorizationServer }: Registration,
): Promise<readonly RegistrationProblem[]> {
  if (authorizationServer === undefined) return [];
  const state = await servers.stateOf(authorizationServer);
  if (state === "active" || state === "unread") return [];
  const what = {
    missing: `shows no authorization server ${authorizationServer} to these credentials`,
    inactive: `has switched off the authorization server ${authorizationServer}`,
    unlicensed: `has no custom authorization servers, also no ${authorizationServer}: it lacks API Access Management`,
  }[state];
  const message = `Okta (${org.host}) ${what}`;
  const code = "OKTA_AUTHORIZATION_SERVER_MISSING";
  return [{ key, kind: "missing", field: "authorizationServer", code, subject: authorizationServer, message }];
}
