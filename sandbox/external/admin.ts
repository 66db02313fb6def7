import type { Answer } from "../answer.ts";
import { isObject, isTexts, type Json } from "../json.ts";
import type { ClientMethod } from "./client-method.ts";
import type { CustomerClient } from "./customer-client.ts";
import type { CustomerProvider } from "./customer-provider.ts";
import type { CustomerName } from "./customers.ts";

type Providers = Readonly<Record<CustomerName, CustomerProvider>>;

/** One call of the admin API about customers' providers. */
export interface ProviderCall {
  readonly method: string;
  /** Below `/providers`, such as `/ostrava-steel/clients`. */
  readonly path: string;
  /** The JSON body; undefined when there is none. */
  readonly body: unknown;
}

/**
 * What a customer's admin does: look, register a client, replace a secret, set redirect URIs. A secret is in the answer
 * that makes it and in no other.
 */
export function answerProviderCall(providers: Providers, call: ProviderCall): Answer {
  if (call.path === "" && call.method === "GET") {
    return { status: 200, json: { providers: Object.entries(providers).map(([name, each]) => view(name, each)) } };
  }
  const [, name = "", collection, clientId, part, ...rest] = call.path.split("/").map(decode);
  const provider = Object.hasOwn(providers, name) ? providers[name as CustomerName] : undefined;
  if (provider === undefined || collection !== "clients" || rest.length > 0) return notFound;
  if (clientId === undefined) return call.method === "POST" ? register(provider, call.body) : notFound;
  if (provider.client(clientId) === undefined) return notFound;
  if (part === "secret" && call.method === "POST") {
    return { status: 201, json: { clientId, clientSecret: provider.replaceSecret(clientId) } };
  }
  if (part === "redirect-uris" && call.method === "PUT") {
    if (!isTexts(call.body)) return refuse("the body is a list of redirect URIs");
    provider.setRedirectUris(clientId, call.body);
    return { status: 204 };
  }
  return notFound;
}

const notFound: Answer = { status: 404, json: { error: "not found" } };

function refuse(error: string): Answer {
  return { status: 400, json: { error } };
}

function register(provider: CustomerProvider, body: unknown): Answer {
  const { methods } = provider.vendor.clientAuth;
  const secretMethods = methods.filter((method) => method !== "private_key_jwt");
  if (!isObject(body) || !isTexts(body.redirectUris)) return refuse("redirectUris is a list of redirect URIs");
  const method = body.method ?? secretMethods[0];
  if (!secretMethods.some((each) => each === method)) return refuse(`method is one of ${secretMethods.join(", ")}`);
  const client = provider.register({ method: method as ClientMethod, redirectUris: body.redirectUris });
  return { status: 201, json: { ...viewClient(client), clientSecret: client.secret ?? null } };
}

function view(name: string, provider: CustomerProvider): Json {
  return {
    name,
    product: provider.vendor.product,
    issuer: provider.issuer,
    clients: provider.clients.map(viewClient),
    people: provider.people.map((person) => person.login),
  };
}

function viewClient({ clientId, method, redirectUris }: CustomerClient) {
  return { clientId, method, redirectUris };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
