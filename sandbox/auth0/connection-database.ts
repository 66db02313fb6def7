import { randomBytes } from "node:crypto";
import { isObject, type Json, type JsonObject } from "../json.ts";
import { Auth0Problem } from "./problem.ts";

const refuse = (message: string): Auth0Problem => new Auth0Problem(400, message, "invalid_body");

/** Throws the 400 of Auth0 for attributes that contradict one another, other options, or what the connection was. */
export function checkDatabase(sent: JsonObject, before: JsonObject | undefined): void {
  const { attributes } = sent;
  if (!isObject(attributes)) return;
  if (sent.validation !== undefined) throw refuse("Cannot set both options.attributes and options.validation");
  if (sent.requires_username === true) {
    throw refuse("Cannot set both options.attributes and options.requires_username");
  }
  const all = Object.entries(attributes).flatMap(([name, value]) => (isObject(value) ? [{ name, value }] : []));
  if (!all.some(({ value }) => isObject(value.identifier) && value.identifier.active === true)) {
    throw refuse("attributes must contain one active identifier");
  }
  for (const { name, value } of all) {
    const signup = isObject(value.signup) ? value.signup.status : undefined;
    if (value.profile_required === true && signup !== undefined && signup !== "required") {
      throw refuse(`attribute ${name} must also be required on signup`);
    }
  }
  if (before !== undefined && emailIsShared(attributes) && !emailIsShared(before.attributes)) {
    throw refuse("cannot add non-unique email attribute");
  }
}

function emailIsShared(attributes: Json | undefined): boolean {
  return isObject(attributes) && isObject(attributes.email) && attributes.email.unique === false;
}

/**
 * The options of a database connection as Auth0 keeps them. A new one gets everything; a change brings back only how
 * people prove themselves, as it was, and leaves out whatever else it does not name.
 */
export function databaseOptions(sent: JsonObject, before: JsonObject | undefined): JsonObject {
  const options: JsonObject = {
    ...(before === undefined ? newOptions(sent) : {}),
    brute_force_protection: true,
    ...sent,
    authentication_methods: methods(sent.authentication_methods, before?.authentication_methods),
    passkey_options: {
      challenge_ui: "both",
      progressive_enrollment_enabled: true,
      local_enrollment_enabled: true,
      ...objectOf(sent.passkey_options ?? before?.passkey_options),
    },
  };
  if (isObject(sent.attributes)) options.attributes = attributesOf(sent.attributes);
  if (isObject(sent.password_options)) options.password_options = passwordOptions(sent.password_options);
  if (isObject(sent.configuration)) options.configuration = sealed(sent.configuration, before?.configuration);
  return options;
}

function newOptions(sent: JsonObject): JsonObject {
  return {
    mfa: { active: true, return_enroll_settings: true },
    ...(sent.password_options === undefined ? { passwordPolicy: "good" } : {}),
    strategy_version: 2,
  };
}

/** Without a word about it there are two methods; whoever names some is shown all. */
function methods(sent: Json | undefined, before: Json | undefined): Json {
  if (!isObject(sent)) {
    if (isObject(before)) return before;
    return { password: { enabled: true, api_behavior: "required", signup_behavior: "allow" }, passkey: off };
  }
  return {
    email_otp: { ...off, ...objectOf(sent.email_otp) },
    passkey: { ...off, ...objectOf(sent.passkey) },
    password: { enabled: true, api_behavior: "required", signup_behavior: "allow", ...objectOf(sent.password) },
    phone_otp: { ...off, ...objectOf(sent.phone_otp) },
  };
}

const off = { enabled: false };

function attributesOf(sent: JsonObject): JsonObject {
  if (!isObject(sent.email)) return sent;
  return { ...sent, email: { unique: true, verification_method: "link", ...sent.email } };
}

function passwordOptions(sent: JsonObject): JsonObject {
  const profile = "name username nickname email phone_number user_metadata.name user_metadata.first user_metadata.last";
  return {
    complexity: {
      character_type_rule: "all",
      identical_characters: "allow",
      sequential_characters: "allow",
      max_length_exceeded: "error",
      min_length: 15,
      character_types: [],
      ...objectOf(sent.complexity),
    },
    profile_data: { active: false, blocked_fields: profile.split(" "), ...objectOf(sent.profile_data) },
    history: { active: false, size: 3, ...objectOf(sent.history) },
    dictionary: { active: false, custom: [], default: "en_100k", ...objectOf(sent.dictionary) },
  };
}

/** Values for the scripts come back encrypted. A value that comes back as it was shown is kept. */
function sealed(sent: JsonObject, before: Json | undefined): JsonObject {
  const known = new Set(isObject(before) ? Object.values(before) : []);
  return Object.fromEntries(
    Object.entries(sent).map(([name, value]) => [
      name,
      typeof value === "string" && value !== "" && !known.has(value) ? randomBytes(126).toString("base64") : value,
    ]),
  );
}

function objectOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}
