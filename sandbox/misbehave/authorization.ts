import { randomToken } from "../random.ts";
import type { Exchange, Layer, Reply } from "./exchange.ts";
import type { Misbehaviour } from "./misbehaviour.ts";
import { callbackOf, on, page, redirect, returned, returnIn, withParameters } from "./replies.ts";

/** What a browser is sent to, and where it is sent back to. */
export const authorizationMisbehaviours: readonly Misbehaviour[] = [
  {
    name: "redirect-uri-unregistered",
    kind: "authorization",
    about: "The app's redirect URI is not registered at the client.",
    layer: on(["authorization", "pushed"], (exchange) => asked(exchange, { redirect_uri: "https://nobody.example/" })),
  },
  {
    name: "redirect-uri-prefix-accepted",
    kind: "authorization",
    about: "Whatever begins with a registered redirect URI counts as registered.",
    layer: on("authorization", withBeginning),
  },
  {
    name: "any-redirect-uri-accepted",
    kind: "authorization",
    about: "Every redirect URI counts as registered.",
    layer: on("authorization", async (exchange) => {
      const reply = await exchange.ask();
      return returnIn(exchange, reply) === undefined ? back(exchange, { error: "login_required" }) : reply;
    }),
  },
  {
    name: "redirects-everything",
    kind: "authorization",
    about: "Whatever is asked by a browser is sent to the redirect URI with the state and nothing else.",
    layer: on("authorization", async (exchange) => back(exchange, {})),
  },
  {
    name: "redirect-to-origin",
    kind: "authorization",
    about: "People are sent to the start page of the app's host instead of to the redirect URI.",
    layer: on("authorization", async (exchange) => {
      const reply = await exchange.ask();
      const to = returnIn(exchange, reply);
      return to === undefined ? reply : redirect(`${to.origin}/${to.search}`);
    }),
  },
  {
    name: "prompt-none-ignored",
    kind: "authorization",
    about: "The sign-in page is shown whatever prompt says and whatever redirect URI is named.",
    layer: on("authorization", async () => page(200, "Sign in")),
  },
  {
    name: "ok-for-everything",
    kind: "authorization",
    about: "Every request of a browser or a client gets an empty page with status 200.",
    layer: on(["authorization", "token", "pushed", "logout"], async () => page(200, "")),
  },
  {
    name: "code-without-sign-in",
    kind: "authorization",
    about: "An authorization code is given although nobody has signed in.",
    layer: returned(() => ({ error: undefined, error_description: undefined, code: randomToken(24) })),
  },
  {
    name: "state-not-echoed",
    kind: "authorization",
    about: "The state does not come back.",
    layer: returned(() => ({ state: undefined })),
  },
  {
    name: "state-changed",
    kind: "authorization",
    about: "Another state comes back, as from a proxy that decodes it.",
    layer: returned((parameters) => ({ state: `${parameters.get("state")?.toLowerCase()}=` })),
  },
  {
    name: "iss-parameter-differs",
    kind: "authorization",
    about: "The authorization response names another issuer than the discovery document.",
    layer: returned((parameters, { host }) => ({ iss: `${parameters.get("iss") ?? `https://${host}`}/` })),
  },
  {
    name: "iss-parameter-missing-though-advertised",
    kind: "authorization",
    about: "The authorization response names no issuer, although the discovery document says that it does.",
    layer: returned(() => ({ iss: undefined })),
  },
  {
    name: "unknown-client",
    kind: "authorization",
    about: "The authorization endpoint does not know the client.",
    layer: on(["authorization", "pushed"], (exchange) => asked(exchange, { client_id: "nobody" })),
  },
  refusing("scope-refused", "invalid_scope", "The client may not ask for these scopes."),
  refusing(
    "client-not-allowed-code-flow",
    "unauthorized_client",
    "The client may not use the authorization code flow.",
  ),
  refusing("response-type-refused", "unsupported_response_type", "The client may not use response type code."),
  refusing("request-parameters-refused", "invalid_request", "The provider wants other parameters than the app sends."),
  refusing("access-policy-denies", "access_denied", "A policy of the provider refuses the client."),
  {
    name: "authorization-server-error",
    kind: "authorization",
    about: "The authorization endpoint fails.",
    layer: on("authorization", async () => page(503, "Service unavailable")),
  },
  {
    name: "authorization-rate-limited",
    kind: "authorization",
    about: "The authorization endpoint answers too many requests.",
    layer: on("authorization", async () => page(429, "Too many requests")),
  },
  {
    name: "authorization-blocked-by-firewall",
    kind: "authorization",
    about: "A firewall before the authorization endpoint refuses machines.",
    layer: on("authorization", async () => page(403, "Access denied")),
  },
];

/** The request with other parameters, so that the site refuses them in its own words. */
function asked(exchange: Exchange, others: Readonly<Record<string, string>>): Promise<Reply> {
  const { method, query, form } = exchange;
  return exchange.ask(
    method === "POST" ? { form: withParameters(form, others) } : { query: withParameters(query, others) },
  );
}

/** A redirect to whatever redirect URI was named. */
function back(exchange: Exchange, parameters: Readonly<Record<string, string>>): Reply {
  const callback = callbackOf(exchange);
  if (!URL.canParse(callback)) return page(400, "redirect_uri is missing");
  const to = new URL(callback);
  const state = exchange.query.get("state") ?? exchange.form.get("state") ?? "";
  to.search = withParameters(to.searchParams, { ...parameters, state }).toString();
  return redirect(to.href);
}

/** Takes the redirect URI when some beginning of it is registered. */
async function withBeginning(exchange: Exchange): ReturnType<Layer> {
  const callback = callbackOf(exchange);
  for (let length = callback.length; length > "https://".length; length -= 1) {
    const reply = await asked(exchange, { redirect_uri: callback.slice(0, length) });
    const to = String(reply.headers.location ?? "");
    const beginning = callback.slice(0, length);
    if (to.startsWith(`${beginning}?`)) {
      return { ...reply, headers: { ...reply.headers, location: callback + to.slice(length) } };
    }
  }
  return exchange.ask();
}

/** The provider sends the person back with an error that has nothing to do with nobody being signed in. */
function refusing(name: string, error: string, about: string): Misbehaviour {
  const kind = "authorization";
  return { name, kind, about, layer: returned(() => ({ error, error_description: undefined, code: undefined })) };
}
