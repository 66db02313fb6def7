import { createLocalJWKSet, type JSONWebKeySet, type JWTPayload, type JWTVerifyResult, jwtVerify } from "jose";
import { oktaHost } from "../../sandbox/sandbox.ts";
import type { TestSandbox } from "../support/sandbox.ts";
import { call } from "./okta-caller.ts";

export interface RuleOptions {
  readonly grants?: readonly string[];
  readonly people?: Record<string, unknown>;
  readonly scopes?: readonly string[];
  readonly minutes?: number;
  readonly refresh?: { readonly lifetime: number; readonly window: number };
  readonly priority?: number;
}

/** A token of the server with endpoints below `base`, verified by the keys that it publishes. */
export async function verifiedToken(
  at: TestSandbox,
  base: string,
  token: string,
  now: number,
): Promise<JWTVerifyResult> {
  const keys = (await (await at.fetch(oktaHost, `${base}/keys`)).json()) as JSONWebKeySet;
  return jwtVerify(token, createLocalJWKSet(keys), { currentDate: new Date(now) });
}

/** A custom authorization server, made and changed by the management API as an admin would. */
export class TestServer {
  readonly #at: TestSandbox;
  readonly id: string;

  private constructor(at: TestSandbox, id: string) {
    this.#at = at;
    this.id = id;
  }

  static async make(at: TestSandbox, name: string, audience: string): Promise<TestServer> {
    const { json } = await call(at, "POST", "/api/v1/authorizationServers", { name, audiences: [audience] });
    return new TestServer(at, json.id);
  }

  /** In the management API. */
  get path(): string {
    return `/api/v1/authorizationServers/${this.id}`;
  }

  /** Of its endpoints. */
  get base(): string {
    return `/oauth2/${this.id}/v1`;
  }

  async addPolicy(name: string, clients: readonly string[] = ["ALL_CLIENTS"], priority?: number): Promise<string> {
    return this.#make("policies", {
      type: "OAUTH_AUTHORIZATION_POLICY",
      name,
      description: name,
      conditions: { clients: { include: clients } },
      ...(priority === undefined ? {} : { priority }),
    });
  }

  async addRule(policyId: string, name: string, options: RuleOptions = {}): Promise<string> {
    const { grants = ["authorization_code", "implicit", "client_credentials"], people, scopes = ["*"] } = options;
    return this.#make(`policies/${policyId}/rules`, {
      type: "RESOURCE_ACCESS",
      name,
      ...(options.priority === undefined ? {} : { priority: options.priority }),
      conditions: {
        grantTypes: { include: grants },
        people: people ?? { groups: { include: ["EVERYONE"] } },
        scopes: { include: scopes },
      },
      actions: {
        token: {
          accessTokenLifetimeMinutes: options.minutes ?? 60,
          refreshTokenLifetimeMinutes: options.refresh?.lifetime ?? 0,
          refreshTokenWindowMinutes: options.refresh?.window ?? 10_080,
        },
      },
    });
  }

  /** A policy for every client with a rule for everyone. */
  async openToAll(): Promise<void> {
    await this.addRule(await this.addPolicy("all"), "all");
  }

  addClaim(claim: Record<string, unknown>): Promise<string> {
    return this.#make("claims", { claimType: "RESOURCE", valueType: "EXPRESSION", ...claim });
  }

  addScope(scope: Record<string, unknown>): Promise<string> {
    return this.#make("scopes", scope);
  }

  /** What a token says, verified by the keys that the server publishes. */
  async read(token: string, now: number): Promise<JWTPayload> {
    return (await verifiedToken(this.#at, this.base, token, now)).payload;
  }

  async #make(what: string, body: Record<string, unknown>): Promise<string> {
    const { json, status } = await call(this.#at, "POST", `${this.path}/${what}`, body);
    if (status !== 201) throw new Error(JSON.stringify(json));
    return json.id;
  }
}
