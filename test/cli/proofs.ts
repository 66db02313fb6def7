import type { Placed, ReportedProof, RunFacts } from "../../src/cli/verify/report.ts";
import type { CheckResult } from "../../src/store/evidence.ts";

// Proofs with fixed values for reports: what holds, what failed, what only warns, what a person stands for, what was not
// looked at, and words of others that no report may believe.

/** What a hostile server may get into a message after `shown` has quoted it. */
export const hostile = '"</failure><script>alert(1)</script> ]]> & |@team| `x` \\u001b[31m"';

const at = "2026-11-20T02:00:00.000Z";

function check(changes: Partial<CheckResult> & Pick<CheckResult, "id" | "link" | "title">): CheckResult {
  return { level: "must", verdict: "pass", message: "it holds", evidence: {}, ...changes };
}

const discovery = check({ id: "D1", link: "discovery", title: "The discovery document is there" });
const keys = check({ id: "K1", link: "keys", title: "There is a key to verify ID tokens with" });
const callback = check({ id: "P1", link: "callback", title: "The redirect URI is registered" });
const secret = check({ id: "S1", link: "secret", title: "The client's credentials are accepted" });
const record = check({ id: "R1", link: "record", title: "The record's secret opens with the app's key" });
const all = [discovery, keys, callback, secret, record];

function looked(key: string, verdict: ReportedProof["verdict"], checks: readonly CheckResult[], line: number): Placed {
  const evidence = {
    ...{ key, specDigest: "0".repeat(64), clientId: "client", issuer: "https://idp.example", ranFrom: "runner", at },
    secretFingerprint: "f".repeat(64),
    verdict,
    checks,
  };
  return { proof: { key, state: "active", verdict, evidence } as ReportedProof, ...places(key, line) };
}

function places(key: string, line: number): Pick<Placed, "at" | "placeOf"> {
  const position = { file: `tenants/${key.replace(/\/.*/, "")}.yaml`, line, column: 5 };
  return { at: position, placeOf: ({ id }) => ({ ...position, line: id === "S1" ? 9 : line }) };
}

const attested = {
  ...{ check: "P1", by: "alice", on: "2026-11-01", expires: "2026-12-01" },
  reason: "the provider ignores prompt=none",
};

export const placed: readonly Placed[] = [
  looked("acme/portal", "pass", all, 12),
  looked(
    "bluefin/portal",
    "fail",
    [
      discovery,
      keys,
      callback,
      check({
        ...secret,
        verdict: "fail",
        code: "VERIFY_SECRET_REFUSED",
        message: `The identity provider says ${hostile}.`,
        expected: "invalid_grant: client accepted, invented code refused",
        actual: "invalid_client",
        hint: "Copy the current secret of client client again, and check that it has not expired.",
        note: "This product says invalid_client for an expired secret too.",
        evidence: { status: 401, error: "invalid_client" },
      }),
      check({
        ...{ id: "S2", link: "secret", title: "Wrong credentials are refused" },
        ...{ verdict: "inconclusive", code: "VERIFY_NOT_RUN", message: "Not run: S1 did not pass." },
      }),
      record,
    ],
    7,
  ),
  looked(
    "cobalt/portal",
    "attested",
    [
      discovery,
      keys,
      check({
        ...callback,
        verdict: "inconclusive",
        code: "VERIFY_CALLBACK_UNCLEAR",
        message: "The server ignores prompt=none.",
        attested,
      }),
      check({
        ...{ id: "P2", link: "callback", title: "Addresses beside the redirect URI are refused", level: "should" },
        ...{ verdict: "fail", code: "VERIFY_CALLBACK_PREFIX", message: "An address beside it is accepted." },
        hint: "Register the exact URI.",
      }),
      secret,
      record,
      check({
        ...{ id: "A1", link: "app", title: "The app's start page begins the sign-in" },
        ...{ verdict: "skipped", message: "no start page is named" },
      }),
    ],
    7,
  ),
  {
    proof: {
      ...{ key: "delta/portal", verdict: "inconclusive", code: "SQL_UNREACHABLE" },
      ...{ because: "the database of portal does not answer", hint: "Start it." },
    } as ReportedProof,
    ...places("delta/portal", 3),
  },
  {
    proof: {
      ...{ key: "echo/portal", verdict: "skipped", because: "proven 3 h ago" },
      provenAt: "2026-11-19T23:00:00.000Z",
    } as ReportedProof,
    ...places("echo/portal", 3),
  },
];

export const facts: RunFacts = {
  environment: "production",
  startedAt: "2026-11-20T02:00:00.000Z",
  endedAt: "2026-11-20T02:00:04.500Z",
  exit: 6,
  stopped: false,
};
