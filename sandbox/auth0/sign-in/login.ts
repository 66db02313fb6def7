import { type Answer, send } from "../../answer.ts";
import type { SiteRequest } from "../../site.ts";
import type { Auth0Connection, Auth0User } from "../model.ts";
import type { Auth0Tenant } from "../tenant.ts";
import { type Federation, lostSignIn } from "./federation.ts";
import { readParameters } from "./form.ts";
import { homeRealm } from "./home-realm.ts";
import { errorAnswer, signInPage } from "./page.ts";
import { type RunningProvider, signInPath } from "./provider.ts";
import { leadsOn } from "./upstream.ts";
import { enabledConnections, needsOrganization } from "./way-in.ts";

/** An interaction that waits for somebody: who asks, for what, and the ways in. */
interface Waiting {
  readonly uid: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly connections: readonly Auth0Connection[];
  /** People who sign in on the tenant's own form. */
  readonly people: readonly Auth0User[];
}

/**
 * Universal Login: asks for an address, or sends people on at once where the request names an enterprise connection or
 * where there is no other way in.
 */
export class Login {
  readonly #tenant: Auth0Tenant;
  readonly #running: RunningProvider;
  readonly #federation: Federation;

  constructor(tenant: Auth0Tenant, running: RunningProvider, federation: Federation) {
    this.#tenant = tenant;
    this.#running = running;
    this.#federation = federation;
  }

  async handle({ request, response, path }: SiteRequest): Promise<void> {
    const { provider } = this.#running;
    let details: Awaited<ReturnType<typeof provider.interactionDetails>>;
    try {
      details = await provider.interactionDetails(request, response);
      if (path !== `${signInPath}/${details.uid}`) throw new Error("another sign-in");
    } catch {
      return send(response, lostSignIn(this.#tenant));
    }
    if (details.prompt.name === "consent") {
      // Signed in already: there is nothing to ask.
      return this.#end(details.uid, { consent: {} }, response);
    }
    const waiting = this.#waiting(details.uid, details.params);
    if ("status" in waiting) return send(response, waiting);
    if (request.method !== "POST") return send(response, await this.#show(waiting, path));
    const sent = await readParameters(request);
    const chosen = this.#chosen(waiting, sent);
    if (chosen === undefined) {
      return send(response, { status: 401, html: formFor(waiting, path, "Wrong email or password.") });
    }
    if ("strategy" in chosen) {
      const hint = sent.get("username") ?? undefined;
      return send(response, await this.#federation.leave(chosen, waiting.uid, waiting.params, hint));
    }
    return this.#end(waiting.uid, { login: { accountId: chosen.id }, consent: {} }, response);
  }

  async #end(
    uid: string,
    result: Parameters<RunningProvider["finish"]>[1],
    response: SiteRequest["response"],
  ): Promise<void> {
    const location = await this.#running.finish(uid, result);
    send(response, location === undefined ? lostSignIn(this.#tenant) : { status: 302, headers: { location } });
  }

  #waiting(uid: string, params: Readonly<Record<string, unknown>>): Waiting | Answer {
    const client = this.#tenant.clients.get(String(params.client_id));
    const organization = typeof params.organization === "string" ? params.organization : undefined;
    const enabled = client === undefined ? [] : enabledConnections(this.#tenant, client, organization);
    // The prompt for an organization is not played: an app names it in its request.
    const lacking = client !== undefined && organization === undefined && needsOrganization(client);
    if (lacking || enabled.length === 0) {
      return errorAnswer(this.#tenant, {
        status: 400,
        error: "invalid_request",
        headline: "Invalid request",
        description: lacking ? "an organization is required" : "no connections enabled for the client",
        client: client?.clientId,
      });
    }
    const connections = enabled.filter(({ name }) => (params.connection ?? name) === name);
    const ids = new Set(connections.filter((each) => !leadsOn(each)).map(({ id }) => id));
    const people = [...this.#tenant.users.values()].filter(({ connectionId }) => ids.has(connectionId));
    return { uid, params, connections, people };
  }

  async #show(waiting: Waiting, path: string): Promise<Answer> {
    const [only, ...others] = waiting.connections;
    if (only !== undefined && others.length === 0 && leadsOn(only)) {
      return this.#federation.leave(only, waiting.uid, waiting.params);
    }
    return { status: 200, html: formFor(waiting, path, "The sandbox asks for no password.") };
  }

  /** The connection that somebody goes on by, or who they are. */
  #chosen({ connections, people }: Waiting, sent: URLSearchParams): Auth0Connection | Auth0User | undefined {
    const name = sent.get("connection");
    if (name !== null) return connections.find((each) => each.name === name && leadsOn(each));
    const email = sent.get("username") ?? "";
    return homeRealm(connections, email) ?? people.find((user) => user.email === email);
  }
}

function formFor({ params, connections, people }: Waiting, action: string, notice: string): string {
  return signInPage({
    action,
    emails: people.map(({ email }) => email),
    notice,
    email: typeof params.login_hint === "string" ? params.login_hint : "",
    buttons: connections.filter((each) => leadsOn(each) && each.settings.show_as_button !== false),
  });
}
