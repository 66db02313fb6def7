import { createHash } from "node:crypto";
import { isObject, type Json, type JsonObject, spelled } from "../json.ts";
import type { Call, Route } from "./call.ts";
import { userOf } from "./existing.ts";
import { pickFields } from "./fields.ts";
import type { Auth0Connection, Auth0User } from "./model.ts";
import { shownOrganization } from "./organization-view.ts";
import { offsetPage, offsetQuery } from "./page.ts";
import { isStrong } from "./password-policy.ts";
import { Auth0Problem, invalidBody, invalidQuery } from "./problem.ts";
import { forgetUser } from "./removal.ts";
import { createUser, updateUser } from "./user-schema.ts";
import { checked, withoutNulls } from "./validate.ts";

/** People: list, search by email, create, read, change, delete, and the organizations of one. */
export const userRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/users",
    scopes: ["read:users"],
    bucket: "rest",
    query: [...offsetQuery, "sort", "connection", "fields", "include_fields", "q", "search_engine", "primary_order"],
    handle: list,
  },
  {
    method: "GET",
    path: "/users-by-email",
    scopes: ["read:users"],
    bucket: "rest",
    query: ["email", "fields", "include_fields"],
    handle: (call) => {
      const email = call.query.get("email");
      if (email === null) throw invalidQuery("'Missing required property: email'");
      const found = [...call.tenant.users.values()].filter((user) => user.email === email);
      return { status: 200, json: found.map((user) => pickFields(call.query, shownUser(call, user))) };
    },
  },
  { method: "POST", path: "/users", scopes: ["create:users"], bucket: "rest", handle: create },
  {
    method: "GET",
    path: "/users/:userId",
    scopes: ["read:users", "read:current_user"],
    bucket: "rest",
    query: ["fields", "include_fields"],
    handle: (call) => ({ status: 200, json: pickFields(call.query, shownUser(call, userOf(call))) }),
  },
  {
    method: "PATCH",
    path: "/users/:userId",
    scopes: ["update:users", "update:users_app_metadata"],
    bucket: "rest",
    handle: change,
  },
  {
    // Deleting somebody who is gone succeeds.
    method: "DELETE",
    path: "/users/:userId",
    scopes: ["delete:users"],
    bucket: "rest",
    handle: (call) => {
      const user = call.tenant.users.get(call.params.userId ?? "");
      if (user !== undefined) forgetUser(call.tenant.state, user);
      return { status: 204 };
    },
  },
  {
    method: "GET",
    path: "/users/:userId/organizations",
    scopes: ["read:organizations"],
    bucket: "rest",
    query: offsetQuery,
    handle: (call) => {
      const { id } = userOf(call);
      const found = [...call.tenant.organizations.values()].filter(({ members }) => members.has(id));
      return offsetPage(call.query, "organizations", found, shownOrganization);
    },
  },
  {
    // Accounts that people have connected are for the token vault, which the sandbox has not.
    method: "GET",
    path: "/users/:userId/connected-accounts",
    scopes: ["read:users"],
    bucket: "rest",
    query: ["from", "take"],
    handle: (call) => {
      userOf(call);
      return { status: 200, json: { connected_accounts: [] } };
    },
  },
];

/** Of the query language only a term is known, or a field with a value: `email:"ann@example.com"`, `ann*`. */
function list(call: Call) {
  const query = call.query.get("q") ?? "";
  const match = /^(?:([\w.]+):)?"?([^":]*?)"?$/.exec(query.trim());
  if (match === null)
    throw invalidQuery("'The query language of the sandbox is a term, or a field and a value' on property q");
  const [, field, term = ""] = match;
  const pattern = new RegExp(`^${term.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*")}$`, "i");
  const all = [...call.tenant.users.values()];
  const found = all.filter((user) => {
    if (term === "") return true;
    const shown = shownUser(call, user);
    if (field === undefined)
      return [user.id, user.email, user.name, shown.nickname].some((one) => pattern.test(String(one)));
    const values = field.startsWith("identities.")
      ? (shown.identities as readonly JsonObject[]).map((each) => each[field.slice("identities.".length)])
      : [
          field
            .split(".")
            .reduce<Json | undefined>((value, name) => (isObject(value) ? value[name] : undefined), shown),
        ];
    return values.some((value) => value !== undefined && pattern.test(spelled(value)));
  });
  return offsetPage(call.query, "users", found, (user) => pickFields(call.query, shownUser(call, user)));
}

function create(call: Call) {
  const {
    connection: name,
    email,
    password,
    user_id: id,
    verify_email: _mail,
    name: fullName,
    ...profile
  } = checked(call.body, createUser);
  const connection = call.tenant.connection(String(name));
  if (connection === undefined || connection.name !== name) {
    throw new Auth0Problem(
      400,
      `The connection does not exist. (connection: ${spelled(name)})`,
      "inexistent_connection",
    );
  }
  const address = typeof email === "string" ? email.toLowerCase() : undefined;
  if (connection.strategy === "auth0") checkDatabase(connection, address, password);
  else if (!["email", "sms"].includes(connection.strategy)) {
    throw new Auth0Problem(
      400,
      "Users can only be created in database and passwordless connections",
      "operation_not_supported",
    );
  }
  const local = address?.split("@")[0] ?? String(profile.username ?? profile.phone_number ?? id);
  const known = typeof id === "string" ? `${connection.strategy}|${id}` : undefined;
  refuseTaken(call, connection, { address, username: profile.username, id: known });
  const user = call.tenant.addUser(connection, address ?? "", String(fullName ?? address ?? local), {
    ...(known === undefined ? {} : { id: known }),
    profile: {
      nickname: local,
      picture: gravatar(address ?? local),
      ...profile,
    },
  });
  return { status: 201, json: shownUser(call, user) };
}

function checkDatabase({ settings }: Auth0Connection, email: string | undefined, password: Json | undefined): void {
  const options = isObject(settings.options) ? settings.options : {};
  if (email === undefined && options.attributes === undefined) throw invalidBody("'Missing required property: email'");
  if (typeof password !== "string") throw invalidBody("'Missing required property: password'");
  if (!isStrong(password, options.passwordPolicy)) {
    throw new Auth0Problem(400, "PasswordStrengthError: Password is too weak", "invalid_body");
  }
}

function refuseTaken(
  call: Call,
  connection: Auth0Connection,
  wanted: {
    readonly address: string | undefined;
    readonly username: Json | undefined;
    readonly id?: string | undefined;
  },
  self?: Auth0User,
): void {
  const taken = [...call.tenant.users.values()].some(
    (user) =>
      user !== self &&
      user.connectionId === connection.id &&
      ((wanted.address !== undefined && user.email === wanted.address) ||
        (wanted.username !== undefined && user.profile.username === wanted.username) ||
        user.id === wanted.id),
  );
  if (taken) throw new Auth0Problem(409, "The user already exists.", "auth0_idp_error");
}

/** What is sent is replaced; metadata are merged key by key, null takes away, and `{}` empties them. */
function change(call: Call) {
  const user = userOf(call);
  const sent = checked(call.body, updateUser);
  const connection = call.tenant.connections.get(user.connectionId);
  const { email, name, password, connection: _connection, client_id: _client, verify_email: _mail, ...rest } = sent;
  const { verify_phone_number: _text, ...profile } = rest;
  if (connection !== undefined) {
    if (typeof password === "string") checkDatabase(connection, user.email, password);
    const address = typeof email === "string" ? email.toLowerCase() : undefined;
    refuseTaken(call, connection, { address, username: profile.username ?? undefined }, user);
    if (address !== undefined) user.email = address;
  }
  if (typeof name === "string") user.name = name;
  const merged: JsonObject = withoutNulls({ ...user.profile, ...profile });
  for (const place of ["user_metadata", "app_metadata"] as const) {
    const change = profile[place];
    if (isObject(change)) merged[place] = mergeMetadata(user.profile[place], change);
  }
  if (isObject(merged.app_metadata) && Object.keys(merged.app_metadata).length === 0) delete merged.app_metadata;
  user.profile = merged;
  user.updatedAt = call.tenant.timestamp();
  return { status: 200, json: shownUser(call, user) };
}

function mergeMetadata(before: Json | undefined, change: JsonObject): JsonObject {
  if (Object.keys(change).length === 0) return {};
  return withoutNulls({ ...(isObject(before) ? before : {}), ...change });
}

/** Auth0 shows a picture of the address, or of the name's first letters. */
function gravatar(address: string): string {
  const hash = createHash("md5").update(address).digest("hex");
  const letters = encodeURIComponent(`https://cdn.auth0.com/avatars/${address.slice(0, 2)}.png`);
  return `https://s.gravatar.com/avatar/${hash}?s=480&r=pg&d=${letters}`;
}

function shownUser(call: Call, user: Auth0User): JsonObject {
  const connection = call.tenant.connections.get(user.connectionId);
  const own = user.id.slice(user.id.indexOf("|") + 1);
  return {
    user_id: user.id,
    created_at: user.createdAt,
    ...(user.email === "" ? {} : { email: user.email }),
    identities: [
      {
        connection: connection?.name ?? "",
        user_id: own,
        provider: connection?.strategy ?? user.id.split("|")[0] ?? "",
        isSocial: false,
      },
    ],
    name: user.name,
    ...(user.email === "" ? {} : { email_verified: false }),
    nickname: user.email.split("@")[0] ?? "",
    picture: gravatar(user.email),
    ...user.claims,
    ...user.profile,
    updated_at: user.updatedAt,
  };
}
