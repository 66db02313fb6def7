import { adfs } from "./adfs.ts";
import { auth0 } from "./auth0.ts";
import { authentik } from "./authentik.ts";
import { cognito } from "./cognito.ts";
import { dex } from "./dex.ts";
import { entraId } from "./entra-id.ts";
import { google } from "./google.ts";
import { hydra } from "./hydra.ts";
import { jumpcloud } from "./jumpcloud.ts";
import { keycloak } from "./keycloak.ts";
import { oidcProvider } from "./oidc-provider.ts";
import { okta } from "./okta.ts";
import { oktaCustom } from "./okta-custom.ts";
import { onelogin } from "./onelogin.ts";
import { pingfederate } from "./pingfederate.ts";
import { pingone } from "./pingone.ts";
import { salesforce } from "./salesforce.ts";
import type { Preset } from "./shape.ts";
import { siemensSam } from "./siemens-sam.ts";

/** Every preset, in the order of the documentation. */
export const presets: readonly Preset[] = [
  ...[okta, oktaCustom, auth0, entraId, google, cognito, keycloak],
  ...[pingone, pingfederate, onelogin, salesforce, adfs, jumpcloud],
  ...[authentik, dex, hydra, oidcProvider, siemensSam],
];
