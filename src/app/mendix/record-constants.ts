import { isOfApiOnly, mendixCallback, mendixNames } from "../../desired/apps/mendix-values.ts";
import type { ConnectionRecord } from "../../desired/connection.ts";
import type { Json } from "../../desired/json.ts";
import type { Fields } from "../../plan/observed.ts";
import type { MendixEntry } from "../../tenant/apps/mendix.ts";
import type { MendixApp } from "../../workspace/apps/mendix.ts";
import {
  type MendixAppConstant,
  type MendixIdpConstant,
  mendixAppConstants,
  mendixIdpConstants,
} from "../../workspace/apps/mendix-constants.ts";
import type { RecordWrite } from "../app.ts";
import type { OwnerNote } from "./owner-note.ts";

/** Full names of constants by the module's own. */
export type ConstantNames = Readonly<Partial<Record<MendixIdpConstant, string>>>;

/** Without these the module makes nothing of a set: blank, they let nobody in. */
export const doorConstants = [
  "ClientID",
  "ClientSecret",
  "AutomaticConfigurationURL",
] as const satisfies readonly MendixIdpConstant[];

/** The constants of a record's set. */
export function namesOf(app: MendixApp, { target }: Pick<ConnectionRecord, "target">): ConstantNames {
  return mendixNames(app, { constants: target.constants as MendixEntry["constants"] });
}

/** What the record sets besides the model: the alias, and constants by the module's names or, of the whole app, in full. */
function optionsOf({ target }: Pick<ConnectionRecord, "target">): Readonly<Record<string, string>> {
  const { ClientAlias: alias, options } = target as {
    ClientAlias?: string;
    options?: Readonly<Record<string, string>>;
  };
  return { ...options, ClientAlias: alias ?? "" };
}

/** Whether the record is for callers of the app's API alone. */
export function isApiOnly(record: Pick<ConnectionRecord, "target">): boolean {
  return optionsOf(record).IsClientGrantOnly === "true";
}

/** The address of an issuer's document (OpenID Connect Discovery 1.0, section 4.1). */
function documentOf(issuer: string): string {
  return `${issuer.replace(/\/$/, "")}${wellKnown}`;
}

const wellKnown = "/.well-known/openid-configuration";

const responseModes = { query: "Query", form_post: "Form_Post" } as const;

/** The values of a record, by the module's names, all but the secret; in the order of the module's documentation. */
export function valuesOf(
  app: MendixApp,
  { record, discovery }: Pick<RecordWrite, "record" | "discovery">,
): ReadonlyMap<MendixIdpConstant, string> {
  const options = optionsOf(record);
  const model: Partial<Record<MendixIdpConstant, string | undefined>> = {
    ClientID: record.clientId,
    AutomaticConfigurationURL: documentOf(record.issuer),
    ClientAuthenticationMethod: record.clientAuth,
    JWTSignAlgorithm: record.clientAuth === "private_key_jwt" ? app.clientKey?.publicKey.alg : undefined,
    CallbackResponseMode: responseModes[record.responseMode],
    CustomCallbackURL: record.redirectUri === app.baseUrl + mendixCallback ? "" : record.redirectUri,
    SelectedScope: record.scopes.join(" "),
    ACRValues: record.acrValues.join(" "),
    SessionEndPoint: record.endSession ? (discovery.endSessionEndpoint ?? "") : "",
    EnablePKCE: String(record.pkce === "S256"),
    AllowcreateUsers: String(record.provision.create),
  };
  const apiOnly = isApiOnly(record);
  const names = namesOf(app, record);
  return new Map(
    (Object.keys(mendixIdpConstants) as MendixIdpConstant[]).flatMap((name): [MendixIdpConstant, string][] => {
      const value = options[name] ?? (apiOnly && !isOfApiOnly(name) ? undefined : model[name]);
      return value === undefined || names[name] === undefined ? [] : [[name, value]];
    }),
  );
}

/** The constants of the whole app that the record's target sets, by full name. */
export function sharedValues(record: Pick<ConnectionRecord, "target">): ReadonlyMap<string, string> {
  return new Map(Object.entries(optionsOf(record)).filter(([name]) => Object.hasOwn(mendixAppConstants, name)));
}

/** A constant as found, by its full name; `hidden`: it is there and not shown. */
export type Find = (name: string) => { readonly value: string | undefined; readonly hidden: boolean };

/**
 * What is found, in the words of the model: the fields of `recordFields`. A constant that the set has no name for is the
 * module's default, which is all that it can be. What is hidden is left out.
 */
export function fieldsOf(app: MendixApp, wanted: ConnectionRecord, found: Find, note: OwnerNote | undefined): Fields {
  const names = namesOf(app, wanted);
  const apiOnly = isApiOnly(wanted);
  const isShut = found(names.AutomaticConfigurationURL ?? "").value === "";
  const fields: Record<string, Json> = note === undefined ? {} : { tenant: note.tenant, signIn: note.signIn };
  const take = (name: MendixIdpConstant, read: (text: string) => Readonly<Record<string, Json>>): void => {
    if (apiOnly && !isOfApiOnly(name)) return;
    const full = names[name];
    const { value, hidden } = full === undefined ? { value: undefined, hidden: false } : found(full);
    if (hidden) return;
    const text = full === undefined || value === undefined ? mendixIdpConstants[name].default : value;
    const open = text === "" && doors.has(name) ? behindDoor(name, note, isShut) : text;
    if (open !== undefined) Object.assign(fields, read(open));
  };
  const list = (text: string): readonly string[] => text.split(/\s+/).filter((each) => each !== "");
  const flag = (text: string): boolean => text.toLowerCase() === "true";
  take("ClientID", (text) => ({ clientId: text }));
  take("AutomaticConfigurationURL", (text) => ({ issuer: issuerIn(text, wanted.issuer) }));
  take("ClientAuthenticationMethod", (text) => ({ clientAuth: text }));
  take("CallbackResponseMode", (text) => ({ responseMode: text.toLowerCase() }));
  take("CustomCallbackURL", (text) => ({ redirectUri: text === "" ? app.baseUrl + mendixCallback : text }));
  take("SelectedScope", (text) => ({ scopes: list(text) as Json }));
  take("ACRValues", (text) => ({ acrValues: list(text) as Json }));
  // Without the switch the module decides by what discovery announces.
  if (names.EnablePKCE !== undefined) take("EnablePKCE", (text) => ({ pkce: flag(text) ? "S256" : "off" }));
  take("AllowcreateUsers", (text) => ({ provision: { create: flag(text), update: true } }));
  take("SessionEndPoint", (text) => endSessionIn(text, wanted, note));
  take("ClientAlias", (text) => ({ "mendix.ClientAlias": text }));
  const options = optionsIn(wanted, names, found, note);
  if (options !== undefined) fields["mendix.options"] = options;
  if (note !== undefined && wanted.target.constants !== undefined) {
    const moved = Object.entries(note.constants).some(([short, full]) => names[short as MendixIdpConstant] !== full);
    fields["mendix.constants"] = moved ? note.constants : wanted.target.constants;
  }
  return fields;
}

/** The options as found: those that are wanted, and those that were. Undefined when one of them is not shown. */
function optionsIn(
  wanted: ConnectionRecord,
  names: ConstantNames,
  found: Find,
  note: OwnerNote | undefined,
): Readonly<Record<string, string>> | undefined {
  const { ClientAlias: _alias, ...options } = optionsOf(wanted);
  const fullOf = (name: string): string | undefined =>
    Object.hasOwn(mendixIdpConstants, name) ? names[name as MendixIdpConstant] : name;
  const were = Object.keys(note?.constants ?? {}).filter((name) => isOption(name) && !(name in options));
  const there: Record<string, string> = {};
  for (const name of [...Object.keys(options), ...were]) {
    const full = fullOf(name);
    const { value, hidden } = full === undefined ? { value: options[name], hidden: false } : found(full);
    if (hidden) return undefined;
    // `True` and `true` are one.
    if (value !== undefined) there[name] = value.toLowerCase() === options[name] ? options[name] : value;
  }
  return there;
}

/** Whether a constant has no field of the model. */
function isOption(name: string): boolean {
  return !modelConstants.has(name);
}

const modelConstants: ReadonlySet<string> = new Set([
  "ClientID",
  "ClientAlias",
  "ClientSecret",
  "AutomaticConfigurationURL",
  "ClientAuthenticationMethod",
  "JWTSignAlgorithm",
  "CallbackResponseMode",
  "CustomCallbackURL",
  "SelectedScope",
  "ACRValues",
  "SessionEndPoint",
  "EnablePKCE",
  "AllowcreateUsers",
  "OIDC.Encryptionkey",
  "Encryption.EncryptionKey",
] satisfies (MendixIdpConstant | MendixAppConstant)[]);

const doors: ReadonlySet<string> = new Set(doorConstants);

/** What a constant held that we have blanked; undefined where that cannot be told. */
function behindDoor(name: string, note: OwnerNote | undefined, isShut: boolean): string | undefined {
  if (note === undefined) return isShut ? undefined : "";
  return note.state === "disabled" ? note.closed?.[name] : "";
}

/** A slash at an issuer's end is not to be seen in the address of its document. */
function issuerIn(address: string, wanted: string): string {
  if (wanted !== "" && address === documentOf(wanted)) return wanted;
  return address.endsWith(wellKnown) ? address.slice(0, -wellKnown.length) : address;
}

/** An identity provider without such an address leaves the constant blank, whatever is wanted; then the note tells. */
function endSessionIn(address: string, wanted: ConnectionRecord, note: OwnerNote | undefined): Record<string, Json> {
  if (address !== "") return { endSession: true };
  if (!wanted.endSession) return { endSession: false };
  return note === undefined ? {} : { endSession: note.endSession };
}
