import { viewSecret } from "./app-view.ts";
import { appOf, type Call, type Route, sentFields } from "./call.ts";
import { switchRoutes } from "./lifecycle.ts";
import type { OktaSecret, Status } from "./model.ts";
import { mostSecrets, needsSecret } from "./org.ts";
import { invalid, notFound } from "./problem.ts";

const read = "okta.apps.read";
const manage = "okta.apps.manage";
const base = "/api/v1/apps/:appId/credentials/secrets";
/** The name by which Okta's answers call a secret. */
const kind = "OAuth2ClientSecretMediated";

/** Client secrets of an app: at most two, one of them always active, only an inactive one can go. */
export const secretRoutes: readonly Route[] = [
  {
    method: "GET",
    path: base,
    scope: read,
    bucket: "apps",
    handle: (call) => {
      const app = appOf(call);
      return { status: 200, json: app.secrets.map((secret) => viewSecret(call.org, app, secret)) };
    },
  },
  { method: "POST", path: base, scope: manage, bucket: "apps", handle: create },
  {
    method: "GET",
    path: `${base}/:secretId`,
    scope: read,
    bucket: "apps",
    handle: (call) => ({ status: 200, json: viewSecret(call.org, appOf(call), secretOf(call)) }),
  },
  { method: "DELETE", path: `${base}/:secretId`, scope: manage, bucket: "apps", handle: remove },
  ...switchRoutes({ path: `${base}/:secretId`, scope: manage, bucket: "apps" }, setStatus),
];

function secretOf(call: Call): OktaSecret {
  const id = call.params.secretId ?? "";
  const secret = appOf(call).secrets.find((candidate) => candidate.id === id);
  if (secret === undefined) throw notFound(id, kind);
  return secret;
}

function create(call: Call) {
  const app = appOf(call);
  const body = sentFields(call);
  const { client_secret: value, status } = body;
  if (!needsSecret(app)) {
    throw invalid(kind, ["A client secret needs a token_endpoint_auth_method that uses one."]);
  }
  if (app.secrets.length >= mostSecrets) {
    throw invalid(kind, ["You have reached the maximum number of client secrets per client."]);
  }
  const least = app.authMethod === "client_secret_jwt" ? 32 : 14;
  if (value !== undefined && (typeof value !== "string" || value.length < least || value.length > 100)) {
    throw invalid(kind, [`client_secret: Must be ${least} to 100 characters`]);
  }
  if (status !== undefined && status !== "ACTIVE" && status !== "INACTIVE") {
    throw invalid(kind, ["status: Must be ACTIVE or INACTIVE"]);
  }
  const secret = call.org.addSecret(app, value, status ?? "ACTIVE");
  return { status: 201, json: viewSecret(call.org, app, secret) };
}

function setStatus(call: Call, status: Status) {
  const app = appOf(call);
  const secret = secretOf(call);
  const others = app.secrets.filter((each) => each !== secret && each.status === "ACTIVE");
  if (status === "INACTIVE" && secret.status === "ACTIVE" && others.length === 0) {
    throw invalid(kind, ["You can't deactivate the only active secret of the client."]);
  }
  if (secret.status !== status) {
    secret.status = status;
    secret.lastUpdated = call.org.timestamp();
  }
  return { status: 200, json: viewSecret(call.org, app, secret) };
}

function remove(call: Call) {
  const app = appOf(call);
  const secret = secretOf(call);
  if (secret.status === "ACTIVE") throw invalid(kind, ["You can't delete an active secret: deactivate it first."]);
  app.secrets.splice(app.secrets.indexOf(secret), 1);
  return { status: 204 };
}
