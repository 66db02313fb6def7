import type { NamedServer } from "../tenant/tenant.ts";
import type { AuthorizationServerPart, Connection, Registration } from "./connection.ts";

// An authorization server of an Okta org that a file names, or describes so that it is made. Its issuer holds an id that
// Okta gives, so until the server has been looked up a placeholder stands in the issuer's place.

const placeholder = "https://authorization-server.invalid/";

/** In place of the issuer until the server's id is known: a name that can never be reached (RFC 6761, section 6.4). */
export function placeholderIssuer(domain: string, { name }: NamedServer): string {
  return `${placeholder}${domain}/${encodeURIComponent(name)}`;
}

/** Whether the id of the connection's authorization server is still to be learnt. */
export function awaitsServer({ record }: Pick<Connection, "record">): boolean {
  return record.issuer.startsWith(placeholder);
}

/** The connection with the issuer of its authorization server, which has this id. */
export function withServer(connection: Connection, id: string): Connection {
  const domain = new URL(connection.record.issuer).pathname.split("/")[1] ?? "";
  return withIssuer(connection, id, `https://${domain}/oauth2/${id}`);
}

/**
 * The connection with the issuer that its record has in the app, when that is of the same org: for whoever only proves,
 * and so has no access to the org.
 */
export function withRecordedServer(connection: Connection, issuer: unknown): Connection {
  if (!awaitsServer(connection) || typeof issuer !== "string") return connection;
  const domain = new URL(connection.record.issuer).pathname.split("/")[1] ?? "";
  const [, id] = new RegExp(`^https://${domain.replaceAll(".", "\\.")}/oauth2/([A-Za-z0-9_-]+)$`).exec(issuer) ?? [];
  return id === undefined ? connection : withIssuer(connection, id, issuer);
}

function withIssuer(connection: Connection, id: string, issuer: string): Connection {
  return {
    ...connection,
    registration: { ...connection.registration, authorizationServer: id },
    record: { ...connection.record, issuer },
  };
}

/** The server that a registration's file describes, when it is ours to make. */
export function serverPartOf({ parts }: Pick<Registration, "parts">): AuthorizationServerPart | undefined {
  return parts.find((part) => part.kind === "authorizationServer");
}
