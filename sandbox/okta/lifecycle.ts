import type { Answer } from "../answer.ts";
import type { JsonObject } from "../json.ts";
import type { Call, Route } from "./call.ts";
import type { Status } from "./model.ts";

const steps = { ACTIVE: "activate", INACTIVE: "deactivate" } as const;

/** The two routes that switch on and off what stands at the path. */
export function switchRoutes(
  { path, scope, bucket }: Pick<Route, "path" | "scope" | "bucket">,
  setStatus: (call: Call, status: Status) => Answer,
): readonly Route[] {
  return (["ACTIVE", "INACTIVE"] as const).map((status) => ({
    method: "POST",
    path: `${path}/lifecycle/${steps[status]}`,
    scope,
    bucket,
    handle: (call) => setStatus(call, status),
  }));
}

/** The link to what changes the status, as `_links` shows it. */
export function lifecycleLink(self: string, status: Status): JsonObject {
  const step = status === "ACTIVE" ? steps.INACTIVE : steps.ACTIVE;
  return { [step]: { href: `${self}/lifecycle/${step}`, hints: { allow: ["POST"] } } };
}
