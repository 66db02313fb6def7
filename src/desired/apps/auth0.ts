import type { Auth0App } from "../../workspace/apps/auth0.ts";
import type { AppFinding, AppKind, AppUse } from "../app-kind.ts";
import { defaultSignIn } from "../key.ts";
import { attributeOf, fitsTemplate, keptAttribute } from "./auth0-profile.ts";

type Use = AppUse<Auth0App>;

/** Names of connections as Auth0 takes them (Management API, "Create a connection"). */
const connectionName = /^[a-zA-Z0-9](-[a-zA-Z0-9]|[a-zA-Z0-9])*$/;
const longestName = 128;

/** What an app of kind `auth0` can express. */
export const auth0Kind: AppKind<"auth0"> = {
  kind: "auth0",
  gate: "staged",
  tenantRow: true,
  sharedCallback: true,
  callback: () => "computed",
  lockScope: () => "tenant",
  secret: () => "written",
  capability: {
    name: { as: "applied", note: "display_name, of the connection and of the organization" },
    domains: { as: "applied", note: "domain_aliases once proven, discovery domains of the organization" },
    issuer: { as: "applied", note: "issuer, discovery_url; domain with strategy okta" },
    endpoints: { as: "applied", note: "authorization, token, userinfo, jwks_uri; Auth0 takes no sign-out endpoint" },
    clientId: { as: "applied", note: "client_id" },
    clientSecret: { as: "applied", note: "client_secret; none with a front channel" },
    clientAuth: { as: "applied", note: "client_secret_post; none with a front channel" },
    redirectUri: { as: "app", note: "/login/callback of the Auth0 tenant or its custom domain, for all connections" },
    scopes: { as: "applied", note: "scope" },
    pkce: { as: "applied", note: "connection_settings.pkce" },
    responseMode: { as: "app", note: "query with a back channel, form_post with a front channel" },
    acrValues: { as: "applied", note: "upstream_params.acr_values" },
    extraParams: { as: "applied", note: "upstream_params" },
    claims: { as: "applied", note: "attribute_map; the person's id is always `sub`" },
    roles: { as: "manual", note: "the claim is mapped to an attribute; an Action makes roles of it" },
    require: { as: "cannot", note: "Auth0 lets in whomever the provider lets in" },
    provision: { as: "applied", note: "set_user_root_attributes" },
    endSession: { as: "app", note: "the app asks for it with `federated` when it signs out" },
    session: { as: "cannot", note: "session times are the Auth0 tenant's" },
    suspended: { as: "applied", note: "enabled for no application and no organization, no domain leads here" },
  },
  target({ app, tenant, signIn, entry }) {
    const own = entry.auth0;
    const use = { app, tenant, signIn, entry };
    return {
      name: nameOf(use),
      strategy: own?.strategy ?? app.strategy,
      channel: own?.channel ?? "back",
      displayName: own?.displayName ?? tenant.name.slice(0, 128),
      showAsButton: own?.showAsButton ?? app.showAsButton,
      icon: own?.icon ?? null,
      clients: [...(own?.clients ?? app.clients)].sort(),
      homeRealm: own?.homeRealm ?? tenant.connections.find((each) => each.app === app.name) === entry,
      membership: own?.membership ?? app.membership,
      claimsFrom: own?.claimsFrom ?? "idToken",
    };
  },
  audit: (use) => [...nameFindings(use), ...channelFindings(use), ...strategyFindings(use), ...profileFindings(use)],
  manualSteps: ({ signIn }) =>
    signIn.roles === undefined
      ? []
      : [
          {
            when: "before",
            text: "at Auth0, add an Action to the Login flow that gives people their roles by the attribute `groups` of their profile",
          },
        ],
  // Auth0 does not tell capitals apart in names.
  unique: (use) => [{ name: `connection ${nameOf(use).toLowerCase()}`, path: placeOfName(use) }],
  startUrl: ({ app, ...use }) =>
    app.probe === undefined ? undefined : startUrl(app.baseUrl, app.probe, nameOf({ app, ...use })),
};

/** A sign-in by one connection, as anybody can begin it in a browser: Auth0 sends on to the customer's provider. */
function startUrl(baseUrl: string, probe: NonNullable<Auth0App["probe"]>, connection: string): string {
  const parameters = new URLSearchParams({
    client_id: probe.clientId,
    response_type: "code",
    redirect_uri: probe.redirectUri,
    scope: "openid",
    state: "tenantry",
    connection,
  });
  return `${baseUrl}/authorize?${parameters}`;
}

function nameOf({ app, tenant, signIn, entry }: Pick<Use, "app" | "tenant" | "signIn" | "entry">): string {
  if (entry.auth0?.name !== undefined) return entry.auth0.name;
  const name = app.connectionName
    .replaceAll("{tenant}", tenant.tenant)
    .replaceAll("{app}", app.name)
    .replaceAll("{signIn}", signIn.name);
  const said = signIn.name === defaultSignIn || app.connectionName.includes("{signIn}");
  return said ? name : `${name}-${signIn.name}`;
}

function placeOfName({ entry }: Pick<Use, "entry">): readonly string[] {
  return entry.auth0?.name === undefined ? [] : ["auth0", "name"];
}

function nameFindings(use: Use): readonly AppFinding[] {
  const name = nameOf(use);
  if (connectionName.test(name) && name.length <= longestName) return [];
  return [
    cannot(
      "entry",
      placeOfName(use),
      `the connection's name would be ${JSON.stringify(name)}, and Auth0 takes letters and digits with single hyphens between, at most ${longestName}`,
      `change \`connectionName\` of app \`${use.app.name}\` in tenantry.yaml, or write \`auth0: { name: … }\``,
    ),
  ];
}

function channelFindings({ app, signIn, entry }: Use): readonly AppFinding[] {
  const front = entry.auth0?.channel === "front";
  const public_ = signIn.clientAuth === "none";
  if (!front) {
    if (!public_) return [];
    return [
      cannot(
        "signIn",
        ["clientAuth"],
        `\`clientAuth: none\` is for a front channel only, and app \`${app.name}\` (auth0) would redeem a code`,
        "write `clientAuth: client_secret_post`, or `auth0: { channel: front }` at the connection",
      ),
    ];
  }
  if (signIn.external === undefined) {
    return [
      cannot(
        "entry",
        ["auth0", "channel"],
        "a front channel takes an ID token straight from the browser, and the clients that Tenantry makes are for codes",
        "leave `channel` out; a front channel is for a client that the customer has made",
      ),
    ];
  }
  if (public_) return [];
  return [
    cannot(
      "signIn",
      ["clientAuth"],
      "a front channel takes no secret",
      "write `clientAuth: none` at the sign-in, or leave `channel: front` out",
    ),
  ];
}

function strategyFindings({ app, signIn, entry }: Use): readonly AppFinding[] {
  const findings: AppFinding[] = [];
  const issuer = signIn.external?.issuer;
  const host = issuer === undefined ? undefined : new URL(issuer).host;
  if (signIn.idp === app.identityProvider || (host !== undefined && `https://${host}` === app.baseUrl)) {
    findings.push(
      cannot(
        "signIn",
        signIn.external === undefined ? ["idp"] : ["external", "issuer"],
        `the sign-in is at the very Auth0 tenant of app \`${app.name}\`, which would ask itself`,
        "take another identity provider for this sign-in, or another app for this connection",
      ),
    );
  }
  if ((entry.auth0?.strategy ?? app.strategy) !== "okta") return findings;
  const at = entry.auth0?.strategy === undefined ? [] : ["auth0", "strategy"];
  const { server, authorizationServer = "org" } = signIn;
  const custom = server !== undefined || authorizationServer !== "org";
  const path = issuer !== undefined && !isOrgIssuer(issuer);
  if (custom || path || signIn.external?.endpoints !== undefined || entry.auth0?.channel === "front") {
    findings.push(
      cannot(
        "entry",
        at,
        "`strategy: okta` is for an Okta org's own authorization server, by its discovery document and a back channel",
        "write `auth0: { strategy: oidc }` at the connection",
      ),
    );
  }
  return findings;
}

/** Whether an issuer is one host without a path, as that of an Okta org is. */
export function isOrgIssuer(issuer: string): boolean {
  return URL.canParse(issuer) && issuer === new URL(issuer).origin;
}

function profileFindings({ signIn, entry }: Use): readonly AppFinding[] {
  const { claims, roles, provision } = signIn;
  const findings: AppFinding[] = [];
  const { externalId } = claims;
  if (externalId !== undefined && [externalId].flat().join("\n") !== "sub") {
    findings.push(
      cannot(
        "signIn",
        ["claims", "externalId"],
        "Auth0 always knows people of a connection by the claim `sub`",
        "write `externalId: sub`; another id can be an attribute under another name",
      ),
    );
  }
  for (const [name, path] of Object.entries(claims)) {
    if (keptAttribute(name)) {
      const message = `Auth0 keeps the attribute \`${attributeOf(name)}\` of a profile for itself`;
      findings.push(cannot("signIn", ["claims", name], message, "give the attribute another name"));
    }
    if (!fitsTemplate(path)) findings.push(unfit(["claims", name]));
  }
  if (roles !== undefined && !fitsTemplate(roles.claim)) findings.push(unfit(["roles", "claim"]));
  const names = Map.groupBy(Object.keys(claims), (name) => attributeOf(name));
  for (const [attribute, [first, second]] of names) {
    if (attribute === undefined || second === undefined) continue;
    const message = `\`${first}\` and \`${second}\` are one attribute at Auth0, \`${attribute}\``;
    findings.push(cannot("signIn", ["claims", second], message, "leave one of them out"));
  }
  if (!provision.create && provision.update) {
    findings.push(
      cannot(
        "signIn",
        ["provision"],
        "Auth0 cannot keep profiles up to date and make no accounts: it does both, or the second at the first login only",
        "write `provision: { create: false, update: false }`",
      ),
    );
  }
  if (entry.auth0?.channel === "front" && entry.auth0.claimsFrom === "userinfo") {
    findings.push(
      cannot(
        "entry",
        ["auth0", "claimsFrom"],
        "a front channel has no access token to ask the userinfo endpoint with",
        "leave `claimsFrom` out, and let the ID token hold the claims",
      ),
    );
  }
  return findings;
}

function unfit(path: readonly string[]): AppFinding {
  const message = "a claim's name with quotes, brackets or braces cannot stand in a template of Auth0";
  return cannot("signIn", path, message, "let the provider send the claim under a plain name too");
}

function cannot(
  where: AppFinding["in"],
  path: readonly (string | number)[],
  message: string,
  hint: string,
): AppFinding {
  return { in: where, path, code: "RULE_APP_CANNOT", message, hint };
}
