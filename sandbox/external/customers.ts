import { randomText } from "../random.ts";
import type { Site } from "../site.ts";
import type { CustomerClient } from "./customer-client.ts";
import { CustomerProvider, type CustomerState, type NewClient } from "./customer-provider.ts";
import { createExternalSite } from "./external-site.ts";
import * as people from "./people.ts";
import { portalKey } from "./portal-key.ts";
import { randomOf } from "./secret-text.ts";
import type { Person, Vendor } from "./vendor.ts";
import { cognito } from "./vendors/cognito.ts";
import { entraId } from "./vendors/entra-id.ts";
import { google } from "./vendors/google.ts";
import { hydra } from "./vendors/hydra.ts";
import { keycloak } from "./vendors/keycloak.ts";
import { oneLogin } from "./vendors/onelogin.ts";
import { pingFederate } from "./vendors/ping-federate.ts";

/** The example's tenants that have a provider of their own; Fernhill's is behind a connection of our Auth0 tenant. */
export const customerNames = [
  "northwind-rail",
  "bluefin-studios",
  "alder-voss",
  "tannberg",
  "cobalt-clinics",
  "ostrava-steel",
  "fernhill",
] as const;
export type CustomerName = (typeof customerNames)[number];

/** The customers' providers with what the example has agreed with each customer. */
export interface Customers {
  /** By the tenant's slug. */
  readonly providers: Readonly<Record<CustomerName, CustomerProvider>>;
  readonly sites: readonly Site[];
  /** Values of the references with which the example's files name what the customers handed over. */
  readonly env: Readonly<Record<string, string>>;
}

/** Client id of our Auth0 tenant at Fernhill's provider. */
export const fernhillClientId = "acme-auth0";

/** Client id of both customers that let us choose one. */
const ourClientId = "acme-portal";
const portal = "https://portal.acme.example";
const directory = "3f6c1d8e-52a4-4b7d-9c0e-8a1f2b3c4d5e";

/** What each customer runs. */
const vendors: Readonly<Record<CustomerName, () => Vendor>> = {
  "northwind-rail": () => entraId(directory),
  "bluefin-studios": google,
  "alder-voss": () => pingFederate("sso.aldervoss.example"),
  tannberg: () => keycloak("id.tannberg.example", "staff"),
  "cobalt-clinics": () => cognito({ region: "eu-central-1", id: "eu-central-1_AbC123xyz", domain: "cobaltclinics" }),
  "ostrava-steel": () => oneLogin("ostravasteel.onelogin.example"),
  fernhill: () => hydra("login.fernhill.example"),
};

/** All that the customers' providers remember. */
export type CustomerStates = Readonly<Record<CustomerName, CustomerState>>;

/** The providers as they were. `clock` gives milliseconds since the epoch. */
export function openCustomers(states: CustomerStates, clock: () => number): Omit<Customers, "env"> {
  const providers = ofEach((name) => new CustomerProvider(vendors[name](), states[name]));
  return { providers, sites: Object.values(providers).map((provider) => createExternalSite(provider, clock)) };
}

/** New ones. Ids and client ids are those of the example's files. */
export function createCustomers(clock: () => number): Customers {
  const key = portalKey();
  const members: Readonly<Record<CustomerName, () => readonly Person[]>> = {
    "northwind-rail": () => people.northwindRail(directory),
    "bluefin-studios": people.bluefinStudios,
    "alder-voss": people.alderVoss,
    tannberg: people.tannberg,
    "cobalt-clinics": people.cobaltClinics,
    // Still a draft in the example: its admin registers the client and hands it over.
    "ostrava-steel": people.ostravaSteel,
    fernhill: people.fernhill,
  };
  const providers = ofEach((name) => customer(vendors[name](), members[name]()));
  const client = (name: CustomerName, tenantId: string, more: Omit<NewClient, "redirectUris">): CustomerClient =>
    providers[name].register({
      redirectUris: [`${portal}/openid/callback/${tenantId}`],
      postLogoutUris: [`${portal}/`],
      ...more,
    });
  const northwind = client("northwind-rail", "m4tz8kq2w9hxc5vbn7rj", {
    clientId: "7d9f2c4a-1b3e-4f5a-8c6d-0e9b8a7f6c5d",
    method: "client_secret_post",
  });
  const bluefin = client("bluefin-studios", "h8wq3rzk6v2pmx9tnc4d", {
    clientId: "482917365012-q7v3m9x2k5t8w4z6.apps.googleusercontent.com",
    method: "client_secret_post",
    postLogoutUris: [],
    secret: awkwardSecret(),
  });
  const alder = client("alder-voss", "x6nb9d4hk7qwt2mzr8vc", { clientId: ourClientId, method: "client_secret_basic" });
  client("tannberg", "c7xv5tq8m2kzw4rhb9nd", {
    clientId: ourClientId,
    method: "private_key_jwt",
    keys: [key.publicKey],
  });
  const cobalt = client("cobalt-clinics", "t9kd2wx7v4qmb6zhn8rc", {
    clientId: "5k2v9m4x7q1z8w3t6r0b",
    method: "client_secret_post",
  });
  providers.fernhill.register({
    clientId: fernhillClientId,
    method: "client_secret_post",
    redirectUris: ["https://acme.eu.auth0.com/login/callback"],
    idTokens: true,
  });
  return {
    providers,
    sites: Object.values(providers).map((provider) => createExternalSite(provider, clock)),
    env: {
      TENANT_NORTHWIND_RAIL__CLIENT_SECRET: northwind.secret ?? "",
      TENANT_BLUEFIN_STUDIOS__CLIENT_SECRET: bluefin.secret ?? "",
      TENANT_ALDER_VOSS__CLIENT_SECRET: alder.secret ?? "",
      TENANT_COBALT_CLINICS__CLIENT_SECRET: cobalt.secret ?? "",
      PORTAL_CLIENT_KEY: key.privateKey,
    },
  };
}

function ofEach<Value>(make: (name: CustomerName) => Value): Record<CustomerName, Value> {
  return Object.fromEntries(customerNames.map((name) => [name, make(name)])) as Record<CustomerName, Value>;
}

function customer(vendor: Vendor, members: readonly Person[]): CustomerProvider {
  const provider = new CustomerProvider(vendor);
  for (const member of members) provider.addPerson(member);
  return provider;
}

/** A secret of everything that files, forms, templates and headers have ever broken. No product makes such a one. */
function awkwardSecret(): string {
  return `GOCSPX- "${randomText(8)}'\${{é}} %41+%2B&=#\\n${randomOf("symbols", 16)}`;
}
