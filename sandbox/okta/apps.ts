import type { Json, JsonObject } from "../json.ts";
import { randomText } from "../random.ts";
import { type AppInput, readApp } from "./app-input.ts";
import { appUserIn } from "./app-users.ts";
import { viewApp } from "./app-view.ts";
import { appOf, type Call, type Route, sentFields } from "./call.ts";
import { readFilter } from "./filter.ts";
import { switchRoutes } from "./lifecycle.ts";
import type { OktaApp } from "./model.ts";
import { needsSecret } from "./org.ts";
import { page } from "./page.ts";
import { invalid, notFound, OktaProblem } from "./problem.ts";

const read = "okta.apps.read";
const manage = "okta.apps.manage";

/** Apps: list, create, read, replace, delete, lifecycle, access policy and the internal id-token settings. */
export const appRoutes: readonly Route[] = [
  { method: "GET", path: "/api/v1/apps", scope: read, bucket: "apps", handle: list },
  { method: "POST", path: "/api/v1/apps", scope: manage, bucket: "apps", handle: create },
  {
    method: "GET",
    path: "/api/v1/apps/:appId",
    scope: read,
    bucket: "app",
    handle: (call) => ({ status: 200, json: expanded(call, appOf(call)) }),
  },
  { method: "PUT", path: "/api/v1/apps/:appId", scope: manage, bucket: "app", handle: replace },
  { method: "DELETE", path: "/api/v1/apps/:appId", scope: manage, bucket: "app", handle: remove },
  ...switchRoutes({ path: "/api/v1/apps/:appId", scope: manage, bucket: "apps" }, setStatus),
  {
    method: "PUT",
    path: "/api/v1/apps/:appId/policies/:policyId",
    scope: manage,
    bucket: "apps",
    handle: setPolicy,
  },
  {
    method: "GET",
    path: "/api/v1/internal/apps/:appId/settings/oauth/idToken",
    scope: "token only",
    bucket: "rest",
    handle: (call) => {
      const app = tokenAppOf(call);
      const shown = { issuer: call.org.url, orgUrl: null, customUrl: null, audience: app.clientId };
      return { status: 200, json: { ...shown, ...app.idToken } };
    },
  },
  {
    method: "POST",
    path: "/api/v1/internal/apps/:appId/settings/oauth/idToken",
    scope: "token only",
    bucket: "rest",
    handle: (call) => {
      const app = tokenAppOf(call);
      app.idToken = { issuerMode: "ORG_URL", ...sentFields(call) };
      return { status: 200, json: { issuer: null, orgUrl: null, customUrl: null, audience: null, ...app.idToken } };
    },
  },
  { method: "POST", path: "/api/v1/apps/:appId/logo", scope: manage, bucket: "apps", body: "form", handle: setLogo },
];

function list(call: Call) {
  const { org, query } = call;
  const wanted = (query.get("q") ?? "").toLowerCase();
  const filter = readFilter<OktaApp>(query.get("filter"), {
    fields: {
      status: (app) => app.status,
      name: (app) => app.name,
      label: (app) => app.label,
      id: (app) => app.id,
      "credentials.signing.kid": () => org.signingKid,
    },
    relations: {
      "group.id": (app, id) => app.assignments.has(id),
      "user.id": (app, id) => {
        const user = org.state.users.get(id);
        return user !== undefined && org.mayUse(user, app);
      },
    },
    operators: ["eq"],
  });
  const found = org.apps.filter(
    (app) =>
      (wanted === "" || app.label.toLowerCase().startsWith(wanted) || app.name.startsWith(wanted)) && filter(app),
  );
  return page(call, "/api/v1/apps", found, (app) => expanded(call, app), { standard: 20, most: 200 });
}

/** With `expand=user/ID` also what the person is at the app. */
function expanded(call: Call, app: OktaApp): Json {
  const view = viewApp(call.org, app);
  const [, id = ""] = /^user\/(.+)$/.exec(call.query.get("expand") ?? "") ?? [];
  const user = id === "" ? undefined : call.org.state.users.get(id);
  if (user === undefined || !call.org.mayUse(user, app)) return view;
  return { ...(view as JsonObject), _embedded: { user: appUserIn(call, app, user) } };
}

/** The internal settings are of custom clients only. */
function tokenAppOf(call: Call): OktaApp {
  const id = call.params.appId ?? "";
  const app = call.org.appById(id);
  if (app === undefined || app.name !== "oidc_client") throw notFound(id, "OAuth2AppInstance");
  return app;
}

/** Where the picture would be; the sandbox keeps none. */
function setLogo(call: Call) {
  const app = appOf(call);
  app.logo = `${call.org.url}/fs/bco/1/fs0${randomText(17)}`;
  return { status: 201, json: { url: app.logo } };
}

function create(call: Call) {
  const { secret, ...input } = readApp(call.org, call.body, undefined);
  const app = call.org.addApp({
    ...input,
    secret,
    status: call.query.get("activate") === "false" ? "INACTIVE" : "ACTIVE",
    accessPolicy: call.org.defaultPolicy.id,
    idToken: { issuerMode: "ORG_URL" },
  });
  return { status: 200, json: viewApp(call.org, app, true) };
}

function replace(call: Call) {
  const app = appOf(call);
  const { secret, clientId: _clientId, name: _name, ...input } = readApp(call.org, call.body, app);
  Object.assign(app, input satisfies Partial<Omit<AppInput, "secret" | "clientId" | "name">>);
  if (needsSecret(app)) putSecret(call, app, secret);
  call.org.touch(app);
  return { status: 200, json: viewApp(call.org, app, true) };
}

/** A PUT that sends a secret makes it good again, whatever was rotated meanwhile; one that sends none keeps them. */
function putSecret(call: Call, app: OktaApp, sent: string | undefined): void {
  const newest = app.secrets.findLast((secret) => secret.status === "ACTIVE");
  if (newest === undefined) call.org.addSecret(app, sent);
  else if (sent !== undefined && !app.secrets.some((each) => each.status === "ACTIVE" && each.value === sent)) {
    newest.value = sent;
    newest.lastUpdated = call.org.timestamp();
  }
}

function remove(call: Call) {
  const app = appOf(call);
  if (app.status === "ACTIVE") {
    throw new OktaProblem(403, "E0000056", "Delete application forbidden.", [
      "The application must be deactivated before deletion.",
    ]);
  }
  call.org.removeApp(app.id);
  return { status: 204 };
}

function setStatus(call: Call, status: OktaApp["status"]) {
  const app = appOf(call);
  if (app.status !== status) {
    app.status = status;
    call.org.touch(app);
  }
  return { status: 200, json: {} };
}

function setPolicy(call: Call) {
  const app = appOf(call);
  const id = call.params.policyId ?? "";
  const policy = call.org.state.policies.get(id);
  if (policy === undefined) throw notFound(id, "RuleSetEntity");
  if (app.oauth.application_type === "service") {
    throw invalid("app", ["The app does not support access policies: it is a service app"]);
  }
  if (policy.resourceType !== "APP") throw invalid("policy", ["The policy cannot be assigned to apps"]);
  app.accessPolicy = policy.id;
  call.org.touch(app);
  return { status: 204 };
}
