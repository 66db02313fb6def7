import { randomText } from "../random.ts";
import type { Site } from "../server.ts";
import { type CustomerClient, CustomerProvider, type NewClient } from "./customer-provider.ts";
import { createExternalSite } from "./external-site.ts";
import * as people from "./people.ts";
import { portalKey } from "./portal-key.ts";
import { randomOf } from "./secret-text.ts";
import type { Person, Vendor } from "./vendor.ts";
import { cognito } from "./vendors/cognito.ts";
import { entraId } from "./vendors/entra-id.ts";
import { google } from "./vendors/google.ts";
import { keycloak } from "./vendors/keycloak.ts";
import { oneLogin } from "./vendors/onelogin.ts";
import { pingFederate } from "./vendors/ping-federate.ts";

/** The example's tenants that bring a provider of their own. */
export type CustomerName =
  | "northwind-rail"
  | "bluefin-studios"
  | "alder-voss"
  | "tannberg"
  | "cobalt-clinics"
  | "ostrava-steel";

/** The customers' providers with what the example has agreed with each customer. */
export interface Customers {
  /** By the tenant's slug. */
  readonly providers: Readonly<Record<CustomerName, CustomerProvider>>;
  readonly sites: readonly Site[];
  /** Values of the references with which the example's files name what the customers handed over. */
  readonly env: Readonly<Record<string, string>>;
}

/** Client id of both customers that let us choose one. */
const ourClientId = "acme-portal";
const portal = "https://portal.acme.example";
const directory = "3f6c1d8e-52a4-4b7d-9c0e-8a1f2b3c4d5e";

/** Ids and client ids are those of the example's files. `clock` gives milliseconds since the epoch. */
export function createCustomers(clock: () => number): Customers {
  const key = portalKey();
  const providers = {
    "northwind-rail": customer(entraId(directory), people.northwindRail(directory)),
    "bluefin-studios": customer(google(), people.bluefinStudios()),
    "alder-voss": customer(pingFederate("sso.aldervoss.example"), people.alderVoss()),
    tannberg: customer(keycloak("id.tannberg.example", "staff"), people.tannberg()),
    "cobalt-clinics": customer(
      cognito({ region: "eu-central-1", id: "eu-central-1_AbC123xyz", domain: "cobaltclinics" }),
      people.cobaltClinics(),
    ),
    // Still a draft in the example: its admin registers the client and hands it over.
    "ostrava-steel": customer(oneLogin("ostravasteel.onelogin.example"), people.ostravaSteel()),
  } satisfies Record<CustomerName, CustomerProvider>;
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

function customer(vendor: Vendor, members: readonly Person[]): CustomerProvider {
  const provider = new CustomerProvider(vendor);
  for (const member of members) provider.addPerson(member);
  return provider;
}

/** A secret of everything that files, forms, templates and headers have ever broken. No product makes such a one. */
function awkwardSecret(): string {
  return `GOCSPX- "${randomText(8)}'\${{é}} %41+%2B&=#\\n${randomOf("symbols", 16)}`;
}
