import type { OktaApp, OktaGroup, OktaUser } from "../okta/model.ts";
import type { OktaOrg } from "../okta/org.ts";
import type { OktaServer } from "../okta/server-model.ts";
import { type Content, type Html, html } from "./html.ts";
import { searchForm } from "./layout.ts";
import { count, searchOf, slice } from "./list.ts";
import { ownerTexts, showOwner } from "./owner.ts";
import { part } from "./part.ts";
import { badge, code, contents, names, type Row } from "./table.ts";
import type { World } from "./world.ts";

/** The Okta org: apps, groups, people, authorization servers, access policies. */
export function oktaPage({ okta }: World, query: URLSearchParams): Html {
  const search = searchOf(query);
  const place = { path: "/okta", query };
  const apps = slice(okta.apps, search, query.get("apps"), appTexts);
  const groups = slice(okta.groups, search, query.get("groups"), ({ id, profile }) => [
    id,
    profile.name,
    profile.description ?? "",
  ]);
  const users = slice(okta.users, search, query.get("users"), userTexts);
  const servers = slice(okta.servers, search, query.get("servers"), ({ id, name }) => [id, name]);
  const policies = slice(okta.policies, search, query.get("policies"), ({ id, name }) => [id, name]);
  const memberships = new Map(okta.groups.map((group) => [group.id, group.profile.name]));
  return html`<h1>Okta org ${okta.host}</h1>
<p>Everything in the org as the next request will find it.</p>
${searchForm("/okta", search, "apps, groups, people, servers and policies")}
${contents([
  ["apps", "Apps", apps],
  ["groups", "Groups", groups],
  ["users", "People", users],
  ["servers", "Authorization servers", servers],
  ["policies", "Access policies", policies],
])}
${part("apps", "Apps", apps, place, ["Label", "Client id", "Status", "Owner", "Authentication", "Groups assigned"], (app) => appRow(app, memberships))}
${part("groups", "Groups", groups, place, ["Name", "Id", "Type", "Description"], groupRow)}
${part("users", "People", users, place, ["Login", "Id", "Status", "Name", "Groups"], (user) => userRow(user, memberships))}
${part("servers", "Authorization servers", servers, place, ["Name", "Id", "Status", "Audiences", "Policies"], (server) => serverRow(okta, server))}
${part(
  "policies",
  "Access policies",
  policies,
  place,
  ["Name", "Id", "Status", "Rules"],
  ({ id, name, status, rules }) => ({
    key: id,
    cells: [
      name,
      code(id),
      state(status),
      names(
        [...rules.values()].map((rule) => rule.name),
        "none",
      ),
    ],
  }),
)}`;
}

/** A status as Okta spells it. */
function state(status: string): Content {
  return badge(status === "ACTIVE" ? "good" : "warn", status);
}

function appTexts({ id, label, clientId, profile }: OktaApp): readonly string[] {
  return [label, clientId, id, ...ownerTexts(profile)];
}

function appRow(app: OktaApp, groups: ReadonlyMap<string, string>): Row {
  const assigned = [...app.assignments.keys()].map((id) => groups.get(id) ?? id);
  return {
    key: app.id,
    cells: [
      app.label,
      code(app.clientId),
      state(app.status),
      showOwner(app.profile),
      html`${app.authMethod}<br><span class="quiet">${app.oauth.application_type}</span>`,
      [names(assigned, "none"), app.users.size === 0 ? undefined : html`<br>${count(app.users.size)} by name`],
    ],
  };
}

function groupRow({ id, type, profile }: OktaGroup): Row {
  return { key: id, cells: [profile.name, code(id), type, profile.description ?? ""] };
}

function userTexts({ id, profile }: OktaUser): readonly string[] {
  return [id, profile.login, profile.email, `${profile.firstName} ${profile.lastName}`];
}

function userRow({ id, status, profile, groups }: OktaUser, known: ReadonlyMap<string, string>): Row {
  const member = [...groups].map((group) => known.get(group) ?? group);
  const name = `${profile.firstName} ${profile.lastName}`;
  return { key: id, cells: [profile.login, code(id), state(status), name, names(member, "Everyone only")] };
}

function serverRow(org: OktaOrg, server: OktaServer): Row {
  const policies = [...server.policies.values()].map(({ name, status, clients }) => {
    const whom = clients.includes("ALL_CLIENTS")
      ? "all clients"
      : clients.map((id) => org.client(id)?.label ?? id).join(", ");
    return `${name}${status === "ACTIVE" ? "" : " (inactive)"}: ${whom}`;
  });
  return {
    key: server.id,
    cells: [
      server.name,
      code(server.id),
      state(server.status),
      names([...server.audiences], "none"),
      names(policies, "none: lets nobody in"),
    ],
  };
}
