import { expect } from "vitest";
import { failureModes } from "./failure-table.ts";
import { html, type Provider, type Reply, redirect, type Seen } from "./provider.ts";
import { check } from "./subject.ts";

const goodbye = "https://app.example/goodbye";
const subject = { postLogoutRedirectUris: [goodbye] } as const;
const asked = (one: Seen): string => one.query.get("post_logout_redirect_uri") ?? "";
const sent = (provider: Provider): Seen[] => provider.seen.filter((one) => one.path === "/logout");
const either =
  (registered: (one: Seen) => Reply, other: (one: Seen) => Reply) =>
  (one: Seen): Reply =>
    asked(one) === goodbye ? registered(one) : other(one);
const unknown = (): Reply => html(400, "post_logout_redirect_uri not registered");
const go = (one: Seen): Reply => redirect(`${asked(one)}?state=${one.query.get("state")}`);

failureModes("addresses for after the sign-out", [
  {
    name: "one that is registered gets a page that asks (oidc-provider, Keycloak)",
    subject,
    when: { other: either(() => html(200, "Do you want to sign out?"), unknown) },
    verdict: "pass",
    checks: { P7: ["pass"] },
    also: (verification, provider) => {
      expect(sent(provider)).toHaveLength(2);
      for (const { query, headers, method } of sent(provider)) {
        expect([...query.keys()]).toEqual(["client_id", "post_logout_redirect_uri", "state"]);
        expect(headers.cookie).toBeUndefined();
        expect(method).toBe("GET");
      }
      expect(check(verification, "P7").level).toBe("should");
    },
  },
  {
    name: "one that is registered is gone to at once (Auth0)",
    subject,
    when: { other: either(go, unknown) },
    verdict: "pass",
    checks: { P7: ["pass"] },
    also: (_, provider) => expect(provider.seen.some((one) => one.host === "app.example")).toBe(false),
  },
  {
    name: "one that is registered while others get a page of the provider's own",
    subject,
    when: { other: either(go, () => html(200, "You are signed out.")) },
    verdict: "pass",
    checks: { P7: ["pass"] },
  },
  {
    name: "one that is not registered",
    subject,
    when: { other: unknown },
    verdict: "pass",
    checks: { P7: ["fail", "VERIFY_LOGOUT_REFUSED"] },
    also: (verification) =>
      expect(check(verification, "P7").hint).toContain(`Register exactly ${goodbye} as a sign-out redirect URI`),
  },
  {
    name: "the second of two is not registered",
    subject: { postLogoutRedirectUris: [goodbye, `${goodbye}/`] },
    when: { other: either(() => html(200, "Do you want to sign out?"), unknown) },
    verdict: "pass",
    checks: { P7: ["fail", "VERIFY_LOGOUT_REFUSED"] },
    also: (verification, provider) => {
      expect(check(verification, "P7").expected).toBe(`${goodbye}/`);
      expect(sent(provider)).toHaveLength(3);
    },
  },
  {
    name: "any is gone to",
    subject,
    when: { other: go },
    verdict: "pass",
    checks: { P7: ["fail", "VERIFY_LOGOUT_UNCHECKED"] },
  },
  {
    name: "a server that wants the ID token of a session says nothing (Okta, hydra)",
    subject,
    when: { other: () => html(400, "The request is missing id_token_hint") },
    verdict: "pass",
    checks: { P7: ["skipped"] },
  },
  ...(
    [
      ["a page for both", html(200, "Signed out")],
      ["a page of the provider for both", redirect("/signed-out")],
      ["a refusal without a word", html(403, "Forbidden")],
    ] as const
  ).map(([name, reply]) => ({
    name: `${name} says nothing`,
    subject,
    when: { other: () => reply },
    verdict: "pass" as const,
    checks: { P7: ["inconclusive", "VERIFY_LOGOUT_UNCLEAR"] } as const,
  })),
  {
    name: "a rate limit",
    subject,
    when: { other: () => ({ status: 429 }) },
    verdict: "pass",
    checks: { P7: ["inconclusive", "VERIFY_ANSWER_UNCLEAR"] },
  },
  {
    name: "a redirect that leads nowhere",
    subject,
    when: { other: () => ({ status: 302 }) },
    verdict: "pass",
    checks: { P7: ["inconclusive", "VERIFY_ANSWER_UNCLEAR"] },
  },
  {
    name: "an error page of the provider's own",
    subject,
    when: { other: () => redirect("/error?error=invalid_request&error_description=post_logout_redirect_uri") },
    verdict: "pass",
    checks: { P7: ["fail", "VERIFY_LOGOUT_REFUSED"] },
  },
  {
    name: "no end_session_endpoint",
    subject,
    when: { discovery: (document) => ({ ...document, end_session_endpoint: undefined }) },
    verdict: "pass",
    checks: { P7: ["skipped"] },
  },
  {
    name: "the app names none",
    verdict: "pass",
    checks: { P7: ["skipped"] },
    also: (_, provider) => expect(sent(provider)).toHaveLength(0),
  },
]);
