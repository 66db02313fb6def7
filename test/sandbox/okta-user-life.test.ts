import { describe, expect, test } from "vitest";
import { sharedSandbox } from "../support/shared-sandbox.ts";
import { call, webApp } from "./okta-caller.ts";

const at = sharedSandbox();

const secret = "a good password";
let count = 0;

/** Somebody new, by the query and credentials of the create. */
async function person(query = "", credentials: object = { password: { value: secret } }) {
  count += 1;
  const login = `life${count}@users.example`;
  const profile = { login, email: login, firstName: "Test", lastName: "Life" };
  const { json } = await call(at, "POST", `/api/v1/users${query}`, { profile, credentials });
  const path = `/api/v1/users/${json.id}`;
  return {
    path,
    id: json.id as string,
    step: (name: string) => call(at, "POST", `${path}/lifecycle/${name}`),
    status: async () => (await call(at, "GET", path)).json.status as string,
  };
}

const forbidden = { status: 403, json: { errorCode: "E0000038" } };

describe("lifecycle", () => {
  test("from staged to active, suspended, back, and off", async () => {
    const one = await person("?activate=false");
    expect(await one.step("suspend")).toMatchObject({
      status: 400,
      json: {
        errorSummary: "Api validation failed: suspendUser",
        errorCauses: [{ errorSummary: "Cannot suspend a user that is not active" }],
      },
    });
    expect(await one.step("activate")).toMatchObject({ status: 200, json: {} });
    expect(await one.status()).toBe("ACTIVE");
    expect(await one.step("activate")).toMatchObject({ status: 403, json: { errorCode: "E0000016" } });
    expect((await one.step("unsuspend")).status).toBe(400);
    expect(await one.step("suspend")).toMatchObject({ status: 200, json: {} });
    expect(await one.status()).toBe("SUSPENDED");
    await one.step("unsuspend");
    expect(await one.status()).toBe("ACTIVE");
    expect((await one.step("deactivate")).status).toBe(200);
    expect(await one.status()).toBe("DEPROVISIONED");
    expect(await one.step("deactivate")).toMatchObject(forbidden);
    await one.step("activate");
    expect(await one.status()).toBe("ACTIVE");
  });

  test("the activation link is shown when no mail is to be sent", async () => {
    const one = await person("?activate=false", {});
    const { json } = await one.step("activate?sendEmail=false");
    expect(json.activationUrl).toBe(`https://acme.okta.com/welcome/${json.activationToken}`);
    expect(await one.status()).toBe("PROVISIONED");
    expect((await one.step("reactivate?sendEmail=false")).json).toHaveProperty("activationToken");
    const active = await person();
    expect(await active.step("reactivate")).toMatchObject(forbidden);
    expect((await active.step("reset_password?sendEmail=false")).json).toHaveProperty("resetPasswordUrl");
    expect(await active.status()).toBe("RECOVERY");
  });

  test("an expired password, a lock and factors", async () => {
    const one = await person();
    expect((await one.step("expire_password")).json.status).toBe("PASSWORD_EXPIRED");
    expect(await one.step("unlock")).toMatchObject({ status: 403, json: { errorCode: "E0000032" } });
    expect((await one.step("reset_factors")).status).toBe(200);
    expect((await one.step("teleport")).status).toBe(404);
  });

  test("a delete switches off first and removes then", async () => {
    const one = await person();
    const app = (await call(at, "POST", "/api/v1/apps", webApp("left"))).json;
    await call(at, "POST", `/api/v1/apps/${app.id}/users`, { id: one.id });
    expect((await call(at, "DELETE", one.path)).status).toBe(204);
    expect(await one.status()).toBe("DEPROVISIONED");
    expect((await call(at, "GET", `/api/v1/apps/${app.id}/users`)).json).toEqual([]);
    expect(await call(at, "POST", one.path, { profile: { title: "x" } })).toMatchObject(forbidden);
    expect((await call(at, "DELETE", one.path)).status).toBe(204);
    expect((await call(at, "GET", one.path)).status).toBe(404);
    expect((await call(at, "DELETE", one.path)).status).toBe(404);
  });

  test("the owner of the token cannot be removed", async () => {
    const { id } = (await call(at, "GET", "/api/v1/users/me")).json;
    expect((await call(at, "DELETE", `/api/v1/users/${id}`)).status).toBe(403);
  });
});

describe("credentials", () => {
  test("a password is changed by who knows it", async () => {
    const one = await person();
    const change = (oldPassword: string, newPassword: string) =>
      call(at, "POST", `${one.path}/credentials/change_password`, {
        oldPassword: { value: oldPassword },
        newPassword: { value: newPassword },
      });
    expect(await change("wrong", "another password")).toMatchObject({ status: 403, json: { errorCode: "E0000014" } });
    expect((await change(secret, "short")).status).toBe(400);
    expect(await change(secret, "another password")).toMatchObject({ status: 200, json: { password: {} } });
    expect((await change(secret, "a third password")).status).toBe(403);
  });

  test("a recovery question is set by who knows the password, and shown without its answer", async () => {
    const one = await person();
    const ask = (value: string, answer: string) =>
      call(at, "POST", `${one.path}/credentials/change_recovery_question`, {
        password: { value },
        recovery_question: { question: "Which symbol has the code 42?", answer },
      });
    expect((await ask("wrong", "Asterisk")).status).toBe(403);
    expect((await ask(secret, "*")).status).toBe(400);
    const { json } = await ask(secret, "Asterisk");
    expect(json.recovery_question).toEqual({ question: "Which symbol has the code 42?" });
    expect((await call(at, "GET", one.path)).json.credentials.recovery_question).toEqual(json.recovery_question);
  });

  test("who has no password cannot change it", async () => {
    const one = await person("", {});
    expect(await call(at, "POST", `${one.path}/credentials/change_password`, {})).toMatchObject(forbidden);
    const other = await person();
    expect((await call(at, "POST", `${other.path}/credentials/forgot_password`)).status).toBe(200);
    expect(await other.status()).toBe("RECOVERY");
  });
});
