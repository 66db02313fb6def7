import type { CodeEntry } from "../code.ts";

/** Codes of the checks of the app's half. */
export const verifyAppCodes = {
  VERIFY_APP_START_MISSING: {
    cause: "The app's start page is not there, refuses who is not signed in, or fails.",
    mend: "Check start of the app in tenantry.yaml, and the app's log: it may not find or open its record.",
    exit: 6,
  },
  VERIFY_APP_START_ASTRAY: {
    cause: "The app's start page leads elsewhere than to the authorization endpoint of the record.",
    mend: "Let the start page redirect to authorization_endpoint of the record of this connection.",
    exit: 6,
  },
  VERIFY_APP_ANSWER_UNCLEAR: {
    cause: "The app's answer says neither yes nor no.",
    mend: "Follow the hint of the check; docs/sql.md says what an app must do so that its half can be proven.",
    exit: 7,
  },
  VERIFY_APP_CLIENT_DIFFERS: {
    cause: "The app asks the identity provider as another client than its record says.",
    mend: "Let the app take client_id from its record.",
    exit: 6,
  },
  VERIFY_APP_REQUEST_DIFFERS: {
    cause:
      "The app's authorization request has another response type, response mode, scope or ACR value than its record.",
    mend: "Let the app take these values from its record.",
    exit: 6,
  },
  VERIFY_APP_REQUEST_HIDDEN: {
    cause: "The app pushes its authorization request or signs it, so that its parameters cannot be seen.",
    mend: "Sign in once by hand; a person who has done so can attest the check.",
    exit: 7,
  },
  VERIFY_APP_REDIRECT_DIFFERS: {
    cause: "The app sends another redirect URI than the registered one.",
    mend: "Let the app send redirect_uri of its record, byte for byte.",
    exit: 6,
  },
  VERIFY_APP_REDIRECT_PROXY: {
    cause: "The app sends a redirect URI with another scheme, host or port: it does not know its public address.",
    mend: "Set X-Forwarded-Proto at the proxy and trust it in the app, or set the app's public base URL.",
    exit: 6,
  },
  VERIFY_APP_STATE_WEAK: {
    cause: "The app sends no state, the same at every visit, or one that is too short.",
    mend: "Let the app make a new random state of at least 16 characters for each sign-in.",
    exit: 6,
  },
  VERIFY_APP_NONCE_WEAK: {
    cause: "The app sends no nonce, or the same at every visit.",
    mend: "Let the app make a new nonce for each sign-in and compare it in the ID token.",
    exit: 6,
  },
  VERIFY_APP_PKCE_WEAK: {
    cause: "The app sends no PKCE challenge of method S256, or the same at every visit, although its record says S256.",
    mend: "Let the app make a new code verifier for each sign-in.",
    exit: 6,
  },
  VERIFY_APP_COOKIE_LOST: {
    cause: "A cookie of the app does not come along when the identity provider sends the browser back.",
    mend: "Set it with SameSite=Lax, or with SameSite=None; Secure where the app uses form_post.",
    exit: 6,
  },
  VERIFY_APP_COOKIE_UNBOUND: {
    cause: "The start page sets no cookie, so nothing binds the sign-in to the browser that began it.",
    mend: "Keep the state in a cookie (Secure, HttpOnly, SameSite=Lax).",
    exit: 6,
  },
  VERIFY_APP_COOKIE_OPEN: {
    cause: "A cookie of the sign-in lacks Secure or HttpOnly.",
    mend: "Set both.",
    exit: 6,
  },
  VERIFY_APP_REQUEST_REFUSED: {
    cause: "The identity provider refuses the authorization request that the app really makes.",
    mend: "Compare the app's request with the record: redirect URI, scopes, PKCE, response mode.",
    exit: 6,
  },
  VERIFY_APP_CALLBACK_BROKEN: {
    cause: "The app's callback does not handle an error of the identity provider.",
    mend: "Let the callback answer error parameters with a page or a redirect.",
    exit: 6,
  },
  VERIFY_APP_CLOCK_DIFFERS: {
    cause: "The app's clock and the identity provider's differ by more than 30 seconds.",
    mend: "Set the app's clock by NTP.",
    exit: 6,
  },
  VERIFY_APP_STATE_UNCHECKED: {
    cause: "The app's callback takes an answer with a forged or missing state, or from another browser.",
    mend: "Let the callback compare the state with what the browser's cookie holds, before anything else.",
    exit: 6,
  },
  VERIFY_APP_SECRET_STALE: {
    cause: "The token endpoint refuses the deployed app: its own copy of the secret is not the right one.",
    mend: "Restart the app or see that it reads its record, then verify again with --app-code.",
    exit: 6,
  },
} as const satisfies Record<string, CodeEntry>;
