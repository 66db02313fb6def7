import type { ConnectionKey, ConnectionRecord } from "../../desired/connection.ts";
import type { Json } from "../../desired/json.ts";
import type { Fields, ObservedAppTenant, ObservedRecord } from "../../plan/observed.ts";
import type { FileApp } from "../../workspace/apps/file.ts";
import type { RecordObservation } from "../app.ts";
import type { Files, OwnFile } from "./files.ts";
import type { FileFormat } from "./format.ts";
import type { Mark } from "./mark.ts";
import { printFile } from "./print.ts";
import { changedValues, fieldNames, type Template } from "./template.ts";
import { type FileSecret, valuesOf } from "./values.ts";

export interface Sight {
  readonly app: FileApp;
  readonly files: Files;
  readonly format: FileFormat;
  readonly template: Template;
  readonly secretIn: (there: OwnFile) => Promise<FileSecret>;
}

/** What is there of the wanted records, and of which others there are files. */
export async function observeFiles(
  sight: Sight,
  wanted: readonly ConnectionRecord[],
  others: boolean,
): Promise<RecordObservation> {
  const { app, files } = sight;
  const records = new Map<ConnectionKey, ObservedRecord>();
  const tenants = new Map<string, ObservedAppTenant>();
  const foreign: { key: ConnectionKey; message: string }[] = [];
  for (const { key, tenant } of wanted) {
    const found = await files.look(key);
    if (found === undefined) continue;
    if ("foreign" in found) {
      const { shown } = await files.place(key);
      foreign.push({ key, message: `The file ${shown} ${found.foreign}.` });
      continue;
    }
    const { own } = found;
    records.set(key, await recordOf(sight, key, own));
    const known = tenants.get(tenant);
    // Of two files of a tenant the one tells that has not yet what the other has: then both are written again.
    if (known === undefined || own.mark.state !== "tombstone") tenants.set(tenant, tenantOf(tenant, own.mark));
  }
  const keys = new Set<string>(wanted.map(({ key }) => key));
  const undeclared = others
    ? (await files.all())
        .filter(({ key }) => !keys.has(key))
        .map(({ key, state }) => ({ key: key as ConnectionKey, state }))
    : [];
  const read = wanted.length;
  return { tenants, records, undeclared, foreign, coverage: [{ what: `app/${app.name} records`, read, total: read }] };
}

async function recordOf(sight: Sight, key: ConnectionKey, own: OwnFile): Promise<ObservedRecord> {
  const { mark } = own;
  const kept = await sight.files.kept(key);
  const previous = kept === undefined ? (mark.unproven === true ? {} : undefined) : kept.mark.fields;
  return {
    key,
    state: mark.state,
    fields: await shownFields(sight, own),
    ...(mark.secretId === undefined ? {} : { secretId: mark.secretId }),
    specDigest: mark.specDigest,
    ...(previous === undefined ? {} : { previous }),
  };
}

/** The values as they were written, and those that somebody has changed as they are now. */
async function shownFields({ format, template, secretIn }: Sight, own: OwnFile): Promise<Fields> {
  const { mark, parsed, text } = own;
  const secret = await secretIn(own);
  const changed = changedValues(format, template, parsed.tree, valuesOf(mark, secret));
  const fields = new Map<string, Json>(Object.entries(mark.fields));
  for (const name of fieldNames) {
    const there = changed.get(name === "scopes" && !changed.has("scopes") ? "scope" : name);
    // A record that is off has none of its client's values in the file.
    if (there !== undefined && mark.state === "active") fields.set(name, there);
  }
  if (fields.has("file.content") && printFile({ format, template, there: parsed, mark, secret }) !== text) {
    fields.set("file.content", "changed by somebody");
  }
  return Object.fromEntries(fields);
}

function tenantOf(tenant: string, { tenant: { id, name, status, domains, routed }, state }: Mark): ObservedAppTenant {
  const gone = state === "tombstone";
  return { tenant, status, routed, fields: { id, name, status, ...(gone ? {} : { domains }) } };
}
