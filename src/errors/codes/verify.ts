import type { CodeEntry } from "../code.ts";
import { verifyAppCodes } from "./verify-app.ts";
import { verifyMetadataCodes } from "./verify-metadata.ts";

export const verifyCodes = {
  VERIFY_DISCOVERY_UNAVAILABLE: {
    cause: "The issuer's discovery document could not be had while planning.",
    mend: "Check the issuer and the network, then plan again; verify shows the details.",
    exit: 5,
  },
  VERIFY_DISCOVERY_UNUSABLE: {
    cause:
      "The issuer's discovery document was read while planning, but it belongs to another issuer or cannot be used.",
    mend: "Correct the issuer in the file, or the metadata at the identity provider.",
    exit: 5,
  },
  VERIFY_ENDPOINTS_UNUSABLE: {
    cause: "An endpoint that stands in the tenant's file, or its issuer, is no https URL that may be asked.",
    mend: "Correct it in the tenant's file; for a private host of the tenant's own, allow it in verify.allowPrivate.",
    exit: 2,
  },
  VERIFY_ISSUER_INVALID: {
    cause: "The issuer is no https URL with a plain host and without query, fragment and user information.",
    mend: "Write the issuer exactly as the identity provider shows it, such as https://acme.okta.com.",
    exit: 6,
  },
  VERIFY_ISSUER_IS_ANOTHER_URL: {
    cause: "The issuer is the URL of a discovery document or of a sign-in page, not the issuer itself.",
    mend: "Write the issuer that the discovery document names.",
    exit: 6,
  },
  VERIFY_ISSUER_DIFFERS: {
    cause: "The discovery document names another issuer than the configured one; they must be equal byte for byte.",
    mend: "Copy the issuer from the document, the final slash included, if it is the tenant's own.",
    exit: 6,
  },
  VERIFY_DISCOVERY_MISSING: {
    cause: "There is no discovery document at the issuer.",
    mend: "Check the issuer's path and, for Okta, which authorization server is meant.",
    exit: 6,
  },
  VERIFY_DISCOVERY_REDIRECTED: {
    cause: "The discovery document answers with a redirect, which OpenID clients do not follow.",
    mend: "Use the issuer that the redirect leads to, if the identity provider names it as its issuer.",
    exit: 6,
  },
  VERIFY_DISCOVERY_NOT_JSON: {
    cause: "The discovery URL answers with something that is no JSON object, such as a sign-in page.",
    mend: "Check the issuer; a proxy or a login wall may stand in front of it.",
    exit: 6,
  },
  VERIFY_METADATA_MISSING: {
    cause: "The discovery document lacks a member that a sign-in needs.",
    mend: "Ask the identity provider's administrator to complete the metadata, or check that the issuer is right.",
    exit: 6,
  },
  VERIFY_ENDPOINT_INVALID: {
    cause: "An endpoint in the discovery document or the tenant's file is no absolute https URL that may be asked.",
    mend: "Correct the public base URL of the identity provider; for a private one, allow its host in verify.allowPrivate.",
    exit: 6,
  },
  VERIFY_CODE_FLOW_UNSUPPORTED: {
    cause: "The identity provider does not offer the authorization code flow.",
    mend: "Enable response type code and grant authorization_code at the identity provider.",
    exit: 6,
  },
  VERIFY_CLIENT_AUTH_UNLISTED: {
    cause: "The identity provider does not list the client's authentication method.",
    mend: "Choose a listed method as clientAuth, and set the same at the client.",
    exit: 6,
  },
  VERIFY_KEYS_MISSING: {
    cause: "The issuer's key set holds no key that can verify an ID token.",
    mend: "Publish a signing key (RS256) at the identity provider; check which key signs ID tokens.",
    exit: 6,
  },
  VERIFY_KEYS_UNREADABLE: {
    cause: "The issuer's key set could not be read as a JSON Web Key Set.",
    mend: "Open the JWKS URI without being signed in; it must answer with a JSON key set.",
    exit: 6,
  },
  VERIFY_KEYS_PRIVATE: {
    cause: "The issuer publishes private or symmetric key material: anyone can sign in as anyone.",
    mend: "Tell the identity provider's administrator at once; replace the keys, then publish public members only.",
    exit: 6,
  },
  VERIFY_KEYS_WEAK: {
    cause: "A signing key of the issuer is too short, malformed, or does not fit its algorithm.",
    mend: "Replace the key by RSA of at least 2048 bits or an elliptic curve that fits the algorithm.",
    exit: 6,
  },
  VERIFY_CALLBACK_REFUSED: {
    cause: "The identity provider does not accept the redirect URI (or the client) in an authorization request.",
    mend: "Register exactly the redirect URI shown; slash, case, port and scheme count.",
    exit: 6,
  },
  VERIFY_CALLBACK_PREFIX: {
    cause: "The identity provider also accepts addresses beside the registered redirect URI.",
    mend: "Register the exact redirect URI instead of a wildcard or prefix.",
    exit: 6,
  },
  VERIFY_CALLBACK_UNCHECKED: {
    cause: "The identity provider redirects to a callback that nobody registered.",
    mend: "Make the identity provider check redirect URIs; until then anyone can collect authorization codes.",
    exit: 6,
  },
  VERIFY_CALLBACK_UNCLEAR: {
    cause: "The answers to the authorization requests do not tell a registered callback from an unregistered one.",
    mend: "Sign in once by hand to see whether it works; then an entry under attest: of the tenant's file stands for it.",
    exit: 7,
  },
  VERIFY_PUSHED_REFUSED: {
    cause: "The identity provider refuses the app's authorization request when it is pushed (PAR).",
    mend: "Bring redirect URI, scopes and PKCE in line with what the client is allowed.",
    exit: 6,
  },
  VERIFY_RESPONSE_MODE: {
    cause: "The identity provider answers in another response mode than the app reads.",
    mend: "Set responseMode to what the identity provider uses, or allow the app's mode there.",
    exit: 6,
  },
  VERIFY_LOGOUT_REFUSED: {
    cause: "The identity provider does not accept the app's address for after the sign-out.",
    mend: "Register exactly the sign-out redirect URI shown.",
    exit: 6,
  },
  VERIFY_LOGOUT_UNCHECKED: {
    cause: "After a sign-out the identity provider redirects to an address that nobody registered.",
    mend: "Make the identity provider check sign-out redirect URIs; until then it lends its name to phishing.",
    exit: 6,
  },
  VERIFY_LOGOUT_UNCLEAR: {
    cause: "The answers to requests to sign out do not tell a registered address from an unregistered one.",
    mend: "Sign out once by hand to see where people end up.",
    exit: 7,
  },
  VERIFY_AUTHORIZATION_REFUSED: {
    cause: "The callback is registered, but the identity provider refuses the authorization request with an error.",
    mend: "Bring scopes, PKCE, response mode and grants in line with what the client is allowed.",
    exit: 6,
  },
  VERIFY_CODE_WITHOUT_SIGN_IN: {
    cause: "The identity provider issued an authorization code although nobody signed in.",
    mend: "Check that this is no mock server and that automatic sign-in is meant.",
    exit: 7,
  },
  VERIFY_SECRET_REFUSED: {
    cause: "The identity provider refuses the client id and secret.",
    mend: "Copy the current client secret again, check that it has not expired and belongs to this client id.",
    exit: 6,
  },
  VERIFY_CLIENT_AUTH_METHOD: {
    cause: "The secret is right, but the client is registered for another authentication method.",
    mend: "Set clientAuth to the method shown, or change the method at the client.",
    exit: 6,
  },
  VERIFY_CLIENT_REFUSED: {
    cause: "The token endpoint knows the client but does not let it use the authorization code grant.",
    mend: "Allow the authorization code grant for this client, and check that the issuer is the right authorization server.",
    exit: 6,
  },
  VERIFY_TOKEN_FOR_BOGUS_CODE: {
    cause: "The token endpoint issued a token for an invented authorization code.",
    mend: "Do not let anyone sign in there: it is a mock or a broken server.",
    exit: 6,
  },
  VERIFY_SECRET_UNPROVEN: {
    cause: "The token endpoint's answer does not tell right credentials from wrong ones.",
    mend: "Sign in once by hand to see whether it works; then an entry under attest: of the tenant's file stands for it.",
    exit: 7,
  },
  VERIFY_SECRET_MISSING: {
    cause: "No client secret was given, so it could not be proven.",
    mend: "Make the secret's reference readable where the verification runs.",
    exit: 7,
  },
  VERIFY_CLIENT_AUTH_UNPROVABLE: {
    cause: "The record names a client authentication method that is not known.",
    mend: "Let tenantry apply write the record again, and see who else writes to it.",
    exit: 7,
  },
  VERIFY_CLIENT_KEY_MISSING: {
    cause: "The client signs assertions, but the app's private key could not be had, so it could not be proven.",
    mend: "Make the reference under clientKey.privateKey of the app readable where the verification runs.",
    exit: 7,
  },
  VERIFY_CLIENT_KEY_UNREADABLE: {
    cause: "What clientKey.privateKey of the app leads to cannot be read as a private key.",
    mend: "Write it as PEM (PKCS#8, PKCS#1 or SEC1) without a passphrase, or as a JSON Web Key.",
    exit: 6,
  },
  VERIFY_CLIENT_KEY_DIFFERS: {
    cause: "The app's private key does not belong to the public key under clientKey, which is the one registered.",
    mend: "Put the private key of that pair behind clientKey.privateKey, or the new public key under clientKey.publicKey.",
    exit: 6,
  },
  VERIFY_CLIENT_KEY_UNFIT: {
    cause: "The app's key is too short for its algorithm or not on its curve.",
    mend: "Make a new pair: RSA of at least 2048 bits, or the elliptic curve of the algorithm.",
    exit: 6,
  },
  VERIFY_CLOCK_DIFFERS: {
    cause: "What was signed with the time of this machine was refused, and the other side's clock shows another time.",
    mend: "Set the clock that is wrong right (NTP), then run the command again.",
    exit: 7,
  },
  VERIFY_CLIENT_KEY_REFUSED: {
    cause: "The identity provider refuses the assertion that the app's key signed.",
    mend: "Register the public key shown at the client, and let the client authenticate by private_key_jwt.",
    exit: 6,
  },
  VERIFY_CLIENT_NOT_PUBLIC: {
    cause: "The client is used without credentials, but the identity provider wants some.",
    mend: "Make it a public client with PKCE, or set clientAuth to what the client is registered for.",
    exit: 6,
  },
  VERIFY_PUBLIC_WITHOUT_PKCE: {
    cause: "A client without credentials is used without PKCE: whoever catches a code can redeem it.",
    mend: "Set pkce: S256, or give the client a secret or a key.",
    exit: 6,
  },
  VERIFY_ADDRESS_REFUSED: {
    cause: "The URL does not lead to a public https address, so it was not asked.",
    mend: "If the host is the tenant's own private one, allow it in verify.allowPrivate of tenantry.yaml.",
    exit: 6,
  },
  VERIFY_TLS_FAILED: {
    cause: "The server's certificate is not trusted or the TLS handshake failed.",
    mend: "Make the server send its whole certificate chain for this host name.",
    exit: 6,
  },
  VERIFY_UNREACHABLE: {
    cause: "The server could not be reached from where the verification ran.",
    mend: "Check name, network and firewall from that machine, or run the verification beside the app.",
    exit: 7,
  },
  VERIFY_TIMEOUT: {
    cause: "The server did not answer in time.",
    mend: "Try again; raise verify.deadline if the server is slow by nature.",
    exit: 7,
  },
  VERIFY_BUDGET_SPENT: {
    cause: "The run had used up the time that verify.budget gives it before this was asked for.",
    mend: "Raise verify.budget, verify fewer connections at a time, or find out which host is slow.",
    exit: 7,
  },
  VERIFY_PROXY_FAILED: {
    cause: "The proxy that the run was told to use does not lead to the server.",
    mend: "Check the proxy's address and credentials, and that it lets this host through.",
    exit: 7,
  },
  VERIFY_PROXY_INVALID: {
    cause: "The proxy is no http or https URL of a host and port.",
    mend: "Write it as http://proxy.example:3128.",
    exit: 2,
  },
  VERIFY_ANSWER_TOO_LARGE: {
    cause: "The answer is larger than 1 MB, or its head larger than 32 kB, and was not read to its end.",
    mend: "Check that the URL is the right one; metadata and key sets are small.",
    exit: 7,
  },
  VERIFY_ANSWER_ENCODED: {
    cause: "The server compressed its answer although it was asked not to.",
    mend: "Switch forced compression off for the metadata in the proxy before the server.",
    exit: 7,
  },
  VERIFY_ANSWER_UNCLEAR: {
    cause: "The server answered with a rate limit, an error page or something else that says neither yes nor no.",
    mend: "Try again later; if it stays, ask the identity provider's administrator what stands in front of the server.",
    exit: 7,
  },
  VERIFY_ENDPOINT_MOVED: {
    cause:
      "The issuer's discovery document, or the tenant's file, names other endpoints than the app's record. No secret was sent.",
    mend: "Ask the identity provider's owner whether they moved; if so, review and apply the plan that shows it.",
    exit: 6,
  },
  VERIFY_RECORD_ISSUER: {
    cause: "The app's record names another issuer than the tenant's file. No secret was sent.",
    mend: "If the file was changed and not applied yet, review and apply the plan; otherwise find out who changed the record.",
    exit: 6,
  },
  VERIFY_DOMAIN_UNPROVEN: {
    cause: "The DNS record that proves that a domain is the tenant's is not there.",
    mend: "Let whoever runs the domain's DNS set the TXT record that is shown; until then the app sends nobody of it there.",
    exit: 6,
  },
  VERIFY_DNS_BROKEN: {
    cause: "The resolver got no answer that it may trust: the zone is broken, or its DNSSEC signatures do not fit.",
    mend: "Ask whoever runs the domain's DNS to check the name servers and the DNSSEC signatures.",
    exit: 7,
  },
  VERIFY_DNS_UNCLEAR: {
    cause: "The resolver refuses to answer, or what it answers is no answer to the question.",
    mend: "Try again, or name another resolver under verify.resolvers of tenantry.yaml.",
    exit: 7,
  },
  VERIFY_NOT_RUN: {
    cause: "The check was not run because one that it needs did not pass.",
    mend: "Mend the check that is named first.",
    exit: 7,
  },
  VERIFY_INPUT_INVALID: {
    cause: "A value that a verification without a workspace was given cannot be meant, such as an http issuer.",
    mend: "Correct what the message names.",
    exit: 2,
  },
  VERIFY_INTERRUPTED: {
    cause: "The run was asked to stop before this connection was proven.",
    mend: "Run it again; with --since what was proven just now is skipped.",
    exit: 7,
  },
  ...verifyMetadataCodes,
  ...verifyAppCodes,
} as const satisfies Record<string, CodeEntry>;
