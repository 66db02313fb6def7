import type { ClientAuth } from "../../workspace/workspace.ts";
import { type Facts, type Finding, fail } from "../finding.ts";
import { placeOf } from "../mend.ts";
import type { VerifySubject } from "../subject.ts";
import type { ClientRefused } from "./client-proof.ts";

/** The client is registered for another method than the app's, as the identity provider itself says. */
export function otherMethod(
  answer: ClientRefused,
  registered: ClientAuth,
  subject: VerifySubject,
  used: ClientAuth,
  tried: Facts = {},
): Finding {
  return fail(
    "VERIFY_CLIENT_AUTH_METHOD",
    `The identity provider says that the client is registered for ${registered}, but the client uses ${used}.`,
    { ...answer.facts, ...tried },
    {
      expected: `the client registered for ${used}`,
      actual: `the client registered for ${registered}`,
      hint: methodHint(subject, registered, used),
    },
  );
}

/** How the two ends come to the same method. */
export function methodHint(subject: VerifySubject, registered: ClientAuth, used: ClientAuth): string {
  const where = placeOf(subject, registered === "private_key_jwt" ? "publicKey" : "secret");
  return `Set clientAuth: ${registered} in the tenant file, or change the client to ${used}${where}.`;
}
