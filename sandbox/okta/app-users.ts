import { isObject, type Json, type JsonObject, spelled } from "../json.ts";
import { appOf, type Call, type Route, sentFields, userOf } from "./call.ts";
import type { OktaApp, OktaAppUser, OktaUser } from "./model.ts";
import type { OktaOrg } from "./org.ts";
import { page } from "./page.ts";
import { invalid, notFound, OktaProblem } from "./problem.ts";
import { viewUser } from "./user-view.ts";

const read = "okta.apps.read";
const manage = "okta.apps.manage";
const base = "/api/v1/apps/:appId/users";

/** The people of an app, assigned by name (`USER`) or because of a group (`GROUP`). */
export const appUserRoutes: readonly Route[] = [
  { method: "GET", path: base, scope: read, bucket: "apps", handle: list },
  { method: "POST", path: base, scope: manage, bucket: "apps", handle: assign },
  {
    method: "GET",
    path: `${base}/:userId`,
    scope: read,
    bucket: "apps",
    handle: (call) => {
      const app = appOf(call);
      return { status: 200, json: appUserIn(call, app, personOf(call, app)) };
    },
  },
  { method: "POST", path: `${base}/:userId`, scope: manage, bucket: "apps", handle: update },
  {
    method: "DELETE",
    path: `${base}/:userId`,
    scope: manage,
    bucket: "apps",
    handle: (call) => {
      const app = appOf(call);
      const user = personOf(call, app);
      if (!app.users.delete(user.id)) {
        throw new OktaProblem(403, "E0000006", "You do not have permission to perform the requested action", [
          "The person is assigned by a group.",
        ]);
      }
      return { status: 204 };
    },
  },
];

/** Who is assigned; the 404 of Okta names the person, whoever it is. */
function personOf(call: Call, app: OktaApp): OktaUser {
  const user = userOf(call);
  if (!isAssigned(call.org, app, user)) throw notFound(call.params.userId ?? "", "AppUser");
  return user;
}

function isAssigned(org: OktaOrg, app: OktaApp, user: OktaUser): boolean {
  return user.status !== "DEPROVISIONED" && org.mayUse(user, app);
}

function list(call: Call) {
  const app = appOf(call);
  const wanted = (call.query.get("q") ?? "").toLowerCase();
  const users = call.org.users.filter(
    (user) =>
      isAssigned(call.org, app, user) &&
      [user.profile.login, user.profile.email, user.profile.firstName, user.profile.lastName, nameAt(app, user)].some(
        (each) => each.toLowerCase().startsWith(wanted),
      ),
  );
  return page(call, `/api/v1/apps/${app.id}/users`, users, (user) => appUserIn(call, app, user), {
    standard: 50,
    most: 500,
  });
}

function assign(call: Call) {
  const app = appOf(call);
  const body = sentFields(call);
  if (typeof body.id !== "string" || body.id === "") throw invalid("id", ["id: The field cannot be left blank"]);
  if (body.scope !== undefined && body.scope !== "USER" && body.scope !== "GROUP") {
    throw invalid("scope", ["scope: Must be USER or GROUP"]);
  }
  const user = call.org.state.users.get(body.id);
  if (user === undefined) throw notFound(body.id, "User");
  if (user.status === "DEPROVISIONED") {
    throw new OktaProblem(403, "E0000038", "This operation is not allowed in the user's current status.");
  }
  const { userName, profile } = readPerson(body);
  const now = call.org.timestamp();
  app.users.set(user.id, { userId: user.id, created: now, lastUpdated: now, userName, profile: profile ?? {} });
  return { status: 200, json: appUserIn(call, app, user) };
}

/** With a scope of `USER` someone who is in by a group becomes assigned by name. */
function update(call: Call) {
  const app = appOf(call);
  const user = personOf(call, app);
  const now = call.org.timestamp();
  const present = app.users.get(user.id);
  const { userName, profile } = readPerson(sentFields(call));
  app.users.set(user.id, {
    userId: user.id,
    created: present?.created ?? now,
    lastUpdated: now,
    userName: userName ?? present?.userName,
    profile: { ...present?.profile, ...profile },
  });
  return { status: 200, json: appUserIn(call, app, user) };
}

function readPerson(body: JsonObject): { userName: string | undefined; profile: JsonObject | undefined } {
  const credentials = isObject(body.credentials) ? body.credentials : {};
  const { userName } = credentials;
  if (userName !== undefined && (typeof userName !== "string" || userName === "")) {
    throw invalid("credentials.userName", ["userName: The field cannot be left blank"]);
  }
  if (userName !== undefined && userName.length > 100) {
    throw invalid("credentials.userName", ["userName: The field is too long, at most 100 characters are allowed"]);
  }
  const profile = isObject(body.profile) ? body.profile : undefined;
  for (const name of Object.keys(profile ?? {})) {
    if (!attributes.includes(name)) {
      throw invalid("profile", [`Property name '${name}' is not defined in profile`]);
    }
  }
  return { userName, profile };
}

/** What the profile of a person at an OIDC app holds. */
const attributes = [
  "street_address",
  "country",
  "website",
  "zoneinfo",
  "birthdate",
  "gender",
  "formatted",
  "profile",
  "locality",
  "given_name",
  "middle_name",
  "locale",
  "picture",
  "name",
  "nickname",
  "phone_number",
  "region",
  "postal_code",
  "family_name",
  "email",
];

function profileOf({ profile }: OktaUser): JsonObject {
  return {
    ...Object.fromEntries(attributes.map((name) => [name, null])),
    street_address: profile.streetAddress ?? null,
    country: profile.countryCode ?? null,
    zoneinfo: profile.timezone ?? "America/Los_Angeles",
    profile: profile.profileUrl ?? null,
    locality: profile.city ?? null,
    given_name: profile.firstName,
    middle_name: profile.middleName ?? null,
    locale: profile.locale ?? "en_US",
    name: profile.displayName ?? `${profile.firstName} ${profile.lastName}`,
    nickname: profile.nickName ?? null,
    phone_number: profile.mobilePhone ?? null,
    region: profile.state ?? null,
    postal_code: profile.zipCode ?? null,
    family_name: profile.lastName,
    email: profile.email,
  };
}

/** The name that the app is told: chosen for it, or made by the app's template. */
function nameAt(app: OktaApp, user: OktaUser): string {
  const chosen = app.users.get(user.id)?.userName;
  if (chosen !== undefined) return chosen;
  const { login, email } = user.profile;
  const template = spelled(app.userNameTemplate.template);
  if (template.includes("email")) return email;
  return template.includes("fromDomain") || template.includes("LoginPrefix") ? (login.split("@")[0] ?? login) : login;
}

/** A person as one of an app's. */
export function appUserIn(call: Call, app: OktaApp, user: OktaUser): Json {
  const { org } = call;
  const own: OktaAppUser | undefined = app.users.get(user.id);
  const assigned = own?.created ?? user.created;
  const group = [...app.assignments.values()]
    .sort((a, b) => a.priority - b.priority)
    .find(({ groupId }) => user.groups.has(groupId) || org.groupById(groupId)?.type === "BUILT_IN");
  return {
    id: user.id,
    externalId: null,
    created: assigned,
    lastUpdated: own?.lastUpdated ?? user.lastUpdated,
    scope: own === undefined ? "GROUP" : "USER",
    status: user.status === "SUSPENDED" ? "SUSPENDED" : "ACTIVE",
    statusChanged: assigned,
    passwordChanged: null,
    syncState: "DISABLED",
    credentials: { userName: nameAt(app, user) },
    profile: { ...profileOf(user), ...group?.profile, ...own?.profile },
    ...(call.query.get("expand") === "user" ? { _embedded: { user: viewUser(org, user) } } : {}),
    _links: {
      app: { href: `${org.url}/api/v1/apps/${app.id}` },
      user: { href: `${org.url}/api/v1/users/${user.id}` },
      ...(own === undefined && group !== undefined
        ? {
            group: {
              href: `${org.url}/api/v1/groups/${group.groupId}`,
              name: org.groupById(group.groupId)?.profile.name ?? "",
            },
          }
        : {}),
    },
  };
}
