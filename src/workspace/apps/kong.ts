import { z } from "zod";
import type { ClientAuth } from "../client-auth.ts";
import { parseDuration } from "../duration.ts";
import type { Reference } from "../reference.ts";
import { httpsBase, line, reference } from "../scalars.ts";
import { type AppCommon, commonKeys, pathTemplate, referenceOf, resolveCommon } from "./common.ts";
import { checkKongConfig } from "./kong-fields.ts";

/** Versions of the gateway for which Kong publishes the plugin's schema. */
export const kongVersions = [
  ...["3.4", "3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14", "3.15"],
] as const satisfies string[];

/** How the gateway reads a secret that does not stand in its configuration. `{tenant}`, `{app}`, `{signIn}` are filled in. */
export type KongSecretReference =
  /** What stands behind `{vault://`, such as `hcv/sso/{tenant}/client_secret`. */
  | { readonly vault: string }
  /** An environment variable of the machine that runs decK; its name begins with `DECK_`. */
  | { readonly deckEnvironment: string };

/** Routes of a Kong gateway, each with the plugin openid-connect. */
export interface KongApp extends AppCommon {
  readonly kind: "kong";
  /** Version of the gateway, such as `3.15`. */
  readonly version: string;
  /** Kong's own workspace where an entry names none. */
  readonly workspace: string;
  /** The gateway's Admin API; absent when a decK file carries the records. */
  readonly adminApi?:
    | {
        readonly url: string;
        readonly token?: Reference | undefined;
        /** Milliseconds until every worker of the gateway plays what was written. */
        readonly propagation: number;
      }
    | undefined;
  /** The decK file, relative to the workspace; absent with `adminApi`. */
  readonly deck?:
    | {
        readonly file: string;
        /** Tags by which decK finds what this file is about. */
        readonly selectTags: readonly string[];
        /** Tags by which decK finds routes and services that another file is about. */
        readonly lookupTags?: { readonly routes: readonly string[]; readonly services: readonly string[] } | undefined;
      }
    | undefined;
  readonly secretReference?: KongSecretReference | undefined;
  /** Path that signs people out of the gateway; absent: the gateway signs nobody out. */
  readonly logout?: string | undefined;
  /** Names of the headers in which the app behind gets claims, by the claim's name in the model. */
  readonly headers: Readonly<Record<string, string>>;
  /** Further fields of the plugin, for all connections. */
  readonly config: Readonly<Record<string, unknown>>;
}

/** Fields of the plugin that are said elsewhere, each with where. */
export const kongModelFields: Readonly<Record<string, string>> = {
  issuer: "the sign-in's identity provider says it",
  using_pseudo_issuer: "the sign-in's `endpoints` say it",
  client_id: "the registration says it",
  client_secret: "`secretReference`, or the registration, says it",
  client_auth: "the sign-in's `clientAuth` says it",
  token_endpoint_auth_method: "the sign-in's `clientAuth` says it",
  redirect_uri: "`baseUrl` and `callback` say it",
  scopes: "the sign-in's `scopes` say it",
  response_type: "it is always `code`",
  response_mode: "the sign-in's `responseMode` says it",
  authorization_endpoint: "the sign-in's `endpoints` say it",
  token_endpoint: "the sign-in's `endpoints` say it",
  userinfo_endpoint: "the sign-in's `endpoints` say it",
  jwks_endpoint: "the sign-in's `endpoints` say it",
  end_session_endpoint: "the sign-in's `endpoints` say it",
  introspection_endpoint: "the sign-in's `endpoints` say it",
  require_proof_key_for_code_exchange: "the sign-in's `pkce` says it",
  authorization_query_args_names: "the sign-in's `acrValues` and `extraParams` say it",
  authorization_query_args_values: "the sign-in's `acrValues` and `extraParams` say it",
  session_absolute_timeout: "the sign-in's `session` says it",
  session_idling_timeout: "the sign-in's `session` says it",
  domains: "the sign-in's `require: { hd: … }` says it",
  groups_required: "the sign-in's `roles` say it",
  groups_claim: "the sign-in's `roles` say it",
  authenticated_groups_claim: "the sign-in's `roles` say it",
  upstream_headers: "the sign-in's `claims` and the app's `headers` say it",
  upstream_headers_claims: "the sign-in's `claims` and the app's `headers` say it",
  upstream_headers_names: "the sign-in's `claims` and the app's `headers` say it",
  logout_uri_suffix: "the app's `logout` says it",
  logout_redirect_uri: "the app's `postLogout` says it",
};

const vaultPath = line(300).regex(
  /^([A-Za-z0-9_./#-]|\{(tenant|app|signIn)\})+$/,
  "must be what stands behind `{vault://`, such as `hcv/sso/{tenant}/client_secret`; only `{tenant}`, `{app}` and `{signIn}` are filled in",
);

const deckVariable = line(200).regex(
  /^DECK_([A-Z0-9_]|\{(tenant|app|signIn)\})+$/,
  "must be the name of a variable that begins with `DECK_`, such as `DECK_SSO_{tenant}`, because decK reads no other",
);

/** A tag as Kong takes it: no comma, no slash, nothing that cannot be seen. */
const tag = line(128)
  .regex(/^[\x21-\x7e]+$/, "must be visible ASCII")
  .regex(/^[^,/]+$/, "must not hold `,` or `/`");

const headerName = line(100).regex(/^[A-Za-z0-9-]+$/, "must be the name of a header, such as `x-user-email`");

/** Kong's Admin API often listens on this machine alone, without TLS. */
const adminUrl = z.union(
  [httpsBase, z.string().regex(/^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:[0-9]{1,5})?$/)],
  "must be an https URL without a slash at its end; `http://` only of this machine",
);

const propagation = z
  .string()
  .regex(/^(0|[1-9][0-9]{0,2})s$/, "must be a number of seconds such as `6s`; `0s` where nothing has to be waited for");

export const kongApp = z
  .strictObject({
    kind: z.literal("kong"),
    ...commonKeys,
    version: z.enum(kongVersions).default("3.15"),
    workspace: z
      .string()
      .regex(/^[A-Za-z0-9._~-]{1,100}$/, "must be the name of a workspace of Kong's")
      .default("default"),
    adminApi: z
      .strictObject({ url: adminUrl, token: reference.optional(), propagation: propagation.default("6s") })
      .optional(),
    deck: z
      .strictObject({
        file: line(300)
          .regex(/^[^/\\].*\.ya?ml$/, "must be the path of a YAML file, relative to the workspace")
          .refine((path) => !path.split("/").includes(".."), "must not hold `..`"),
        selectTags: z.array(tag).min(1, "must name at least one").max(5, "must name at most 5: decK takes no more"),
        lookupTags: z
          .strictObject({ routes: z.array(tag).max(20).default([]), services: z.array(tag).max(20).default([]) })
          .optional(),
      })
      .optional(),
    secretReference: z
      .union(
        [z.strictObject({ vault: vaultPath }), z.strictObject({ deckEnvironment: deckVariable })],
        "must be `{ vault: hcv/sso/{tenant}/client_secret }` or `{ deckEnvironment: DECK_SSO_{tenant} }`",
      )
      .optional(),
    logout: pathTemplate.optional(),
    headers: z.record(line(100), headerName).default({}),
    config: z.record(line(100), z.unknown()).default({}),
  })
  .superRefine((app, context) => {
    const issue = (path: readonly (string | number)[], message: string, hint?: string | undefined): void => {
      context.addIssue({ code: "custom", path: [...path], message, params: { hint } });
    };
    if ((app.adminApi === undefined) === (app.deck === undefined)) {
      issue(
        app.deck === undefined ? [] : ["deck"],
        "must have one carrier: `adminApi` or `deck`",
        "write `adminApi: { url: … }` to write to the gateway, or `deck: { file: …, selectTags: […] }` to write decK's file",
      );
    }
    if (app.deck !== undefined && app.secretReference === undefined && needsSecret(app.clientAuth)) {
      issue(
        ["deck"],
        "needs `secretReference`: a secret must not stand in a file",
        "write `secretReference: { vault: … }` as Kong reads it, or `{ deckEnvironment: DECK_… }` as decK does",
      );
    }
    if (app.adminApi !== undefined && app.secretReference !== undefined && "deckEnvironment" in app.secretReference) {
      issue(["secretReference"], "can be `deckEnvironment` only with `deck`", "write `{ vault: … }`");
    }
    if (app.secretSink !== undefined && app.secretReference === undefined) {
      issue(
        ["secretSink"],
        "needs `secretReference`: how the gateway reads what is put there",
        "write `secretReference: { vault: … }`",
      );
    }
    if (app.deck !== undefined && app.start !== undefined) {
      issue(
        ["start"],
        "cannot be proven with `deck`: the gateway plays the file only after `deck gateway sync`",
        "remove `start`, or write to the gateway by `adminApi`",
      );
    }
    for (const found of kongConfigIssues(app.config, app.version)) {
      issue(["config", ...found.path], found.message, found.hint);
    }
  });

/** What is wrong with a `config:` map of an app or an entry. */
export function kongConfigIssues(
  config: Readonly<Record<string, unknown>>,
  version: string,
): ReturnType<typeof checkKongConfig> {
  const said = Object.keys(config).filter((name) => Object.hasOwn(kongModelFields, name));
  const rest = Object.fromEntries(Object.entries(config).filter(([name]) => !said.includes(name)));
  return [
    ...said.map((name) => ({
      path: [name],
      message: `cannot be set here: ${kongModelFields[name]}`,
      hint: `take \`${name}\` out`,
    })),
    ...checkKongConfig(rest, { version }).filter(({ path }) => path[0] !== "issuer"),
  ];
}

function needsSecret(clientAuth: readonly ClientAuth[] | undefined): boolean {
  return (clientAuth ?? clientAuthDefault).some((method) => method.startsWith("client_secret"));
}

const clientAuthDefault: readonly ClientAuth[] = ["client_secret_basic", "client_secret_post"];

/** The app as later rooms work with it. */
export function resolveKongApp(name: string, written: z.output<typeof kongApp>): KongApp {
  const { adminApi, deck, version, workspace, secretReference, logout, headers, config } = written;
  return {
    ...resolveCommon(name, written, clientAuthDefault),
    kind: "kong",
    ...{ version, workspace, deck, secretReference, logout, headers, config },
    adminApi: adminApi && {
      url: adminApi.url,
      token: adminApi.token === undefined ? undefined : referenceOf(adminApi.token),
      propagation: parseDuration(adminApi.propagation) ?? 0,
    },
  };
}
