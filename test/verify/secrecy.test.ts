import { afterAll, beforeAll, expect, test } from "vitest";
import { Secret } from "../../src/secret/secret.ts";
import { back, clientSecret, html, json, type Provider, redirect, startProvider } from "./provider.ts";
import { verify } from "./subject.ts";

let provider: Provider;
beforeAll(async () => {
  provider = await startProvider();
});
afterAll(() => provider.close());

test("what was sent does not come back in a result, though the server echoes all of it everywhere", async () => {
  const echo = (text: string) => ({
    "content-type": "application/json",
    "www-authenticate": `Basic error="${text}"`,
    "retry-after": text,
  });
  for (const status of [200, 302, 400, 401, 403, 429, 500]) {
    provider.behave({
      authorize: (one, usual) => {
        const all = one.query.toString();
        return one.query.get("redirect_uri")?.includes(".invalid") === true
          ? usual()
          : redirect(
              back(one.query.get("redirect_uri") ?? "", {
                error: one.query.get("state") ?? "",
                error_description: all,
                state: one.query.get("state") ?? "",
                nonce: one.query.get("nonce") ?? "",
              }),
            );
      },
      token: (one) => {
        const all = `${one.headers.authorization} ${one.form.toString()} ${clientSecret}`;
        return {
          status,
          headers: { ...echo(clientSecret), location: `https://x.example/${clientSecret}` },
          body: JSON.stringify({ error: clientSecret, error_description: all, error_uri: all }),
        };
      },
    });
    const verification = await verify(provider);
    const text = JSON.stringify(verification);
    expect(verification.verdict).not.toBe("pass");
    const sent = provider.seen.flatMap((one) => [
      one.query.get("state"),
      one.query.get("nonce"),
      one.query.get("code_challenge"),
      one.form.get("code"),
      one.form.get("code_verifier"),
      one.headers.authorization?.replace("Basic ", ""),
    ]);
    for (const value of [clientSecret, ...sent]) {
      if (typeof value === "string") expect(text).not.toContain(value);
    }
  }
});

test("a document that names the secret as its issuer is shown without it", async () => {
  provider.behave({ discovery: (document) => ({ ...document, issuer: `https://idp.example/${clientSecret}` }) });
  expect(JSON.stringify(await verify(provider))).not.toContain(clientSecret);
});

test("control characters of a server do not reach the terminal", async () => {
  provider.behave({
    discovery: (document) => ({
      ...document,
      issuer: "https://idp.example\u001b[2J\u202e",
      response_types_supported: ["\u001b]0;title\u0007"],
    }),
  });
  const { checks } = await verify(provider);
  for (const check of checks) {
    for (const text of [check.message, check.actual ?? "", check.hint ?? ""]) {
      expect(text).not.toMatch(/[\p{Cc}\u202e]/u);
    }
  }
});

test("a secret with every kind of character is proven by both methods", async () => {
  const value = `~!@#$%^&*()_+-=[]{}|;:'",.<>/?é ${clientSecret}`;
  for (const clientAuth of ["client_secret_basic", "client_secret_post"] as const) {
    provider.behave({
      token: (one) => {
        const basic = Buffer.from((one.headers.authorization ?? "").replace("Basic ", ""), "base64").toString();
        const [, encoded = ""] = basic.split(":");
        const got = one.form.get("client_secret") ?? decodeURIComponent(encoded.replaceAll("+", " "));
        return got === value ? json(400, { error: "invalid_grant" }) : json(401, { error: "invalid_client" });
      },
    });
    const verification = await verify(provider, { clientAuth, secret: { value: new Secret(value), copy: "idp" } });
    expect(verification.verdict).toBe("pass");
  }
});

test("a page that quotes the request is only hashed", async () => {
  provider.behave({ authorize: (one) => html(400, `canary-body ${one.query.toString()}`) });
  expect(JSON.stringify(await verify(provider))).not.toContain("canary-body");
});
