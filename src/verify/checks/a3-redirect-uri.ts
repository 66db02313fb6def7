import { type AppCheck, appOmitted, begun, hiddenIn } from "../app/context.ts";
import { fail, inconclusive, pass, shown } from "../finding.ts";
import { specs } from "../specs.ts";

/** Behind a proxy an app often knows neither its scheme nor its host nor its port. */
const proxyHint =
  "The app does not know its public address: set X-Forwarded-Proto (and Host) at the proxy and trust the proxy in the app, or set the app's public base URL.";

/** The app sends the registered redirect URI, byte for byte. */
export const appRedirectUri: AppCheck = {
  id: "A3",
  title: "The app sends the registered redirect URI",
  spec: specs.rfc(9700, "2.1"),
  level: "must",
  link: "app",
  needs: ["A1"],
  omitted: appOmitted,
  async run(context) {
    const { redirectUri } = context.subject;
    const { request } = await begun(context);
    const hidden = hiddenIn(request);
    if (hidden !== undefined) {
      const message = `The app sends its request by ${hidden}, so that its redirect URI cannot be seen.`;
      return inconclusive("VERIFY_APP_REQUEST_HIDDEN", message);
    }
    const sent = request.searchParams.get("redirect_uri") ?? undefined;
    if (sent === redirectUri) return pass(`The app sends ${redirectUri}.`);
    const details = { expected: redirectUri, actual: shown(sent) };
    if (sent === undefined) {
      const hint = "Let the app send the record's redirect_uri.";
      return fail("VERIFY_APP_REDIRECT_DIFFERS", "The app sends no redirect URI.", {}, { ...details, hint });
    }
    if (isSamePath(sent, redirectUri)) {
      return fail(
        "VERIFY_APP_REDIRECT_PROXY",
        `The app sends ${shown(sent)}, so it does not see how people reach it.`,
        {},
        { ...details, hint: proxyHint },
      );
    }
    return fail(
      "VERIFY_APP_REDIRECT_DIFFERS",
      `The app sends the redirect URI ${shown(sent)}, which is not the registered one.`,
      {},
      { ...details, hint: "Let the app send redirect_uri of its record as it stands; every character counts." },
    );
  },
};

/** Whether two addresses differ in scheme, host or port only: what stands before the path. */
function isSamePath(sent: string, wanted: string): boolean {
  if (!URL.canParse(sent)) return false;
  const [a, b] = [new URL(sent), new URL(wanted)];
  return a.origin !== b.origin && a.pathname + a.search === b.pathname + b.search;
}
