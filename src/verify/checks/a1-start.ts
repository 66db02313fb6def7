import type { AppCheck } from "../app/context.ts";
import type { StartAnswer } from "../app/start.ts";
import { type Finding, fail, inconclusive, pass, skipped } from "../finding.ts";
import { specs } from "../specs.ts";

type Astray = Extract<StartAnswer, { kind: "astray" }>;
type Page = Extract<StartAnswer, { kind: "page" }>;

/** The app's start page sends a browser to the authorization endpoint of the connection's record. */
export const startPage: AppCheck = {
  id: "A1",
  title: "The app's start page begins the sign-in",
  spec: specs.core("3.1.2.1"),
  level: "must",
  link: "app",
  needs: [],
  omitted({ subject, options }) {
    if (!options.appProbe) return skipped("Not asked: the app's half was left out of this run.");
    if (subject.startUrl !== undefined) return undefined;
    return skipped("Not asked: with `start: PATH` at the app in tenantry.yaml, its own half can be proven too.");
  },
  async run({ subject, probes }) {
    const start = await probes.start("first");
    const { facts } = start;
    const expected = `a redirect to ${subject.authorizationEndpoint}`;
    switch (start.kind) {
      case "begun":
        return pass("The start page leads to the authorization endpoint.", facts);
      case "unclear":
        return start.finding;
      case "refused":
        return fail("VERIFY_APP_START_MISSING", `The start page answers ${start.status}.`, facts, {
          expected,
          actual: `status ${start.status}`,
          hint:
            start.status === 404
              ? `See that ${subject.startUrl} is the app's page for this connection, and that the app finds its record.`
              : "Let people who are not signed in open the start page, and see that the app finds its record.",
        });
      case "broken":
        return fail("VERIFY_APP_START_MISSING", `The start page fails with status ${start.status}.`, facts, {
          expected,
          actual: `status ${start.status}`,
          hint: "Look at the app's log: it may not open the secret or not read the record.",
        });
      case "page":
        return page(start, expected);
      case "astray":
        return astray(start, expected, subject.issuer);
      default:
        return start satisfies never;
    }
  },
};

function page({ shows, facts }: Page, expected: string): Finding {
  const hint = "Let the start page answer with a redirect (302 or 303) to the identity provider.";
  switch (shows) {
    case "login":
      return fail("VERIFY_APP_START_ASTRAY", "The start page asks for a password of the app's own.", facts, {
        expected,
        actual: "a login page",
        hint,
      });
    case "text":
      return fail("VERIFY_APP_START_ASTRAY", "The start page shows a page and leads nowhere.", facts, {
        expected,
        actual: "a page",
        hint,
      });
    case "script": {
      const message = "The start page shows a page that may lead on by a script, which is not run here.";
      return inconclusive("VERIFY_APP_ANSWER_UNCLEAR", message, facts, { expected, actual: "a page", hint });
    }
    default:
      return shows satisfies never;
  }
}

function astray({ to, why, facts }: Astray, expected: string, issuer: string): Finding {
  const no = (message: string, hint: string): Finding =>
    fail("VERIFY_APP_START_ASTRAY", message, facts, { expected, actual: `a redirect to ${to}`, hint });
  switch (why) {
    case "provider":
      return no(
        `The start page leads to ${to}, which is the identity provider's but not the record's authorization endpoint.`,
        "Let the app take authorization_endpoint from its record; it may keep an old copy.",
      );
    case "host":
      return no(
        `The start page leads to ${to}, not to ${issuer}.`,
        "See which connection the app takes for this start page: it may be another tenant's, or a login page elsewhere.",
      );
    case "insecure":
      return no(
        `The start page leads to ${to} without TLS.`,
        "Behind a proxy, set X-Forwarded-Proto and trust the proxy, or set the app's public base URL.",
      );
    case "circles":
      return no("The start page leads on within the app more than three times.", "Look for a redirect in circles.");
    case "nowhere":
      return no("The start page answers with a redirect that leads nowhere.", "Look at the app's redirect.");
    default:
      return why satisfies never;
  }
}
