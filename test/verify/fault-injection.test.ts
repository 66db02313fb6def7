import { expect } from "vitest";
import { failureModes } from "./failure-table.ts";
import { back, html, type Provider, type Reply, redirect, redirectUri, type Seen } from "./provider.ts";
import { check } from "./subject.ts";

const asked = (one: Seen): string => one.query.get("redirect_uri") ?? "";
const state = (one: Seen): string => one.query.get("state") ?? "";
const known = (one: Seen): boolean => asked(one) === redirectUri;
const login = (): Reply => html(200, "Sign in");
const tell = (one: Seen, error: string): Reply => redirect(back(asked(one), { error, state: state(one) }));
const sent = (provider: Provider): Seen[] => provider.seen.filter((one) => one.path === "/authorize");

const isBroken = (one: Seen): boolean => one.query.get("response_type") !== "code";
const withoutOpenid = (one: Seen): boolean => !(one.query.get("scope") ?? "").split(" ").includes("openid");
const withoutMethod = (one: Seen): boolean => !one.query.has("code_challenge_method");

failureModes("providers that ignore prompt=none and tell broken requests apart", [
  {
    name: "an invented response_type comes back to the redirect URI, and an unregistered one gets an error page",
    when: {
      authorize: (one, usual) =>
        known(one) ? (isBroken(one) ? tell(one, "unsupported_response_type") : login()) : usual(),
    },
    verdict: "pass",
    checks: { P1: ["pass"], P2: ["pass"], P3: ["pass"], P4: ["pass"], P6: ["skipped"], S1: ["pass"] },
    also: (verification, provider) => {
      expect(check(verification, "P1").message).toContain("broken on purpose (P4)");
      expect(check(verification, "P1").evidence).toMatchObject({ by: "P4", fault: "response_type" });
      // Three sound ones, and one broken for each of the three redirect URIs.
      expect(sent(provider)).toHaveLength(6);
      expect(sent(provider).every(({ query }) => query.get("prompt") === "none")).toBe(true);
    },
  },
  {
    name: "everybody gets a sign-in page, and only what is broken is looked at (Cognito)",
    when: {
      authorize: (one, usual) =>
        isBroken(one) ? (known(one) ? tell(one, "invalid_request") : usual()) : redirect("/login?client_id=x", 302),
      other: login,
    },
    verdict: "pass",
    checks: { P1: ["pass"], P2: ["pass"], P3: ["pass"], P4: ["pass"] },
  },
  {
    name: "only a missing scope openid is told (dex)",
    when: {
      authorize: (one, usual) => (known(one) ? (withoutOpenid(one) ? tell(one, "invalid_scope") : login()) : usual()),
    },
    verdict: "pass",
    checks: { P1: ["pass"], P3: ["pass"], P4: ["pass"] },
    also: (verification) => expect(check(verification, "P4").evidence.fault).toBe("omit-openid"),
  },
  {
    name: "only a missing code_challenge_method is told",
    when: {
      authorize: (one, usual) => (known(one) ? (withoutMethod(one) ? tell(one, "invalid_request") : login()) : usual()),
    },
    verdict: "pass",
    checks: { P1: ["pass"], P3: ["pass"], P4: ["pass"] },
    also: (verification) => expect(check(verification, "P4").evidence.fault).toBe("code_challenge_method"),
  },
  {
    name: "the preset's fault comes first",
    subject: { preset: "dex" },
    when: {
      authorize: (one, usual) => (known(one) ? (withoutOpenid(one) ? tell(one, "invalid_scope") : login()) : usual()),
    },
    verdict: "pass",
    checks: { P4: ["pass"] },
    also: (_, provider) => expect(sent(provider).some(isBroken)).toBe(false),
  },
  {
    name: "a wildcard is told",
    when: {
      authorize: (one, usual) =>
        asked(one).startsWith(redirectUri) ? (isBroken(one) ? tell(one, "invalid_request") : login()) : usual(),
    },
    verdict: "pass",
    checks: { P1: ["pass"], P2: ["fail", "VERIFY_CALLBACK_PREFIX"], P3: ["pass"], P4: ["pass"] },
  },
]);

failureModes("providers whose broken requests prove nothing", [
  {
    name: "every redirect URI gets the error of a broken request",
    when: { authorize: (one) => (isBroken(one) ? tell(one, "unsupported_response_type") : login()) },
    verdict: "fail",
    checks: {
      P1: ["inconclusive", "VERIFY_CALLBACK_UNCLEAR"],
      P2: ["fail", "VERIFY_CALLBACK_PREFIX"],
      P3: ["fail", "VERIFY_CALLBACK_UNCHECKED"],
      P4: ["fail", "VERIFY_CALLBACK_UNCHECKED"],
    },
  },
  {
    name: "a page for everything, broken or not",
    when: { authorize: login },
    verdict: "inconclusive",
    checks: {
      P1: ["inconclusive", "VERIFY_CALLBACK_UNCLEAR"],
      P2: ["inconclusive", "VERIFY_CALLBACK_UNCLEAR"],
      P3: ["inconclusive", "VERIFY_CALLBACK_UNCLEAR"],
      P4: ["inconclusive", "VERIFY_CALLBACK_UNCLEAR"],
      P6: ["skipped"],
    },
    also: (verification, provider) => {
      expect(check(verification, "P1").hint).toBe(
        "Sign in once by hand. When that works, say so in the tenant file: attest, check P1.",
      );
      expect(sent(provider)).toHaveLength(6);
    },
  },
  {
    name: "the state does not come back",
    when: {
      authorize: (one, usual) =>
        known(one) ? (isBroken(one) ? redirect(back(redirectUri, { error: "invalid_request" })) : login()) : usual(),
    },
    verdict: "inconclusive",
    checks: { P1: ["inconclusive", "VERIFY_CALLBACK_UNCLEAR"], P4: ["pass"] },
  },
  {
    name: "the error names another issuer",
    when: {
      authorize: (one, usual) =>
        known(one)
          ? isBroken(one)
            ? redirect(back(redirectUri, { error: "invalid_request", state: state(one), iss: "https://other.example" }))
            : login()
          : usual(),
    },
    verdict: "fail",
    checks: { D17: ["fail", "VERIFY_RESPONSE_ISSUER_DIFFERS"] },
  },
  {
    name: "a code for a broken request",
    when: {
      authorize: (one, usual) =>
        known(one)
          ? isBroken(one)
            ? redirect(back(redirectUri, { code: "stolen-code-value", state: state(one) }))
            : login()
          : usual(),
    },
    verdict: "inconclusive",
    checks: { P1: ["inconclusive", "VERIFY_CALLBACK_UNCLEAR"] },
    also: (verification) => expect(JSON.stringify(verification)).not.toContain("stolen-code-value"),
  },
  {
    name: "the control meets a rate limit",
    when: {
      authorize: (one) =>
        known(one)
          ? isBroken(one)
            ? tell(one, "invalid_request")
            : login()
          : isBroken(one)
            ? { status: 429 }
            : login(),
    },
    verdict: "inconclusive",
    checks: { P1: ["inconclusive", "VERIFY_CALLBACK_UNCLEAR"], P4: ["inconclusive", "VERIFY_CALLBACK_UNCLEAR"] },
  },
  {
    name: "a product to whose monitoring it looks like an attack is not asked",
    subject: { preset: "entra-id" },
    when: { authorize: (one) => (isBroken(one) && known(one) ? tell(one, "invalid_request") : login()) },
    verdict: "inconclusive",
    checks: { P1: ["inconclusive", "VERIFY_CALLBACK_UNCLEAR"], P4: ["skipped"] },
    also: (verification, provider) => {
      expect(sent(provider)).toHaveLength(3);
      expect(check(verification, "P1").message).toContain("looks like an attack");
    },
  },
  {
    name: "unless it is asked for",
    subject: { preset: "entra-id" },
    options: { alarmingProbes: true },
    when: {
      authorize: (one, usual) => (known(one) ? (isBroken(one) ? tell(one, "invalid_request") : login()) : usual()),
    },
    verdict: "pass",
    checks: { P1: ["pass"], P4: ["pass"] },
  },
]);

failureModes("providers that honour prompt=none", [
  {
    name: "get no broken request",
    verdict: "pass",
    checks: { P4: ["skipped"] },
    also: (_, provider) => expect(sent(provider)).toHaveLength(3),
  },
]);
