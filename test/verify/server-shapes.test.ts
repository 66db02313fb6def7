import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Secret } from "../../src/secret/secret.ts";
import {
  back,
  clientSecret,
  html,
  issuer,
  json,
  type Misbehaviour,
  type Provider,
  type Reply,
  redirect,
  redirectUri,
  type Seen,
  startProvider,
} from "./provider.ts";
import { check, verify } from "./subject.ts";

// Answers of widely used servers that are right and not what one would expect, and the same with a mistake in them.

let provider: Provider;
beforeAll(async () => {
  provider = await startProvider();
});
afterAll(() => provider.close());

const asked = (one: Seen): string => one.query.get("redirect_uri") ?? "";
const mine = (one: Seen): boolean => asked(one) === redirectUri;
const state = (one: Seen): string => one.query.get("state") ?? "";
const told = (one: Seen, error: string, more: Record<string, string> = {}): Reply =>
  redirect(back(asked(one), { error, state: state(one), ...more }));
const listed =
  (members: Record<string, unknown>) =>
  (document: Record<string, unknown>): Record<string, unknown> => ({ ...document, ...members });
const posts = (): string[] => provider.seen.filter(({ method }) => method === "POST").map(({ path }) => path);

describe("Spring Authorization Server leads refused requests to a sign-in page, and round in circles before it", () => {
  const circles: Misbehaviour = {
    authorize: (one, usual) => (mine(one) ? usual() : redirect("/login;jsessionid=1", 302)),
    other: () => redirect("/login;jsessionid=2", 302),
  };

  test("beside a registered redirect URI that is a refusal", async () => {
    provider.behave(circles);
    const verification = await verify(provider);
    expect(verification.verdict).toBe("pass");
    for (const id of ["P1", "P2", "P3"]) expect([id, check(verification, id).verdict]).toEqual([id, "pass"]);
  });

  test("of an unregistered one nothing is proven", async () => {
    provider.behave(circles);
    const verification = await verify(provider, { redirectUri: "https://app.example/other" });
    expect(verification.verdict).toBe("inconclusive");
    expect(check(verification, "P1")).toMatchObject({ verdict: "inconclusive", code: "VERIFY_CALLBACK_UNCLEAR" });
  });
});

describe("django-oauth-toolkit fails at prompt=none, and tells other errors at the redirect URI", () => {
  const failing: Misbehaviour = {
    authorize: (one) =>
      !mine(one)
        ? html(400, "Mismatching redirect URI.")
        : one.query.get("response_type") === "code"
          ? html(500, "Server Error (500)")
          : told(one, "unsupported_response_type"),
  };

  test("a registered redirect URI is proven by a broken request", async () => {
    provider.behave(failing);
    const verification = await verify(provider);
    expect(verification.verdict).toBe("pass");
    expect(check(verification, "P1")).toMatchObject({ verdict: "pass", evidence: { by: "P4" } });
    expect(check(verification, "P1").message).toContain("makes it fail");
  });

  test("an unregistered one fails", async () => {
    provider.behave(failing);
    const verification = await verify(provider, { redirectUri: "https://app.example/other" });
    expect(check(verification, "P1")).toMatchObject({ verdict: "fail", code: "VERIFY_CALLBACK_REFUSED" });
  });

  test("a server that fails at everything proves nothing", async () => {
    provider.behave({ authorize: () => html(500, "Server Error (500)") });
    const verification = await verify(provider);
    expect(verification.verdict).toBe("inconclusive");
    expect(check(verification, "P1")).toMatchObject({ verdict: "inconclusive", code: "VERIFY_ANSWER_UNCLEAR" });
  });
});

describe("Authlib's example tells errors as JSON with status 200", () => {
  const spoken: Misbehaviour = {
    authorize: (one) =>
      mine(one)
        ? json(200, { error: "login_required", state: state(one) })
        : json(200, { error: "invalid_request", error_description: "Redirect URI is not supported by client." }),
  };

  test("a registered redirect URI is proven by what is said of an unregistered one", async () => {
    provider.behave(spoken);
    const verification = await verify(provider);
    expect(verification.verdict).toBe("pass");
    expect(check(verification, "P3").verdict).toBe("pass");
  });

  test("an unregistered one fails", async () => {
    provider.behave(spoken);
    const verification = await verify(provider, { redirectUri: "https://app.example/other" });
    expect(check(verification, "P1")).toMatchObject({ verdict: "fail", code: "VERIFY_CALLBACK_REFUSED" });
    expect(check(verification, "P1").message).toContain("it is not registered exactly");
  });

  test("one that says login_required to everybody proves nothing", async () => {
    provider.behave({ authorize: () => json(200, { error: "login_required" }) });
    const verification = await verify(provider);
    expect(check(verification, "P1").verdict).toBe("inconclusive");
    expect(check(verification, "P3").verdict).toBe("inconclusive");
  });
});

test("Authelia takes only pushed requests of one client, and that is what is said", async () => {
  const hint = "Pushed Authorization Requests are required but this request was not made as one.";
  provider.behave({
    authorize: (one, usual) =>
      mine(one)
        ? redirect(
            `${issuer}/consent/completion?${new URLSearchParams({ error: "invalid_request", error_hint: hint })}`,
          )
        : usual(),
  });
  const verification = await verify(provider);
  const found = check(verification, "P1");
  expect(found).toMatchObject({ verdict: "fail", code: "VERIFY_PAR_REQUIRED" });
  expect(found.hint).toContain("pushed authorization requests (PAR)");
});

describe("Keycloak", () => {
  test("says at the redirect URI that it takes only pushed requests of this client", async () => {
    const description = "Pushed Authorization Request is only allowed.";
    provider.behave({
      authorize: (one, usual) =>
        mine(one) ? told(one, "invalid_request", { iss: issuer, error_description: description }) : usual(),
    });
    const verification = await verify(provider);
    expect(check(verification, "P1")).toMatchObject({ verdict: "fail", code: "VERIFY_PAR_REQUIRED" });
  });

  test("calls a client that is switched off by its name, not by its redirect URI", async () => {
    provider.behave({ authorize: () => html(400, "Client disabled.") });
    const verification = await verify(provider);
    expect(check(verification, "P1").hint).toContain("client id");
  });

  test("fails inside over a secret of a client that should sign: the credentials are refused, not the grant", async () => {
    const description = "Unexpected error when authenticating client";
    provider.behave({
      token: () => json(400, { error: "unauthorized_client", error_description: description }),
    });
    const verification = await verify(provider);
    expect(check(verification, "S1")).toMatchObject({ verdict: "fail", code: "VERIFY_SECRET_REFUSED" });
  });

  test("asks for DPoP proofs, and that is what is said", async () => {
    provider.behave({
      token: () => json(400, { error: "invalid_request", error_description: "DPoP proof is missing" }),
    });
    const verification = await verify(provider);
    expect(check(verification, "S1")).toMatchObject({ verdict: "inconclusive", code: "VERIFY_ANSWER_UNCLEAR" });
    expect(check(verification, "S1").message).toContain("DPoP proofs, which the app does not send");
  });
});

describe("django-oidc-provider shows its errors on pages of status 200", () => {
  const pages: Misbehaviour = {
    authorize: (one, usual) =>
      one.query.get("client_id") !== "tnclient"
        ? html(200, "<h3>Client ID Error</h3><p>The client identifier (client_id) is missing or invalid.</p>")
        : mine(one)
          ? usual()
          : html(200, "<h3>Redirect URI Error</h3><p>A missing, invalid, or mismatching redirection URI.</p>"),
  };

  test("a registered redirect URI passes, another one fails", async () => {
    provider.behave(pages);
    expect((await verify(provider)).verdict).toBe("pass");
    const verification = await verify(provider, { redirectUri: "https://app.example/other" });
    expect(check(verification, "P1")).toMatchObject({ verdict: "fail", code: "VERIFY_CALLBACK_REFUSED" });
  });

  test("an unknown client is called one", async () => {
    provider.behave(pages);
    const verification = await verify(provider, { clientId: "nobody" });
    expect(check(verification, "P1").message).toBe("The identity provider does not know the client nobody.");
  });
});

describe("a server that knows no form_post and ignores prompt=none", () => {
  const queryOnly: Misbehaviour = {
    authorize: (one) =>
      !mine(one)
        ? html(400, "Unregistered redirect_uri.")
        : one.query.get("response_type") === "code"
          ? html(200, "Sign in")
          : told(one, "unsupported_response_type"),
  };

  test("is found by the errors of broken requests", async () => {
    provider.behave(queryOnly);
    const verification = await verify(provider, { responseMode: "form_post" });
    expect(check(verification, "P6")).toMatchObject({
      ...{ verdict: "fail", level: "must", code: "VERIFY_RESPONSE_MODE", evidence: { mode: "query", by: "P4" } },
    });
  });

  test("is given the benefit of the doubt where it lists form_post", async () => {
    provider.behave({ ...queryOnly, discovery: listed({ response_modes_supported: ["query", "form_post"] }) });
    const verification = await verify(provider, { responseMode: "form_post" });
    expect(check(verification, "P6").verdict).toBe("skipped");
  });

  test("is as it should be for an app that reads the query", async () => {
    provider.behave(queryOnly);
    const verification = await verify(provider);
    expect(verification.verdict).toBe("pass");
  });
});

describe("where the token endpoint looks at the code before the client", () => {
  const grant = json(400, { error: "invalid_grant" });
  const refusal = json(401, { error: "invalid_client" });
  const right = ({ headers, form }: Seen): boolean =>
    form.get("client_secret") === clientSecret ||
    Buffer.from((headers.authorization ?? "").replace("Basic ", ""), "base64")
      .toString()
      .endsWith(`:${clientSecret}`);
  const codeFirst = (
    other: (one: Seen) => Reply,
    members: Record<string, unknown> = { revocation_endpoint: `${issuer}/revoke` },
  ): Misbehaviour => ({ discovery: listed(members), token: () => grant, other });
  const strict = (one: Seen): Reply => (right(one) ? { status: 200 } : refusal);
  const wrong = { secret: { value: new Secret("not-the-secret"), copy: "idp" as const } };

  test("the revocation endpoint proves the secret, with one right and one wrong", async () => {
    provider.behave(codeFirst(strict));
    const verification = await verify(provider);
    expect(verification.verdict).toBe("pass");
    expect(check(verification, "S1").message).toContain("accepted by the revocation endpoint");
    expect(check(verification, "S2").message).toBe("A wrong secret is refused by the revocation endpoint.");
    expect(posts()).toEqual(["/token", "/token", "/revoke", "/revoke"]);
    expect(JSON.stringify(verification)).not.toContain(clientSecret);
  });

  test("by client_secret_post too", async () => {
    provider.behave(codeFirst(strict));
    const verification = await verify(provider, { clientAuth: "client_secret_post" });
    expect(check(verification, "S1").verdict).toBe("pass");
  });

  test("the introspection endpoint where there is no other", async () => {
    const inactive = (one: Seen): Reply => (right(one) ? json(200, { active: false }) : { status: 401 });
    provider.behave(codeFirst(inactive, { introspection_endpoint: `${issuer}/introspect` }));
    const verification = await verify(provider);
    expect(check(verification, "S1").message).toContain("accepted by the introspection endpoint");
  });

  test("a wrong secret fails there", async () => {
    provider.behave(codeFirst(strict));
    const verification = await verify(provider, wrong);
    expect(check(verification, "S1")).toMatchObject({ verdict: "fail", code: "VERIFY_SECRET_REFUSED" });
    expect(check(verification, "S2").verdict).toBe("skipped");
    expect(posts()).toEqual(["/token", "/token", "/revoke"]);
  });

  test.each<[string, Misbehaviour]>([
    ["it takes any secret", codeFirst(() => ({ status: 200 }))],
    ["it is broken", codeFirst(() => ({ status: 500 }))],
    ["it takes none by this method", codeFirst(() => refusal, listedFor(["client_secret_post"]))],
    ["only an API may look tokens up", codeFirst(() => refusal, { introspection_endpoint: `${issuer}/introspect` })],
    ["a firewall stands before the control", codeFirst((one) => (right(one) ? { status: 200 } : html(403, "Blocked")))],
    ["it is not https", codeFirst(strict, { revocation_endpoint: "http://idp.example/revoke" })],
    ["it is in a private network", codeFirst(strict, { revocation_endpoint: "https://10.0.0.1/revoke" })],
    ["there is none", codeFirst(strict, {})],
  ])("nothing is proven where %s", async (_, misbehaviour) => {
    provider.behave(misbehaviour);
    const verification = await verify(provider);
    expect(verification.verdict).toBe("inconclusive");
    expect(check(verification, "S1")).toMatchObject({ verdict: "inconclusive", code: "VERIFY_SECRET_UNPROVEN" });
  });

  test("nothing is asked there when the token endpoint tells", async () => {
    provider.behave({ discovery: listed({ revocation_endpoint: `${issuer}/revoke` }) });
    await verify(provider);
    expect(posts()).toEqual(["/token", "/token"]);
  });

  function listedFor(methods: readonly string[]): Record<string, unknown> {
    return {
      revocation_endpoint: `${issuer}/revoke`,
      revocation_endpoint_auth_methods_supported: methods,
    };
  }
});

describe("one mistake is one finding", () => {
  test("an issuer with a slash too many is D3's matter, and not P1's too", async () => {
    provider.behave({
      discovery: listed({ issuer }),
      authorize: (one, usual) => (mine(one) ? told(one, "login_required", { iss: issuer }) : usual()),
    });
    const verification = await verify(provider, { issuer: `${issuer}/` });
    const failed = verification.checks.filter(({ verdict }) => verdict === "fail").map(({ id }) => id);
    expect(failed).toEqual(["D3"]);
  });

  test("another issuer in the answer is D17's", async () => {
    provider.behave({
      authorize: (one, usual) => (mine(one) ? told(one, "login_required", { iss: `${issuer}/` }) : usual()),
    });
    const verification = await verify(provider);
    const failed = verification.checks.filter(({ verdict }) => verdict === "fail").map(({ id }) => id);
    expect(failed).toEqual(["D17"]);
    expect(verification.verdict).toBe("fail");
  });

  test("it is D17's also where only broken requests come back", async () => {
    provider.behave({
      authorize: (one, usual) =>
        !mine(one)
          ? usual()
          : one.query.get("response_type") === "code"
            ? html(200, "Sign in")
            : told(one, "unsupported_response_type", { iss: `${issuer}/` }),
    });
    const verification = await verify(provider);
    expect(check(verification, "D17")).toMatchObject({ verdict: "fail", code: "VERIFY_RESPONSE_ISSUER_DIFFERS" });
    expect(verification.verdict).toBe("fail");
  });
});

describe("a secret that is a word of our own", () => {
  const word = { secret: { value: new Secret("secret"), copy: "idp" as const } };

  test("leaves our sentences and the results' names whole", async () => {
    provider.behave();
    const verification = await verify(provider, word);
    const found = check(verification, "S1");
    expect(found).toMatchObject({ verdict: "fail", link: "secret" });
    expect(found.message).toBe("The identity provider refuses the client id and secret by client_secret_basic.");
    expect(JSON.stringify(verification)).not.toContain("[hidden]");
  });

  test("is taken out of what came from outside", async () => {
    provider.behave({ discovery: listed({ issuer: "https://secret.idp.example" }) });
    const verification = await verify(provider, word);
    // Nothing is known by the word alone; what was found says it was there.
    expect(check(verification, "D3").actual).toContain("[hidden]");
    expect(JSON.stringify(check(verification, "D3").evidence)).not.toContain("secret.idp");
  });
});

test("none need not be listed", async () => {
  provider.behave({
    token: (one, usual) =>
      one.form.get("client_id") === "tnclient" && !one.headers.authorization
        ? json(400, { error: "invalid_grant" })
        : usual(),
  });
  const verification = await verify(provider, { clientAuth: "none", secret: undefined });
  expect(check(verification, "D9")).toMatchObject({ verdict: "pass" });
  expect(verification.verdict).toBe("pass");
});
