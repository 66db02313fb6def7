import { mkdir, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { encodeKey } from "../../desired/key.ts";
import type { RecordWrite } from "../app.ts";
import { discoveryEndpoint } from "./values.ts";

/**
 * Columns of `sso/oidc_connections.csv` in the package that WorkOS' importer reads.
 *
 * @see https://github.com/workos/workos-migrations (docs, migration package contract)
 */
const columns = [
  "name",
  "organizationName",
  "organizationId",
  "organizationExternalId",
  "domains",
  "clientId",
  "clientSecret",
  "discoveryEndpoint",
  "customRedirectUri",
  "externalId",
  "connectionType",
] as const;

/** The organization that the row names. */
interface RowOrganization {
  readonly id: string;
  readonly name: string;
  readonly externalId: string;
}

/** The file's text: a head and the connection's row. The column of the secret is empty, as WorkOS' contract advises. */
function rowText({ record, appTenant }: RecordWrite, organization: RowOrganization): string {
  const row: Readonly<Record<(typeof columns)[number], string>> = {
    name: appTenant.name,
    organizationName: organization.name,
    organizationId: organization.id,
    organizationExternalId: organization.externalId,
    domains: appTenant.domains.join(","),
    clientId: record.clientId,
    clientSecret: "",
    discoveryEndpoint: discoveryEndpoint(record.issuer),
    customRedirectUri: "",
    externalId: encodeKey(record.key),
    connectionType: "GenericOIDC",
  };
  return [columns, columns.map((name) => row[name])].map((cells) => `${cells.map(quoted).join(",")}\r\n`).join("");
}

/** RFC 4180, section 2. */
function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/**
 * Writes the row of a connection into a package folder of its own.
 *
 * @param folder relative to the workspace
 * @returns the file, relative to the workspace
 */
export async function writeRow(
  root: string,
  folder: string,
  write: RecordWrite,
  organization: RowOrganization,
): Promise<string> {
  const shown = join(folder, encodeKey(write.record.key), "sso", "oidc_connections.csv");
  const path = join(root, shown);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.new`, rowText(write, organization));
  await rename(`${path}.new`, path);
  return shown;
}
