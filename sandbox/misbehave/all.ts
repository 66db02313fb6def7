import { authorizationMisbehaviours } from "./authorization.ts";
import { clockMisbehaviours } from "./clock.ts";
import { documentMisbehaviours } from "./document.ts";
import { endpointMisbehaviours } from "./endpoints.ts";
import { issuerMisbehaviours } from "./issuer.ts";
import { keyMisbehaviours } from "./keys.ts";
import { logoutMisbehaviours } from "./logout.ts";
import type { Misbehaviour } from "./misbehaviour.ts";
import { tokenMisbehaviours } from "./token.ts";
import { transportMisbehaviours } from "./transport.ts";

/** Every switch there is, in the order of what a verification asks for. */
export const allMisbehaviours: readonly Misbehaviour[] = [
  ...issuerMisbehaviours,
  ...documentMisbehaviours,
  ...endpointMisbehaviours,
  ...keyMisbehaviours,
  ...authorizationMisbehaviours,
  ...tokenMisbehaviours,
  ...logoutMisbehaviours,
  ...transportMisbehaviours,
  ...clockMisbehaviours,
];
