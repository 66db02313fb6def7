import type { IncomingMessage } from "node:http";
import type { Answer } from "../answer.ts";
import { auth0Page } from "./auth0.ts";
import { faultsPage } from "./faults.ts";
import type { Html } from "./html.ts";
import { type PagePath, pageAnswer } from "./layout.ts";
import { oktaPage } from "./okta.ts";
import { overviewPage } from "./overview.ts";
import { providersPage } from "./providers.ts";
import { requestsPage } from "./requests.ts";
import type { World } from "./world.ts";

const bodies: Readonly<Record<PagePath, (world: World, query: URLSearchParams) => Html>> = {
  "/": overviewPage,
  "/okta": oktaPage,
  "/auth0": auth0Page,
  "/providers": providersPage,
  "/requests": requestsPage,
  "/faults": faultsPage,
};

/**
 * The page that a browser asks for; undefined for what is no page, and for whoever does not ask for `text/html`. It
 * shows what is there without any secret or token, and changes nothing.
 */
export function answerPage(world: World, request: IncomingMessage, path: string, query: string): Answer | undefined {
  if (request.method !== "GET" && request.method !== "HEAD") return undefined;
  if (!/\btext\/html\b/i.test(request.headers.accept ?? "") || !Object.hasOwn(bodies, path)) return undefined;
  const known = path as PagePath;
  return pageAnswer(known, world.startedAt, bodies[known](world, new URLSearchParams(query)));
}
