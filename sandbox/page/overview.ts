import { faultTables } from "./faults.ts";
import { type Html, html } from "./html.ts";
import { live } from "./layout.ts";
import { count } from "./list.ts";
import { ownerOf } from "./owner.ts";
import { newestRequests } from "./requests.ts";
import { code } from "./table.ts";
import type { World } from "./world.ts";

/** Requests that the overview shows. */
const newest = 15;

/** How much there is of everything, what goes wrong on purpose, and what was asked last. */
export function overviewPage(world: World): Html {
  const { okta, auth0, providers, requests, hosts } = world;
  const apps = okta.apps;
  const clients = [...auth0.clients.values()];
  const customers = Object.values(providers);
  const ownApps = apps.filter((app) => ownerOf(app.profile) !== undefined).length;
  const ownClients = clients.filter(({ settings }) => ownerOf(settings.client_metadata) !== undefined).length;
  return html`<h1>What is in this sandbox</h1>
<p>It plays an Okta org, an Auth0 tenant and the customers’ own providers on this machine, under their real names.</p>
${live(
  "overview",
  html`<ul class="cards">
${card("/okta", "Okta org", okta.host, [
  ["Apps", apps.length],
  ["of these Tenantry’s", ownApps],
  ["Groups", okta.groups.length],
  ["People", okta.users.length],
  ["Authorization servers", okta.servers.length],
])}
${card("/auth0", "Auth0 tenant", auth0.host, [
  ["Clients", clients.length],
  ["of these Tenantry’s", ownClients],
  ["Connections", auth0.connections.size],
  ["Organizations", auth0.organizations.size],
  ["People", auth0.users.size],
])}
${card("/providers", "Customers’ providers", "one for each customer that brings its own", [
  ["Providers", customers.length],
  ["Clients", customers.reduce((sum, each) => sum + each.clients.length, 0)],
  ["People", customers.reduce((sum, each) => sum + each.people.length, 0)],
])}
</ul>
<h2>Faults</h2>
${faultTables(world)}
<h2>Requests</h2>
${newestRequests(world, newest)}
<div class="pager"><p>${count(requests.total)} since the start.</p><p><a href="/requests">All requests</a></p></div>`,
)}
<h2>Hosts</h2>
<p>${hosts.map((host, index) => html`${index === 0 ? "" : ", "}${code(host)}`)}</p>`;
}

function card(href: string, title: string, text: string, numbers: readonly (readonly [string, number])[]): Html {
  return html`<li><h2><a href="${href}">${title}</a></h2><p>${text}</p><dl>${numbers.map(
    ([name, value]) => html`<dt>${name}</dt><dd>${count(value)}</dd>`,
  )}</dl></li>`;
}
