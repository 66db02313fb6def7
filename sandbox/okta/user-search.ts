import { type Json, spelled } from "../json.ts";
import type { Call } from "./call.ts";
import { type FilterRules, readFilter } from "./filter.ts";
import type { OktaUser } from "./model.ts";
import type { PageLimits } from "./page.ts";
import { invalid } from "./problem.ts";

type Field = (user: OktaUser) => Json | undefined;

const fields: Readonly<Record<string, Field>> = {
  id: (user) => user.id,
  status: (user) => user.status,
  created: (user) => user.created,
  activated: (user) => user.activated,
  statusChanged: (user) => user.statusChanged,
  lastUpdated: (user) => user.lastUpdated,
  "profile.login": (user) => user.profile.login,
  "profile.email": (user) => user.profile.email,
  "profile.firstName": (user) => user.profile.firstName,
  "profile.lastName": (user) => user.profile.lastName,
};

/** Any attribute of the profile besides: only `search` knows them. */
function attribute(name: string): Field | undefined {
  const key = name.startsWith("profile.") ? name.slice("profile.".length) : "";
  return key === "" ? undefined : (user) => (Object.hasOwn(user.profile, key) ? user.profile[key] : undefined);
}

const filterRules: FilterRules<OktaUser> = { fields, operators: ["eq", "gt", "ge", "lt", "le"] };
const searchRules: FilterRules<OktaUser> = { fields, other: attribute, ignoreCase: true };

/**
 * The people that a list asks for by `q` (how a name or address begins), `filter` or `search`, and how many of them
 * make a page. Without any of them the deactivated are left out. Throws Okta's 400 for what cannot be read.
 * @see https://developer.okta.com/docs/reference/api/users/#list-users
 */
export function findUsers(call: Call): { readonly users: readonly OktaUser[]; readonly limits: PageLimits } {
  const { query } = call;
  const text = (query.get("q") ?? "").toLowerCase();
  const search = query.get("search") ?? "";
  const filter = query.get("filter") ?? "";
  const kinds = [text, search, filter].filter((each) => each !== "").length;
  if (kinds > 1) throw invalid("search", ["search: Only one of 'q', 'filter' and 'search' can be used"]);
  const searched = readFilter(search, searchRules);
  const filtered = readFilter(filter, filterRules);
  const users = call.org.users.filter(
    (user) =>
      searched(user) &&
      filtered(user) &&
      (search !== "" || filter !== "" || user.status !== "DEPROVISIONED") &&
      begins(user, text),
  );
  const limits = text === "" ? { standard: 200, most: 200 } : { standard: 10, most: 200 };
  return { users: search === "" ? users : sorted(call, users), limits };
}

function begins({ profile }: OktaUser, text: string): boolean {
  return [profile.firstName, profile.lastName, profile.email].some((each) => each.toLowerCase().startsWith(text));
}

/** In the order of `sortBy`. Pages are told apart by the number of the person, so it takes the place of that order. */
function sorted(call: Call, users: readonly OktaUser[]): readonly OktaUser[] {
  const by = call.query.get("sortBy");
  if (by === null || by === "") return users;
  const field = Object.hasOwn(fields, by) ? fields[by] : attribute(by);
  if (field === undefined) throw invalid("sortBy", [`sortBy: '${by}' is not a property to sort by`]);
  const down = call.query.get("sortOrder")?.toLowerCase().startsWith("desc") === true ? -1 : 1;
  const key = (user: OktaUser): string => spelled(field(user) ?? "").toLowerCase();
  return [...users]
    .sort((a, b) => down * key(a).localeCompare(key(b), "en"))
    .map((user, sequence) => ({ ...user, sequence }));
}
