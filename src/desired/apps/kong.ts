import type { KongEntry } from "../../tenant/apps/kong.ts";
import type { ClaimPath, Roles, SignIn } from "../../tenant/tenant.ts";
import type { KongApp } from "../../workspace/apps/kong.ts";
import { checkKongConfig, isBefore314 } from "../../workspace/apps/kong-fields.ts";
import type { AppFinding, AppKind, AppUse, ManualStep } from "../app-kind.ts";
import type { Json } from "../json.ts";

/** Settings of a record that only Kong has. */
export interface KongTarget {
  /** Kong's own workspace. */
  readonly workspace: string;
  /** What the plugin is on: `route NAME`, `service NAME` or `global`. */
  readonly on: string;
  /** A plugin that is switched off would leave the route open. */
  readonly enabled: true;
  /** How the gateway reads the secret; absent when it stands in the plugin. */
  readonly clientSecret?: string | undefined;
  /** Whose groups are shown to the app behind, and which of them let somebody in; null without roles. */
  readonly groups: { readonly claim: readonly string[]; readonly required: readonly string[] } | null;
  /** Where people sign out of the gateway, and where they are sent then; null where the gateway signs nobody out. */
  readonly logout: { readonly path: string; readonly redirect: readonly string[] } | null;
  /** Further fields of the plugin. */
  readonly config: Readonly<Record<string, Json>>;
}

type Use = AppUse<KongApp>;

/** What an app of kind `kong` can express: a plugin openid-connect, on a route, a service or a whole workspace. */
export const kongKind: AppKind<"kong"> = {
  kind: "kong",
  gate: "atomic",
  tenantRow: false,
  callback: () => "computed",
  lockScope: (app) => (app.deck === undefined ? "record" : "app"),
  secret: (app) => {
    if (app.secretSink !== undefined) return "sink";
    return app.secretReference === undefined ? "written" : "byHand";
  },
  capability: {
    name: { as: "app", note: "a gateway shows no names" },
    domains: { as: "app", note: "the route decides which hosts it serves" },
    issuer: { as: "applied", note: "`issuer`" },
    endpoints: { as: "applied", note: "`*_endpoint` with `using_pseudo_issuer`; else by discovery" },
    clientId: { as: "applied", note: "`client_id`" },
    clientSecret: { as: "applied", note: "`client_secret`, or a reference to a vault there" },
    clientAuth: { as: "applied", note: "`client_auth`, `token_endpoint_auth_method`" },
    redirectUri: { as: "applied", note: "`redirect_uri`" },
    scopes: { as: "applied", note: "`scopes`" },
    pkce: { as: "applied", note: "`require_proof_key_for_code_exchange`" },
    responseMode: { as: "applied", note: "`response_mode`" },
    acrValues: { as: "applied", note: "`authorization_query_args_*`" },
    extraParams: { as: "applied", note: "`authorization_query_args_*`" },
    claims: { as: "applied", note: "`upstream_headers`" },
    roles: { as: "applied", note: "`groups_required`, `authenticated_groups_claim`; the app behind names roles" },
    require: { as: "applied", note: "`domains`, for `hd` alone" },
    provision: { as: "app", note: "the app behind keeps accounts" },
    endSession: { as: "applied", note: "`logout_uri_suffix`, `logout_redirect_uri`, where the app has `logout`" },
    session: { as: "applied", note: "`session_absolute_timeout`, `session_idling_timeout`" },
    suspended: { as: "applied", note: "the route answers 403, the plugin is kept and denies everybody" },
  },
  target: (use) => ({ ...targetOf(use) }) as unknown as Readonly<Record<string, Json>>,
  audit: (use) => [...entryFindings(use), ...signInFindings(use), ...textFindings(use)],
  manualSteps,
  unique: (use) => {
    const { kong } = use.entry;
    const on = onOf(kong);
    const secret = secretReferenceOf(use);
    return [
      ...(on === "" ? [] : [{ name: `${on} of workspace ${workspaceOf(use)}`, path: pathOfOn(kong) }]),
      ...(secret === undefined ? [] : [{ name: `secret ${secret}`, path: [] }]),
    ];
  },
};

/** The settings of a record of this kind, as `target` made them. */
export function kongTarget(target: Readonly<Record<string, Json>>): KongTarget {
  return target as unknown as KongTarget;
}

/** A claim as the path that it is. */
export function claimPath(claim: ClaimPath): readonly string[] {
  return typeof claim === "string" ? [claim] : claim;
}

/** Name of the header in which the app behind gets a claim of the model: `displayName` by `x-user-display-name`. */
export function kongHeader(app: Pick<KongApp, "headers">, claim: string): string | undefined {
  if (Object.hasOwn(app.headers, claim)) return app.headers[claim]?.toLowerCase();
  if (!/^[a-z][A-Za-z0-9]*$/.test(claim)) return undefined;
  return `x-user-${claim.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

function targetOf(use: Use): KongTarget {
  const { app, signIn, entry } = use;
  const clientSecret = secretReferenceOf(use);
  const config = { ...app.config, ...entry.kong?.config } as Record<string, Json>;
  const { logout } = app;
  return {
    workspace: workspaceOf(use),
    on: onOf(entry.kong),
    enabled: true,
    ...(clientSecret === undefined ? {} : { clientSecret }),
    groups: signIn.roles === undefined ? null : groupsOf(signIn.roles),
    logout:
      logout === undefined || !signIn.logout.endSession
        ? null
        : { path: fill(logout, use), redirect: app.postLogout.map((path) => app.baseUrl + fill(path, use)) },
    config,
  };
}

/** With a default everybody has a role, so nobody is kept out by their groups. */
function groupsOf({ claim, map, default: everybody }: Roles): NonNullable<KongTarget["groups"]> {
  return { claim: claimPath(claim), required: everybody === undefined ? Object.keys(map).sort() : [] };
}

function workspaceOf({ app, entry }: Use): string {
  return entry.kong?.workspace ?? app.workspace;
}

function onOf(kong: KongEntry | undefined): string {
  if (kong?.route !== undefined) return `route ${kong.route}`;
  if (kong?.service !== undefined) return `service ${kong.service}`;
  return kong?.global === true ? "global" : "";
}

function pathOfOn(kong: KongEntry | undefined): readonly string[] {
  return ["kong", kong?.route !== undefined ? "route" : kong?.service !== undefined ? "service" : "global"];
}

/** `{vault://…}` or `${{ env "DECK_…" }}`, as it stands in the plugin; undefined when the secret does. */
function secretReferenceOf(use: Use): string | undefined {
  const { app } = use;
  const reference = app.secretReference;
  if (reference === undefined || !usesSecret(use)) return undefined;
  if ("vault" in reference) return `{vault://${fill(reference.vault, use)}}`;
  const name = reference.deckEnvironment.replaceAll(/\{\w+\}/g, (text) => fill(text, use).toUpperCase());
  return `\${{ env "${name.replaceAll("-", "_")}" }}`;
}

function usesSecret({ app, signIn }: Use): boolean {
  return (signIn.clientAuth ?? app.clientAuth[0] ?? "client_secret_basic").startsWith("client_secret");
}

function fill(template: string, { app, tenant, signIn }: Use): string {
  return template
    .replaceAll("{id}", tenant.id)
    .replaceAll("{tenant}", tenant.tenant)
    .replaceAll("{app}", app.name)
    .replaceAll("{signIn}", signIn.name);
}

function entryFindings({ app, entry }: Use): readonly AppFinding[] {
  const { kong } = entry;
  const finding = (path: readonly (string | number)[], message: string, hint: string): AppFinding => ({
    ...{ in: "entry", path, code: "RULE_APP_ENTRY", message, hint },
  });
  if (kong === undefined) {
    return [
      finding(
        [],
        `\`${app.name}\` is a Kong gateway, and nothing says what the plugin is on`,
        "add `kong: { route: NAME }`",
      ),
    ];
  }
  const found: AppFinding[] = [];
  if (app.deck !== undefined && kong.workspace !== undefined && kong.workspace !== app.workspace) {
    const message = `a decK file is about one workspace, and that of \`${app.name}\` is ${app.workspace}`;
    found.push(
      finding(["kong", "workspace"], message, "remove `workspace`, or make another app with a file of its own"),
    );
  }
  if (kong.global === true && kong.workspace === undefined) {
    const message = "a plugin on everything needs its workspace said";
    found.push(finding(["kong", "global"], message, "add `workspace: NAME`, of which everything is this tenant's"));
  }
  const later = checkKongConfig(kong.config ?? {}, { version: app.version }).filter(({ message }) =>
    message.includes(`Kong ${app.version} does not have`),
  );
  for (const { path, message } of later) {
    const field = String(path[0]);
    found.push(
      finding(
        ["kong", "config", ...path],
        `\`${field}\` ${message}`,
        `remove \`${field}\`, or set the app's \`version\``,
      ),
    );
  }
  return found;
}

function signInFindings(use: Use): readonly AppFinding[] {
  const { app, signIn, entry } = use;
  const cannot = (path: readonly (string | number)[], message: string, hint: string): AppFinding => ({
    ...{ in: "signIn", path, code: "RULE_APP_CANNOT", message, hint },
  });
  const found: AppFinding[] = [];
  for (const claim of Object.keys(signIn.require).filter((claim) => claim !== "hd")) {
    const message = `Kong can demand a value of \`hd\` only, not of \`${claim}\``;
    found.push(cannot(["require", claim], message, "demand it in the app behind, or let people in by groups: `roles`"));
  }
  const before314 = isBefore314(app.version);
  const headers = new Map<string, string>();
  for (const [name, path] of Object.entries(signIn.claims)) {
    const header = kongHeader(app, name);
    const other = header === undefined ? undefined : headers.get(header);
    if (header === undefined) {
      found.push(
        cannot(
          ["claims", name],
          "no header can be named after this claim",
          `name one under \`headers:\` of ${app.name}`,
        ),
      );
    } else if (other !== undefined) {
      found.push(
        cannot(
          ["claims", name],
          `its header \`${header}\` is that of \`${other}\` too`,
          `name another under \`headers:\` of ${app.name}`,
        ),
      );
    } else {
      headers.set(header, name);
    }
    if (before314 && typeof path !== "string" && path.length > 1) {
      found.push(
        cannot(
          ["claims", name],
          `Kong ${app.version} passes no nested claim on`,
          "take a claim of the top, or Kong 3.14 or later",
        ),
      );
    }
  }
  const { roles } = signIn;
  if (roles !== undefined && roles.default === undefined) {
    for (const group of Object.keys(roles.map).filter((group) => /\s/.test(group))) {
      const message = "Kong reads a group with a space as several groups, all of which one must be in";
      found.push(
        cannot(
          ["roles", "map", group],
          message,
          "let the provider send it without a space, or give `roles` a `default`",
        ),
      );
    }
  }
  const jwk = { ...app.config, ...entry.kong?.config }.client_jwk;
  if (app.deck !== undefined && jwk === undefined && (signIn.clientAuth ?? app.clientAuth[0]) === "private_key_jwt") {
    const message = "the private key of the client must not stand in decK's file";
    found.push(
      cannot(
        ["clientAuth"],
        message,
        `give \`${app.name}\` the key by \`config: { client_jwk: … }\` with references to a vault`,
      ),
    );
  }
  return found;
}

/** Texts that would be run: by decK as a template, by Kong as a reference to a vault. */
function textFindings({ app, signIn, entry }: Use): readonly AppFinding[] {
  const found: AppFinding[] = [];
  const look = (of: "entry" | "signIn", value: unknown, path: readonly (string | number)[], config: boolean): void => {
    if (typeof value === "object" && value !== null) {
      for (const [name, member] of Object.entries(value)) {
        const step = Array.isArray(value) ? Number(name) : name;
        look(of, member, [...path, step], config);
        if (!Array.isArray(value)) look(of, name, [...path, step], config);
      }
    }
    if (typeof value !== "string") return;
    const hint = "write another value; it cannot be escaped";
    const rest = { in: of, path, code: "RULE_APP_CANNOT", hint } as const;
    if (app.deck !== undefined && value.includes("${{")) {
      found.push({ ...rest, message: "it holds `${{`, which decK would run as a template" });
    }
    if (!config && value.includes("{vault://")) {
      found.push({ ...rest, message: "it holds `{vault://`, which Kong would read as a reference to a secret" });
    }
  };
  for (const name of textual) look("signIn", signIn[name], [name], false);
  const { config, ...named } = entry.kong ?? {};
  look("entry", named, ["kong"], false);
  look("entry", config ?? {}, ["kong", "config"], true);
  const { issuer, clientId, endpoints } = signIn.external ?? {};
  look("signIn", { issuer, clientId, endpoints }, ["external"], false);
  return found;
}

/** What of a sign-in gets into the plugin as text. */
const textual = [
  "scopes",
  "acrValues",
  "extraParams",
  "claims",
  "roles",
  "require",
] as const satisfies (keyof SignIn)[];

function manualSteps(use: Use): readonly ManualStep[] {
  const { app, signIn } = use;
  const steps: ManualStep[] = [];
  const reference = secretReferenceOf(use);
  if (reference !== undefined && app.secretSink === undefined) {
    steps.push({
      when: "before",
      text: reference.startsWith("{vault")
        ? `Put the client secret of ${use.tenant.tenant} where the gateway reads \`${reference}\``
        : `Give decK the client secret of ${use.tenant.tenant} as ${/"(\w+)"/.exec(reference)?.[1] ?? ""}`,
    });
  }
  const renamed = Object.entries(signIn.roles?.map ?? {}).filter(([group, role]) => group !== role);
  if (renamed.length > 0) {
    steps.push({
      when: "before",
      text: `Let the app behind take its roles from the header ${kongHeader(app, "roles")}, which holds the provider's groups: ${renamed
        .map(([group, role]) => `${group} is ${role}`)
        .join(", ")}`,
    });
  }
  if (app.deck !== undefined) {
    steps.push({
      when: "after",
      text: `Bring ${app.deck.file} to the gateway`,
      command: `deck gateway sync ${app.deck.file}`,
    });
  }
  return steps;
}
