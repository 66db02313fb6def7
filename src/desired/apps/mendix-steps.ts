import type { MendixApp, MendixCarrier } from "../../workspace/apps/mendix.ts";
import { isMendixModule, mendixEncryptionKey } from "../../workspace/apps/mendix-constants.ts";
import type { AppUse, ManualStep } from "../app-kind.ts";
import { mendixAlias, mendixNames } from "./mendix-values.ts";

/** What a person does besides: the module is set up once, and a running app reads constants only when it starts. */
export function mendixSteps(use: AppUse<MendixApp>): readonly ManualStep[] {
  return [...setUp(use), ...secretSteps(use), ...claimSteps(use), { when: "after", text: restartText(use.app) }];
}

const before = (text: string): ManualStep => ({ when: "before", text });

function setUp(use: AppUse<MendixApp>): readonly ManualStep[] {
  const { app, entry, signIn } = use;
  const startup = isMendixModule(app.module, "3.1") ? "OIDC.ASU_OIDC_Startup" : "OIDC.Startup";
  const steps = [
    before(`see that ${startup} runs as (part of) the after-startup microflow of the Mendix app ${app.name}`),
  ];
  const { constants, audienceValidation, clientGrantOnly, tokenProcessing, tokenType } = entry.mendix ?? {};
  if (constants !== undefined) {
    const names = mendixNames(app, entry.mendix);
    steps.push(
      before(
        `let the microflow Custom_CreateIdPConfiguration of ${app.name} return an identity provider made of ${names.ClientAlias ?? "its constants"} and the constants beside it`,
      ),
    );
  }
  if (clientGrantOnly === true || audienceValidation === true) {
    if (isMendixModule(app.module, "4.7") && audienceValidation !== false) {
      steps.push(before(`set Resource path and Expected audience of ${mendixAlias(use)} on the app's admin page`));
    }
  }
  if (tokenProcessing === "entra" && tokenType !== "id" && signIn.scopes.every((scope) => standardScopes.has(scope))) {
    steps.push(
      before(
        "at Entra ID expose an API scope for the app and request it under `scopes`: else the access token is for Microsoft Graph, and the app cannot read its roles",
      ),
    );
  }
  if ((signIn.clientAuth ?? app.clientAuth[0]) === "private_key_jwt") {
    steps.push(
      before(`let the identity provider read the app's keys at ${app.baseUrl}/oauth/v2/jwks/${mendixAlias(use)}`),
    );
  }
  return steps;
}

const standardScopes: ReadonlySet<string> = new Set([
  "openid",
  "profile",
  "email",
  "address",
  "phone",
  "offline_access",
]);

/** Name of a constant where a secret store mounts it; Azure Key Vault takes no dots in a secret's own name. */
export function mountedConstant(name: string): { readonly key: string; readonly azure: string } {
  return { key: `mx-const-${name}`, azure: `mx-const-${name.replaceAll(".", "-")}` };
}

/** Name of a constant as a variable of the app's environment. */
export function constantVariable(name: string): string {
  return `MX_${name.replaceAll(".", "_")}`;
}

function place(carrier: MendixCarrier, constant: string): string {
  return carrier.kind === "environment"
    ? `as ${constantVariable(constant)} into its environment`
    : `as ${mountedConstant(constant).key} into what its secret store mounts (in Azure Key Vault the secret is ${mountedConstant(constant).azure})`;
}

function secretSteps({ app, entry }: AppUse<MendixApp>): readonly ManualStep[] {
  const { carrier, secretSink } = app;
  if (carrier.kind === "deployApi") {
    return [before(`mark the constant ${secretOf(app, entry)} of ${app.name} as private, with export level Hidden`)];
  }
  if (secretSink === undefined) return [];
  const steps: ManualStep[] = [];
  steps.push(
    before(`let the app ${app.name} have its secret from ${secretSink} ${place(carrier, secretOf(app, entry))}`),
  );
  if (app.encryptionKey !== undefined) {
    const name = mendixEncryptionKey(app.module);
    steps.push(before(`let the app ${app.name} have its encryption key ${place(carrier, name)}`));
  }
  return steps;
}

function secretOf(app: MendixApp, entry: AppUse["entry"]): string {
  return mendixNames(app, entry.mendix).ClientSecret ?? "ClientSecret";
}

/** What the module maps by itself: `name` to the full name and `email` to the address. */
const ownClaims: Readonly<Record<string, string>> = { email: "email", displayName: "name" };

function claimSteps(use: AppUse<MendixApp>): readonly ManualStep[] {
  const { signIn, entry, app } = use;
  const mapped = Object.entries(signIn.claims)
    .filter(([field, claim]) => field !== "externalId" && ownClaims[field] !== claim)
    .map(([field, claim]) => `${typeof claim === "string" ? claim : claim.join(" > ")} to ${field}`);
  const steps: ManualStep[] = [];
  if (mapped.length > 0) {
    steps.push(before(`map the claims of ${mendixAlias(use)} on the admin page of ${app.name}: ${mapped.join(", ")}`));
  }
  const { tokenProcessing = "" } = entry.mendix ?? {};
  const { roles } = signIn;
  if (roles !== undefined && tokenProcessing.includes(".")) {
    const pairs = Object.entries(roles.map).map(([value, role]) => `${value} to ${role}`);
    const claim = typeof roles.claim === "string" ? roles.claim : roles.claim.join(" > ");
    steps.push(before(`let the microflow ${tokenProcessing} map the claim ${claim}: ${pairs.join(", ")}`));
  }
  return steps;
}

function restartText({ name, carrier }: MendixApp): string {
  switch (carrier.kind) {
    case "environment":
      return `give the app ${name} the variables in ${carrier.file} and restart it: constants are read when it starts`;
    case "kubernetes":
      return `apply ${carrier.file} to the cluster and restart the app ${name}: constants are read when it starts`;
    case "deployApi":
      return `restart the app ${name} (environment ${carrier.environment}) in the Mendix Portal: constants are read when it starts`;
    default:
      return carrier satisfies never;
  }
}
