import type { CodeEntry } from "../code.ts";

/** Codes of the checks of metadata, keys and transport. */
export const verifyMetadataCodes = {
  VERIFY_DISCOVERY_CONTENT_TYPE: {
    cause: "The discovery document does not come as application/json; some libraries refuse it then.",
    mend: "Let the identity provider send it with content type application/json.",
    exit: 6,
  },
  VERIFY_METADATA_INCOMPLETE: {
    cause: "The discovery document lacks a member that the specification requires and a sign-in can do without.",
    mend: "Ask the identity provider's administrator to complete the metadata; nobody is kept out by it.",
    exit: 6,
  },
  VERIFY_METADATA_ODD: {
    cause: "A member of the discovery document has another shape than the specification says.",
    mend: "Tell the identity provider's administrator; strict libraries may refuse the document.",
    exit: 6,
  },
  VERIFY_ENDPOINT_ODD: {
    cause: "The discovery document names an endpoint that a sign-in does not use by something that is no https URL.",
    mend: "Correct the public base URL of the identity provider; a sign-in works without.",
    exit: 6,
  },
  VERIFY_SIGNING_UNVERIFIABLE: {
    cause:
      "The identity provider signs ID tokens with the client secret (HS256) or not at all, so no published key verifies them.",
    mend: "Choose a signing key (RS256) for the client at the identity provider.",
    exit: 6,
  },
  VERIFY_SIGNING_RS256_UNLISTED: {
    cause:
      "The identity provider does not list RS256, which the specification requires and most libraries expect by default.",
    mend: "Let the client's ID tokens be signed with RS256, or set the listed algorithm in the app's library.",
    exit: 6,
  },
  VERIFY_CLIENT_AUTH_ALGORITHMS: {
    cause: "The identity provider offers private_key_jwt without saying which algorithms it takes, or takes none.",
    mend: "Ask the identity provider's administrator which algorithms it takes for client assertions.",
    exit: 6,
  },
  VERIFY_PKCE_UNSAID: {
    cause: "The discovery document does not speak of PKCE, which stands for not supporting it.",
    mend: "Check that the identity provider takes PKCE with S256; a sign-in shows it.",
    exit: 6,
  },
  VERIFY_PKCE_UNLISTED: {
    cause: "The identity provider lists methods of PKCE, and S256 is not among them.",
    mend: "Allow S256 at the identity provider; plain protects little.",
    exit: 6,
  },
  VERIFY_RESPONSE_MODE_UNLISTED: {
    cause: "The identity provider does not list the response mode that the app asks for.",
    mend: "Set responseMode to a listed one.",
    exit: 6,
  },
  VERIFY_SCOPE_OPENID_UNLISTED: {
    cause: "The identity provider lists scopes, and openid is not among them: it may be no OpenID provider.",
    mend: "Check that the issuer is the OpenID one and not another authorization server of the same host.",
    exit: 6,
  },
  VERIFY_SCOPE_UNLISTED: {
    cause: "The app asks for a scope that the identity provider does not list.",
    mend: "Take it out of scopes, or define it at the identity provider.",
    exit: 6,
  },
  VERIFY_SCOPE_GROUPS_REFUSED: {
    cause: "The app asks for the scope groups, which ends the sign-in with an error at this identity provider.",
    mend: "Take groups out of scopes and let the identity provider add a groups claim.",
    exit: 6,
  },
  VERIFY_CLAIM_NEVER_SENT: {
    cause: "The app reads a claim that this identity provider never sends.",
    mend: "Read another claim, as the note on the product says.",
    exit: 6,
  },
  VERIFY_CLAIM_UNLISTED: {
    cause: "The app reads a claim that the identity provider does not list.",
    mend: "Let the identity provider add the claim to ID tokens; sign in once to see whether it comes.",
    exit: 6,
  },
  VERIFY_ACR_UNLISTED: {
    cause: "The identity provider lists none of the authentication contexts (acr) that the app asks for.",
    mend: "Set acrValues to a listed one, or define it at the identity provider.",
    exit: 6,
  },
  VERIFY_CLAIMS_PARAMETER_UNSUPPORTED: {
    cause: "The app sends the parameter claims, which the identity provider does not say it reads.",
    mend: "Take claims out of extraParams and ask by scopes.",
    exit: 6,
  },
  VERIFY_PAR_REQUIRED: {
    cause:
      "The identity provider takes pushed authorization requests only, and the app sends none: nobody can sign in.",
    mend: "Switch the requirement for pushed authorization requests (PAR) off for this client or server.",
    exit: 6,
  },
  VERIFY_REQUEST_OBJECT_REQUIRED: {
    cause: "The identity provider says that it takes signed request objects only, and the app sends none.",
    mend: "Switch the requirement for signed request objects off for this client or server.",
    exit: 6,
  },
  VERIFY_REQUEST_OBJECT_UNSUPPORTED: {
    cause: "The app sends request or request_uri, which the identity provider does not support.",
    mend: "Take it out of extraParams.",
    exit: 6,
  },
  VERIFY_RESPONSE_ISSUER_MISSING: {
    cause:
      "The identity provider announces iss in authorization responses and does not send it: libraries refuse the sign-in.",
    mend: "Switch authorization_response_iss_parameter_supported off, or let the identity provider send iss.",
    exit: 6,
  },
  VERIFY_RESPONSE_ISSUER_DIFFERS: {
    cause:
      "The authorization response names another issuer (iss) than the configured one: libraries refuse the sign-in.",
    mend: "Write the issuer exactly as the identity provider names itself, or mend its public base URL.",
    exit: 6,
  },
  VERIFY_USERINFO_MISSING: {
    cause: "The identity provider has no userinfo endpoint: claims that are not in the ID token cannot be had.",
    mend: "Let every claim that the app reads be in the ID token.",
    exit: 6,
  },
  VERIFY_END_SESSION_MISSING: {
    cause: "The app ends sessions at the identity provider, which names no end_session_endpoint.",
    mend: "Switch it on at the identity provider, or set logout.endSession: false: people then sign out of the app alone.",
    exit: 6,
  },
  VERIFY_DOCUMENT_REDIRECTED: {
    cause:
      "The discovery document or the key set redirects; it was not followed, and many clients do not follow either.",
    mend: "Use the address that the identity provider itself names, and let it answer without a sign-in.",
    exit: 6,
  },
  VERIFY_DISCOVERY_VARIES: {
    cause: "The discovery document read twice is not the same: servers behind one name are set up differently.",
    mend: "Give every server of the identity provider the same public base URL and configuration.",
    exit: 6,
  },
  VERIFY_KEYS_WITHOUT_KID: {
    cause: "Several keys of the key set have no id (kid), so that an app cannot tell which one signed.",
    mend: "Publish every key with a kid of its own.",
    exit: 6,
  },
  VERIFY_KEYS_KID_SHARED: {
    cause: "Two keys of one kind have the same id (kid), so that an app cannot tell which one signed.",
    mend: "Publish every key with a kid of its own, and each key once.",
    exit: 6,
  },
  VERIFY_KEYS_USE_MISSING: {
    cause: "The key set mixes keys for signatures and for encryption, and a key does not say what it is for.",
    mend: "Publish every key with its use: sig or enc.",
    exit: 6,
  },
  VERIFY_KEYS_ENCRYPTION_ONLY: {
    cause: "Every key of the key set is for encryption, so no ID token can be verified.",
    mend: "Publish the signing key with use: sig.",
    exit: 6,
  },
  VERIFY_KEYS_CERTIFICATE_DIFFERS: {
    cause: "The certificate beside a key (x5c) is unreadable or that of another key.",
    mend: "Publish the certificate of the key itself, or none.",
    exit: 6,
  },
  VERIFY_KEYS_THUMBPRINT_DIFFERS: {
    cause: "The thumbprint beside a key (x5t) is not that of its certificate.",
    mend: "Publish the thumbprint of the first certificate in x5c, or none.",
    exit: 6,
  },
  VERIFY_KEYS_CERTIFICATE_EXPIRED: {
    cause: "The certificate beside a key (x5c) has expired; OpenID Connect does not look at it, but some apps do.",
    mend: "Renew the certificate of the signing key.",
    exit: 6,
  },
  VERIFY_CERTIFICATE_RUNS_OUT: {
    cause: "The server's certificate ends in less than seven days, and every sign-in with it.",
    mend: "Renew the certificate now.",
    exit: 6,
  },
  VERIFY_CERTIFICATE_ENDS: {
    cause: "The server's certificate ends in less than thirty days.",
    mend: "Renew the certificate, and see that its renewal is automatic.",
    exit: 6,
  },
  VERIFY_TLS_OLD: {
    cause: "The server speaks a version of TLS older than 1.2.",
    mend: "Let the server speak TLS 1.2 and 1.3.",
    exit: 6,
  },
  VERIFY_CLOCK_WRONG: {
    cause:
      "The clocks of the identity provider and of this machine differ by more than five minutes: tokens look expired or not yet valid.",
    mend: "Set the clock that is wrong right (NTP).",
    exit: 6,
  },
  VERIFY_CLOCK_DRIFTS: {
    cause: "The clocks of the identity provider and of this machine differ by more than thirty seconds.",
    mend: "Set the clock that is wrong right (NTP).",
    exit: 6,
  },
  VERIFY_CLOCK_UNSEEN: {
    cause: "No answer says what time it is at the identity provider.",
    mend: "Nothing need be done; where sign-ins fail for times in tokens, compare the clocks by hand.",
    exit: 7,
  },
  VERIFY_SLOW: {
    cause: "The identity provider takes more than three seconds for a small document.",
    mend: "Ask its administrator why; apps that wait less give up.",
    exit: 6,
  },
} as const satisfies Record<string, CodeEntry>;
