import { appfileCodes } from "./appfile.ts";
import { applyCodes } from "./apply.ts";
import { auth0Codes } from "./auth0.ts";
import { cliCodes } from "./cli.ts";
import { engineCodes } from "./engine.ts";
import { fileCodes } from "./file.ts";
import { httpCodes } from "./http.ts";
import { kongCodes } from "./kong.ts";
import { mendixCodes } from "./mendix.ts";
import { oktaCodes } from "./okta.ts";
import { planCodes } from "./plan.ts";
import { ruleCodes } from "./rule.ts";
import { sandboxCodes } from "./sandbox.ts";
import { secretCodes } from "./secret.ts";
import { sqlCodes } from "./sql.ts";
import { storeCodes } from "./store.ts";
import { tenantCodes } from "./tenant.ts";
import { verifyCodes } from "./verify.ts";
import { workosCodes } from "./workos.ts";
import { workspaceCodes } from "./workspace.ts";

/** Every stable code, with cause, mend and exit code. `docs/codes.md` is generated from this table. */
export const codes = {
  ...fileCodes,
  ...workspaceCodes,
  ...tenantCodes,
  ...ruleCodes,
  ...planCodes,
  ...secretCodes,
  ...storeCodes,
  ...oktaCodes,
  ...auth0Codes,
  ...kongCodes,
  ...mendixCodes,
  ...engineCodes,
  ...sqlCodes,
  ...appfileCodes,
  ...httpCodes,
  ...workosCodes,
  ...verifyCodes,
  ...applyCodes,
  ...cliCodes,
  ...sandboxCodes,
} as const;

/** A stable code: `ROOM_REASON`. */
export type Code = keyof typeof codes;
