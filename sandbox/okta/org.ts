import { randomToken } from "../random.ts";
import type { RequestLog } from "../request-log.ts";
import type {
  OktaApp,
  OktaAssignment,
  OktaGrant,
  OktaGroup,
  OktaPolicy,
  OktaSecret,
  OktaUser,
  Status,
} from "./model.ts";
import { newUser } from "./new-user.ts";
import { oktaId } from "./okta-id.ts";
import { catchAllRule } from "./rule-defaults.ts";
import type { OktaServer } from "./server-model.ts";
import { type NewServer, newServer } from "./server-new.ts";
import { emptyOrg, type OktaState } from "./state.ts";

/** Most secrets that one app can have. */
export const mostSecrets = 2;

/** What a new app is made from: everything but what the org gives it. */
export type NewApp = Omit<
  OktaApp,
  "id" | "name" | "logo" | "sequence" | "created" | "lastUpdated" | "secrets" | "assignments" | "users" | "grants"
> & {
  readonly id?: string;
  /** `oidc_client` when absent. */
  readonly name?: string;
  /** Scopes of the management API, or the grants of another app. */
  readonly grants?: readonly string[] | OktaApp["grants"];
  readonly secret?: string | undefined;
};

/**
 * Everything in one Okta org. The management API and the sign-in half both read it live, so a change made here, as an
 * admin would make it in the console, changes the very next answer.
 */
export class OktaOrg {
  readonly host: string;
  /** `https://` and the host: the issuer of the org authorization server. */
  readonly url: string;
  /** What was asked of this sandbox, by everyone. */
  readonly requests: RequestLog;
  readonly state: OktaState;
  /** By client id. */
  readonly #clients: Map<string, OktaApp>;
  readonly #clock: () => number;

  /** The org of this state, or a new one with the policies that every org has. */
  constructor(host: string, requests: RequestLog, clock: () => number, state?: OktaState) {
    this.host = host;
    this.state = state ?? emptyOrg();
    this.#clients = new Map([...this.state.apps.values()].map((app) => [app.clientId, app]));
    this.url = `https://${host}`;
    this.requests = requests;
    this.#clock = clock;
    if (state !== undefined) return;
    this.addPolicy("Okta Admin Console");
    this.addPolicy("Okta Dashboard");
    this.addPolicy("Any two factors", { system: true });
    this.addPolicy("Okta Account Management Policy", { resourceType: "END_USER_ACCOUNT_MANAGEMENT" });
    this.state.ownerId = this.addUser("admin@acme.example", { first: "Org", last: "Admin" }, []).id;
  }

  get id(): string {
    return this.state.id;
  }

  get signingKid(): string {
    return this.state.signingKid;
  }

  /** Access policies, oldest first. */
  get policies(): readonly OktaPolicy[] {
    return [...this.state.policies.values()];
  }

  /** All apps, oldest first. */
  get apps(): readonly OktaApp[] {
    return [...this.state.apps.values()];
  }

  /** All groups, oldest first. */
  get groups(): readonly OktaGroup[] {
    return [...this.state.groups.values()];
  }

  get users(): readonly OktaUser[] {
    return [...this.state.users.values()];
  }

  /** Custom authorization servers, oldest first. */
  get servers(): readonly OktaServer[] {
    return [...this.state.servers.values()];
  }

  /** By id, or `default`. */
  server(reference: string): OktaServer | undefined {
    return (
      this.state.servers.get(reference) ?? this.servers.find((server) => server.isDefault && reference === "default")
    );
  }

  /** The policy that new apps get. */
  get defaultPolicy(): OktaPolicy {
    const policy = this.policies.find((candidate) => candidate.system);
    if (policy === undefined) throw new Error("the org has no system policy");
    return policy;
  }

  /** By id, client id or label, in this order; the oldest of several with one label. */
  app(reference: string): OktaApp | undefined {
    return this.state.apps.get(reference) ?? this.client(reference) ?? this.apps.find((app) => app.label === reference);
  }

  appById(id: string): OktaApp | undefined {
    return this.state.apps.get(id);
  }

  /** By client id. */
  client(clientId: string): OktaApp | undefined {
    return this.#clients.get(clientId);
  }

  /** By id or name. */
  group(reference: string): OktaGroup | undefined {
    return this.state.groups.get(reference) ?? this.groups.find((group) => group.profile.name === reference);
  }

  groupById(id: string): OktaGroup | undefined {
    return this.state.groups.get(id);
  }

  /** By id or login. */
  user(reference: string): OktaUser | undefined {
    const login = reference.toLowerCase();
    return this.state.users.get(reference) ?? this.users.find((user) => user.profile.login.toLowerCase() === login);
  }

  /** The person to whom the API token belongs. */
  get owner(): OktaUser {
    const owner = this.state.users.get(this.state.ownerId);
    if (owner === undefined) throw new Error("the org has no owner");
    return owner;
  }

  /** True when the user, one of their groups or Everyone is assigned to the app. */
  mayUse(user: OktaUser, app: OktaApp): boolean {
    return (
      app.users.has(user.id) ||
      [...app.assignments.keys()].some((id) => user.groups.has(id) || this.state.groups.get(id)?.type === "BUILT_IN")
    );
  }

  /** Now, in the spelling and resolution of Okta's timestamps. */
  timestamp(): string {
    return new Date(Math.floor(this.#clock() / 1000) * 1000).toISOString();
  }

  /** Milliseconds since the epoch. */
  now(): number {
    return this.#clock();
  }

  addApp({ id = oktaId("0oa"), secret, name = "oidc_client", grants = [], ...rest }: NewApp): OktaApp {
    const now = this.timestamp();
    const app: OktaApp = {
      ...rest,
      clientId: rest.clientId === "" ? id : rest.clientId,
      id,
      name,
      logo: undefined,
      sequence: this.count(),
      created: now,
      lastUpdated: now,
      secrets: [],
      assignments: new Map(),
      users: new Map(),
      grants: new Map(),
    };
    const scopes = grants instanceof Map ? [...grants.values()].map((grant) => grant.scopeId) : grants;
    for (const scope of scopes as readonly string[]) this.addGrant(app, scope);
    this.state.apps.set(id, app);
    this.#clients.set(app.clientId, app);
    if (needsSecret(app)) this.addSecret(app, secret);
    return app;
  }

  /** Changes an app as an admin would, without any check. Throws when there is none. */
  edit(reference: string, change: (app: OktaApp) => void): OktaApp {
    const app = this.#existing(reference);
    change(app);
    this.touch(app);
    return app;
  }

  /** Makes a new secret the only one of the app and gives it. Throws when there is no such app. */
  replaceSecret(reference: string): string {
    const app = this.#existing(reference);
    app.secrets.length = 0;
    return this.addSecret(app).value;
  }

  /** Removes the app with all it has. Throws when there is none. */
  removeApp(reference: string): void {
    const { id, clientId } = this.#existing(reference);
    this.state.apps.delete(id);
    this.#clients.delete(clientId);
  }

  touch(app: OktaApp): void {
    app.lastUpdated = this.timestamp();
  }

  addSecret(app: OktaApp, value = randomToken(48), status: Status = "ACTIVE"): OktaSecret {
    const now = this.timestamp();
    const secret: OktaSecret = { id: oktaId("ocs"), value, status, created: now, lastUpdated: now };
    app.secrets.push(secret);
    return secret;
  }

  /** Makes these the only scopes that the app may ask for, and gives those from before. Throws when there is no such app. */
  setGrants(reference: string, scopes: readonly string[]): readonly string[] {
    const app = this.#existing(reference);
    const before = [...app.grants.values()].map((grant) => grant.scopeId);
    app.grants.clear();
    for (const scope of scopes) this.addGrant(app, scope);
    return before;
  }

  addGrant(app: OktaApp, scopeId: string): OktaGrant {
    const grant: OktaGrant = { id: oktaId("oag"), scopeId, created: this.timestamp() };
    app.grants.set(grant.id, grant);
    return grant;
  }

  addGroup(name: string, description: string | null = null, type: OktaGroup["type"] = "OKTA_GROUP"): OktaGroup {
    const now = this.timestamp();
    const group: OktaGroup = {
      id: oktaId("00g"),
      sequence: this.count(),
      type,
      created: now,
      lastUpdated: now,
      lastMembershipUpdated: now,
      profile: { name, description },
      indexed: !this.state.searchIsLate,
    };
    this.state.groups.set(group.id, group);
    return group;
  }

  /** Removes the group from the org and from every app. Throws when there is none. */
  removeGroup(reference: string): void {
    const group = this.group(reference);
    if (group === undefined) throw new Error(`the org has no group ${reference}`);
    this.state.groups.delete(group.id);
    for (const app of this.state.apps.values()) app.assignments.delete(group.id);
    for (const user of this.state.users.values()) user.groups.delete(group.id);
  }

  /** Lets a group use an app. The priority is the next free one when none is given. */
  assign(app: OktaApp, group: OktaGroup, priority?: number): OktaAssignment {
    const taken = [...app.assignments.values()].map((assignment) => assignment.priority);
    const assignment: OktaAssignment = {
      groupId: group.id,
      priority: priority ?? app.assignments.get(group.id)?.priority ?? Math.max(-1, ...taken) + 1,
      profile: {},
      lastUpdated: this.timestamp(),
    };
    app.assignments.set(group.id, assignment);
    return assignment;
  }

  addPolicy(
    name: string,
    more: Partial<Pick<OktaPolicy, "system" | "resourceType" | "description" | "status" | "priority">> = {},
  ): OktaPolicy {
    const now = this.timestamp();
    const policy: OktaPolicy = {
      id: oktaId("rst"),
      sequence: this.count(),
      created: now,
      lastUpdated: now,
      name,
      description: more.system === true ? "Require two factors to access." : undefined,
      priority: 1,
      status: "ACTIVE",
      system: false,
      resourceType: "APP",
      ...more,
      rules: new Map(),
    };
    const rule = catchAllRule(now, policy.system);
    policy.rules.set(rule.id, rule);
    this.state.policies.set(policy.id, policy);
    return policy;
  }

  /** Makes a custom authorization server; without a policy nobody may use it. */
  addServer(name: string, more: NewServer = {}): OktaServer {
    const server = newServer(this, name, more);
    this.state.servers.set(server.id, server);
    return server;
  }

  /** Somebody who can sign in at once. */
  addUser(login: string, names: { first: string; last: string }, groups: readonly OktaGroup[]): OktaUser {
    const user = newUser(this.timestamp(), {
      profile: {
        firstName: names.first,
        lastName: names.last,
        mobilePhone: null,
        secondEmail: null,
        login,
        email: login,
      },
      status: "ACTIVE",
    });
    for (const group of groups) user.groups.add(group.id);
    return this.putUser(user);
  }

  /** Takes in a person made elsewhere. */
  putUser(user: Omit<OktaUser, "sequence">): OktaUser {
    const placed: OktaUser = { ...user, sequence: this.count() };
    this.state.users.set(placed.id, placed);
    return placed;
  }

  /** Removes the person from the org and from every app. */
  removeUser(id: string): void {
    this.state.users.delete(id);
    for (const app of this.state.apps.values()) app.users.delete(id);
  }

  #existing(reference: string): OktaApp {
    const app = this.app(reference);
    if (app === undefined) throw new Error(`the org has no app ${reference}`);
    return app;
  }

  /** The next number of the org, by which lists are in order. */
  count(): number {
    this.state.sequence += 1;
    return this.state.sequence;
  }
}

/** True when the app proves itself with a secret. */
export function needsSecret(app: Pick<OktaApp, "authMethod">): boolean {
  return app.authMethod.startsWith("client_secret_");
}
