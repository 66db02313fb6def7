// What is known of issuers by their address alone. Data for rules; nobody is asked.

/** An issuer whose people belong to no one company. */
export interface SharedIssuer {
  /** Whose accounts they are, for messages. */
  readonly accounts: string;
  /** The claim that tells customers apart, where the provider has one. */
  readonly claim?: string | undefined;
}

/** Issuers at which anybody can have an account (their discovery documents, November 2026). Without a final slash. */
const sharedByEverybody: ReadonlyMap<string, SharedIssuer> = new Map([
  // `hd` is the Workspace domain; absent for private accounts (Google, OpenID Connect, "ID token's payload").
  ["https://accounts.google.com", { accounts: "a Google account", claim: "hd" }],
  [
    "https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0",
    { accounts: "a private Microsoft account" },
  ],
  ["https://appleid.apple.com", { accounts: "an Apple account" }],
  ["https://www.facebook.com", { accounts: "a Facebook account" }],
  ["https://www.linkedin.com/oauth", { accounts: "a LinkedIn account" }],
  ["https://api.login.yahoo.com", { accounts: "a Yahoo account" }],
  ["https://gitlab.com", { accounts: "a GitLab account" }],
  ["https://slack.com", { accounts: "a Slack account" }],
  ["https://login.salesforce.com", { accounts: "a Salesforce account" }],
  ["https://id.twitch.tv/oauth2", { accounts: "a Twitch account" }],
]);

/** What is shared about an issuer; undefined when nobody knows it to be. */
export function sharedIssuer(issuer: string): SharedIssuer | undefined {
  return sharedByEverybody.get(issuerPlace(issuer));
}

/** The issuer without a final slash: two that differ by it alone are one place, though never one issuer. */
export function issuerPlace(issuer: string): string {
  return issuer.replace(/\/$/, "");
}
