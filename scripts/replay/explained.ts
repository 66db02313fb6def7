import type { Vendor } from "./recording.ts";

/** A miss, or an answer with another value, that is known and stays, and why. */
export interface Explanation {
  readonly vendor: Vendor;
  /** Name of the recording. */
  readonly recording: RegExp;
  /** Fits `METHOD /path?query`. */
  readonly request: RegExp;
  readonly reason: string;
  /** Fits no recording among the fixtures, only others of the same kind. */
  readonly elsewhere?: boolean;
}

/** Why an exchange does not come out as recorded; every other miss is a mistake of the sandbox. */
export const explanations: readonly Explanation[] = [
  {
    vendor: "okta",
    recording: /^DataSourceOktaAuthServer(Clients|Keys)_read$/,
    request: /\/authorizationServers\/aus123456/,
    reason: "written by hand, with ids that no org gives",
    elsewhere: true,
  },
  {
    vendor: "okta",
    recording: /^ResourceOktaAppGroupAssignment_crud$/,
    request: /^PUT \/api\/v1\/apps\/\w+\/groups\//,
    reason: "an app's first group had the priority 1 there, as it has 0 in all other recordings",
  },
  {
    vendor: "auth0",
    recording: /Import$/,
    request: /^GET /,
    reason: "takes over what was there before, which no earlier answer shows whole",
    elsewhere: true,
  },
  {
    vendor: "auth0",
    recording: /^DataClients$/,
    request: /^GET \/api\/v2\/clients\?/,
    reason: "the recorded tenant had other clients besides: another total, other settings of a namesake",
  },
  {
    vendor: "auth0",
    recording: /^ClientCIMD$/,
    request: /^/,
    reason: "Auth0 would read the client from a document on another host",
    elsewhere: true,
  },
  {
    vendor: "auth0",
    recording: /^DataSourceUserConnectedAccounts/,
    request: /\/connected-accounts/,
    reason: "the token vault is not played",
    elsewhere: true,
  },
  {
    vendor: "auth0",
    recording: /^OrganizationClient$/,
    request: /^GET \/api\/v2\/organizations\//,
    reason: "answered there after its organization was deleted",
    elsewhere: true,
  },
  {
    vendor: "auth0",
    recording: /^ClientWithDefaultOrganization$/,
    request: /^PATCH \/api\/v2\/clients\//,
    reason: "the recorder wrote the error anew as a client",
    elsewhere: true,
  },
];

/** The reason for a miss; undefined when there is none. */
export function explain(vendor: Vendor, recording: string, request: string): string | undefined {
  return explanations.find(
    (each) => each.vendor === vendor && each.recording.test(recording) && each.request.test(request),
  )?.reason;
}
