import type { DiscoverySnapshot } from "../plan/observed.ts";
import type { ExplicitEndpoints } from "../tenant/tenant.ts";
import type { IssuerContext } from "./check.ts";
import type { Metadata } from "./documents.ts";
import { type Finding, skipped } from "./finding.ts";

// Endpoints that stand in the tenant's file, because the provider publishes no discovery document or hides it. They
// take the document's place, and pass the same address rules before anything is sent to them.

/** The member of a discovery document that each endpoint stands for. */
const members: Readonly<Record<keyof ExplicitEndpoints, string>> = {
  authorization: "authorization_endpoint",
  token: "token_endpoint",
  jwks: "jwks_uri",
  userinfo: "userinfo_endpoint",
  endSession: "end_session_endpoint",
  introspection: "introspection_endpoint",
};

/** The endpoints by the names that they have in the file, in its order. */
export function namedEndpoints(endpoints: ExplicitEndpoints): readonly (readonly [name: string, url: string])[] {
  return (Object.keys(members) as (keyof ExplicitEndpoints)[]).flatMap((name) => {
    const url = endpoints[name];
    return url === undefined ? [] : [[`endpoints.${name}`, url] as const];
  });
}

/** What a document with these endpoints would say of them; nothing else is known. */
export function explicitMetadata(endpoints: ExplicitEndpoints): Metadata {
  return Object.fromEntries(
    Object.entries(members).flatMap(([name, member]) => {
      const url = endpoints[name as keyof ExplicitEndpoints];
      return url === undefined ? [] : [[member, url]];
    }),
  );
}

/** What the file says, in the form of what a document would have said. */
export function explicitSnapshot(issuer: string, endpoints: ExplicitEndpoints): DiscoverySnapshot {
  return {
    issuer,
    authorizationEndpoint: endpoints.authorization,
    tokenEndpoint: endpoints.token,
    jwksUri: endpoints.jwks,
    userinfoEndpoint: endpoints.userinfo,
    endSessionEndpoint: endpoints.endSession,
  };
}

/** Skips a check that reads the discovery document when there is none to read. */
export function withoutDocument({ subject }: Pick<IssuerContext, "subject">): Finding | undefined {
  return subject.endpoints === undefined
    ? undefined
    : skipped("Not looked at: the endpoints stand in the tenant's file, which take the document's place.");
}
