import type { ConnectionKey } from "../../desired/connection.ts";
import type { Json } from "../../desired/json.ts";
import { textsOf } from "../../desired/json.ts";
import { parseConnectionKey } from "../../desired/key.ts";
import { TenantryError } from "../../errors/failure.ts";
import type { Mark } from "./mark.ts";
import { fieldNames, type Values } from "./template.ts";

/** What a client proves itself with, as far as the file says it. */
export interface FileSecret {
  /** In plain text. */
  readonly value?: string | undefined;
  /** Where it lies instead. */
  readonly reference?: string | undefined;
}

/** What the placeholders of a template stand for. A record that is off has no values of its client. */
export function valuesOf(mark: Mark, secret: FileSecret): Values {
  const { key, state, fields, tenant } = mark;
  const parts = parseConnectionKey(key);
  const isOn = state === "active";
  return new Map<string, Json>([
    ["key", key],
    ["app", parts?.app ?? ""],
    ["tenant", parts?.tenant ?? ""],
    ["signIn", parts?.signIn ?? ""],
    ["workspace", mark.workspace],
    ["environment", mark.environment],
    ["id", tenant.id],
    ["name", tenant.name],
    ["domains", tenant.routed.map(({ domain }) => domain)],
    ["state", state],
    ["enabled", isOn],
    ...fieldNames.map((name): [string, Json] => [name, fields[name] ?? null]),
    ["scope", textsOf(fields.scopes).join(" ")],
    ["clientId", isOn ? (fields.clientId ?? null) : null],
    ["clientSecret", isOn ? (secret.value ?? null) : null],
    ["clientSecretReference", isOn && mark.secretId !== undefined ? (secret.reference ?? null) : null],
  ]);
}

/**
 * Sees that a text can stand in a file and come back as it is.
 *
 * @throws TenantryError APPFILE_VALUE_UNFIT
 */
export function expectText(text: string, what: string, key: ConnectionKey): void {
  if (!text.includes("\0") && text.isWellFormed()) return;
  throw new TenantryError("APPFILE_VALUE_UNFIT", `${what} of ${key} cannot stand in a file`);
}
