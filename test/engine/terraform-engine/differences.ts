/**
 * What an app that the provider has written shows otherwise than one that `direct` has written: at each path, what
 * `direct` and what the provider leaves. docs/engines.md says why.
 */
export const differences: Readonly<Record<string, readonly [direct: unknown, provider: unknown]>> = {
  "settings.oauthClient.jwks.keys.0.use": ["sig", null],
  "settings.oauthClient.post_logout_redirect_uris": [[], undefined],
};
