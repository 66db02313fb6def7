import { startPage } from "../checks/a1-start.ts";
import { appRequest } from "../checks/a2-request.ts";
import { appRedirectUri } from "../checks/a3-redirect-uri.ts";
import { freshValues } from "../checks/a4-fresh-values.ts";
import { cookies } from "../checks/a5-cookies.ts";
import { ownRequest } from "../checks/a6-own-request.ts";
import { errorCallback } from "../checks/a7-error-callback.ts";
import { forgedState } from "../checks/a8-forged-state.ts";
import { deployedSecret } from "../checks/a9-deployed-secret.ts";
import type { AppCheck } from "./context.ts";

/** The checks of the app's half, in the order they are run. */
export const appChecks: readonly AppCheck[] = [
  startPage,
  appRequest,
  appRedirectUri,
  freshValues,
  cookies,
  ownRequest,
  errorCallback,
  forgedState,
  deployedSecret,
];
