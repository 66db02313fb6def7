import type { OktaOrg } from "../org.ts";
import type { OktaServer } from "../server-model.ts";
import { rotated } from "../server-rotation.ts";
import { issuerOf } from "../server-view.ts";

/** One authorization server of the org that people can sign in at: the org's own or an active custom one. */
export interface Issuer {
  /** `org`, `default` or the id of a custom one. */
  readonly name: string;
  /** `org`, or the id. */
  readonly serverId: string;
  /** Undefined for the org's own. */
  readonly server: OktaServer | undefined;
  readonly issuer: string;
  /** Path of the issuer: empty for the org's own. */
  readonly mount: string;
  /** Path of its endpoints. */
  readonly base: string;
}

/** A scope as an issuer knows it. */
export interface KnownScope {
  readonly name: string;
  readonly published: boolean;
  readonly byDefault: boolean;
}

/** Scopes of the org's own authorization server; there can be no others. */
const orgScopes = ["openid", "email", "profile", "address", "phone", "offline_access", "groups"];

/** By name as in `Issuer`. Read anew each time: what is made, switched off or removed is so for the next request. */
export function issuerNamed(org: OktaOrg, name: string): Issuer | undefined {
  if (name === "org") {
    return { name, serverId: name, server: undefined, issuer: org.url, mount: "", base: "/oauth2/v1" };
  }
  const server = org.server(name);
  if (server === undefined || server.status !== "ACTIVE" || !org.state.apiAccessManagement) return undefined;
  rotated(server, org.now());
  const issuer = issuerOf(org, server);
  const mount = issuer.slice(org.url.length);
  return {
    name: server.isDefault ? "default" : server.id,
    serverId: server.id,
    server,
    issuer,
    mount,
    base: `${mount}/v1`,
  };
}

/** The issuer to which a path belongs, and what of it comes after the issuer's endpoints. */
export function issuerAt(org: OktaOrg, path: string): { readonly issuer: Issuer; readonly rest: string } | undefined {
  const match = /^\/oauth2\/(?:(\w+)\/)?v1(\/.*)$/.exec(path);
  const issuer = match === null ? undefined : issuerNamed(org, match[1] ?? "org");
  return match === null || issuer === undefined ? undefined : { issuer, rest: match[2] ?? "" };
}

/** The scopes that can be asked for at an issuer. */
export function scopesOf({ server }: Issuer): readonly KnownScope[] {
  if (server === undefined) return orgScopes.map((name) => ({ name, published: true, byDefault: false }));
  return [...server.scopes.values()].map((scope) => ({
    name: scope.name,
    published: scope.metadataPublish === "ALL_CLIENTS",
    byDefault: scope.default,
  }));
}
