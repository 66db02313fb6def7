import { send } from "../answer.ts";
import { captureAnswer, resend } from "../capture.ts";
import { messagePage } from "../external/page.ts";
import type { InnerCalls } from "../inner-call.ts";
import { PlayedApp } from "../portal/app.ts";
import { randomText } from "../random.ts";
import type { Site, SiteRequest } from "../site.ts";
import { WorkosApi } from "./api.ts";
import { ConnectionRecords } from "./records.ts";
import { WorkosEnvironment } from "./state.ts";

/** The team's own app, whose login page sends people on to WorkOS. */
const teamHost = "crew.acme.example";

/** WorkOS at `api.workos.com` and `auth.workos.com`, and the app at `crew.acme.example` that signs people in by it. */
export interface PlayedWorkos {
  readonly sites: readonly Site[];
  /** Values of the references by which the example reaches it. */
  readonly env: Readonly<Record<"CREW_WORKOS_KEY", string>>;
  readonly environment: WorkosEnvironment;
  readonly api: WorkosApi;
  /** The sign-in half, told to make mistakes by `mistakes`. */
  readonly auth: PlayedApp;
}

export function createWorkos({
  calls,
  clock,
}: {
  readonly calls: InnerCalls;
  readonly clock: () => number;
}): PlayedWorkos {
  const env = { CREW_WORKOS_KEY: `sk_test_${randomText(48)}` };
  const environment = new WorkosEnvironment(clock);
  const api = new WorkosApi(environment, env.CREW_WORKOS_KEY);
  const auth = new PlayedApp(
    { name: "crew", host: "auth.workos.com", start: "/sso/begin/{id}", callback: "/sso/oidc/{id}/callback" },
    "",
    {
      keys: () => ({ sealing: undefined, client: undefined }),
      records: new ConnectionRecords(environment, calls),
      calls,
      clock,
    },
  );
  const handedBack = new HandedBack();
  const sites = [apiSite(api), authSite(environment, auth, handedBack), teamSite(environment, handedBack)];
  return { sites, env, environment, api, auth };
}

const mostHandedBack = 1_000;

/** People that WorkOS has signed in and sends back to the app, by a code that is good once. */
class HandedBack {
  readonly #pages = new Map<string, string>();

  add(page: string): string {
    const code = randomText(32);
    if (this.#pages.size >= mostHandedBack) this.#pages.clear();
    this.#pages.set(code, page);
    return code;
  }

  take(code: string): string | undefined {
    const page = this.#pages.get(code);
    this.#pages.delete(code);
    return page;
  }
}

/** The API, and `GET /sso/authorize`, which needs no key and goes on at `auth.workos.com`. */
function apiSite(api: WorkosApi): Site {
  const inner = api.site;
  return {
    ...inner,
    handle: async (site) => {
      if (site.path !== "/sso/authorize") return inner.handle(site);
      const location = `https://auth.workos.com/sso/authorize?${site.query}`;
      send(site.response, { status: 302, headers: { location, "cache-control": "no-store" } });
    },
  };
}

/**
 * `GET /sso/authorize?connection=…` or `?organization=…` begins a sign-in at the connection's identity provider, as
 * WorkOS' authorization URL does; who is signed in is sent back to the app with a code. The rest is the played app's.
 */
function authSite(environment: WorkosEnvironment, auth: PlayedApp, handedBack: HandedBack): Site {
  const inner = auth.site;
  const begin = (site: SiteRequest): SiteRequest => {
    const query = new URLSearchParams(site.query);
    const [only] = environment.connectionsOf(query.get("organization") ?? "");
    const connection = environment.connections.get(query.get("connection") ?? "") ?? only;
    return { ...site, path: `/sso/begin/${connection?.opaque ?? "none"}`, query: "" };
  };
  return {
    ...inner,
    handle: (site) => {
      if (site.path === "/sso/authorize") return inner.handle(begin(site));
      if (site.path === "/home") {
        captureAnswer(site.response, (answer) => {
          if (answer.status !== 200) return resend(site.response, answer);
          const location = `https://${teamHost}/callback?code=${handedBack.add(answer.body.toString("utf8"))}`;
          resend(site.response, { status: 303, headers: { location }, body: Buffer.alloc(0) });
        });
      }
      return inner.handle(site);
    },
  };
}

/** `/login/<external id of the organization>` sends people to WorkOS, and `/callback` greets who comes back. */
function teamSite(environment: WorkosEnvironment, handedBack: HandedBack): Site {
  const missing = (message: string) => ({ status: 404, html: messagePage("404", message) });
  return {
    hosts: [teamHost],
    logsQuery: () => false,
    problem: (status) => ({ status, html: messagePage(String(status), "The app could not answer.") }),
    handle: async ({ path, query, response }) => {
      if (path === "/callback") {
        const page = handedBack.take(new URLSearchParams(query).get("code") ?? "");
        return send(response, page === undefined ? missing("This sign-in is over.") : { status: 200, html: page });
      }
      const externalId = /^\/login\/([A-Za-z0-9._-]{1,128})$/.exec(path)?.[1];
      const organization = externalId === undefined ? undefined : environment.organizationNamed(externalId);
      if (organization === undefined) return send(response, missing("There is no such company here."));
      const location = `https://api.workos.com/sso/authorize?organization=${organization.id}&response_type=code`;
      send(response, { status: 303, headers: { location, "cache-control": "no-store" } });
    },
  };
}
