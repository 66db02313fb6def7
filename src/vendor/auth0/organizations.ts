import { isJsonObject, objectIn, textIn } from "../json.ts";
import { orGone, requiredText } from "./answer.ts";
import { Auth0Failure, type CallPurpose } from "./failure.ts";
import { readByOffset, readWhole } from "./paging.ts";
import type { Auth0Transport } from "./transport.ts";

/** An organization: one customer of the Auth0 tenant. */
export interface Auth0Organization {
  readonly id: string;
  readonly name: string;
  readonly displayName: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** How a connection is enabled for an organization. */
export interface EnabledConnection {
  readonly connectionId: string;
  readonly name: string;
  readonly assignMembershipOnLogin: boolean;
  readonly showAsButton: boolean;
  readonly isSignupEnabled: boolean;
}

/** What a connection is enabled with; Auth0 decides what is left out. */
export type Enabling = Pick<EnabledConnection, "connectionId"> &
  Partial<Pick<EnabledConnection, "assignMembershipOnLogin" | "showAsButton" | "isSignupEnabled">>;

export interface Auth0Organizations {
  all(): Promise<readonly Auth0Organization[]>;
  /** Undefined when there is none of this name. */
  named(name: string): Promise<Auth0Organization | undefined>;
  create(
    organization: Pick<Auth0Organization, "name" | "displayName" | "metadata"> & {
      readonly enabled: readonly Enabling[];
    },
  ): Promise<Auth0Organization>;
  /** `metadata` is replaced as a whole; what is left out stays. */
  change(id: string, change: Partial<Pick<Auth0Organization, "displayName" | "metadata">>): Promise<Auth0Organization>;
  /** Gone already is done. */
  remove(id: string): Promise<void>;
  enabledConnections(id: string): Promise<readonly EnabledConnection[]>;
  /** Enabled already is done. */
  enable(id: string, enabling: Enabling): Promise<void>;
  /** Changes how a connection is enabled. */
  reenable(id: string, enabling: Enabling): Promise<void>;
  /** Disabled already is done. */
  disable(id: string, connectionId: string): Promise<void>;
}

const reading = (what: string, scope = "read:organizations"): CallPurpose => ({ what, scope, writes: false });
const writing = (what: string, scope: string): CallPurpose => ({ what, scope, writes: true });

export function auth0Organizations(transport: Auth0Transport): Auth0Organizations {
  const { host } = transport;
  const at = (id: string, rest = "") => `organizations/${encodeURIComponent(id)}${rest}`;
  const enabledAt = (id: string, connectionId: string) =>
    at(id, `/enabled_connections/${encodeURIComponent(connectionId)}`);

  const organizations: Auth0Organizations = {
    async all() {
      const purpose = reading("list organizations");
      const items = await readWhole(transport, "organizations", "organizations", purpose);
      return items.map((item) => parseOrganization(host, purpose, item));
    },

    async named(name) {
      const purpose = reading("look for an organization");
      const path = `organizations/name/${encodeURIComponent(name)}`;
      const body = await orGone(transport.send({ method: "GET", path, purpose }));
      return body === undefined ? undefined : parseOrganization(host, purpose, body);
    },

    async create({ name, displayName, metadata, enabled }) {
      const purpose = writing("create an organization", "create:organizations");
      const body = {
        name,
        display_name: displayName,
        metadata,
        ...(enabled.length === 0 ? {} : { enabled_connections: enabled.map(enablingBody) }),
      };
      return parseOrganization(
        host,
        purpose,
        await transport.send({ method: "POST", path: "organizations", body, purpose }),
      );
    },

    async change(id, { displayName, metadata }) {
      const purpose = writing(`update organization ${id}`, "update:organizations");
      const body = {
        ...(displayName === undefined ? {} : { display_name: displayName }),
        ...(metadata === undefined ? {} : { metadata }),
      };
      return parseOrganization(host, purpose, await transport.send({ method: "PATCH", path: at(id), body, purpose }));
    },

    async remove(id) {
      const purpose = writing(`delete organization ${id}`, "delete:organizations");
      await orGone(transport.send({ method: "DELETE", path: at(id), purpose }));
    },

    async enabledConnections(id) {
      const purpose = reading(`list the connections of organization ${id}`, "read:organization_connections");
      const path = at(id, "/enabled_connections");
      const { items } = await readByOffset(transport, path, "enabled_connections", purpose);
      return items.map((item) => parseEnabled(host, purpose, item));
    },

    async enable(id, enabling) {
      const purpose = writing(`enable a connection for organization ${id}`, "create:organization_connections");
      const path = at(id, "/enabled_connections");
      const body = enablingBody(enabling);
      try {
        await transport.send({ method: "POST", path, body, purpose });
      } catch (error) {
        if (!(error instanceof Auth0Failure)) throw error;
        // A lost reply, or somebody was faster: what is there decides.
        const enabled = await organizations.enabledConnections(id);
        if (enabled.some((each) => each.connectionId === enabling.connectionId)) return;
        if (error.effect === "none") throw error;
        await transport.send({ method: "POST", path, body, purpose });
      }
    },

    async reenable(id, enabling) {
      const purpose = writing(`change a connection of organization ${id}`, "update:organization_connections");
      const { connection_id: _in, ...body } = enablingBody(enabling);
      await transport.send({ method: "PATCH", path: enabledAt(id, enabling.connectionId), body, purpose });
    },

    async disable(id, connectionId) {
      const purpose = writing(`disable a connection for organization ${id}`, "delete:organization_connections");
      await orGone(transport.send({ method: "DELETE", path: enabledAt(id, connectionId), purpose }));
    },
  };
  return organizations;
}

function enablingBody({ connectionId, assignMembershipOnLogin, showAsButton, isSignupEnabled }: Enabling) {
  return {
    connection_id: connectionId,
    ...(assignMembershipOnLogin === undefined ? {} : { assign_membership_on_login: assignMembershipOnLogin }),
    ...(showAsButton === undefined ? {} : { show_as_button: showAsButton }),
    ...(isSignupEnabled === undefined ? {} : { is_signup_enabled: isSignupEnabled }),
  };
}

function parseOrganization(host: string, purpose: CallPurpose, item: unknown): Auth0Organization {
  const metadata = Object.entries(objectIn(item, "metadata"));
  const name = requiredText(host, purpose, item, "name");
  return {
    id: requiredText(host, purpose, item, "id"),
    name,
    displayName: textIn(item, "display_name") ?? name,
    metadata: Object.fromEntries(metadata.filter((entry): entry is [string, string] => typeof entry[1] === "string")),
  };
}

function parseEnabled(host: string, purpose: CallPurpose, item: unknown): EnabledConnection {
  const flag = (name: string) => isJsonObject(item) && item[name] === true;
  return {
    connectionId: requiredText(host, purpose, item, "connection_id"),
    name: requiredText(host, purpose, objectIn(item, "connection"), "name"),
    assignMembershipOnLogin: flag("assign_membership_on_login"),
    showAsButton: flag("show_as_button"),
    isSignupEnabled: flag("is_signup_enabled"),
  };
}
