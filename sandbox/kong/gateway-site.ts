import { type Answer, send } from "../answer.ts";
import { messagePage } from "../external/page.ts";
import type { Json } from "../json.ts";
import { readForm } from "../sign-in/form.ts";
import type { Site } from "../site.ts";
import { kongGatewayHost } from "./hosts.ts";
import type { OpenidConnect } from "./openid-connect.ts";
import type { KongState, KongWorkspace, StoredPlugin, StoredRoute } from "./state.ts";
import type { GatewayRequest } from "./verdict.ts";

/** Priorities of plugins: the higher runs first, unless its `ordering` says otherwise. */
const priorities: Readonly<Record<string, number>> = {
  "openid-connect": 1050,
  "rate-limiting": 910,
  "request-termination": 2,
};

/** The gateway itself: it finds the route of a request, runs what is on it, and answers as the app behind would. */
export function gatewaySite(state: KongState, openid: OpenidConnect): Site {
  return {
    hosts: [kongGatewayHost],
    logsQuery: () => false,
    problem: (status) => page(status, "The gateway could not answer."),
    async handle(site) {
      const { request, response, path, query } = site;
      const found = match(state, path);
      if (found === undefined)
        return send(response, { status: 404, json: { message: "no Route matched with those values" } });
      const posted = request.method === "POST" && /urlencoded/.test(request.headers["content-type"] ?? "");
      const text = posted ? await readForm(request, response) : query;
      if (text === undefined) return;
      send(response, await run(found, { site, parameters: new URLSearchParams(text) }, openid));
    },
  };
}

function page(status: number, message: string): Answer {
  return { status, html: messagePage(String(status), message) };
}

interface Match {
  readonly workspace: KongWorkspace;
  readonly route: StoredRoute;
}

/** The route with the longest beginning of the path. */
function match(state: KongState, path: string): Match | undefined {
  let best: (Match & { readonly length: number }) | undefined;
  for (const workspace of state.workspaces.values()) {
    for (const route of workspace.routes.values()) {
      for (const beginning of route.paths) {
        const fits = path === beginning || path.startsWith(beginning.endsWith("/") ? beginning : `${beginning}/`);
        if (fits && beginning.length > (best?.length ?? -1)) best = { workspace, route, length: beginning.length };
      }
    }
  }
  return best;
}

/** Of plugins with one name only the nearest counts: that of the route before that of the service before the global one. */
function pluginsFor({ workspace, route }: Match): readonly StoredPlugin[] {
  const nearest = new Map<string, { readonly plugin: StoredPlugin; readonly weight: number }>();
  for (const plugin of workspace.plugins.values()) {
    if (!plugin.enabled || plugin.consumer !== null) continue;
    const onRoute = plugin.route === null || plugin.route.id === route.id;
    const onService = plugin.service === null || plugin.service.id === route.service?.id;
    if (!onRoute || !onService) continue;
    const weight = (plugin.route === null ? 0 : 2) + (plugin.service === null ? 0 : 1);
    if (weight >= (nearest.get(plugin.name)?.weight ?? 0)) nearest.set(plugin.name, { plugin, weight });
  }
  const ordered = [...nearest.values()].map(({ plugin }) => plugin);
  ordered.sort((a, b) => (priorities[b.name] ?? 0) - (priorities[a.name] ?? 0));
  // Dynamic plugin ordering: before those that it names.
  for (const plugin of [...ordered]) {
    const at = ordered.findIndex(({ name }) => runsBefore(plugin).includes(name));
    if (at === -1 || at > ordered.indexOf(plugin)) continue;
    ordered.splice(ordered.indexOf(plugin), 1);
    ordered.splice(at, 0, plugin);
  }
  return ordered;
}

function runsBefore({ ordering }: StoredPlugin): readonly string[] {
  const { before } = (ordering ?? {}) as { readonly before?: { readonly access?: readonly string[] } };
  return before?.access ?? [];
}

async function run(found: Match, request: GatewayRequest, openid: OpenidConnect): Promise<Answer> {
  let upstream: Readonly<Record<string, string>> = {};
  for (const plugin of pluginsFor(found)) {
    if (plugin.name === "request-termination") {
      const { status_code: status, message } = plugin.config;
      return { status: Number(status), json: { message: message ?? "Service unavailable" } as Json };
    }
    if (plugin.name !== "openid-connect") continue;
    const verdict = await openid.run(plugin, request);
    if ("answer" in verdict) return verdict.answer;
    upstream = { ...upstream, ...verdict.upstream };
  }
  return { status: 200, json: { app: found.route.name, path: request.site.path, headers: upstream } };
}
