import type { CustomerClient } from "../../../sandbox/external/customer-client.ts";
import type { CustomerProvider } from "../../../sandbox/external/customer-provider.ts";
import type { CustomerName } from "../../../sandbox/external/customers.ts";
import type { TestSandbox } from "../../support/sandbox.ts";
import { ask, authorizationUrl, Browser, basic } from "./visitor.ts";

/** Where the made clients are sent back to. */
export const app = "https://portal.acme.example/back";
export const verifier = "v".repeat(43);
/** The S256 challenge of the verifier. */
const challenge = "7w_YNF9DSfIdPf_pRjSq646_kPr-2-o9NAl16JGghdM";

/** Somebody of each customer. */
export const logins: Readonly<Record<CustomerName, string>> = {
  "northwind-rail": "staff@northwindrail.example",
  "bluefin-studios": "staff@bluefin.example",
  "alder-voss": "staff@aldervoss.example",
  tannberg: "staff@tannberg.example",
  "cobalt-clinics": "staff@cobaltclinics.example",
  "ostrava-steel": "staff@ostravasteel.example",
  fernhill: "writer@fernhill.example",
};

export interface Made {
  readonly provider: CustomerProvider;
  readonly client: CustomerClient;
}

export interface Told {
  readonly status: number;
  readonly json: Record<string, unknown>;
}

/** The sign-in page that a request leads to, with its address. */
export async function pageFor(browser: Browser, url: string) {
  const first = await browser.visit(url);
  if (first.location === null) return { ...first, url };
  const next = new URL(first.location, url).href;
  return { ...(await browser.visit(next)), url: next };
}

/** Clients of their own at the customers' providers of a sandbox, and what they ask. */
export function clientsAt(sandbox: () => TestSandbox) {
  /** A client of its own at a customer's provider. */
  function make(name: CustomerName): Made {
    const provider = sandbox().sandbox.providers[name];
    const [first] = provider.vendor.clientAuth.methods.filter((method) => method !== "private_key_jwt");
    const client = provider.register({
      method: first ?? "client_secret_post",
      redirectUris: [app],
      postLogoutUris: [app],
    });
    return { provider, client };
  }

  function urlFor({ provider, client }: Made, changes: Record<string, string> = {}): string {
    return authorizationUrl(provider, {
      client_id: client.clientId,
      redirect_uri: app,
      code_challenge: challenge,
      prompt: "",
      ...changes,
    });
  }

  async function codeFor(made: Made, login: string, changes: Record<string, string> = {}): Promise<string> {
    const back = await new Browser(sandbox()).signIn(urlFor(made, changes), login);
    return back.searchParams.get("code") ?? `${back}`;
  }

  /** What an endpoint answers to the client, which shows its secret. */
  async function post(
    { client }: Made,
    url: string,
    form: Record<string, string>,
    secret = client.secret,
  ): Promise<Told> {
    const { clientId, method } = client;
    const header = method === "client_secret_basic" ? basic(clientId, secret ?? "") : {};
    const inForm = method === "client_secret_post" ? { client_id: clientId, client_secret: secret ?? "" } : {};
    const response = await ask(sandbox(), url, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded", ...header },
      body: new URLSearchParams({
        ...(method === "none" ? { client_id: clientId } : {}),
        ...inForm,
        ...form,
      }).toString(),
    });
    const text = await response.text();
    return { status: response.status, json: text === "" ? {} : (JSON.parse(text) as Record<string, unknown>) };
  }

  function redeem(made: Made, code: string, changes: Record<string, string> = {}): Promise<Told> {
    const form = { grant_type: "authorization_code", code, redirect_uri: app, code_verifier: verifier, ...changes };
    return post(made, made.provider.vendor.endpoints.token, form);
  }
  return { make, urlFor, codeFor, post, redeem };
}
