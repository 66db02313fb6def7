import type { CustomerProvider } from "../external/customer-provider.ts";
import { type Html, html } from "./html.ts";
import { live, searchForm } from "./layout.ts";
import { searchOf, slice } from "./list.ts";
import { code, names, pager, table } from "./table.ts";
import type { World } from "./world.ts";

/** The customers' own providers with their clients and people. */
export function providersPage(world: World, query: URLSearchParams): Html {
  const search = searchOf(query);
  const all = Object.entries(world.providers);
  const found = slice(all, search, query.get("providers"), ([name, provider]) => textsOf(name, provider));
  return html`<h1>Customers’ providers</h1>
<p>Each customer that brings a provider has one here. A test person signs in there without a password.</p>
${searchForm("/providers", search, "providers, clients and people")}
${live("providers", html`${pager(found, "providers", "providers", { path: "/providers", query })}${found.shown.map(([name, provider]) => section(name, provider))}`)}`;
}

function textsOf(name: string, { vendor, issuer, clients, people }: CustomerProvider): readonly string[] {
  const ofClients = clients.flatMap(({ clientId, redirectUris }) => [clientId, ...redirectUris]);
  return [name, vendor.product, issuer, ...ofClients, ...people.map(({ login }) => login)];
}

function section(name: string, { vendor, issuer, clients, people }: CustomerProvider): Html {
  const logins = people.map(({ login }) => login);
  return html`<section aria-labelledby="provider-${name}">
<h2 id="provider-${name}">${name}</h2>
<p>${vendor.product}, issuer ${code(issuer)}</p>
${table(
  `Clients of ${name}`,
  ["Client id", "Authentication", "Redirect URIs"],
  clients.map((client) => ({
    key: `${name} ${client.clientId}`,
    cells: [code(client.clientId), client.method, names(client.redirectUris, "none")],
  })),
  "No client is registered yet.",
)}
<p>People who can sign in: ${logins.length === 0 ? "nobody" : logins.map((login, index) => html`${index === 0 ? "" : ", "}${code(login)}`)}</p>
</section>`;
}
