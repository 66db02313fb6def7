import { channel } from "node:diagnostics_channel";
import { type Answer, send } from "../answer.ts";
import type { Json } from "../json.ts";
import type { Site, SiteRequest } from "../site.ts";
import type { Access } from "./access.ts";
import { viewOrganization } from "./directory.ts";
import { Management } from "./management.ts";
import type { OktaOrg } from "./org.ts";
import { problemOf } from "./problem.ts";
import type { RateLimits } from "./rate-limits.ts";
import { SignIn } from "./sign-in/sign-in.ts";

/** One answer of the management API, as the channel `tenantry:sandbox:okta` tells it. */
export interface OktaAnswer {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly status: number;
  /** Null for an empty body. */
  readonly json: Json;
}

/** Tells every answer of the management API to whoever subscribes: tests hold them against Okta's own document. */
const answers = channel("tenantry:sandbox:okta");

/** The org as a site: management API and sign-in half under one host name. */
export function createOktaSite(org: OktaOrg, access: Access, limits: RateLimits): Site {
  const management = new Management(org, access, limits);
  const signIn = new SignIn(org, access);
  return {
    hosts: [org.host],
    logsQuery: (path) => path.startsWith("/api/v1/"),
    tokens: { expire: () => access.expireAll(), refusal: () => access.invalidToken().toAnswer() },
    problem: (status, until = org.now() + 1000) => {
      const answer = problemOf(status).toAnswer();
      if (status !== 429) return answer;
      const reset = String(Math.ceil(until / 1000));
      const headers = { "x-rate-limit-limit": "100", "x-rate-limit-remaining": "0", "x-rate-limit-reset": reset };
      return { ...answer, headers: { ...answer.headers, ...headers } };
    },
    handle: async (site: SiteRequest) => {
      const { request, response, path, query } = site;
      const answerWith = (answer: Answer): void => {
        const { status, json = null } = answer;
        if (answers.hasSubscribers) {
          answers.publish({ method: request.method ?? "GET", path, status, json } satisfies OktaAnswer);
        }
        send(response, answer);
      };
      if (path.startsWith("/api/v1/")) answerWith(await management.answer(request, path, query));
      else if (path === "/.well-known/okta-organization" && request.method === "GET") {
        answerWith({ status: 200, json: viewOrganization(org) });
      } else if (!(await signIn.handle(site))) send(response, problemOf(404).toAnswer());
    },
  };
}
