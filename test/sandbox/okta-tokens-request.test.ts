import { describe, expect, test } from "vitest";
import { oktaHost } from "../../sandbox/sandbox.ts";
import { sharedSandbox } from "../support/shared-sandbox.ts";
import { callback } from "./okta-browser.ts";
import { app, browser, freshApp } from "./okta-fresh.ts";

const at = sharedSandbox();

freshApp(at, "request", { oauth: { response_types: ["code"], grant_types: ["authorization_code"] } });

const authorize = (changes: Record<string, string | undefined> = {}) =>
  browser.authorize({ prompt: "none", ...changes });

/** `error` and `error_description` of an answer to the app. */
function errorOf(location: string | null): readonly [string | null, string | null] {
  const { search, hash } = new URL(location ?? "");
  const params = new URLSearchParams(hash === "" ? search : hash.slice(1));
  return [params.get("error"), params.get("error_description")];
}

describe("an authorization request", () => {
  test("without PKCE goes back to the app as an error when the app demands it, and only then", async () => {
    const without = { code_challenge: undefined, code_challenge_method: undefined };
    expect((await authorize(without)).location).toContain("error=login_required");
    at.sandbox.okta.edit(app.id, (each) => {
      each.pkceRequired = true;
    });
    const { status, location } = await authorize(without);
    expect(status).toBe(302);
    expect(errorOf(location)).toEqual(["invalid_request", "PKCE code challenge is required by the application."]);
  });

  test.each<[string, Record<string, string | undefined>, string, string]>([
    [
      "an unknown scope",
      { scope: "openid nonsense" },
      "invalid_scope",
      "One or more scopes are not configured for the authorization server resource.",
    ],
    [
      "no scope",
      { scope: undefined },
      "invalid_scope",
      "The authorization server resource does not have any configured default scopes, 'scope' must be provided.",
    ],
    [
      "a scope about the person without openid",
      { scope: "profile" },
      "invalid_scope",
      "Requests for ID tokens or access tokens with OpenID scopes require the 'openid' scope.",
    ],
    [
      "a response type that the app has not",
      { response_type: "token" },
      "unsupported_response_type",
      "The response type is not supported by the authorization server. Configured response types: [code].",
    ],
    [
      "no response type",
      { response_type: undefined },
      "unsupported_response_type",
      "The response type is not supported by the authorization server. Configured response types: [code].",
    ],
    [
      "a response mode that there is not",
      { response_mode: "web_message" },
      "unsupported_response_mode",
      "The response mode is not supported by the authorization server. Valid response modes: [query, fragment, form_post, okta_post_message].",
    ],
    [
      "plain PKCE",
      { code_challenge_method: "plain" },
      "invalid_request",
      "PKCE code challenge method is not supported. Valid values: [S256]",
    ],
    [
      "a code challenge that is none",
      { code_challenge: "short" },
      "invalid_request",
      "PKCE code challenge contains illegal characters.",
    ],
    [
      "no state",
      { state: undefined },
      "invalid_request",
      "The authentication request has an invalid 'state' parameter.",
    ],
    [
      "two prompts of which one is none",
      { prompt: "none login" },
      "invalid_request",
      "Invalid value for 'prompt' parameter. Supported values: [none, login, consent, enroll_authenticator]",
    ],
    [
      "a max_age that is none",
      { max_age: "soon", prompt: undefined },
      "invalid_request",
      "Invalid value for 'max_age' parameter. It should be within range 0 - 2^31-1.",
    ],
    [
      "a signed request",
      { request: "a.b.c" },
      "request_not_supported",
      "The authorize request object is not supported by this client.",
    ],
  ])("with %s goes back to the app as an error", async (_how, changes, error, description) => {
    const { status, location } = await authorize(changes);
    expect(status).toBe(302);
    // Tokens would come in the fragment, and so does their refusal.
    expect(location.startsWith(`${callback}${changes.response_type === "token" ? "#" : "?"}`)).toBe(true);
    expect(errorOf(location)).toEqual([error, description]);
  });

  test("that says something twice goes back to the app as an error", async () => {
    const twice = `client_id=${app.client_id}&redirect_uri=${encodeURIComponent(callback)}&state=s&scope=a&scope=b`;
    const response = await at.fetch(oktaHost, `/oauth2/v1/authorize?${twice}`);
    expect(errorOf(response.headers.get("location"))).toEqual([
      "invalid_request",
      "Duplicate parameter provided in request. Duplicated parameters: [scope].",
    ]);
  });

  test("of an app that may not do the code flow goes back as an error", async () => {
    at.sandbox.okta.edit(app.id, (each) => {
      each.oauth.grant_types = ["implicit"];
    });
    expect(errorOf((await authorize()).location)).toEqual([
      "unauthorized_client",
      "The client is not authorized to use the provided grant type. Configured grant types: [implicit].",
    ]);
  });

  test("of a public client without PKCE goes back as an error", async () => {
    at.sandbox.okta.edit(app.id, (each) => {
      each.authMethod = "none";
    });
    const without = { code_challenge: undefined, code_challenge_method: undefined };
    expect(errorOf((await authorize(without)).location)[0]).toBe("invalid_request");
  });

  test("answers in the fragment or as a form when asked to", async () => {
    const { location } = await authorize({ response_mode: "fragment" });
    expect(location.startsWith(`${callback}#`)).toBe(true);
    expect(errorOf(location)[0]).toBe("login_required");
    const form = await authorize({ response_mode: "form_post" });
    expect(form.location).toBe("");
    expect(form.text).toContain(`action="${callback}"`);
    expect(form.text).toContain('value="login_required"');
  });

  test("cannot put markup into a page", async () => {
    const { text } = await authorize({ client_id: '"><script>alert(1)</script>' });
    expect(text).not.toContain("<script>alert");
  });
});
