import { send } from "../answer.ts";
import type { Site, SiteRequest } from "../site.ts";
import type { Auth0Access } from "./access.ts";
import { Auth0Management, managementBase } from "./management.ts";
import { problemOf } from "./problem.ts";
import type { Auth0RateLimits } from "./rate-limits.ts";
import { Auth0SignIn } from "./sign-in/sign-in.ts";
import type { Auth0Tenant } from "./tenant.ts";

/** The tenant as a site: management API and sign-in half under one host name. */
export function createAuth0Site(tenant: Auth0Tenant, access: Auth0Access, limits: Auth0RateLimits): Site {
  const management = new Auth0Management(tenant, access, limits);
  const signIn = new Auth0SignIn(tenant, access);
  const isManagement = (path: string): boolean => path.startsWith(`${managementBase}/`);
  return {
    hosts: [tenant.host],
    logsQuery: isManagement,
    tokens: { expire: () => access.expireAll(), refusal: () => access.expiredToken().toAnswer() },
    problem: (status, until = tenant.now() + 1000) => {
      const answer = problemOf(status).toAnswer();
      if (status !== 429) return answer;
      const reset = String(Math.ceil(until / 1000));
      const headers = { "x-ratelimit-limit": "10", "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset };
      return { ...answer, headers: { ...answer.headers, ...headers } };
    },
    handle: async (site: SiteRequest) => {
      const { request, response, path, query } = site;
      if (isManagement(path)) send(response, await management.answer(request, path, query));
      else if (!(await signIn.handle(site))) send(response, problemOf(404).toAnswer());
    },
  };
}
