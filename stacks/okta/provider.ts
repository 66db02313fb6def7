/** Who is asked, and by which version of the provider okta/okta. */
export interface OktaProvider {
  /** Host name of the org, such as `acme.okta.com`. */
  readonly domain: string;
  /** Exact, such as `6.12.0`. */
  readonly version: string;
  /** Share of each rate limit that may be used, 0 < share <= 1; absent: the provider does not mind. */
  readonly share?: number | undefined;
}

/** The version in which an argument of `okta_app_oauth` came, for those that not every version has (its CHANGELOG). */
const since: Readonly<Record<string, string>> = {
  backchannel_custom_authenticator_id: "6.12.0",
  frontchannel_logout_session_required: "6.5.1",
  frontchannel_logout_uri: "6.5.1",
  network: "6.8.0",
  participate_slo: "6.5.1",
  skip_authentication_policy: "6.9.0",
};

/** Whether this version of the provider has this argument of `okta_app_oauth`. */
export function knowsArgument(version: string, argument: string): boolean {
  const first = since[argument];
  return first === undefined || compareVersions(version, first) >= 0;
}

/** The provider's arguments. Credentials are none of them: those it takes from its environment. */
export function providerArguments({ domain, share }: OktaProvider): {
  readonly orgName: string;
  readonly baseUrl: string;
  readonly maxApiCapacity?: number;
} {
  const dot = domain.indexOf(".");
  return {
    orgName: domain.slice(0, dot),
    baseUrl: domain.slice(dot + 1),
    ...(share === undefined || share >= 1 ? {} : { maxApiCapacity: Math.max(1, Math.floor(share * 100)) }),
  };
}

function compareVersions(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}
