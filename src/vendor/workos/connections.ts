import { isJsonObject, objectIn, textIn } from "../json.ts";
import { type CallPurpose, orGone } from "./failure.ts";
import { requiredText } from "./organizations.ts";
import { readPages, type WorkosTransport } from "./transport.ts";

/** What an answer shows of a connection's settings: that of a create does, a list may not. */
export interface ShownOptions {
  readonly discoveryEndpoint?: string | undefined;
  readonly clientId?: string | undefined;
  readonly pkce?: boolean | undefined;
  readonly clientAuth?: string | undefined;
}

/** An SSO connection of an organization. */
export interface WorkosConnection {
  readonly id: string;
  readonly organizationId: string | undefined;
  /** Such as `GenericOIDC`. */
  readonly type: string;
  readonly name: string;
  /** `active` and `validating` let people in; `draft`, `inactive`, `requires_type` and `deleting` do not. */
  readonly state: string;
  readonly updatedAt: string;
  readonly externalId: string | undefined;
  /** The redirect URI for the identity provider, where the answer shows it. */
  readonly callback: string | undefined;
  readonly shown: ShownOptions;
}

/** What a connection is made of. */
export interface ConnectionBody {
  readonly organizationId: string;
  readonly name: string;
  readonly externalId: string;
  readonly discoveryEndpoint: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly pkce: boolean;
  readonly clientAuth: string;
  /** Absent: WorkOS hands one out. */
  readonly redirectUri?: string | undefined;
  readonly standardAttributes: Readonly<Record<string, string>>;
  readonly customAttributes: Readonly<Record<string, string>>;
}

/** The SSO connections of one WorkOS environment. Every call throws a `WorkosFailure` when it fails. */
export interface WorkosConnections {
  /** Of one organization, or of all. */
  list(organizationId?: string): Promise<readonly WorkosConnection[]>;
  /** Makes it; one that has the external id in that organization comes back as it is. */
  create(body: ConnectionBody): Promise<WorkosConnection>;
  remove(id: string): Promise<void>;
}

/**
 * @see https://workos.com/docs/reference/sso/connection
 * @see https://workos.com/docs/reference/sso/connection/create for `POST /connections`, which is switched on per environment
 */
export function connectionsOf(transport: WorkosTransport): WorkosConnections {
  return {
    async list(organizationId) {
      const purpose = { what: "list connections", writes: false };
      const items = await readPages(transport, "/connections", { organization_id: organizationId }, purpose);
      return items.map((item) => parseConnection(purpose, item));
    },

    async create(body) {
      const purpose = { what: `create the connection ${body.externalId}`, writes: true };
      const sent = {
        organization_id: body.organizationId,
        name: body.name,
        external_id: body.externalId,
        connection_type: "GenericOIDC",
        oidc_options: {
          discovery_endpoint: body.discoveryEndpoint,
          client_id: body.clientId,
          client_secret: body.clientSecret,
          pkce: body.pkce,
          token_authentication_method: body.clientAuth,
          ...(body.redirectUri === undefined ? {} : { redirect_uri: body.redirectUri }),
        },
        attribute_maps: {
          standard_attributes: body.standardAttributes,
          ...(Object.keys(body.customAttributes).length === 0 ? {} : { custom_attributes: body.customAttributes }),
        },
      };
      const call = { method: "POST", path: "/connections", body: sent, repeat: "natural", purpose } as const;
      return parseConnection(purpose, await transport.send(call));
    },

    async remove(id) {
      const purpose = { what: `delete the connection ${id}`, writes: true };
      await orGone(transport.send({ method: "DELETE", path: `/connections/${encodeURIComponent(id)}`, purpose }));
    },
  };
}

function parseConnection(purpose: CallPurpose, item: unknown): WorkosConnection {
  const options = objectIn(item, "oidc_options");
  const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);
  return {
    id: requiredText(purpose, item, "id"),
    organizationId: textIn(item, "organization_id"),
    type: requiredText(purpose, item, "connection_type"),
    name: textIn(item, "name") ?? "",
    state: requiredText(purpose, item, "state"),
    updatedAt: requiredText(purpose, item, "updated_at"),
    externalId: isJsonObject(item) ? text(item.external_id) : undefined,
    callback: text(options.redirect_uri) ?? (isJsonObject(item) ? text(item.callback_endpoint) : undefined),
    shown: {
      discoveryEndpoint: text(options.discovery_endpoint),
      clientId: text(options.client_id),
      pkce: typeof options.pkce === "boolean" ? options.pkce : undefined,
      clientAuth: text(options.token_authentication_method),
    },
  };
}
