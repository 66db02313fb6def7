import { z } from "zod";
import { kongConfigIssues, kongVersions } from "../../workspace/apps/kong.ts";
import { line } from "../../workspace/scalars.ts";

/** What a connection on an app of kind `kong` may say of itself. */
export interface KongEntry {
  /** Name of the route that the plugin is on; exactly one of route, service and global. */
  readonly route?: string | undefined;
  readonly service?: string | undefined;
  /** On everything in the workspace of Kong's. */
  readonly global?: true | undefined;
  /** Kong's own workspace; the app's where it is absent. */
  readonly workspace?: string | undefined;
  /** Further fields of the plugin, over those of the app. */
  readonly config?: Readonly<Record<string, unknown>> | undefined;
}

/** Fields that decide how the gateway trusts or reaches things: the platform's file says them, no tenant's. */
const platformFields = new Set([
  ...["anonymous", "auth_methods", "verify_nonce", "verify_claims", "verify_signature", "verify_parameters"],
  ...["ssl_verify", "tls_client_auth_ssl_verify", "ignore_signature", "enable_hs_signatures", "extra_jwks_uris"],
  ...["issuers_allowed", "display_errors", "http_proxy", "https_proxy", "no_proxy", "http_proxy_authorization"],
  ...["https_proxy_authorization", "redis", "cluster_cache_redis", "cluster_cache_strategy", "session_secret"],
  ...["session_storage", "session_memcached_host", "client_jwk", "token_exchange", "unauthorized_redirect_uri"],
  ...["forbidden_redirect_uri", "unexpected_redirect_uri", "login_redirect_uri", "run_on_preflight"],
]);

/** A name of an entity, as Kong takes it. */
const entityName = line(128).regex(/^[^/{}]+$/, "must be a name without `/`, `{` and `}`");

export const kongEntry = z
  .strictObject({
    route: entityName.optional(),
    service: entityName.optional(),
    global: z.literal(true).optional(),
    workspace: z
      .string()
      .regex(/^[A-Za-z0-9._~-]{1,100}$/, "must be the name of a workspace of Kong's")
      .optional(),
    config: z.record(line(100), z.unknown()).optional(),
  })
  .superRefine((entry, context) => {
    const named = (["route", "service", "global"] as const).filter((name) => entry[name] !== undefined);
    if (named.length !== 1) {
      context.addIssue({
        code: "custom",
        path: named.slice(1, 2),
        message: "must name one of `route`, `service` and `global: true`: what the plugin is on",
      });
    }
    const config = entry.config ?? {};
    // Which version the gateway has says the workspace: what came later is looked for when both are known.
    for (const { path, message, hint } of kongConfigIssues(config, kongVersions.at(-1) ?? "")) {
      context.addIssue({ code: "custom", path: ["config", ...path], message, params: { hint } });
    }
    for (const name of Object.keys(config).filter((name) => platformFields.has(name))) {
      context.addIssue({
        code: "custom",
        path: ["config", name],
        message: "can be set only in tenantry.yaml, for the whole app",
      });
    }
  });
