import type { Misbehaviour } from "./misbehaviour.ts";
import { on, page } from "./replies.ts";

/** Where people are sent after sign-out (OpenID Connect RP-Initiated Logout 1.0, section 3). */
export const logoutMisbehaviours: readonly Misbehaviour[] = [
  {
    name: "logout-uri-unregistered",
    kind: "logout",
    about: "The address after sign-out is not registered at the client.",
    layer: on("logout", async () => page(400, "post_logout_redirect_uri not registered")),
  },
  {
    name: "logout-uri-any-accepted",
    kind: "logout",
    about: "The sign-out page takes every address to go to afterwards.",
    layer: on("logout", async () => page(200, "Do you want to sign out?")),
  },
  {
    name: "logout-endpoint-fails",
    kind: "logout",
    about: "The sign-out endpoint fails.",
    layer: on("logout", async () => page(500, "Internal server error")),
  },
];
