import { canonicalJson, type Json } from "../../desired/json.ts";
import { keptInClient } from "../../idp/auth0/marker.ts";
import type { Sides } from "../../plan/diff.ts";
import { asRegistered } from "../../plan/fields.ts";
import type { Fields } from "../../plan/observed.ts";
import { type JsonObject, objectIn, textIn, textsIn } from "../../vendor/json.ts";
import type { PlannedStep } from "./steps.ts";

// What the arguments of `auth0.Client` are in the words of the model. Pure.

/** The fields that an argument shows in. Its metadata is our own note, written whenever the client is. */
const fieldsOfArgument: Readonly<Record<string, readonly string[]>> = {
  name: ["label"],
  callbacks: ["redirectUris"],
  allowedLogoutUrls: ["postLogoutRedirectUris"],
  grantTypes: ["active", "grantTypes"],
  clientMetadata: [],
};

/** The arguments that are the same for every client, with Auth0's names of them. */
const settingOfArgument: Readonly<Record<string, string>> = {
  appType: "app_type",
  isFirstParty: "is_first_party",
  oidcConformant: "oidc_conformant",
  crossOriginAuth: "cross_origin_authentication",
  organizationUsage: "organization_usage",
  jwtConfiguration: "jwt_configuration",
  refreshToken: "refresh_token",
};

/** What a step changes of a client, in fields; what no word of the model stands for is `engineArguments`. */
export function clientSides(step: PlannedStep): Sides {
  const differing = step.differing ?? differingNames(step.before, step.after);
  const named = new Set(differing.flatMap((name) => fieldsOfArgument[name] ?? []));
  const settings = differing.flatMap((name) => settingOfArgument[name] ?? []).sort();
  const others = differing.filter((name) => !(name in fieldsOfArgument) && !(name in settingOfArgument));
  return withArguments(
    {
      before: { ...only(clientFields(step.before), named), ...(settings.length === 0 ? {} : { settings }) },
      after: { ...only(clientFields(step.after), named), ...(settings.length === 0 ? {} : { settings: asRegistered }) },
    },
    step,
    others,
  );
}

/** Adds arguments by their own names. */
export function withArguments(sides: Sides, { before, after }: PlannedStep, names: readonly string[]): Sides {
  if (names.length === 0) return sides;
  const side = (values: JsonObject): Fields => ({
    engineArguments: Object.fromEntries([...new Set(names)].sort().map((name) => [name, shown(values[name])])),
  });
  return { before: { ...sides.before, ...side(before) }, after: { ...sides.after, ...side(after) } };
}

/** A client's arguments as fields. One that is switched off shows the grants that are kept for it. */
function clientFields(args: JsonObject): Fields {
  const grants = textsIn(args, "grantTypes");
  const active = grants.length > 0;
  const kept = textIn(objectIn(args, "clientMetadata"), keptInClient.grants)?.split(" ") ?? [];
  return {
    label: textIn(args, "name") ?? null,
    active,
    redirectUris: textsIn(args, "callbacks"),
    postLogoutRedirectUris: [...textsIn(args, "allowedLogoutUrls")].sort(),
    grantTypes: [...(active ? grants : kept)].sort(),
  };
}

/** Names of arguments that differ. What begins with two underscores is Pulumi's own bookkeeping. */
export function differingNames(before: JsonObject, after: JsonObject): readonly string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((name) => !name.startsWith("__"))
    .filter((name) => bare(before[name]) !== bare(after[name]))
    .sort();
}

/** By these signatures Pulumi marks what is more than it looks: secrets, in first place. */
const signature = "4dabf18193072939515e22adb298388d";

/** Stands in a preview for a value that only an update can tell. */
const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

function shown(value: unknown): Json {
  const text = canonicalJson(plainly(value) ?? null);
  // One secret inside hides the whole.
  if (text.includes(signature) || text.includes('"[secret]"')) return "(sensitive)";
  return JSON.parse(text) as Json;
}

function bare(value: unknown): string {
  const text = canonicalJson(plainly(value) ?? null);
  return ['""', "[]", "{}", "false"].includes(text) ? "null" : text;
}

function plainly(value: unknown): unknown {
  if (value === unknownValue) return "(known after)";
  if (Array.isArray(value)) return value.map(plainly);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !name.startsWith("__"))
      .map(([name, member]) => [name, plainly(member)]),
  );
}

function only(fields: Fields, names: ReadonlySet<string>): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => names.has(name)));
}
