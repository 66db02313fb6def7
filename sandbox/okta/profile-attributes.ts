import { type Json, type JsonObject, spelled } from "../json.ts";

/** Attributes that a person's profile has in every org, with the longest text that each takes. */
export const userBase: Readonly<Record<string, number>> = {
  login: 100,
  firstName: 50,
  lastName: 50,
  middleName: 50,
  honorificPrefix: 50,
  honorificSuffix: 50,
  email: 100,
  title: 100,
  displayName: 255,
  nickName: 255,
  profileUrl: 1024,
  secondEmail: 100,
  mobilePhone: 100,
  primaryPhone: 100,
  streetAddress: 1024,
  city: 128,
  state: 128,
  zipCode: 50,
  countryCode: 2,
  postalAddress: 4096,
  preferredLanguage: 50,
  locale: 50,
  timezone: 50,
  userType: 50,
  employeeNumber: 50,
  costCenter: 50,
  organization: 128,
  division: 128,
  department: 255,
  managerId: 100,
  manager: 100,
};

/** Of a group's profile. */
export const groupBase: Readonly<Record<string, number>> = { name: 255, description: 1024 };

/** What is wrong with a value for an attribute that the org added itself; undefined when nothing is. */
export function customMistake(name: string, value: Json, schema: JsonObject): string | undefined {
  if (value === null) return undefined;
  const { type, maxLength } = schema;
  const fits = isOfType(value, spelled(type));
  if (!fits) return `${name}: Must be of type ${spelled(type)}`;
  if (typeof maxLength === "number" && typeof value === "string" && value.length > maxLength) {
    return `${name}: The field is too long, at most ${maxLength} characters are allowed`;
  }
  return undefined;
}

function isOfType(value: Json, type: string): boolean {
  if (type === "array") return Array.isArray(value);
  if (type === "integer") return Number.isInteger(value);
  return typeof value === type;
}
