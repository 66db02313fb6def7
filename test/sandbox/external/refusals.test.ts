import { afterEach, describe, expect, test, vi } from "vitest";
import type { CustomerName } from "../../../sandbox/external/customers.ts";
import { sharedSandbox } from "../../support/shared-sandbox.ts";
import { app, clientsAt, logins, type Made, pageFor, verifier } from "./made-client.ts";
import { ask, Browser, formAction } from "./visitor.ts";

const at = sharedSandbox();
afterEach(() => vi.useRealTimers());
const { make, urlFor, codeFor, post, redeem } = clientsAt(() => at);

const text = (pattern: RegExp): unknown => expect.stringMatching(pattern);
const refused = (description?: unknown) => ({
  status: 400,
  json: { error: "invalid_grant", ...(description === undefined ? {} : { error_description: description }) },
});

/** How each product refuses a code: used twice, expired, with another verifier, with another redirect URI. */
const codes: Readonly<Record<CustomerName, Record<"spent" | "expired" | "verifier" | "redirect", object>>> = {
  "northwind-rail": {
    spent: refused(text(/^AADSTS54005: /)),
    expired: refused(text(/^AADSTS70008: /)),
    verifier: refused(text(/^AADSTS501481: /)),
    redirect: refused(text(/^AADSTS500112: /)),
  },
  "bluefin-studios": {
    spent: refused("Bad Request"),
    expired: refused("Bad Request"),
    verifier: refused("Invalid code verifier."),
    redirect: { status: 400, json: { error: "redirect_uri_mismatch", error_description: "Bad Request" } },
  },
  "alder-voss": { spent: refused(), expired: refused(), verifier: refused(), redirect: refused() },
  tannberg: {
    spent: refused("Code not valid"),
    expired: refused("Code not valid"),
    verifier: refused("PKCE verification failed: Code mismatch"),
    redirect: refused("Incorrect redirect_uri"),
  },
  "cobalt-clinics": {
    spent: refused(),
    expired: refused(),
    verifier: refused(),
    redirect: { status: 400, json: { error: "unauthorized_client" } },
  },
  "ostrava-steel": {
    spent: refused("grant request is invalid"),
    expired: refused("grant request is invalid"),
    verifier: refused("grant request is invalid"),
    redirect: refused("grant request is invalid"),
  },
  fernhill: {
    spent: refused(text(/^The provided authorization grant/)),
    expired: refused(text(/^The provided authorization grant/)),
    verifier: refused(text(/^The provided authorization grant/)),
    redirect: refused(text(/^The provided authorization grant/)),
  },
};

describe.each(Object.entries(codes) as [CustomerName, (typeof codes)[CustomerName]][])("%s", (name, expected) => {
  const login = logins[name];

  test("refuses a code that is used twice, too old, or not the one of the request", async () => {
    const made = make(name);
    const code = await codeFor(made, login);
    expect((await redeem(made, code)).status).toBe(200);
    expect(await redeem(made, code)).toMatchObject(expected.spent);
    const another = { code_verifier: "w".repeat(43) };
    expect(await redeem(made, await codeFor(made, login), another)).toMatchObject(expected.verifier);
    const elsewhere = { redirect_uri: `${app}/elsewhere` };
    expect(await redeem(made, await codeFor(made, login), elsewhere)).toMatchObject(expected.redirect);
    const old = await codeFor(made, login);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 61_000 });
    expect(await redeem(made, old)).toMatchObject(expected.expired);
  });

  test("refuses a grant that there is not, and one that is missing", async () => {
    const made = make(name);
    const { token } = made.provider.vendor.endpoints;
    expect(await post(made, token, { grant_type: "magic" })).toMatchObject({
      status: 400,
      json: { error: "unsupported_grant_type" },
    });
    expect(await post(made, token, { code: "x" })).toMatchObject({ status: 400, json: { error: "invalid_request" } });
    expect((await ask(at, token)).status).toBe(405);
  });

  test("takes PKCE as it says it does", async () => {
    const made = make(name);
    const plain = { code_challenge: verifier, code_challenge_method: "plain" };
    const back = new URL((await ask(at, urlFor(made, { ...plain, prompt: "none" }))).headers.get("location") ?? "");
    const offered = made.provider.vendor.challenges.includes("plain");
    const { error } = made.provider.vendor.nobodySignedIn;
    expect(back.searchParams.get("error")).toBe(offered ? error : "invalid_request");
    if (offered) expect((await redeem(made, await codeFor(made, login, plain))).status).toBe(200);
    const { code_challenge_methods_supported: told } = made.provider.document();
    if (told !== undefined) expect([...(told as string[])].sort()).toEqual([...made.provider.vendor.challenges].sort());
  });

  test("knows prompt, max_age and login_hint, and tells who cancels", async () => {
    const made = make(name);
    const browser = new Browser(at);
    await browser.signIn(urlFor(made), login);
    expect((await browser.visit(urlFor(made, { prompt: "none" }))).location).toContain("code=");
    const again = await browser.signIn(urlFor(made, { prompt: "login" }), login);
    expect(again.searchParams.has("code")).toBe(true);
    const page = await pageFor(new Browser(at), urlFor(made, { login_hint: login }));
    expect(page.text).toContain(`value="${login}"`);
    const cancelled = await cancel(made);
    expect(cancelled.searchParams.get("error")).toBe("access_denied");
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 61_000 });
    const late = new URL((await browser.visit(urlFor(made, { prompt: "none", max_age: "60" }))).location ?? "");
    expect(late.searchParams.get("error")).toBe(made.provider.vendor.nobodySignedIn.error);
  });

  test("posts its answer where that is advertised, with status 200", async () => {
    const made = make(name);
    const { response_modes_supported: modes } = made.provider.document();
    if (!Array.isArray(modes) || !modes.includes("form_post")) return;
    const answer = await ask(at, urlFor(made, { response_mode: "form_post", prompt: "none" }));
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain(`action="${app}"`);
  });
});

async function cancel(made: Made): Promise<URL> {
  const browser = new Browser(at);
  const page = await pageFor(browser, urlFor(made));
  let next: URL = new URL(formAction(page.text) ?? "", page.url);
  let visit = await browser.visit(next.href, "cancel=yes");
  while (visit.location !== null && !visit.location.startsWith(app)) {
    next = new URL(visit.location, next);
    visit = await browser.visit(next.href);
  }
  return new URL(visit.location ?? "about:blank");
}
