/** Name of the cookie that holds oidc-provider's session. */
export const session = "_session";

/** Takes the cookies of the session away. */
export const endOfSession = [session, `${session}.sig`].map((name) => `${name}=; path=/; max-age=0; httponly; secure`);
