/** Mistakes that an app of the sandbox can be told to make, each as real apps make it. */
export const appMistakes = {
  "http-redirect": "behind a proxy it takes itself for http and sends its redirect URI so",
  "wrong-redirect": "sends its redirect URI with a slash behind it",
  "wrong-client": "asks as another client",
  "wrong-scope": "asks for openid alone",
  "no-state": "sends no state",
  "fixed-state": "sends the same state always",
  "short-state": "sends a state of four characters",
  "no-nonce": "sends no nonce",
  "no-pkce": "sends no PKCE challenge",
  "strict-cookie": "sets its cookie with SameSite=Strict",
  "lax-cookie": "sets its cookie with SameSite=Lax, with form_post too",
  "insecure-cookie": "sets its cookie without Secure and HttpOnly",
  "no-cookie": "sets no cookie and keeps the state for everybody",
  "forged-state": "redeems a code whatever the state is",
  "signs-anybody-in": "lets in whoever comes to its callback with a code",
  "callback-404": "has no answer for errors at its callback",
  "callback-500": "crashes on errors at its callback",
  "stale-secret": "uses an old secret or key",
  silent: "does not tell what the token endpoint said",
  "clock-ahead": "its clock is ten minutes ahead",
  "start-404": "has no start page",
  "start-500": "crashes at its start page",
  "start-login": "shows a login page of its own first",
  "start-elsewhere": "sends people to another provider",
  "serves-pending": "serves records that are not switched on yet",
} as const;

/** Name of one of them. */
export type AppMistake = keyof typeof appMistakes;

/** Whether a text is the name of one. */
export function isAppMistake(text: unknown): text is AppMistake {
  return typeof text === "string" && Object.hasOwn(appMistakes, text);
}
