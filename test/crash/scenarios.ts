import type { TestWorkspace } from "../support/workspace.ts";

/** What is to become of a connection. */
export type Expected = "active" | "off" | "removed";

/** A change of the folder that an apply carries out, and what must hold afterwards. */
export interface Scenario {
  readonly name: string;
  /** Changes before the change under test; each is applied without a fault. None: nothing is there yet. */
  readonly before: readonly ((workspace: TestWorkspace) => void)[];
  /** The change under test. */
  readonly change: (workspace: TestWorkspace) => void;
  readonly args?: readonly string[];
  /** Connections that are not to be active in the end; all others of the fleet are. */
  readonly becomes?: Readonly<Record<string, Expected>>;
  /** Whose client may change its authentication before the record does (docs/decisions/0011). */
  readonly lenient?: readonly string[];
  /** Apps and store are schemas of PostgreSQL rather than files of SQLite. */
  readonly onServer?: boolean;
  /** Statements on the portal's database: somebody spoils what an apply writes, and stops doing so. */
  readonly spoil?: { readonly begin: string; readonly end: string };
}

/** Connections of the fleet that every scenario begins with. */
export const fleet = [
  "fernhill/orders",
  "fernhill/portal",
  "northwind-rail/portal",
  "snowgoose/portal",
  "tannberg/portal",
  "whiterabbit/portal",
] as const;

const portal = "https://portal.acme.example";
const okta = "  idp: workforce\n  groups: [whiterabbit-staff]\n";
const auth0 = "  idp: customers\n  enabledConnections: [whiterabbit-oidc]\n";
const nothing = (): void => undefined;

const suspend =
  (...tenants: readonly string[]) =>
  (workspace: TestWorkspace): void => {
    for (const tenant of tenants) workspace.edit(`tenants/${tenant}.yaml`, /^status: active$/m, "status: suspended");
  };

const resume =
  (...tenants: readonly string[]) =>
  (workspace: TestWorkspace): void => {
    for (const tenant of tenants) workspace.edit(`tenants/${tenant}.yaml`, /^status: suspended$/m, "status: active");
  };

const offboard =
  (...tenants: readonly string[]) =>
  (workspace: TestWorkspace): void => {
    for (const tenant of tenants) {
      workspace.edit(`tenants/${tenant}.yaml`, /^status: .*$/m, "status: offboarded\ndeleteAfter: 2020-01-31");
    }
  };

/** Whiterabbit with an authentication that Auth0 and the portal can do too. */
const posts = (workspace: TestWorkspace): void =>
  workspace.edit("tenants/whiterabbit.yaml", "client_secret_basic", "client_secret_post");

/** The customers' admins register the portal's second callback beside the first. */
function customersKnow(workspace: TestWorkspace, path: string): void {
  const { providers } = workspace.sandbox;
  for (const [slug, id] of [
    ["northwind-rail", "m4tz8kq2w9hxc5vbn7rj"],
    ["tannberg", "c7xv5tq8m2kzw4rhb9nd"],
  ] as const) {
    for (const client of providers[slug].clients) {
      providers[slug].setRedirectUris(client.clientId, [...client.redirectUris, `${portal}${path}${id}`]);
    }
  }
}

/** Makes the folder of the fleet: two tenants at Okta, one with two apps at Auth0, one with a secret and one with a key. */
export function layOut(workspace: TestWorkspace): void {
  workspace.addTenant("snowgoose", (text) =>
    text.replace("groups: [whiterabbit-staff]", "groups: [{ name: snowgoose-people, create: true }]"),
  );
  // A machine that is busy with other runs answers late.
  workspace.edit("tenantry.yaml", /^store:/m, "verify: { deadline: 60s }\nstore:");
  workspace.sandbox.auth0.addConnection("whiterabbit-oidc", "oidc");
  workspace.sandbox.auth0.addConnection("fernhill-saml", "samlp");
}

const onFiles: readonly Scenario[] = [
  { name: "first", before: [], change: nothing },
  {
    name: "beside",
    before: [
      (workspace) => {
        for (const tenant of ["fernhill", "snowgoose"]) {
          workspace.edit(`tenants/${tenant}.yaml`, /^status: active$/m, "status: draft");
        }
      },
    ],
    change: (workspace) => {
      for (const tenant of ["fernhill", "snowgoose"]) {
        workspace.edit(`tenants/${tenant}.yaml`, /^status: draft$/m, "status: active");
      }
    },
  },
  {
    name: "callback",
    before: [nothing],
    change(workspace) {
      customersKnow(workspace, "/sso/");
      workspace.edit("tenantry.yaml", "/openid/callback/{id}", "/sso/{id}");
    },
  },
  {
    name: "scopes and domains",
    before: [nothing],
    change(workspace) {
      workspace.edit("tenants/whiterabbit.yaml", "[openid, email, profile]", "[openid, email]");
      workspace.edit("tenants/whiterabbit.yaml", "[whiterabbit.example]", "[whiterabbit.example, wr.example]");
      workspace.edit("tenants/fernhill.yaml", "[openid, email, profile, offline_access]", "[openid, email, profile]");
      workspace.edit("tenants/fernhill.yaml", "name: Fernhill Media", "name: Fernhill Press");
      workspace.edit("tenants/northwind-rail.yaml", ", nwr-freight.example", "");
    },
  },
  {
    name: "groups and connections",
    before: [nothing],
    change(workspace) {
      workspace.edit(
        "tenants/whiterabbit.yaml",
        "[whiterabbit-staff]",
        "[whiterabbit-admins, { name: whiterabbit-new, create: true }]",
      );
      workspace.edit("tenants/fernhill.yaml", "[fernhill-oidc]", "[fernhill-saml]");
    },
  },
  {
    name: "client authentication",
    before: [nothing],
    change(workspace) {
      posts(workspace);
      workspace.edit("tenants/snowgoose.yaml", "client_secret_basic", "private_key_jwt");
    },
    lenient: ["whiterabbit/portal", "snowgoose/portal"],
  },
  {
    name: "suspend",
    before: [nothing],
    change: suspend("whiterabbit", "fernhill"),
    becomes: { "whiterabbit/portal": "off", "fernhill/portal": "off", "fernhill/orders": "off" },
  },
  {
    name: "resume",
    before: [nothing, suspend("whiterabbit", "fernhill")],
    change: resume("whiterabbit", "fernhill"),
  },
  {
    name: "delete",
    before: [nothing],
    change: offboard("snowgoose", "fernhill"),
    becomes: { "snowgoose/portal": "removed", "fernhill/portal": "removed", "fernhill/orders": "removed" },
  },
  {
    name: "move to Auth0",
    before: [posts],
    change: (workspace) => workspace.edit("tenants/whiterabbit.yaml", okta, auth0),
  },
  {
    name: "move to Okta",
    before: [
      (workspace) => {
        posts(workspace);
        workspace.edit("tenants/whiterabbit.yaml", okta, auth0);
      },
    ],
    change: (workspace) => workspace.edit("tenants/whiterabbit.yaml", auth0, okta),
  },
  {
    name: "secret again",
    before: [nothing],
    change(workspace) {
      const app = workspace.sandbox.okta.apps.find(({ profile }) => profile?.tenantryKey === "whiterabbit/portal");
      if (app === undefined) throw new Error("whiterabbit has no app");
      workspace.sandbox.okta.addSecret(app);
    },
    args: ["--hand-over", "whiterabbit", "--hand-over", "fernhill"],
  },
  {
    name: "spoiled",
    before: [nothing],
    change(workspace) {
      customersKnow(workspace, "/sso/");
      workspace.edit("tenantry.yaml", "/openid/callback/{id}", "/sso/{id}");
    },
    spoil: {
      begin:
        "create trigger spoil after update of redirect_uri on sso_connection " +
        "when new.key = 'whiterabbit/portal' and new.redirect_uri like '%/sso/%' begin " +
        "update sso_connection set client_secret = 'spoiled' where key = new.key; end",
      end: "drop trigger spoil",
    },
  },
];

/** Every scenario; those on a server are left out where there is none. */
export const scenarios: readonly Scenario[] = [
  ...onFiles,
  ...onFiles
    .filter(({ name }) => name === "first" || name === "callback")
    .map((scenario) => ({ ...scenario, name: `${scenario.name} on PostgreSQL`, onServer: true })),
];
