import type { MendixEntry } from "../../tenant/apps/mendix.ts";
import type { MendixApp } from "../../workspace/apps/mendix.ts";
import {
  hasMendixConstant,
  type MendixIdpConstant,
  mendixAppConstants,
  mendixIdpConstants,
} from "../../workspace/apps/mendix-constants.ts";
import type { AppFinding, AppUse } from "../app-kind.ts";
import { hasPkceSwitch, mandatoryMendix, mendixNames, mendixValues } from "./mendix-values.ts";

type Path = AppFinding["path"];

const cannot = (where: AppFinding["in"], path: Path, message: string, hint: string): AppFinding => ({
  ...{ in: where, path, code: "RULE_APP_CANNOT", message, hint },
});

const entryWrong = (path: Path, message: string, hint: string): AppFinding => ({
  ...{ in: "entry", path: ["mendix", ...path], code: "RULE_APP_ENTRY", message, hint },
});

/** What a connection wants that this app's module has no constant for. */
export function auditMendix(use: AppUse<MendixApp>): readonly AppFinding[] {
  return [...auditSignIn(use), ...auditVersions(use), ...auditConstants(use), ...auditRoles(use)];
}

/** The client authentication as far as the files tell it. */
function clientAuthOf({ app, signIn }: AppUse<MendixApp>) {
  return signIn.clientAuth ?? app.clientAuth[0] ?? "client_secret_basic";
}

function auditSignIn(use: AppUse<MendixApp>): readonly AppFinding[] {
  const { app, signIn } = use;
  const { provision, claims } = signIn;
  const found: AppFinding[] = [];
  if (signIn.pkce === "off" && !hasPkceSwitch(app.module)) {
    const message = `version ${app.module} of the module decides by itself whether to use PKCE`;
    found.push(cannot("signIn", ["pkce"], message, "leave `pkce` out, or use version 3.0 or later of the module"));
  }
  if (!provision.update) {
    const message = "the module updates people's accounts at each sign-in, and no constant stops that";
    found.push(cannot("signIn", ["provision", "update"], message, "leave `update: false` out"));
  }
  if (!provision.create && !has(app, "AllowcreateUsers")) {
    const message = `version ${app.module} of the module makes accounts, and no constant stops that`;
    found.push(cannot("signIn", ["provision", "create"], message, "use version 3.0 or later of the module"));
  }
  const principal = claims.externalId;
  if (principal !== undefined && typeof principal !== "string") {
    const message = "PrincipalIdPAttribute takes the name of a claim, not a path into one";
    found.push(cannot("signIn", ["claims", "externalId"], message, "name a claim at the top of the ID token"));
  } else if (principal !== undefined && principal !== "sub" && !has(app, "PrincipalIdPAttribute")) {
    const message = `version ${app.module} of the module knows people by \`sub\``;
    found.push(cannot("signIn", ["claims", "externalId"], message, "use version 3.0 or later of the module"));
  }
  for (const [name, values] of [["acrValues", signIn.acrValues] as const, ["scopes", signIn.scopes] as const]) {
    const index = values.findIndex((value) => /\s/.test(value));
    if (index < 0) continue;
    const message = "the constant lists its values with spaces between them, so none can hold one";
    found.push(cannot("signIn", [name, index], message, "remove the space"));
  }
  return found;
}

/** The entry's keys and the constants that they set. */
const constantOf: readonly (readonly [path: readonly (keyof MendixEntry | string)[], name: MendixIdpConstant])[] = [
  [["tokenType"], "CustomATPTokenType"],
  [["keyExpirationDays"], "KeyPair_ExpirationDays"],
  [["authenticationToken"], "UseAuthenticationToken"],
  [["keySetTimeouts", "connect"], "JWKConnectTimeout"],
  [["keySetTimeouts", "read"], "JWKReadTimeout"],
  [["clientGrantOnly"], "IsClientGrantOnly"],
  [["audienceValidation"], "EnableAudienceValidation"],
  [["users", "entity"], "CustomUserEntity"],
  [["users", "attribute"], "PrincipalEntityAttribute"],
  [["users", "namedIdentifier"], "NamedUserIdentifier"],
  [["users", "role"], "Userrole"],
  [["users", "type"], "UserType"],
  [["users", "provisioning"], "CustomUserProvisioning"],
];

function auditVersions({ app, entry }: AppUse<MendixApp>): readonly AppFinding[] {
  return constantOf.flatMap(([path, name]) => {
    const value = path.reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], entry.mendix);
    if (value === undefined || has(app, name)) return [];
    const { since } = mendixIdpConstants[name];
    const message = `the constant ${name} is there from version ${since} of the module on, and this app's is ${app.module}`;
    return [entryWrong(path, message, "leave it out, or raise the app's `module` when it has the newer one")];
  });
}

/** The module's own constants by their full names. */
function isOwnConstant(app: MendixApp, full: string): boolean {
  return Object.values(mendixNames(app, undefined)).includes(full) || Object.hasOwn(mendixAppConstants, full);
}

function auditConstants(use: AppUse<MendixApp>): readonly AppFinding[] {
  const { app, entry } = use;
  const constants = entry.mendix?.constants;
  if (constants === undefined) return [];
  const names = mendixNames(app, entry.mendix);
  const pathOf = (short: string): Path => (typeof constants === "string" ? ["constants"] : ["constants", short]);
  const found: AppFinding[] = [];
  const seen = new Map<string, string>();
  for (const [short, full] of Object.entries(names)) {
    if (isOwnConstant(app, full)) {
      const message = `${full} is the module's own constant, which describes the identity provider of the app that has no \`constants\``;
      found.push(entryWrong(pathOf(short), message, "name a constant of your own module, or leave `constants` out"));
      if (typeof constants === "string") break;
    }
    const before = seen.get(full);
    if (before !== undefined) {
      const message = `${full} cannot be both ${before} and ${short}`;
      found.push(entryWrong(pathOf(short), message, "name one constant for each"));
    }
    seen.set(full, short);
  }
  if (typeof constants !== "string") {
    for (const short of Object.keys(constants).filter((name) => !(name in names))) {
      const message = `version ${app.module} of the module has no ${short}`;
      found.push(entryWrong(pathOf(short), message, "remove it"));
    }
  }
  const missing = neededConstants(use).filter((name) => names[name] === undefined);
  if (missing.length > 0) {
    const message = `\`constants\` names none for ${missing.join(", ")}, which this connection sets`;
    found.push(entryWrong(["constants"], message, `add \`${missing[0]}: Module.Name\``));
  }
  return found;
}

/** What must have a constant: the mandatory ones, and whatever is to be other than the module's default. */
function neededConstants(use: AppUse<MendixApp>): readonly MendixIdpConstant[] {
  const { app, signIn, entry } = use;
  const apiOnly = entry.mendix?.clientGrantOnly === true;
  const clientAuth = clientAuthOf(use);
  const own = Object.entries(mendixValues(use)).flatMap(([name, value]) =>
    value === mendixIdpConstants[name as MendixIdpConstant].default ? [] : [name as MendixIdpConstant],
  );
  const model: readonly (readonly [name: MendixIdpConstant, differs: boolean])[] = [
    ["ClientAuthenticationMethod", clientAuth !== "client_secret_basic"],
    ["SelectedScope", true],
    ["CallbackResponseMode", signIn.responseMode !== "query"],
    ["ACRValues", signIn.acrValues.length > 0],
    ["SessionEndPoint", signIn.logout.endSession],
    ["EnablePKCE", signIn.pkce === "off"],
    ["AllowcreateUsers", !signIn.provision.create],
    ["CustomCallbackURL", app.callback !== "/oauth/v2/callback"],
  ];
  const differing = apiOnly ? [] : model.flatMap(([name, differs]) => (differs && has(app, name) ? [name] : []));
  return [...new Set([...mandatoryMendix(clientAuth, apiOnly), ...own, ...differing])];
}

/** The claim that each of the module's own microflows reads. */
const claimOf: Readonly<Record<string, string>> = { entra: "roles", sam: "sws.samauth.role.name" };

/** Without these Siemens SAM sends no roles. */
const samScopes = ["sam_account", "samauth.role", "samauth.tier", "samauth.ten"];

function auditRoles({ signIn, entry }: AppUse<MendixApp>): readonly AppFinding[] {
  const { tokenProcessing, clientGrantOnly } = entry.mendix ?? {};
  const { roles } = signIn;
  if (clientGrantOnly === true && tokenProcessing === undefined) {
    const message = "`clientGrantOnly` needs `tokenProcessing`: CustomATP is mandatory for callers of the API";
    return [entryWrong(["clientGrantOnly"], message, "name the microflow that makes roles of the caller's token")];
  }
  const scope = tokenProcessing === "sam" ? samScopes.find((each) => !signIn.scopes.includes(each)) : undefined;
  if (scope !== undefined) {
    const message = `the module's microflow for \`sam\` needs the scopes ${samScopes.join(", ")}`;
    return [cannot("signIn", ["scopes"], message, `add \`${scope}\` to \`scopes\``)];
  }
  if (roles === undefined || (Object.keys(roles.map).length === 0 && tokenProcessing === undefined)) return [];
  if (tokenProcessing === undefined) {
    const message = "roles come from a microflow of the app, and the connection names none";
    return [cannot("signIn", ["roles"], message, "add `mendix: { tokenProcessing: … }` to the connection")];
  }
  if (tokenProcessing === "oidcProvider") {
    const message = "with `oidcProvider` scopes give the roles, not a claim";
    return [cannot("signIn", ["roles"], message, "remove `roles`, and name the roles' scopes under `scopes`")];
  }
  const reads = claimOf[tokenProcessing];
  if (reads === undefined) return [];
  if (roles.claim !== reads) {
    const message = `the module's microflow for \`${tokenProcessing}\` reads the claim \`${reads}\``;
    return [
      cannot("signIn", ["roles", "claim"], message, `write \`claim: ${reads}\`, or name a microflow of your own`),
    ];
  }
  const renamed = Object.entries(roles.map).find(([value, role]) => value !== role && !isUuid(value));
  if (renamed === undefined) return [];
  const message = `the module's microflow gives the role of the very name or UUID in the claim, so \`${renamed[0]}\` cannot become \`${renamed[1]}\``;
  return [
    cannot("signIn", ["roles", "map", renamed[0]], message, "name the role at the identity provider as in the app"),
  ];
}

/** The model GUID of a role in the app, which its name stands beside in the file for readers. */
function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(text);
}

function has({ module }: Pick<MendixApp, "module">, name: MendixIdpConstant): boolean {
  return hasMendixConstant(module, mendixIdpConstants[name]);
}
