import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import type { ExitCode } from "../errors/code.ts";

/** What the story of the demo is told with. */
export interface Stage {
  readonly world: Sandbox;
  /** The workspace's folder. */
  readonly folder: string;
  /** A heading. */
  say(text: string): void;
  /** Something that happens outside of Tenantry, in a line. */
  happens(text: string): void;
  /** Runs a command; it is expected to leave with that code. */
  call(command: string, expected: ExitCode): Promise<void>;
  /** What a reference gives from now on. */
  setSecret(name: string, value: string): void;
  /** Somebody without a session opens an address; the answer is expected to be this one. */
  visit(url: string, expected: number): Promise<void>;
  /** Shows a member of a JSON file, which is expected to be there. */
  look(file: string, member: string): void;
}

const okta = "whiterabbit/portal";
const oktaCallback = `idp/workforce/client/${okta}:redirectUris`;

/**
 * Thirteen companies from their files to proven sign-ins; then one of each kind is broken as a person would break it,
 * found, and mended; two are put out and let in again; two drafts go live, one of them with a hand's help.
 */
export async function tell(stage: Stage): Promise<void> {
  await fromFilesToSignIns(stage);
  await breakAndMendOkta(stage);
  await breakAndMendAuth0(stage);
  await breakAndMendTheirOwn(stage);
  await putOutAndLetIn(stage);
  await draftGoesLive(stage);
  await handOffGoesOn(stage);
  stage.say("Everything once more, as the apps really use it.");
  await stage.call("verify", 0);
  await stage.call("plan --exit-code", 0);
  await stage.call("status", 0);
}

async function fromFilesToSignIns({ world, say, happens, call, visit, look }: Stage): Promise<void> {
  say("Thirteen companies, one file each. Every mistake would be named with its position.");
  await call("validate", 0);
  say("What would be done for one of them: its organization and clients at Auth0, its records in two apps.");
  await call("plan --only fernhill --exit-code", 3);
  say("And for one at WorkOS, which hands the callback out when the connection is made: no plan can know it before.");
  await call("plan --only marigold-health --exit-code", 3);
  say("What would be done for all of them.");
  await call("plan --exit-code --out plan.json", 3);
  say("Exactly that plan, or nothing: register, prove, hand over, read back; only then switch on.");
  await call("apply --plan plan.json --yes", 0);
  await call("plan --exit-code", 0);
  say("The intranet reads a file. It says in which place of Vault the secret is, and holds none.");
  look(".tenantry/sandbox/intranet/ferrous-works.json", "clientSecretReference");
  say("A Mendix app reads its constants when it starts; the plan has said so.");
  happens("somebody restarts the app in the Mendix Portal");
  world.standIns.mendix.restart();
  await visit("https://service.acme.example/oauth/v2/login", 302);
  say("How everybody stands. A draft waits for its customer; a suspended one was never let in.");
  await call("status", 0);
  say("One customer with a provider of their own, with every check.");
  await call("show bluefin-studios", 0);
}

async function breakAndMendOkta({ world, say, happens, call }: Stage): Promise<void> {
  say("Okta: somebody edits a callback in the admin console.");
  happens("the callback of whiterabbit/portal at acme.okta.com loses its last part");
  world.okta.edit(oktaApp(world, okta).id, (app) => {
    app.oauth.redirect_uris = ["https://portal.acme.example/openid/callback"];
  });
  await call("verify whiterabbit", 6);
  say("The plan shows the drift. A callback is a hot field: it must be acknowledged by name.");
  await call("apply --only whiterabbit --yes", 4);
  await call(`apply --only whiterabbit --yes --ack ${oktaCallback}`, 0);
}

async function breakAndMendAuth0({ world, say, happens, call }: Stage): Promise<void> {
  say("Auth0: somebody rotates a client secret in the dashboard.");
  happens("the client of fernhill/portal at acme.eu.auth0.com gets another secret");
  world.auth0.replaceSecret(auth0Client(world));
  await call("verify fernhill", 6);
  await call("apply --only fernhill/portal --hand-over fernhill/portal --yes", 0);
}

async function breakAndMendTheirOwn({ world, say, happens, call, setSecret }: Stage): Promise<void> {
  say("Their own provider: Northwind's secret was rotated, and the new one is handed over.");
  const northwind = world.providers["northwind-rail"];
  const clientId = northwind.clients[0]?.clientId ?? "";
  happens("Northwind's admin makes a new client secret");
  const secret = northwind.replaceSecret(clientId);
  await call("verify northwind-rail", 6);
  happens("the new value is put behind env:TENANT_NORTHWIND_RAIL__CLIENT_SECRET");
  setSecret("TENANT_NORTHWIND_RAIL__CLIENT_SECRET", secret);
  await call("apply --only northwind-rail --hand-over northwind-rail --yes", 0);

  say("Their own provider: Bluefin's admin removes the redirect URI. Only they can mend it; the proof says with what.");
  const bluefin = world.providers["bluefin-studios"];
  const client = bluefin.clients[0];
  const registered = client?.redirectUris ?? [];
  happens("Bluefin's admin removes the redirect URI at Google");
  bluefin.setRedirectUris(client?.clientId ?? "", ["https://portal.acme.example/elsewhere"]);
  await call("verify bluefin-studios", 6);
  happens("Bluefin's admin registers it again");
  bluefin.setRedirectUris(client?.clientId ?? "", registered);
  await call("verify bluefin-studios", 0);
}

async function putOutAndLetIn({ folder, say, happens, call, visit }: Stage): Promise<void> {
  say("Fernhill and Sandstone have not paid: nobody of theirs comes in, and nothing is lost.");
  for (const slug of ["fernhill", "sandstone-energy"]) {
    edit(folder, `tenants/${slug}.yaml`, "status: active", "status: suspended");
    happens(`tenants/${slug}.yaml: status: suspended`);
  }
  await visit("https://gateway.acme.example/sandstone-energy", 302);
  await call("apply --only fernhill --only sandstone-energy --yes", 0);
  say("A plugin that is switched off would leave Kong's route open. This one is on, and denies everybody.");
  await visit("https://gateway.acme.example/sandstone-energy", 403);
  say("They have paid.");
  for (const slug of ["fernhill", "sandstone-energy"]) {
    edit(folder, `tenants/${slug}.yaml`, "status: suspended", "status: active");
    happens(`tenants/${slug}.yaml: status: active`);
  }
  await call("apply --only fernhill --only sandstone-energy --yes", 0);
  await visit("https://gateway.acme.example/sandstone-energy", 302);
}

async function draftGoesLive({ world, folder, say, happens, call, setSecret }: Stage): Promise<void> {
  say("Ostrava's IT gets a page that says exactly what to register, and what to send back.");
  await call("guide ostrava-steel --out ostrava-steel.html", 0);
  say("They have registered the client and hand it over: the draft goes live.");
  const given = world.providers["ostrava-steel"].register({
    clientId: "acme-portal",
    method: "client_secret_basic",
    redirectUris: ["https://portal.acme.example/openid/callback/q5zr8cn3h7wtk2xmv9bd"],
  });
  setSecret("TENANT_OSTRAVA_STEEL__CLIENT_SECRET", given.secret ?? "");
  const file = "tenants/ostrava-steel.yaml";
  const issuer = "    issuer: https://ostravasteel.onelogin.example/oidc/2\n";
  const handedOver = `    clientId: ${given.clientId}\n    clientSecret: env:TENANT_OSTRAVA_STEEL__CLIENT_SECRET\n`;
  edit(folder, file, issuer, issuer + handedOver);
  edit(folder, file, "status: draft", "status: active");
  happens(`${file}: clientId, clientSecret, status: active`);
  await call("apply --only ostrava-steel --yes", 0);
}

async function handOffGoesOn({ world, folder, say, happens, call }: Stage): Promise<void> {
  say(
    "Pebble Press signs. WorkOS lets connections be made only by hand by now: apply does all else, and says the step.",
  );
  const { environment } = world.standIns.workos;
  environment.makesConnections = false;
  environment.showsDetails = true;
  edit(folder, "tenants/pebble-press.yaml", "status: draft", "status: active");
  happens("tenants/pebble-press.yaml: status: active");
  await call("apply --only pebble-press --yes", 0);
  say("Somebody does that step; nobody has to tell Tenantry.");
  happens("the connection is made in WorkOS' portal, with the values that apply printed");
  const app = oktaApp(world, "pebble-press/crew");
  environment.finishPortal(environment.organizationNamed("pebble-press")?.id ?? "", {
    clientId: app.clientId,
    clientSecret: app.secrets[0]?.value ?? "",
    discoveryEndpoint: "https://acme.okta.com/oauth2/default/.well-known/openid-configuration",
  });
  await call("apply --only pebble-press --yes", 0);
}

function oktaApp(world: Sandbox, key: string): Sandbox["okta"]["apps"][number] {
  const app = world.okta.apps.find((candidate) => candidate.label.startsWith(key));
  if (app === undefined) throw new Error(`the sandbox's org has no app for ${key}`);
  return app;
}

function auth0Client(world: Sandbox): string {
  const client = [...world.auth0.clients.values()].find((one) => JSON.stringify(one).includes("fernhill/portal"));
  if (client === undefined) throw new Error("the sandbox's Auth0 tenant has no client for fernhill/portal");
  return client.clientId;
}

function edit(folder: string, file: string, from: string, to: string): void {
  const path = join(folder, file);
  const before = readFileSync(path, "utf8");
  const after = before.replace(from, to);
  if (after === before) throw new Error(`${file} does not hold ${from}`);
  writeFileSync(path, after);
}
