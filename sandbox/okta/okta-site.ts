import { send } from "../answer.ts";
import type { Site, SiteRequest } from "../server.ts";
import type { Access } from "./access.ts";
import { viewOrganization } from "./directory.ts";
import { Management } from "./management.ts";
import type { OktaOrg } from "./org.ts";
import { problemOf } from "./problem.ts";
import type { RateLimits } from "./rate-limits.ts";
import { SignIn } from "./sign-in/sign-in.ts";

/** The org as a site: management API and sign-in half under one host name. */
export function createOktaSite(org: OktaOrg, access: Access, limits: RateLimits): Site {
  const management = new Management(org, access, limits);
  const signIn = new SignIn(org, access);
  return {
    hosts: [org.host],
    logsQuery: (path) => path.startsWith("/api/v1/"),
    problem: (status) => {
      const answer = problemOf(status).toAnswer();
      if (status !== 429) return answer;
      const reset = String(Math.ceil(org.now() / 1000) + 1);
      const headers = { "x-rate-limit-limit": "100", "x-rate-limit-remaining": "0", "x-rate-limit-reset": reset };
      return { ...answer, headers: { ...answer.headers, ...headers } };
    },
    handle: async (site: SiteRequest) => {
      const { request, response, path, query } = site;
      if (path.startsWith("/api/v1/")) send(response, await management.answer(request, path, query));
      else if (path === "/.well-known/okta-organization" && request.method === "GET") {
        send(response, { status: 200, json: viewOrganization(org) });
      } else if (!(await signIn.handle(site))) send(response, problemOf(404).toAnswer());
    },
  };
}
