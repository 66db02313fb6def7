import { join } from "node:path";
import type { Answer } from "../answer.ts";
import type { InnerCalls } from "../inner-call.ts";
import type { Json } from "../json.ts";
import { type AppPlace, PlayedApp } from "./app.ts";
import { appMistakes, isAppMistake } from "./mistakes.ts";

/** The apps of the example, as its tenantry.yaml has them. */
const places = {
  portal: {
    name: "portal",
    host: "portal.acme.example",
    start: "/openid/start/{id}",
    callback: "/openid/callback/{id}",
    postLogout: "/",
  },
  orders: {
    name: "orders",
    host: "orders.acme.example",
    start: "/sso/{tenant}/{signIn}/start",
    callback: "/sso/{tenant}/{signIn}",
  },
} as const satisfies Record<string, AppPlace>;

/** Name of an app that the sandbox plays. */
type PlayedAppName = keyof typeof places;

/** The apps that the sandbox plays, by name. */
export type PlayedApps = Readonly<Record<PlayedAppName, PlayedApp>>;

/** Makes the apps; their databases are those that Tenantry writes in the sandbox's folder. */
export function createApps(parts: {
  readonly dir: string;
  /** The values of the references, as they are now. */
  readonly env: () => Readonly<Record<string, string>>;
  readonly calls: InnerCalls;
  readonly clock: () => number;
}): PlayedApps {
  const { dir, env, calls, clock } = parts;
  const app = (name: PlayedAppName): PlayedApp => {
    const upper = name.toUpperCase();
    return new PlayedApp(places[name], `sqlite:${join(dir, `${name}.db`)}`, {
      keys: () => ({ sealing: env()[`${upper}_SEALING_KEY`] ?? "", client: env()[`${upper}_CLIENT_KEY`] }),
      calls,
      clock,
    });
  };
  return { portal: app("portal"), orders: app("orders") };
}

/** Answers the admin API: `GET /apps`, and `PUT /apps/<name>/mistakes` with the list of what it is to do wrong. */
export function answerAppCall(apps: PlayedApps, method: string, path: string, body: unknown): Answer {
  if (path === "" && method === "GET") {
    const all = Object.values(apps).map(({ place, mistakes }) => ({
      name: place.name,
      host: place.host,
      mistakes: [...mistakes],
    }));
    return { status: 200, json: { apps: all, mistakes: { ...appMistakes } } satisfies Json };
  }
  const [, name = "", part, ...rest] = path.split("/");
  const app = Object.hasOwn(apps, name) ? apps[name as PlayedAppName] : undefined;
  if (app === undefined || part !== "mistakes" || rest.length > 0 || method !== "PUT") {
    return { status: 404, json: { error: "not found" } };
  }
  if (!Array.isArray(body) || !body.every(isAppMistake)) {
    const error = `the body is a list of ${Object.keys(appMistakes).join(", ")}`;
    return { status: 400, json: { error } };
  }
  app.mistakes.clear();
  for (const mistake of body) app.mistakes.add(mistake);
  return { status: 200, json: { name, mistakes: body } };
}
