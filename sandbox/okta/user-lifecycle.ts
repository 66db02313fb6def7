import type { Answer } from "../answer.ts";
import { randomToken } from "../random.ts";
import { type Call, type Route, userOf } from "./call.ts";
import type { OktaUser, UserStatus } from "./model.ts";
import { invalid, OktaProblem } from "./problem.ts";
import { setUserStatus } from "./user-status.ts";
import { viewUser } from "./user-view.ts";

/** One step of a person's life. */
interface Step {
  readonly from: readonly UserStatus[];
  readonly to: (user: OktaUser) => UserStatus;
  /** For a status that it cannot start from. */
  readonly refuse: () => OktaProblem;
  readonly answer: (call: Call, user: OktaUser) => Answer;
}

const anyTime: readonly UserStatus[] = [
  "STAGED",
  "PROVISIONED",
  "ACTIVE",
  "RECOVERY",
  "PASSWORD_EXPIRED",
  "LOCKED_OUT",
  "SUSPENDED",
];
const working: readonly UserStatus[] = ["PROVISIONED", "ACTIVE", "RECOVERY", "PASSWORD_EXPIRED", "LOCKED_OUT"];

const notNow = () => new OktaProblem(403, "E0000038", "This operation is not allowed in the user's current status.");
const nothing = (): Answer => ({ status: 200, json: {} });
const ready = (user: OktaUser): UserStatus => (user.credentials.password === undefined ? "PROVISIONED" : "ACTIVE");

/** Without `sendEmail=false` the link goes out by mail, which the sandbox has not. */
function link(kind: "activation" | "resetPassword", path: string) {
  return (call: Call): Answer => {
    if (call.query.get("sendEmail") !== "false") return nothing();
    const token = randomToken(15);
    const url = `${call.org.url}/${path}/${token}`;
    return {
      status: 200,
      json: kind === "activation" ? { activationUrl: url, activationToken: token } : { resetPasswordUrl: url },
    };
  };
}

const steps: Readonly<Record<string, Step>> = {
  activate: {
    from: ["STAGED", "DEPROVISIONED"],
    to: ready,
    refuse: () => new OktaProblem(403, "E0000016", "Activation failed because the user is already active"),
    answer: link("activation", "welcome"),
  },
  reactivate: { from: ["PROVISIONED", "RECOVERY"], to: ready, refuse: notNow, answer: link("activation", "welcome") },
  deactivate: { from: anyTime, to: () => "DEPROVISIONED", refuse: notNow, answer: nothing },
  suspend: {
    from: working,
    to: () => "SUSPENDED",
    refuse: () => invalid("suspendUser", ["Cannot suspend a user that is not active"]),
    answer: nothing,
  },
  unsuspend: {
    from: ["SUSPENDED"],
    to: ready,
    refuse: () => invalid("unsuspendUser", ["Cannot unsuspend a user that is not suspended"]),
    answer: nothing,
  },
  unlock: {
    from: ["LOCKED_OUT"],
    to: ready,
    refuse: () => new OktaProblem(403, "E0000032", "Unlock is not allowed for this user"),
    answer: nothing,
  },
  reset_password: {
    from: working,
    to: () => "RECOVERY",
    refuse: () => new OktaProblem(403, "E0000017", "Password reset failed"),
    answer: link("resetPassword", "reset_password"),
  },
  expire_password: {
    from: ["ACTIVE", "PASSWORD_EXPIRED"],
    to: () => "PASSWORD_EXPIRED",
    refuse: notNow,
    answer: (call, user) => ({ status: 200, json: viewUser(call.org, user) }),
  },
};

/** Activate, deactivate, suspend and so on, each from the statuses that Okta allows it in. */
export const userLifecycleRoutes: readonly Route[] = [
  ...Object.entries(steps).map(
    ([name, step]): Route => ({
      method: "POST",
      path: `/api/v1/users/:userId/lifecycle/${name}`,
      scope: "okta.users.manage",
      bucket: "rest",
      handle: (call) => {
        const user = userOf(call);
        if (!step.from.includes(user.status)) throw step.refuse();
        setUserStatus(call.org, user, step.to(user));
        return step.answer(call, user);
      },
    }),
  ),
  {
    method: "POST",
    path: "/api/v1/users/:userId/lifecycle/reset_factors",
    scope: "okta.users.manage",
    bucket: "rest",
    handle: (call) => {
      userOf(call);
      return nothing();
    },
  },
];
