import { createHash } from "node:crypto";
import type { JsonObject } from "../json.ts";
import type { Person } from "./vendor.ts";

/** Somebody with the claims that all products have; `sub` is a UUID unless the claims say otherwise. */
function person(login: string, name: string, claims: JsonObject): Person {
  const [given_name = name, family_name = name] = name.split(" ");
  const sub = stableId(login);
  return {
    login,
    claims: { sub, name, given_name, family_name, preferred_username: login, email: login, ...claims },
  };
}

/** A UUID that is always the same for a login. */
function stableId(login: string): string {
  const hex = createHash("sha256").update(login).digest("hex");
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ];
  return parts.join("-");
}

/** A number of 21 digits that is always the same for a login, as Google numbers accounts. */
function accountNumber(login: string): string {
  const hex = createHash("sha256").update(login).digest("hex");
  return `1${BigInt(`0x${hex.slice(0, 24)}`)
    .toString()
    .padStart(20, "0")
    .slice(-20)}`;
}

/** People of Northwind Rail: the last one came with the freight company and has no e-mail address. */
export function northwindRail(directory: string): readonly Person[] {
  const of = (login: string, name: string, claims: JsonObject): Person =>
    person(login, name, { oid: stableId(`oid ${login}`), tid: directory, ver: "2.0", ...claims });
  const { email: _email, ...rest } = of("freight@nwr-freight.example", "Test Freight", {}).claims;
  return [
    of("admin@northwindrail.example", "Test Admin", { roles: ["Portal.Admin"] }),
    of("staff@northwindrail.example", "Test Staff", {}),
    { login: "freight@nwr-freight.example", claims: rest },
  ];
}

/** People of Bluefin Studios, and somebody with a Google account who is none of them. */
export function bluefinStudios(): readonly Person[] {
  const of = (login: string, name: string, claims: JsonObject): Person =>
    person(login, name, { sub: accountNumber(login), email_verified: true, ...claims });
  return [
    of("admin@bluefin.example", "Test Admin", { hd: "bluefin.example" }),
    of("staff@bluefin.example", "Test Staff", { hd: "bluefin.example" }),
    of("stranger@private-mail.example", "Test Stranger", {}),
  ];
}

export function alderVoss(): readonly Person[] {
  const of = (login: string, name: string, groups: readonly string[]): Person =>
    person(login, name, {
      sub: login.split("@")[0] ?? login,
      mail: login,
      memberOf: groups.map((group) => `CN=${group},OU=Groups,DC=aldervoss,DC=example`),
    });
  return [
    of("admin@aldervoss.example", "Test Admin", ["Staff", "PortalAdmins"]),
    of("staff@aldervoss.example", "Test Staff", ["Staff"]),
  ];
}

export function tannberg(): readonly Person[] {
  const of = (login: string, name: string, roles: readonly string[]): Person =>
    person(login, name, { email_verified: true, realm_access: { roles: ["default-roles-staff", ...roles] } });
  return [
    of("admin@tannberg.example", "Test Admin", ["portal-admin"]),
    of("staff@tannberg.example", "Test Staff", []),
    of("student@stud.tannberg.example", "Test Student", []),
  ];
}

export function cobaltClinics(): readonly Person[] {
  const of = (login: string, name: string, groups: readonly string[]): Person =>
    person(login, name, { email_verified: true, "cognito:username": stableId(login), "cognito:groups": groups });
  return [
    of("admin@cobaltclinics.example", "Test Admin", ["portal-admins"]),
    of("staff@cobaltclinics.example", "Test Staff", []),
  ];
}

/** People of Fernhill, whose provider names roles in a namespace of its own. */
export function fernhill(): readonly Person[] {
  const of = (login: string, name: string, roles: readonly string[]): Person =>
    person(login, name, { email_verified: true, "https://fernhill.example/roles": roles });
  return [
    of("editor@fernhill.example", "Test Editor", ["editor-in-chief"]),
    of("writer@fernhill.example", "Test Writer", ["writer"]),
  ];
}

/** People of Ostrava Steel: the last one kept the domain of a company that was bought. */
export function ostravaSteel(): readonly Person[] {
  const of = (login: string, name: string, groups: readonly string[]): Person => person(login, name, { groups });
  return [
    of("admin@ostravasteel.example", "Test Admin", ["portal-admins"]),
    of("staff@ostravasteel.example", "Test Staff", []),
    of("metal@os-metal.example", "Test Metal", []),
  ];
}
