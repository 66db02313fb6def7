import type { CheckId } from "../desired/check-id.ts";
import type { VerifyCode } from "./finding.ts";

/** One thing that may be behind a symptom. */
export interface Cause {
  /** A sentence: what is wrong when it is this. */
  readonly text: string;
  /**
   * Checks that tell: one that failed proves the cause, all passed rules it out. Empty: no check can see it.
   */
  readonly checks: readonly CheckId[];
  /** Only these codes of the checks prove it; any when absent. One check has failures of several causes. */
  readonly codes?: readonly VerifyCode[] | undefined;
  /** Only a failure whose `actual` holds this text proves it. */
  readonly actual?: string | undefined;
  /** What to do about it. */
  readonly remedy: string;
}

/** What people see, and what may be behind it, the likeliest first. */
export interface Symptom {
  /** As `--symptom` takes it. */
  readonly name: string;
  /** A sentence, as somebody on call hears it. */
  readonly text: string;
  readonly causes: readonly Cause[];
}

/** Symptoms and their causes, as data: docs/troubleshooting.md links here, `tenantry doctor` walks along it. */
export const symptoms: readonly Symptom[] = [
  {
    name: "discovery",
    text: "the issuer's discovery document is missing, a web page, or without endpoints",
    causes: [
      {
        text: "the issuer's path is wrong, or the authorization server in it is missing",
        checks: ["D1", "D2"],
        codes: ["VERIFY_DISCOVERY_MISSING", "VERIFY_ISSUER_IS_ANOTHER_URL"],
        remedy:
          "Write the issuer as the provider's console shows it; at Okta with /oauth2/<server> for a custom server.",
      },
      {
        text: "a redirect or a login page stands where the document should be",
        checks: ["D21", "D1"],
        codes: ["VERIFY_DISCOVERY_REDIRECTED", "VERIFY_DOCUMENT_REDIRECTED", "VERIFY_DISCOVERY_NOT_JSON"],
        remedy: "Use the https URL under which the provider itself publishes the document.",
      },
      {
        text: "the document lacks endpoints that a sign-in needs",
        checks: ["D5"],
        remedy: "The provider must publish them; else put them under `endpoints` in the tenant's file.",
      },
      {
        text: "the provider is in a private network",
        checks: ["D4", "D6"],
        codes: ["VERIFY_ADDRESS_REFUSED"],
        remedy: "Allow the host in verify.allowPrivate, and run verify where the app runs; or use explicit endpoints.",
      },
      {
        text: "the certificate does not hold: run out, of another host, without the one in between, of a private authority",
        checks: ["T1"],
        remedy: "Renew or complete it at the provider; for a private authority set NODE_EXTRA_CA_CERTS.",
      },
    ],
  },
  {
    name: "issuer",
    text: "the app says that the issuer of the document or of the token is another one",
    causes: [
      {
        text: "the issuer is not the document's, letter by letter: a slash, case, http, version (Entra v1 and v2), another host",
        checks: ["D3"],
        remedy: "Copy `issuer` from the discovery document, byte for byte, into the tenant's file.",
      },
      {
        text: "the issuer is Entra ID's `common` or `organizations`, which is nobody's own",
        checks: ["D3"],
        actual: "{tenantid}",
        remedy: "Write the directory's own id in place of `common`.",
      },
      {
        text: "the record names another issuer than the file: a change was not applied, or somebody changed it",
        checks: ["R3"],
        remedy: "Look at `tenantry plan`, and apply it when the file is right.",
      },
      {
        text: "a custom domain was switched on at the provider and only one side uses it",
        checks: [],
        remedy: "Use the custom domain on both sides, or on none: tokens name the one that the sign-in went through.",
      },
    ],
  },
  {
    name: "redirect-uri",
    text: "the provider shows an error about the redirect URI (callback) in place of its sign-in page",
    causes: [
      {
        text: "the redirect URI is not registered at the provider, character for character",
        checks: ["P1"],
        codes: ["VERIFY_CALLBACK_REFUSED"],
        remedy: "`tenantry apply` registers it at our own providers; at a customer's, forward the line that P1 shows.",
      },
      {
        text: "the app sends another redirect URI than its record has: http for https behind a proxy, another host",
        checks: ["A3"],
        remedy: "Set the app's public base URL, and trust X-Forwarded-Proto of the proxy before it.",
      },
      {
        text: "the callback belongs to another environment or tenant, or was handed out anew",
        checks: ["R2"],
        remedy: "Look at `tenantry plan` for the record, and apply it.",
      },
    ],
  },
  {
    name: "access-denied",
    text: "some people get access_denied, or `not assigned`, at the provider",
    causes: [
      {
        text: "the person or their group is not assigned to the client at the provider",
        checks: [],
        remedy:
          "Assign a test person: at Okta `groups` of the sign-in; at Auth0 the organization's members and connections; else ask the customer's administrator.",
      },
      {
        text: "an administrator has not consented to the client (Entra ID: AADSTS65001, AADSTS90094)",
        checks: [],
        remedy: "The customer's administrator grants consent for the client once, for everybody.",
      },
      {
        text: "conditional access or a sign-on policy keeps them out",
        checks: [],
        remedy: "Look into the provider's sign-in log for that person: it names the policy.",
      },
      {
        text: "the client may not use this flow or this scope",
        checks: ["P1", "D8", "D12"],
        codes: ["VERIFY_AUTHORIZATION_REFUSED", "VERIFY_CODE_FLOW_UNSUPPORTED"],
        remedy: "Enable the authorization code grant and the scopes for the client.",
      },
    ],
  },
  {
    name: "invalid-client",
    text: "people sign in at the provider and then the app shows an error; its log says invalid_client or 401",
    causes: [
      {
        text: "the secret is wrong, was rotated or has expired",
        checks: ["S1"],
        codes: ["VERIFY_SECRET_REFUSED", "VERIFY_CLIENT_KEY_REFUSED", "VERIFY_CLIENT_KEY_DIFFERS"],
        remedy: "Hand the current one over: `tenantry apply --only NAME --hand-over NAME`.",
      },
      {
        text: "the client authenticates by another method than it is registered with",
        checks: ["S1", "D9"],
        codes: ["VERIFY_CLIENT_AUTH_METHOD", "VERIFY_CLIENT_NOT_PUBLIC", "VERIFY_CLIENT_AUTH_UNLISTED"],
        remedy: "Set `clientAuth` to the method that the provider takes for this client.",
      },
      {
        text: "the provider does not let the client redeem codes: its code grant is off, or it is of another issuer",
        checks: ["S1"],
        codes: ["VERIFY_CLIENT_REFUSED"],
        remedy: "Enable the authorization code grant for the client, at the issuer that the file names.",
      },
      {
        text: "the deployed app holds another secret than its record",
        checks: ["A9", "R1"],
        remedy: "Restart or redeploy the app. `tenantry verify NAME --app-code` makes it show its own secret.",
      },
      {
        text: "id or secret has characters that the app does not form-encode for Basic (RFC 6749, section 2.3.1)",
        checks: [],
        remedy: "Use client_secret_post, or have a secret made that has letters and digits only.",
      },
    ],
  },
  {
    name: "no-email",
    text: "the sign-in works, but e-mail or name are empty",
    causes: [
      {
        text: "the scopes that carry them are not asked for, or not offered",
        checks: ["D12", "A2"],
        codes: ["VERIFY_SCOPE_UNLISTED", "VERIFY_SCOPE_OPENID_UNLISTED", "VERIFY_APP_REQUEST_DIFFERS"],
        remedy: "Ask for openid, email and profile.",
      },
      {
        text: "the provider does not offer the mapped claims",
        checks: ["D13"],
        remedy: "Map claims that the provider has; docs/presets.md says what products never send.",
      },
      {
        text: "the claims are not in the ID token: optional claims at Entra ID, thin tokens at Okta",
        checks: [],
        remedy: "Add `email` as an optional claim at Entra ID; elsewhere let the app read the userinfo endpoint.",
      },
    ],
  },
  {
    name: "no-role",
    text: "the sign-in works, but nobody gets a role",
    causes: [
      {
        text: "the scope `groups` is asked for where it does not exist",
        checks: ["D12", "D13", "P1"],
        codes: ["VERIFY_SCOPE_GROUPS_REFUSED"],
        remedy: "Take the scope out where the product has none, such as Entra ID, and add a groups claim there.",
      },
      {
        text: "a claim that the app reads is not offered, perhaps the one with the roles",
        checks: ["D13"],
        codes: ["VERIFY_CLAIM_UNLISTED", "VERIFY_CLAIM_NEVER_SENT"],
        remedy: "Configure a groups claim for the client; at Okta's org server on the app itself.",
      },
      {
        text: "groups come as ids, only in the access token, nested, or not at all above a limit (Entra ID: 200)",
        checks: [],
        remedy: "Look at a real ID token, then set `roles.claim` and `roles.map` to what is in it.",
      },
    ],
  },
  {
    name: "login-loop",
    text: "after signing in, people land at the app's start again, or the sign-in goes round in circles",
    causes: [
      {
        text: "the app's cookie does not survive the way back: SameSite=Strict, or Lax with form_post",
        checks: ["A5"],
        codes: ["VERIFY_APP_COOKIE_LOST"],
        remedy: "Use SameSite=Lax with responseMode query, or SameSite=None with Secure for form_post.",
      },
      {
        text: "the app loses the state between start and callback, or several instances do not share it",
        checks: ["A4", "A7", "A8"],
        codes: ["VERIFY_APP_STATE_WEAK"],
        remedy: "Keep the state where all instances of the app find it.",
      },
      {
        text: "the session cookie is too large for the proxy before the app (Kong)",
        checks: [],
        remedy: "Keep sessions in Redis or memcached, and only their id in the cookie.",
      },
    ],
  },
  {
    name: "no-way-back",
    text: "after signing in, the provider does not lead back to the app, or to an address nobody can reach",
    causes: [
      {
        text: "the app names its address wrongly: root URL, port or scheme (Mendix on premises, proxies)",
        checks: ["A3"],
        remedy: "Set the application's root URL to the one that people use.",
      },
      {
        text: "the answer comes in another way than the app reads it: query, form, fragment",
        checks: ["P6"],
        remedy: "Set `responseMode` to what the provider sends, or allow the app's there.",
      },
      {
        text: "the callback of the app is not there, or fails",
        checks: ["A7"],
        codes: ["VERIFY_APP_CALLBACK_BROKEN"],
        remedy: "Look at the path of `callback` in tenantry.yaml and at the app's routes.",
      },
    ],
  },
  {
    name: "token-refused",
    text: "the app or gateway answers 401 although the provider issued a token",
    causes: [
      {
        text: "the provider signs with a key or an algorithm that the app does not take",
        checks: ["D7", "K1", "K3", "K4", "K5"],
        remedy: "Choose RS256 and a published signing key for the client at the provider.",
      },
      {
        text: "clocks differ: tokens are not valid yet, or not any more",
        checks: ["T2", "A7"],
        codes: ["VERIFY_CLOCK_WRONG", "VERIFY_CLOCK_DRIFTS", "VERIFY_APP_CLOCK_DIFFERS"],
        remedy: "Set the clock that is wrong right (NTP).",
      },
      {
        text: "the token's issuer is not the one that the app was given",
        checks: ["D3", "D17"],
        remedy: "Copy `issuer` from the discovery document into the tenant's file.",
      },
      {
        text: "the gateway looks for scopes or groups under another claim, or in another case (Kong: scopes_claim, groups_required)",
        checks: [],
        remedy: "Set Kong's scopes_claim (Okta: scp) and spell groups as the token does.",
      },
      {
        text: "the gateway does not trust the provider's certificate (Kong verifies since 3.14)",
        checks: ["T1"],
        remedy: "Give the gateway the authority's certificate.",
      },
    ],
  },
  {
    name: "no-effect",
    text: "something was changed, and nothing is different",
    causes: [
      {
        text: "the record is not what the file and the issuer say: a change was not applied",
        checks: ["R3", "R2"],
        remedy: "Look at `tenantry plan`, and apply it.",
      },
      {
        text: "the app asks otherwise than its record says: it reads it only at its start, or keeps documents (Mendix, Kong)",
        checks: ["A2", "A3"],
        remedy: "Restart the app, or empty its cache of discovery documents.",
      },
      {
        text: "the provider's connection is not enabled for the client or the organization (Auth0), or still a draft (WorkOS)",
        checks: [],
        remedy: "Enable it there; `tenantry plan` shows what differs at our own providers.",
      },
    ],
  },
  {
    name: "logout",
    text: "sign-out fails, or people stay signed in at the provider",
    causes: [
      {
        text: "the address for after the sign-out is not registered",
        checks: ["P7"],
        codes: ["VERIFY_LOGOUT_REFUSED"],
        remedy: "Register exactly that address, or take it out of `postLogout`.",
      },
      {
        text: "the provider offers no end of sessions",
        checks: ["D19"],
        remedy: "Set `logout: { endSession: false }`: the app then ends only its own session.",
      },
    ],
  },
  {
    name: "domain",
    text: "people of a domain are not led to their company's sign-in",
    causes: [
      {
        text: "the domain is not proven to be the tenant's",
        checks: ["O1"],
        remedy: "Have the TXT record set that `tenantry show NAME` shows.",
      },
    ],
  },
];
