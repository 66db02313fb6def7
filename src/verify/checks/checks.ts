import type { Check, IssuerContext } from "../check.ts";
import { discoveryDocument } from "./d1-discovery.ts";
import { pastedUrl } from "./d2-pasted-url.ts";
import { issuerEquality } from "./d3-issuer.ts";
import { issuerUrl } from "./d4-issuer-url.ts";
import { members } from "./d5-members.ts";
import { endpoints } from "./d6-endpoints.ts";
import { codeFlow } from "./d8-code-flow.ts";
import { clientAuthListed } from "./d9-client-auth.ts";
import { usableKeys } from "./k1-keys.ts";
import { noPrivateKeys } from "./k2-private-keys.ts";
import { keyStrength } from "./k3-key-strength.ts";
import { callback } from "./p1-callback.ts";
import { belowCallback } from "./p2-below.ts";
import { foreignCallback } from "./p3-foreign.ts";
import { secret } from "./s1-secret.ts";
import { wrongSecret } from "./s2-wrong-secret.ts";

/** The checks that read the issuer alone, in the order they are run. */
export const issuerChecks: readonly Check<IssuerContext>[] = [
  issuerUrl,
  discoveryDocument,
  pastedUrl,
  issuerEquality,
  members,
  endpoints,
];

/** Every check, in the order it is run: from cheap to noisy, and what carries a secret last. */
export const checks: readonly Check[] = [
  ...issuerChecks,
  codeFlow,
  clientAuthListed,
  usableKeys,
  noPrivateKeys,
  keyStrength,
  callback,
  belowCallback,
  foreignCallback,
  secret,
  wrongSecret,
];
