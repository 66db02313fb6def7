import { createHash } from "node:crypto";
import { isObject, type Json, type JsonObject, spelled } from "../json.ts";
import type { OktaUser, UserProfile } from "./model.ts";
import type { OktaOrg } from "./org.ts";
import { invalid, OktaProblem } from "./problem.ts";
import { customMistake, userBase } from "./profile-attributes.ts";

const required = ["login", "firstName", "lastName", "email"] as const;

/**
 * The profile that a body asks for. With `present`, what is not sent stays; else it is cleared. Throws an
 * `OktaProblem` about `subject` that lists every mistake.
 */
export function readProfile(
  org: OktaOrg,
  body: unknown,
  { subject, present, whose }: { subject: string; present?: UserProfile; whose?: OktaUser },
): UserProfile {
  const sent = isObject(body) && isObject(body.profile) ? body.profile : {};
  const causes: string[] = [];
  const profile: JsonObject = { mobilePhone: null, secondEmail: null, ...present };
  for (const [name, value] of Object.entries(sent)) {
    const mistake = mistakeOf(org, name, value);
    if (mistake !== undefined) causes.push(mistake);
    else profile[name] = value;
  }
  for (const name of required) {
    const value = profile[name];
    if (typeof value !== "string" || value.trim() === "") causes.push(`${name}: The field cannot be left blank`);
  }
  const { login, email } = profile;
  if (typeof login === "string" && login !== "" && !isAddress(login)) {
    causes.push("login: Username must be in the form of an email address");
  }
  if (typeof email === "string" && email !== "" && !isAddress(email)) {
    causes.push("email: Does not match required pattern");
  }
  if (typeof login === "string" && org.users.some((user) => user !== whose && sameLogin(user, login))) {
    causes.push("login: An object with this field already exists in the current organization");
  }
  if (causes.length > 0) throw invalid(subject === "newUser" ? subject : firstField(causes, subject), causes);
  return Object.fromEntries(
    Object.entries(profile).filter(
      ([name, value]) => value !== null || name === "mobilePhone" || name === "secondEmail",
    ),
  ) as UserProfile;
}

function sameLogin(user: OktaUser, login: string): boolean {
  return user.profile.login.toLowerCase() === login.toLowerCase();
}

function firstField(causes: readonly string[], otherwise: string): string {
  const [field = "", rest] = (causes[0] ?? "").split(": ");
  return rest === undefined ? otherwise : field;
}

function isAddress(text: string): boolean {
  return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text);
}

function mistakeOf(org: OktaOrg, name: string, value: Json): string | undefined {
  const custom = org.state.userAttributes.get(name);
  if (custom !== undefined) return customMistake(name, value, custom);
  const longest = Object.hasOwn(userBase, name) ? userBase[name] : undefined;
  if (longest === undefined) return `Property name '${name}' is not defined in profile`;
  if (value !== null && typeof value !== "string") return `${name}: Must be a text`;
  if (value !== null && value.length > longest) {
    return `${name}: The field is too long, at most ${longest} characters are allowed`;
  }
  return undefined;
}

/**
 * The credentials after a body: what it does not name stays. `changed` says whether there is a new password. Throws
 * Okta's 400 for a password that is too weak and for an unknown provider.
 */
export function readCredentials(
  body: unknown,
  present?: OktaUser["credentials"],
): { readonly credentials: OktaUser["credentials"]; readonly changed: boolean } {
  const sent = isObject(body) && isObject(body.credentials) ? body.credentials : {};
  const password = isObject(sent.password) ? sent.password : {};
  const question = isObject(sent.recovery_question) ? sent.recovery_question : {};
  const provider = isObject(sent.provider) ? sent.provider : {};
  const hashed = isObject(password.hash);
  const value = password.value === undefined ? undefined : readPassword(password.value);
  const type = hashed ? "IMPORT" : (provider.type ?? present?.provider.type ?? "OKTA");
  if (typeof type !== "string" || !providers.includes(type)) {
    throw invalid("provider", [`provider: '${spelled(type)}' is not a valid provider type`]);
  }
  const name = typeof provider.name === "string" ? provider.name : type;
  const known = hashed ? "imported" : value === undefined ? present?.password : digest(value);
  return {
    changed: hashed || value !== undefined,
    credentials: {
      password: known,
      question: typeof question.question === "string" ? question.question : present?.question,
      provider: { type, name: hashed ? type : name },
    },
  };
}

const providers = ["OKTA", "ACTIVE_DIRECTORY", "LDAP", "FEDERATION", "SOCIAL", "IMPORT"];

/** A password as text. Throws Okta's 400 when the org's policy does not allow it. */
export function readPassword(value: unknown): string {
  if (typeof value !== "string" || value.length < 8 || value.length > 72) {
    throw invalid("password", [
      "password: Password requirements were not met. Password requirements: at least 8 characters.",
    ]);
  }
  return value;
}

/** Throws Okta's 403 when it is not the person's password. */
export function checkPassword(user: OktaUser, value: unknown): void {
  const { password } = user.credentials;
  if (password === "imported" || (typeof value === "string" && password === digest(value))) return;
  throw new OktaProblem(403, "E0000014", "Update of credentials failed", ["oldPassword: Old password is not correct"]);
}

/** How a password is kept. */
export function digest(password: string): string {
  return createHash("sha256").update(password).digest("hex");
}
