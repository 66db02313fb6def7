import { back, html, json, type Reply, redirect } from "./provider.ts";

/** What was asked, for answers that repeat it. */
export interface Asked {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly state: string;
  /** The error of a request that is broken, as far as the product looks; undefined of a sound one. */
  readonly broken: string | undefined;
}

/** How one product answers, status and words included. */
export interface VendorShape {
  readonly issuer: string;
  readonly authorization: string;
  readonly token: string;
  readonly clientId: string;
  /** Members of the discovery document besides issuer and endpoints. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** Nobody is signed in and prompt=none; the redirect URI is registered. */
  readonly registered: (asked: Asked) => Reply;
  readonly unregistered: (asked: Asked) => Reply;
  readonly unknownClient: (asked: Asked) => Reply;
  /** An invented code of a client that proved itself. */
  readonly badCode: Reply;
  readonly badSecret: Reply;
  /** The right secret by a method that the client is not registered for; missing where the product takes any. */
  readonly wrongMethod?: Reply;
  readonly noCredential: Reply;
  /** A client id that the token endpoint does not know; as a wrong or missing secret when absent. */
  readonly unknownAtToken?: Reply;
  readonly badAssertion?: Reply;
  readonly expiredSecret?: Reply;
  /** What its other pages answer, such as the one where people sign in; 404 when absent. */
  readonly page?: Reply;
}

export const signIn = html(200, '<form method="post" action="/login"><input name="username"></form>');

/** Looks at the request although it ignores prompt=none: errors go to the redirect URI, people to the sign-in page. */
export const brokenOnly =
  (page: (asked: Asked) => Reply) =>
  (asked: Asked): Reply =>
    asked.broken === undefined
      ? page(asked)
      : redirect(back(asked.redirectUri, { error: asked.broken, state: asked.state }), 303);

export const loginRequired =
  (more: Readonly<Record<string, string>> = {}) =>
  ({ redirectUri, state }: Asked): Reply =>
    redirect(back(redirectUri, { error: "login_required", state, ...more }), 302);

export const oauth = (status: number, error: string, error_description?: string): Reply =>
  json(status, { error, ...(error_description === undefined ? {} : { error_description }) });
