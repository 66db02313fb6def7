import { createHash, randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ConnectionKey } from "../../src/desired/connection.ts";
import type { Level, Verdict } from "../../src/store/evidence.ts";
import { type AppOptions, type AppSubject, type AppVerification, verifyApp } from "../../src/verify/app/verify-app.ts";
import {
  clientId,
  html,
  issuer,
  type Misbehaviour,
  type Provider,
  type Reply,
  redirectUri,
  type Seen,
  startProvider,
} from "./provider.ts";
import { ioOf } from "./subject.ts";

export const startUrl = "https://app.example/openid/start/7vk2";

function appSubject(changes: Partial<AppSubject> = {}): AppSubject {
  return {
    key: "acme/portal" as ConnectionKey,
    startUrl,
    issuer,
    authorizationEndpoint: `${issuer}/authorize`,
    redirectUri,
    clientId,
    scopes: ["openid", "email", "profile"],
    acrValues: [],
    pkce: "S256",
    responseMode: "query",
    ...changes,
  };
}

/** What a test changes of an app that does as it should. */
interface AppTraits {
  /** Changes the authorization request. */
  readonly request?: (parameters: URLSearchParams) => void;
  readonly endpoint?: string;
  /** The cookie's line for a value; undefined sets none. */
  readonly cookie?: (value: string) => string | undefined;
  readonly start?: (seen: Seen, usual: () => Reply) => Reply;
  readonly callback?: (seen: Seen, usual: () => Reply) => Reply;
  /** What the token endpoint says to the app's code, and how the app tells it. */
  readonly told?: (page: (error: string) => Reply) => Reply;
  readonly checksState?: boolean;
  readonly posted?: boolean;
  readonly other?: (seen: Seen) => Reply;
}

const usualCookie = (value: string): string => `__Host-sign-in=${value}; Path=/; Secure; HttpOnly; SameSite=Lax`;

/** The app, as what its provider's server answers for other paths than its own. */
function standIn(traits: AppTraits = {}): (seen: Seen) => Reply {
  const waiting = new Map<string, string>();
  const begin = (): Reply => {
    const state = randomBytes(18).toString("base64url");
    const parameters = new URLSearchParams({
      response_type: "code",
      client_id: clientId,
      redirect_uri: redirectUri,
      scope: "openid email profile",
      state,
      nonce: randomBytes(18).toString("base64url"),
      code_challenge: createHash("sha256").update(randomBytes(32)).digest("base64url"),
      code_challenge_method: "S256",
    });
    traits.request?.(parameters);
    const cookie = randomBytes(18).toString("base64url");
    waiting.set(cookie, parameters.get("state") ?? "");
    const line = (traits.cookie ?? usualCookie)(cookie);
    return {
      status: 302,
      headers: {
        location: `${traits.endpoint ?? `${issuer}/authorize`}?${parameters}`,
        ...(line === undefined ? {} : { "set-cookie": line }),
      },
    };
  };
  const back = (seen: Seen): Reply => {
    const sent = traits.posted === true ? seen.form : seen.query;
    const cookie = /sign-in=([\w-]+)/.exec(String(seen.headers.cookie ?? ""))?.[1] ?? "";
    const state = waiting.get(cookie);
    if (traits.checksState !== false && (state === undefined || state !== sent.get("state"))) {
      return html(400, "Please start again.");
    }
    if (!sent.has("code")) return html(401, "Nobody is signed in.");
    const page = (error: string): Reply => ({ ...html(400, "It did not work."), headers: { "x-oidc-error": error } });
    return traits.told?.(page) ?? page("invalid_grant");
  };
  return (seen) => {
    if (seen.host !== "app.example") return html(404, "not found");
    if (seen.path === "/openid/start/7vk2") return traits.start?.(seen, begin) ?? begin();
    if (seen.path === "/openid/callback/7vk2") return traits.callback?.(seen, () => back(seen)) ?? back(seen);
    return traits.other?.(seen) ?? html(404, "not found");
  };
}

/** One thing that is wrong with an app, and what must be said of it. */
interface AppMode {
  readonly name: string;
  readonly app?: AppTraits;
  readonly provider?: Misbehaviour;
  readonly subject?: Partial<AppSubject>;
  readonly options?: Partial<AppOptions>;
  readonly verdict: Verdict;
  /** Verdict, code and level per check that is named. */
  readonly checks: Readonly<Record<string, readonly [Verdict, (string | undefined)?, Level?]>>;
  /** No check but these must have failed. */
  readonly onlyFails?: readonly string[];
  readonly also?: (verification: AppVerification, provider: Provider) => void;
}

/** Runs a table of apps against one server that is both the app and its identity provider. */
export function appModes(title: string, modes: readonly AppMode[]): void {
  describe(title, () => {
    let provider: Provider;
    beforeAll(async () => {
      provider = await startProvider();
      provider.use(await provider.authority.issue(["idp.example", "app.example", "other.example"]));
    });
    afterAll(() => provider.close());

    test.each(modes.map((mode) => [mode.name, mode] as const))("%s", async (_, mode) => {
      provider.behave({ ...mode.provider, other: standIn(mode.app) });
      const options = { appProbe: true, appCode: false, ...mode.options };
      const verification = await verifyApp(appSubject(mode.subject), ioOf(provider), options);
      for (const [id, [verdict, code, level]] of Object.entries(mode.checks)) {
        const found = verification.checks.find((one) => one.id === id);
        expect([id, found?.verdict, found?.code], found?.message).toEqual([id, verdict, code]);
        if (level !== undefined) expect([id, found?.level]).toEqual([id, level]);
      }
      if (mode.onlyFails !== undefined) {
        const failed = verification.checks.filter(({ verdict }) => verdict === "fail").map(({ id }) => id);
        expect(failed).toEqual(mode.onlyFails);
      }
      expect(verification.verdict).toBe(mode.verdict);
      mode.also?.(verification, provider);
    });
  });
}
