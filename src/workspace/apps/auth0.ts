import { z } from "zod";
import type { ClientAuth } from "../client-auth.ts";
import { endpointUrl, line, slug } from "../scalars.ts";
import { type AppCommon, commonKeys, resolveCommon } from "./common.ts";

/** Enterprise connections of the platform's own Auth0 tenant. */
export interface Auth0App extends AppCommon {
  readonly kind: "auth0";
  /** Name of the identity provider of kind auth0 in this workspace whose tenant it is: domain and credentials are its. */
  readonly identityProvider: string;
  /** Template of the connections' names; `{tenant}`, `{app}` and `{signIn}` are filled in. */
  readonly connectionName: string;
  readonly strategy: "oidc" | "okta";
  /** Names or client ids of the applications that a connection is enabled for. */
  readonly clients: readonly string[];
  readonly showAsButton: boolean;
  /** Whether whoever signs in becomes a member of the tenant's organization. */
  readonly membership: boolean;
  /** An application of its own, at which connections are tried out before anybody comes in by them. */
  readonly probe?: { readonly clientId: string; readonly redirectUri: string } | undefined;
}

const {
  clientKey: _key,
  secretSink: _sink,
  baseUrl: _base,
  callback: _callback,
  start: _start,
  ...common
} = commonKeys;

/** What Auth0 can prove itself with at another provider, as far as both halves can be proven (docs/apps/auth0.md). */
const methods = z.enum(
  ["client_secret_post", "none"],
  "must be `client_secret_post`, or `none` for a front channel: Auth0 takes no client_secret_basic",
);

/** Names of applications, or their client ids. */
export const clientList = z
  .array(line(255))
  .max(50)
  .refine((names) => new Set(names).size === names.length, "must not name the same application twice");

export const auth0App = z
  .strictObject({
    kind: z.literal("auth0"),
    ...common,
    clientAuth: z.array(methods).min(1, "must name at least one").optional(),
    identityProvider: slug,
    connectionName: line(128)
      .regex(/^(?:[a-zA-Z0-9-]|\{(?:tenant|app|signIn)\})+$/, {
        error: "must be letters, digits, hyphens and `{tenant}`, `{app}`, `{signIn}`: Auth0 takes nothing else",
      })
      .refine((template) => template.includes("{tenant}"), "must hold `{tenant}`")
      .default("{tenant}"),
    strategy: z.enum(["oidc", "okta"]).default("oidc"),
    clients: clientList.default([]),
    showAsButton: z.boolean().default(false),
    membership: z.boolean().default(true),
    probe: z.strictObject({ clientId: line(255), redirectUri: endpointUrl }).optional(),
  })
  .refine(({ clients, probe }) => probe === undefined || !clients.includes(probe.clientId), {
    error: "must be an application of its own: a connection is enabled for it before it is proven",
    path: ["probe", "clientId"],
  });

const clientAuthDefault: readonly ClientAuth[] = ["client_secret_post", "none"];

/**
 * The app as later rooms work with it.
 *
 * @param host where people sign in at the Auth0 tenant; empty when there is no such identity provider
 */
export function resolveAuth0App(name: string, written: z.output<typeof auth0App>, host: string): Auth0App {
  const { identityProvider, connectionName, strategy, clients, showAsButton, membership, probe } = written;
  const at = { ...written, baseUrl: `https://${host}`, callback: "/login/callback" };
  return {
    ...resolveCommon(name, at, clientAuthDefault),
    kind: "auth0",
    ...{ identityProvider, connectionName, strategy, clients, showAsButton, membership, probe },
  };
}
