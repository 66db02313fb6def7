import { type AppCheck, appOmitted, begun, hiddenIn } from "../app/context.ts";
import { fail, inconclusive, pass, plain, shown } from "../finding.ts";
import { specs } from "../specs.ts";

/** The app asks for what its record says: client, response type, response mode, scopes, ACR values. */
export const appRequest: AppCheck = {
  id: "A2",
  title: "The app asks as this client",
  spec: specs.core("3.1.2.1"),
  level: "must",
  link: "app",
  needs: ["A1"],
  omitted: appOmitted,
  async run(context) {
    const { subject } = context;
    const { request } = await begun(context);
    const asked = request.searchParams;
    const text = (name: string): string | undefined => asked.get(name) ?? undefined;
    const clientId = text("client_id");
    const facts = { clientId: clientId === undefined ? undefined : plain(clientId.slice(0, 200)) };
    if (clientId !== subject.clientId) {
      return fail("VERIFY_APP_CLIENT_DIFFERS", `The app asks as client ${shown(clientId)}.`, facts, {
        expected: `client_id=${subject.clientId}`,
        actual: shown(clientId),
        hint: "Let the app take client_id from the record of this connection; it may keep an old copy.",
      });
    }
    const hidden = hiddenIn(request);
    if (hidden !== undefined) {
      const message = `The app sends its request by ${hidden}, so that what it asks for cannot be seen.`;
      return inconclusive("VERIFY_APP_REQUEST_HIDDEN", message, facts);
    }
    const differs = (name: string, expected: string, actual: string | undefined, hint: string) =>
      fail("VERIFY_APP_REQUEST_DIFFERS", `The app asks with another ${name} than its record says.`, facts, {
        expected: `${name}=${expected}`,
        actual: shown(actual),
        hint,
      });
    const type = text("response_type");
    if (type !== "code") return differs("response_type", "code", type, "Let the app use the authorization code flow.");
    const mode = text("response_mode");
    if ((mode ?? "query") !== subject.responseMode) {
      return differs("response_mode", subject.responseMode, mode, "Let the app send the record's response_mode.");
    }
    const scopes = wordsOf(text("scope"));
    const missing = subject.scopes.filter((scope) => !scopes.includes(scope));
    const list = subject.scopes.join(" ");
    if (missing.length > 0) return differs("scope", list, text("scope"), "Let the app send the record's scopes.");
    const values = wordsOf(text("acr_values"));
    const weaker = subject.acrValues.filter((value) => !values.includes(value));
    if (weaker.length > 0) {
      const hint = "Let the app send the record's acr_values; without them a weaker sign-in may do.";
      return differs("acr_values", subject.acrValues.join(" "), text("acr_values"), hint);
    }
    if (scopes.length > subject.scopes.length) {
      return fail("VERIFY_APP_REQUEST_DIFFERS", "The app asks for more scopes than its record says.", facts, {
        level: "should",
        expected: `scope=${list}`,
        actual: shown(text("scope")),
        hint: "Take them out of the app's request, or add them to scopes in the tenant's file.",
      });
    }
    return pass(`The app asks as ${subject.clientId} for ${list}.`, facts);
  },
};

function wordsOf(text: string | undefined): readonly string[] {
  return [...new Set((text ?? "").split(" ").filter((word) => word !== ""))];
}
