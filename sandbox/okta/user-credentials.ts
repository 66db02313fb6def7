import { isObject } from "../json.ts";
import { type Call, type Route, sentFields, userOf } from "./call.ts";
import { invalid, OktaProblem } from "./problem.ts";
import { checkPassword, digest, readPassword } from "./user-input.ts";
import { setUserStatus } from "./user-status.ts";
import { viewCredentials } from "./user-view.ts";

const base = "/api/v1/users/:userId/credentials";
const manage = "okta.users.manage";

/** A person's own changes of password and recovery question, which take the present password. */
export const userCredentialRoutes: readonly Route[] = [
  {
    method: "POST",
    path: `${base}/change_password`,
    scope: manage,
    bucket: "rest",
    handle: (call) => {
      const user = withPassword(call);
      const { oldPassword, newPassword } = sentFields(call);
      checkPassword(user, isObject(oldPassword) ? oldPassword.value : undefined);
      user.credentials.password = digest(readPassword(isObject(newPassword) ? newPassword.value : undefined));
      user.passwordChanged = call.org.timestamp();
      if (user.status === "PASSWORD_EXPIRED" || user.status === "RECOVERY") setUserStatus(call.org, user, "ACTIVE");
      return { status: 200, json: viewCredentials(user) };
    },
  },
  {
    method: "POST",
    path: `${base}/change_recovery_question`,
    scope: manage,
    bucket: "rest",
    handle: (call) => {
      const user = withPassword(call);
      const { password, recovery_question: question } = sentFields(call);
      checkPassword(user, isObject(password) ? password.value : undefined);
      if (!isObject(question) || typeof question.question !== "string" || typeof question.answer !== "string") {
        throw invalid("recovery_question", ["recovery_question: The field cannot be left blank"]);
      }
      if (question.answer.length < 4) {
        throw invalid("answer", ["answer: The field must be at least 4 characters long"]);
      }
      user.credentials.question = question.question;
      return { status: 200, json: viewCredentials(user) };
    },
  },
  {
    method: "POST",
    path: `${base}/forgot_password`,
    scope: manage,
    bucket: "rest",
    handle: (call) => {
      const user = withPassword(call);
      setUserStatus(call.org, user, "RECOVERY");
      return { status: 200, json: {} };
    },
  },
];

function withPassword(call: Call) {
  const user = userOf(call);
  const able = user.status === "ACTIVE" || user.status === "PASSWORD_EXPIRED" || user.status === "RECOVERY";
  if (able && user.credentials.password !== undefined) return user;
  throw new OktaProblem(403, "E0000038", "This operation is not allowed in the user's current status.");
}
