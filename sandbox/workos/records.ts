import type { InnerCalls } from "../inner-call.ts";
import { isObject } from "../json.ts";
import type { AppRecord, PathNames, RecordSource } from "../portal/record.ts";
import { type ConnectionState, callbackOf, type WorkosEnvironment } from "./state.ts";

/** Scopes that WorkOS asks for, whatever the connection. */
const scopes = ["openid", "email", "profile"];

/** The connections as WorkOS signs people in by them: what it knows, and what the provider's discovery document says. */
export class ConnectionRecords implements RecordSource {
  readonly #environment: WorkosEnvironment;
  readonly #calls: InnerCalls;

  constructor(environment: WorkosEnvironment, calls: InnerCalls) {
    this.#environment = environment;
    this.#calls = calls;
  }

  async find({ id }: PathNames, pending: boolean): Promise<AppRecord | undefined> {
    const found = [...this.#environment.connections.values()].find(({ opaque }) => opaque === id);
    return found === undefined || !(pending || letsIn(found)) ? undefined : this.#record(found);
  }

  async findByDomain(domain: string): Promise<PathNames | undefined> {
    const owner = this.#environment.ownerOf(domain);
    const routed = owner?.domains.some((each) => each.domain === domain && /verified$/.test(each.state)) === true;
    const [connection] = owner === undefined || !routed ? [] : this.#environment.connectionsOf(owner.id);
    return connection === undefined ? undefined : { id: connection.opaque };
  }

  async byKey(key: string): Promise<AppRecord | undefined> {
    const found = this.#environment.connections.get(key);
    return found === undefined || !letsIn(found) ? undefined : this.#record(found);
  }

  async #record(connection: ConnectionState): Promise<AppRecord | undefined> {
    const { id, organizationId, oidc } = connection;
    if (oidc === undefined) return undefined;
    const document = await this.#discover(oidc.discoveryEndpoint);
    if (document === undefined) return undefined;
    const text = (name: string): string => (typeof document[name] === "string" ? document[name] : "");
    const { standard } = oidc.attributes;
    return {
      ...{ key: id, state: "active", tenant: organizationId, issuer: text("issuer") },
      orgName: this.#environment.organizations.get(organizationId)?.name ?? "",
      authorizationEndpoint: text("authorization_endpoint"),
      tokenEndpoint: text("token_endpoint"),
      jwksUri: text("jwks_uri"),
      // WorkOS signs nobody out at the identity provider.
      ...{ endSessionEndpoint: undefined, endSession: false },
      ...{ clientId: oidc.clientId, clientSecret: oidc.clientSecret, clientAuth: oidc.clientAuth },
      ...{ pkce: oidc.pkce ? "S256" : "off", responseMode: "query" },
      redirectUri: oidc.redirectUri ?? callbackOf(connection),
      ...{ scopes, acrValues: [], extraParams: {}, require: {} },
      claims: {
        externalId: standard.idp_id ?? "sub",
        email: standard.email ?? "email",
        displayName: standard.name ?? "name",
      },
      roles: standard.groups === undefined ? undefined : { claim: standard.groups, map: {} },
    };
  }

  async #discover(url: string): Promise<Readonly<Record<string, unknown>> | undefined> {
    if (!this.#calls.reaches(url)) return undefined;
    const { status, text } = await this.#calls.ask(url);
    const parsed: unknown = status === 200 ? JSON.parse(text) : undefined;
    return isObject(parsed) ? parsed : undefined;
  }
}

/** Whether people come in by a connection. */
function letsIn({ state }: ConnectionState): boolean {
  return state === "active" || state === "validating";
}
