import type { Check, IssuerContext } from "../check.ts";
import { discoveryDocument } from "./d1-discovery.ts";
import { pastedUrl } from "./d2-pasted-url.ts";
import { issuerEquality } from "./d3-issuer.ts";
import { issuerUrl } from "./d4-issuer-url.ts";
import { members } from "./d5-members.ts";
import { endpoints } from "./d6-endpoints.ts";
import { signing } from "./d7-signing.ts";
import { codeFlow } from "./d8-code-flow.ts";
import { clientAuthListed } from "./d9-client-auth.ts";
import { pkce } from "./d10-pkce.ts";
import { responseModeListed } from "./d11-response-mode.ts";
import { scopes } from "./d12-scopes.ts";
import { claims } from "./d13-claims.ts";
import { authenticationContext } from "./d14-acr.ts";
import { pushedRequests } from "./d15-par.ts";
import { requestObjects } from "./d16-request-objects.ts";
import { responseIssuer } from "./d17-response-issuer.ts";
import { userinfo } from "./d18-userinfo.ts";
import { logout } from "./d19-logout.ts";
import { shape } from "./d20-shape.ts";
import { redirects } from "./d21-redirects.ts";
import { hosts } from "./d22-hosts.ts";
import { twice } from "./d23-twice.ts";
import { keyCaching } from "./d24-key-cache.ts";
import { usableKeys } from "./k1-keys.ts";
import { noPrivateKeys } from "./k2-private-keys.ts";
import { keyStrength } from "./k3-key-strength.ts";
import { keyIds } from "./k4-key-ids.ts";
import { keyUse } from "./k5-key-use.ts";
import { keyCertificates } from "./k6-key-certificates.ts";
import { keySetType } from "./k7-key-set-type.ts";
import { callback } from "./p1-callback.ts";
import { siblingCallback } from "./p2-sibling.ts";
import { foreignCallback } from "./p3-foreign.ts";
import { faultInjection } from "./p4-fault.ts";
import { pushedRequest } from "./p5-pushed.ts";
import { responseMode } from "./p6-response-mode.ts";
import { postLogout } from "./p7-post-logout.ts";
import { secret } from "./s1-secret.ts";
import { wrongSecret } from "./s2-wrong-secret.ts";
import { certificates } from "./t1-certificates.ts";
import { clock } from "./t2-clock.ts";
import { latency } from "./t3-latency.ts";

/** What is said of the issuer's document once it is there. */
const ofTheDocument: readonly Check<IssuerContext>[] = [
  discoveryDocument,
  pastedUrl,
  issuerEquality,
  members,
  endpoints,
];

/** The checks that read the issuer alone, in the order they are run. */
export const issuerChecks: readonly Check<IssuerContext>[] = [issuerUrl, ...ofTheDocument];

/** Those that judge metadata and keys by the two documents, which are read once. */
const ofTheMetadata: readonly Check[] = [
  redirects,
  signing,
  codeFlow,
  clientAuthListed,
  pkce,
  responseModeListed,
  scopes,
  claims,
  authenticationContext,
  pushedRequests,
  requestObjects,
  userinfo,
  logout,
  shape,
  hosts,
  usableKeys,
  noPrivateKeys,
  keyStrength,
  keyIds,
  keyUse,
  keyCertificates,
  keySetType,
  keyCaching,
  latency,
];

/** Every check, in the order it is run: from cheap to noisy, and what carries a secret last. */
export const checks: readonly Check[] = [
  issuerUrl,
  certificates,
  ...ofTheDocument,
  ...ofTheMetadata,
  clock,
  twice,
  foreignCallback,
  siblingCallback,
  callback,
  responseIssuer,
  faultInjection,
  responseMode,
  postLogout,
  secret,
  wrongSecret,
  pushedRequest,
];
