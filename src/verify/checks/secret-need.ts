import type { CheckContext } from "../check.ts";
import { type Finding, inconclusive, skipped } from "../finding.ts";
import type { SecretMethod } from "../probe/token.ts";

/** Whether the secret is to be probed and how, or what to say instead. */
export type SecretProbeNeed =
  | { readonly kind: "probe"; readonly method: SecretMethod }
  | { readonly kind: "no-probe"; readonly finding: Finding };

type Asked = Pick<CheckContext, "subject" | "options">;

/** Skipped when the client has no secret, or when no secret is to be sent in this run. */
export function secretOmitted({ subject, options }: Asked): Finding | undefined {
  if (subject.clientAuth === "none") return skipped("The client has no secret (clientAuth: none).");
  return options.secretProbe ? undefined : skipped("Not asked for: no secret is sent in this run.");
}

/** Looks at how the client authenticates. A secret that should be proven and cannot is inconclusive. */
export function secretProbeNeed({ subject, options }: Asked): SecretProbeNeed {
  const no = (finding: Finding): SecretProbeNeed => ({ kind: "no-probe", finding });
  const omitted = secretOmitted({ subject, options });
  if (omitted !== undefined) return no(omitted);
  const method = subject.clientAuth;
  if (method !== "client_secret_basic" && method !== "client_secret_post") {
    return no(inconclusive("VERIFY_CLIENT_AUTH_UNPROVABLE", `Not sent: ${method} cannot be proven by a probe yet.`));
  }
  if (subject.secret === undefined) {
    return no(
      inconclusive(
        "VERIFY_SECRET_MISSING",
        "Not sent: no client secret was given.",
        {},
        {
          expected: "the client secret",
          actual: "nothing",
        },
      ),
    );
  }
  return { kind: "probe", method };
}
