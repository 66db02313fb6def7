import { expect } from "vitest";
import { failureModes } from "./failure-table.ts";
import { back, html, type Reply, redirect, redirectUri, type Seen } from "./provider.ts";
import { check } from "./subject.ts";

const asked = (one: Seen): string => one.query.get("redirect_uri") ?? "";
const answer = (one: Seen) => ({ error: "login_required", state: one.query.get("state") ?? "" });
const only = (reply: (one: Seen) => Reply) => (one: Seen, usual: () => Reply) =>
  asked(one) === redirectUri ? reply(one) : usual();

const inputs = (one: Seen): string =>
  Object.entries(answer(one))
    .map(([name, value]) => `<input type="hidden" name="${name}" value="${value}"/>`)
    .join("");
const form = (one: Seen, method = "post"): Reply =>
  html(400, `<form method="${method}" action="${redirectUri}">${inputs(one)}</form>`);
const signed = (one: Seen): string =>
  ["{}", JSON.stringify({ iss: "https://idp.example", aud: "tnclient", exp: 1, ...answer(one) }), "signature"]
    .map((part) => Buffer.from(part).toString("base64url"))
    .join(".");
const message = (one: Seen): Reply =>
  html(
    400,
    `<script>var data = ${JSON.stringify({ response: answer(one), redirect_uri: redirectUri })};
     parent.postMessage(data.response, data.redirect_uri);</script>`,
  );

failureModes("response modes that come as the app reads them", [
  {
    name: "query",
    when: { authorize: only((one) => redirect(back(redirectUri, answer(one)), 302)) },
    verdict: "pass",
    checks: { P1: ["pass"], P6: ["pass"] },
  },
  {
    name: "form_post",
    subject: { responseMode: "form_post" },
    when: { authorize: only((one) => form(one)) },
    verdict: "pass",
    checks: { P1: ["pass"], P6: ["pass"] },
    also: (_, provider) =>
      expect(provider.seen.find((one) => one.path === "/authorize")?.query.get("response_mode")).toBe("form_post"),
  },
  {
    name: "form_post in capitals, single quotes and entities",
    subject: { responseMode: "form_post" },
    when: {
      authorize: only((one) =>
        html(
          200,
          `<FORM METHOD='POST' ACTION='${redirectUri.replaceAll("/", "&#x2F;")}'>${inputs(one)}</FORM><script>document.forms[0].submit()</script>`,
        ),
      ),
    },
    verdict: "pass",
    checks: { P1: ["pass"], P6: ["pass"] },
  },
  {
    name: "query, by a script of the page that says login_required",
    when: {
      authorize: only((one) => html(200, `<script>location.replace("${back(redirectUri, answer(one))}")</script>`)),
    },
    verdict: "pass",
    checks: { P1: ["pass"], P3: ["pass"], P6: ["pass"] },
  },
]);

failureModes("response modes that the app cannot read", [
  ...(
    [
      ["fragment", "query", (one: Seen) => redirect(`${redirectUri}#${new URLSearchParams(answer(one))}`)],
      ["form_post", "query", (one: Seen) => form(one)],
      ["jwt", "query", (one: Seen) => redirect(`${redirectUri}?response=${signed(one)}`)],
      ["jwt", "query", (one: Seen) => redirect(`${redirectUri}#response=${signed(one)}`)],
      ["web_message", "query", message],
      ["query", "form_post", (one: Seen) => redirect(back(redirectUri, answer(one)))],
      ["query", "form_post", (one: Seen) => form(one, "get")],
    ] as const
  ).map(([came, read, reply], number) => ({
    name: `${number + 1}: ${came} where the app reads ${read}`,
    subject: { responseMode: read },
    when: { authorize: only(reply) },
    verdict: "fail" as const,
    // The redirect URI is registered all the same.
    checks: { P1: ["pass"], P3: ["pass"], P6: ["fail", "VERIFY_RESPONSE_MODE"] } as const,
    also: (verification: Parameters<typeof check>[0]) => {
      const { expected, actual, level } = check(verification, "P6");
      expect([expected, actual, level]).toEqual([read, came, "must"]);
    },
  })),
  {
    name: "errors come by query although form_post is listed: only a sign-in shows how codes come",
    subject: { responseMode: "form_post" },
    when: { discovery: (document) => ({ ...document, response_modes_supported: ["query", "form_post"] }) },
    verdict: "pass",
    checks: { P6: ["fail", "VERIFY_RESPONSE_MODE"] },
    also: (verification) => expect(check(verification, "P6").level).toBe("should"),
  },
  {
    name: "form_post is refused itself",
    subject: { responseMode: "form_post" },
    when: {
      authorize: only((one) => redirect(back(redirectUri, { ...answer(one), error: "unsupported_response_mode" }))),
    },
    verdict: "fail",
    checks: { P1: ["fail", "VERIFY_AUTHORIZATION_REFUSED"], P6: ["skipped"] },
  },
]);

failureModes("pages that only look like an answer", [
  {
    name: "a sign-in page that repeats the request and posts messages of its own",
    when: {
      authorize: only((one) =>
        html(
          200,
          `<script>var asked = "${one.query}"; var state = "x"; window.postMessage({ error: "none" });</script>`,
        ),
      ),
    },
    verdict: "inconclusive",
    checks: { P1: ["inconclusive", "VERIFY_CALLBACK_UNCLEAR"], P6: ["skipped"] },
  },
  {
    name: "a sign-in page with a link back for those who give up",
    when: {
      authorize: only((one) =>
        html(200, `<a href="${back(redirectUri, { ...answer(one), error: "access_denied" })}">Cancel</a>`),
      ),
    },
    verdict: "inconclusive",
    checks: { P1: ["inconclusive", "VERIFY_CALLBACK_UNCLEAR"] },
  },
]);
